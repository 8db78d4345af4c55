"""All or nothing: dry runs, files read by another process, and what stops an import midway."""

import gzip
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lexicon import store
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input
from lexicon.ingest import files, process, staging
from lexicon.ingest.files import WordsImport, import_words
from lexicon.ingest.staging import Batch
from tests.conftest import TINY
from tests.lexicon.importing import counts, file, held, reasons, run, written
from tests.lexicon.snapshot import everything

WATER, SHORE, MONEY, RUN = TINY
CUT_SHORT = "Compressed file ended before the end-of-stream marker was reached"
PAIRS = "water eau\nwater flotte\nshore bord\nice glace\nвода eau\n"


@pytest.fixture(params=["tsv", "jsonl", "wn-lmf"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Every file counts as large; the list grows by one for each that another process reads."""
    used: list[bool] = []

    def watched(reading: Any) -> Iterator[Batch]:
        used.append(True)
        return process.elsewhere(reading)

    monkeypatch.setattr(files, "LARGE", 0)
    monkeypatch.setattr(files, "elsewhere", watched)
    return used


def test_a_dry_run_counts_and_leaves_everything_as_it_was(
    filled: store.Sessions, tmp_path: Path, form: str
) -> None:
    path = file(tmp_path, f"tiny.{form}", written([SHORE, *TINY[3:]], form))
    before = everything(filled)
    options = {"source": "tiny", "licence": "other", "replace": True}
    expected = run(filled, path, **options, dry_run=True)
    assert counts(expected) == {"unchanged": 2, "retired": 2}
    assert everything(filled) == before
    assert run(filled, path, **options) == expected
    assert sorted(held(filled)) == ["bank.noun.1", "run.verb.1"]


def test_a_dry_run_of_a_spoilt_file_counts_what_an_import_would(
    filled: store.Sessions, tmp_path: Path
) -> None:
    rows = """concept,pos,field,gloss,en,de
water.noun.1,noun,water,of another source,water,Wasser
tea.noun.1,noun,food,hot drink,tea,Tee
tea.noun.1,noun,food,again,tea,Tee
milk.noun.1,noun,food,white drink,молоко,Milch
"""
    path = file(tmp_path, "german.csv", rows)
    before = everything(filled)
    expected = run(filled, path, new_languages=("de",), dry_run=True)
    assert counts(expected) == {"added": 1, "rejected": 3}
    assert [line for line, _ in reasons(expected)] == [5, 2, 4]
    assert everything(filled) == before
    assert run(filled, path, new_languages=("de",)) == expected


def test_a_dry_run_of_pairs_counts_what_an_import_would(
    filled: store.Sessions, tmp_path: Path
) -> None:
    path = file(tmp_path, "pairs.txt", PAIRS)
    before = everything(filled)
    expected = run(filled, path, languages=("en", "fr"), dry_run=True)
    assert counts(expected) == {"added": 3, "unchanged": 1, "rejected": 1}
    assert everything(filled) == before
    assert run(filled, path, languages=("en", "fr")) == expected


def test_a_large_file_is_read_by_another_process_to_the_same_end(
    seeded: store.Sessions, tmp_path: Path, large: list[bool], form: str
) -> None:
    path = file(tmp_path, f"tiny.{form}", written(TINY, form))
    told: list[tuple[str, int, int]] = []

    def advance(what: str, done: int, total: int) -> None:
        told.append((what, done, total))

    report = import_words(seeded, Input(path), WordsImport(), advance)
    assert counts(report) == {"added": 4}
    after = held(seeded)
    assert large == [True]
    size = path.stat().st_size
    reading = [(done, total) for what, done, total in told if what == "reading"]
    assert reading[-1] == (size, size)
    assert told[-1] == ("storing", 8, 8)
    # The same file without the other process changes nothing.
    large.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LARGE", size)
        before = everything(seeded)
        assert counts(run(seeded, path, replace=True)) == {"unchanged": 4}
        assert everything(seeded) == before
    assert large == []
    assert after == {
        entry.key: {code: "|".join(forms) for code, forms in entry.forms.items()} for entry in TINY
    }


def test_the_other_process_rejects_and_skips_alike(
    filled: store.Sessions, tmp_path: Path, large: list[bool]
) -> None:
    path = file(tmp_path, "pairs.txt", PAIRS)
    report = run(filled, path, languages=("en", "fr"))
    assert counts(report) == {"added": 3, "unchanged": 1, "rejected": 1}
    remedy = "write it in Latn, or import with --any-script"
    reason = f"en form 'вода' is written in Cyrl, not Latn; {remedy}"
    assert reasons(report) == [(5, reason)]
    extract = (
        '{"word": "Tee", "lang_code": "de", "senses": []}\n'
        '{"word": "tea", "lang_code": "en", "pos": "noun", "senses": [{"glosses": ["drink"]}]}\n'
    )
    report = run(filled, file(tmp_path, "kaikki.jsonl", extract))
    assert counts(report) == {"added": 1, "skipped": 1}
    assert large == [True, True]


def cut(entries: bytes) -> bytes:
    packed = gzip.compress(entries)
    return packed[: len(packed) - 12]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "german.csv",
            b"concept,pos,field,gloss,de\nk,noun,f,g,Wort\n",
            "unknown language 'de'; known: en, fr, hi, kn",
        ),
        (
            "cut.tsv.gz",
            cut(written(TINY, "tsv").encode()),
            f"{{}} is a damaged or truncated .gz ({CUT_SHORT}); fetch it again",
        ),
        (
            "latin.tsv",
            b"concept\tpos\tfield\tgloss\tfr\nk\tnoun\tf\tg\t\xe9t\xe9\n",
            "{}: after line 0 it is not UTF-8 (byte 0xe9); save it as UTF-8",
        ),
    ],
)
def test_what_the_other_process_refuses_is_refused_here(
    filled: store.Sessions,
    tmp_path: Path,
    large: list[bool],
    name: str,
    content: bytes,
    said: str,
) -> None:
    path = file(tmp_path, name, content)
    before = everything(filled)
    form = path.suffixes[0][1:]
    with pytest.raises(InvalidInput) as caught:
        run(filled, path, form=form, source="tiny", replace=True)
    assert str(caught.value) == said.format(path)
    assert everything(filled) == before
    # Nor is anything left that the next import would stumble over.
    sound = file(tmp_path, "other.tsv", written(TINY, "tsv"))
    assert counts(run(filled, sound)) == {"rejected": 4}


class Killed:
    """Reading that gives one batch and is then killed, as by a kernel short of memory."""

    def __call__(self) -> Iterator[Batch]:
        yield Batch({}, [], 1, 0)
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_is_not_taken_for_the_end_of_the_file(
    filled: store.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGE", 0)
    monkeypatch.setattr(files, "elsewhere", lambda _reading: process.elsewhere(Killed()))
    before = everything(filled)
    path = file(tmp_path, "tiny.tsv", written([WATER], "tsv"))
    with pytest.raises(InvalidInput) as caught:
        run(filled, path, source="tiny", replace=True)
    assert str(caught.value) == "the process that read the file ended before its end; try again"
    assert everything(filled) == before


class Endless:
    def __call__(self) -> Iterator[int]:
        yield os.getpid()
        while True:
            yield 0


def test_an_import_that_stops_early_ends_the_other_process() -> None:
    found = process.elsewhere(Endless())
    pid = next(found)
    os.kill(pid, 0)
    found.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


class Printing:
    """Reading by a library that talks."""

    def __call__(self) -> Iterator[int]:
        print("hello")
        yield from range(100)


def test_what_the_other_process_prints_does_not_get_between_the_items() -> None:
    assert list(process.elsewhere(Printing())) == list(range(100))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_size_of_batches_changes_nothing(
    seeded: store.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(staging, "CHUNK", size)
    text = written([*TINY, WATER], "tsv") + "ragged\tline\n"
    report = run(seeded, file(tmp_path, "tiny.tsv", text))
    assert counts(report) == {"added": 4, "rejected": 2}
    assert reasons(report) == [
        (7, "2 columns, not 8"),
        (6, "concept 'water.noun.1' stands twice; merge the two rows"),
    ]


def test_ctrl_c_while_storing_leaves_nothing(filled: store.Sessions, tmp_path: Path) -> None:
    before = everything(filled)
    path = file(tmp_path, "tiny.tsv", written([SHORE], "tsv"))

    def advance(what: str, done: int, _total: int) -> None:
        if (what, done) == ("storing", 7):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_words(filled, Input(path), WordsImport(source="tiny", replace=True), advance)
    assert everything(filled) == before
    assert counts(run(filled, path, source="tiny", replace=True)) == {"unchanged": 1, "retired": 3}
