"""Damaged files: refused as a whole and nothing is changed, or taken line by line and counted."""

import gzip
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from lexicon import browse, migrate, store
from lexicon.entries import ConceptEntry, checked, require_scripts
from lexicon.errors import InvalidInput
from lexicon.formats import jsonl, muse, wide, wn_lmf, words
from lexicon.formats.pairs.detect import READERS
from lexicon.formats.pairs.detect import detect as detect_pairs
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.ingest.files import WordsImport, import_words
from lexicon.ingest.report import IngestReport
from lexicon.ingest.sentences import PairImport, import_pairs
from lexicon.languages import SEED
from lexicon.models import Lexeme
from lexicon.normalize import search_key
from lexicon.pairs import every_pair
from lexicon.settings import Settings
from tests.conftest import TINY, fill
from tests.lexicon.snapshot import everything
from tests.postgres import Databases

SCRIPTS = {seed.code: seed.script for seed in SEED}
SOURCE = "damaged"

# The last key belongs to the source ``tiny`` already.
SOUND = (
    checked("cat.noun.1", "noun", "animal", "small feline", {"en": "cat", "fr": "chat|matou"}),
    checked("dog.noun.1", "noun", "animal", "barks, often", {"en": "dog", "kn": "ನಾಯಿ"}),
    checked("sun.noun.1", "noun", "sky", 'the "day" star', {"en": "sun", "hi": "सूरज|सूर्य"}),
    checked("eat.verb.1", "verb", "food", "to take food", {"en": "eat", "fr": "manger"}),
    checked("sea.noun.1", "noun", "water", "salt water", {"en": "sea", "fr": "mer", "kn": "ಸಮುದ್ರ"}),
    checked("bank.noun.3", "noun", "money", "a reserve", {"en": "bank|store", "fr": "banque"}),
    checked("run.verb.1", "verb", "motion", "to move fast", {"en": "run", "fr": "courir"}),
)


def _written(form: str) -> bytes:
    stream = io.StringIO()
    codes = sorted(SCRIPTS)
    if form == "jsonl":
        jsonl.write(SOUND, stream)
    elif form == "muse":
        muse.write((*SOUND, *TINY), ("fr", "en"), stream)
    elif form == "wn-lmf":
        wn_lmf.write(SOUND, codes, stream, name="w", version="1", licence="CC0-1.0")
    else:
        wide.write(SOUND, codes, stream, form)
    return stream.getvalue().encode()


def _lines(*values: object) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _table(*rows: tuple[str, ...]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _entry(word: str, gloss: str, **translations: str) -> dict[str, Any]:
    found = [{"lang_code": code, "word": word} for code, word in translations.items()]
    senses = [{"id": f"en-{word}", "glosses": [gloss]}]
    return {
        "word": word, "lang_code": "en", "pos": "noun", "senses": senses, "translations": found
    }  # fmt: skip


SENTENCES = [
    ("7", "neutral", "It rains.", "The road is wet."),
    ("8", "entailment", "Two cats sleep.", "Cats sleep."),
    ("9", "-", "Nobody came.", 'He said "yes".'),
    ("10", "contradiction", "Il pleut à Paris.", "Il fait beau."),
    ("11", "entailment", "ಮಳೆ ಬರುತ್ತಿದೆ.", "ಮಳೆ."),
]
_NAMED = ("pairID", "gold_label", "sentence1", "sentence2")
_PLAIN = ("premise", "hypothesis")

FILES: dict[str, bytes] = {
    **{form: _written(form) for form in ("tsv", "csv", "jsonl", "muse", "wn-lmf")},
    "wiktextract": _lines(
        _entry("tree", "a tall plant", fr="arbre", kn="ಮರ", hi="पेड़"),
        _entry("moon", "it circles the earth", fr="lune"),
        {"word": "Baum", "lang_code": "de", "pos": "noun"},
        {"title": "a", "redirect": "b"},
        _entry("star", "a sun far away", fr="étoile"),
    ),
    "plain": _table(("id", "label", *_PLAIN), *SENTENCES),
    "xnli-tsv": _table(("language", *_NAMED), *(("en", *row) for row in SENTENCES)),
    "xnli-jsonl": _lines(*(dict(zip(_NAMED, row, strict=True)) for row in SENTENCES)),
    "huggingface": _lines(
        *({"premise": one, "hypothesis": two, "label": 1} for *_, one, two in SENTENCES)
    ),
    "indicxnli": json.dumps(
        [{"premise": one, "hypothesis": two, "label": "2"} for *_, one, two in SENTENCES],
        ensure_ascii=False,
        indent=1,
    ).encode(),
}
WORDS = ("tsv", "csv", "jsonl", "muse", "wiktextract", "wn-lmf")

# Kinds of damage. Each is told two numbers that say where and what.


def _insert(data: bytes, at: int, what: bytes) -> bytes:
    place = at % (len(data) + 1)
    return data[:place] + what + data[place:]


def _flip(data: bytes, at: int, bit: int) -> bytes:
    place = at % max(len(data), 1)
    return (
        data[:place]
        + bytes(byte ^ 1 << bit % 8 for byte in data[place : place + 1])
        + (data[place + 1 :])
    )


def _line(change: Callable[[bytes, int], bytes]) -> "Damage":
    """Damage to one line."""

    def damage(data: bytes, at: int, more: int) -> bytes:
        lines = data.splitlines(keepends=True) or [b""]
        place = at % len(lines)
        lines[place] = change(lines[place], more)
        return b"".join(lines)

    return damage


def _swap_columns(line: bytes, more: int) -> bytes:
    separator = b"\t" if b"\t" in line else b","
    cells = line.rstrip(b"\n").split(separator)
    one, other = more % len(cells), (more // 7) % len(cells)
    cells[one], cells[other] = cells[other], cells[one]
    return separator.join(cells) + b"\n"


def _cut_gzip(data: bytes, at: int, _more: int) -> bytes:
    packed = gzip.compress(data, mtime=0)
    return packed[: at % len(packed)]


def _utf_16(data: bytes, at: int, _more: int) -> bytes:
    encoding = ("utf-16", "utf-16-be", "utf-32")[at % 3]
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return mark + data.decode(errors="replace").encode(encoding)


Damage = Callable[[bytes, int, int], bytes]
DAMAGES: Mapping[str, Damage] = {
    "cut": lambda data, at, _: data[: at % max(len(data), 1)],
    "flip": _flip,
    "insert": lambda data, at, what: _insert(
        data, at, (b"\0", b"\xef\xbb\xbf", b"\xff\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")[what % 5]
    ),
    "sign": lambda data, at, what: _insert(
        data, at, (b"\\ud800", b'"', b"\\", b"{", b"]", b"<", b"&amp;", b"\r", b"\x0c", b"|", b",",
                   b"\t", b"\n\n", "\u2028".encode(), b"1e999", b"&x;")[what % 16]
    ),
    "long": lambda data, at, _: _insert(data, at, b"x" * 1_000_000),
    "marked": lambda data, _at, _more: b"\xef\xbb\xbf" + data,
    "windows": lambda data, _at, _more: data.replace(b"\n", b"\r\n"),
    "old mac": lambda data, _at, _more: data.replace(b"\n", b"\r"),
    "ragged": _line(lambda line, what: line.rstrip(b"\n") + (b"\tx\n" if what % 2 else b",x\n")),
    "shorter": _line(lambda line, _: re.split(rb"[\t,]", line)[0] + b"\n"),
    "twice": _line(lambda line, _: line + line),
    "gone": _line(lambda _line, _: b""),
    "swapped": _line(_swap_columns),
    "nested": _line(lambda line, what: b'{"a":' * (what * 7) + line),
    "no end": lambda data, _at, _more: data.rstrip(b"\n"),
    "gzip": lambda data, _at, _more: gzip.compress(data, mtime=0),
    "cut gzip": _cut_gzip,
    "flipped gzip": lambda data, at, bit: _flip(gzip.compress(data, mtime=0), at, bit),
    "two archives": lambda data, at, _: gzip.compress(data, mtime=0) + data[: at % 9],
    "utf-16": _utf_16,
    "nothing": lambda _data, _at, _more: b"",
    "zip": lambda data, _at, _more: b"PK\x03\x04\x14\x00\x08" + data,
}  # fmt: skip

_damage = st.tuples(st.sampled_from(sorted(DAMAGES)), st.integers(0, 4_000), st.integers(0, 999))
damages = st.lists(_damage, min_size=1, max_size=3)


def damaged(data: bytes, what: list[tuple[str, int, int]]) -> bytes:
    for name, at, more in what:
        data = DAMAGES[name](data, at, more)
    return data


# What must come of a file


def import_file(sessions: store.Sessions, path: Path, form: str, named: bool) -> IngestReport:
    if form in WORDS:
        pair = ("fr", "en") if form == "muse" else None
        wanted = WordsImport(form if named else None, SOURCE, languages=pair)
        return import_words(sessions, Input(path), wanted)
    known = form.partition("-")[0] if named else None
    return import_pairs(sessions, Input(path), PairImport(SOURCE, "test", "en", form=known))


Records = list[Row[Any] | Rejected | Skipped]


def _read(path: Path, form: str, named: bool) -> tuple[str, Records]:
    source = Input(path)
    if form not in WORDS:
        found = form.partition("-")[0] if named else detect_pairs(source)
        return found, list(READERS[found](source, Reading(frozenset(SCRIPTS), "en")))
    found = form if named else words.detect(source)
    if found == "muse":
        return found, list(muse.records(source))
    return found, list(words.records(source, found, SCRIPTS))


def _in_script(forms: Mapping[str, tuple[str, ...]]) -> bool:
    try:
        require_scripts(ConceptEntry("k", "x", "f", "g", forms), SCRIPTS)
    except InvalidInput:
        return False
    return True


def _lemmas(entries: Mapping[str, ConceptEntry]) -> set[tuple[str, str, str]]:
    return {
        (language, lemma, entry.pos)
        for entry in entries.values()
        for language, lemmas in entry.forms.items()
        for lemma in lemmas
    }


def _check_concepts(sessions: store.Sessions, report: IngestReport, rows: list[Any]) -> int:
    """The store holds what the rows say, and no word of another; returns how many were taken."""
    tiny = {entry.key: entry for entry in TINY}
    taken: dict[str, ConceptEntry] = {}
    for entry in rows:
        if _in_script(entry.forms) and entry.key not in tiny:
            taken.setdefault(entry.key, entry)
    with sessions() as session:
        held = {one.key: one for one in browse.concept_entries(session, SOURCE)}
        others = {one.key: one for one in browse.concept_entries(session, "tiny")}
        lexemes = set(session.execute(select(Lexeme.language, Lexeme.lemma, Lexeme.pos)))
    facts = [
        {key: (one.pos, one.field, one.gloss, one.forms, one.external) for key, one in all.items()}
        for all in (held, taken)
    ]
    assert facts[0] == facts[1]
    assert others.keys() == tiny.keys()
    assert lexemes == _lemmas(tiny) | _lemmas(taken)
    assert report.added == len(taken)
    return len(taken)


def _check_word_pairs(sessions: store.Sessions, report: IngestReport, rows: list[Any]) -> int:
    pairs = [pair for pair in rows if _in_script({"fr": (pair.first,), "en": (pair.second,)})]
    with sessions() as session:
        entries = list(browse.concept_entries(session))
        lexemes = set(session.execute(select(Lexeme.language, Lexeme.lemma)))
    shared = {
        (search_key(one), search_key(other))
        for entry in entries
        for one in entry.forms.get("fr", ())
        for other in entry.forms.get("en", ())
    }
    assert {(search_key(pair.first), search_key(pair.second)) for pair in pairs} <= shared
    known = {(language, lemma) for language, lemma, _ in _lemmas({e.key: e for e in TINY})}
    said = {("fr", pair.first) for pair in pairs} | {("en", pair.second) for pair in pairs}
    assert known <= lexemes <= known | said
    assert report.added + report.unchanged == len(pairs)
    return len(pairs)


def _check_sentences(sessions: store.Sessions, report: IngestReport, rows: list[Any]) -> int:
    taken: dict[tuple[str, str, str], PairEntry] = {}
    for pair in rows:
        taken.setdefault((pair.premise_language, pair.hypothesis_language, pair.key), pair)
    with sessions() as session:
        held = [
            PairEntry(**{name: getattr(pair, name) for name in PairEntry.__dataclass_fields__})
            for pair in every_pair(session, SOURCE, "test")
        ]
    assert sorted(map(repr, held)) == sorted(map(repr, taken.values()))
    assert report.added == len(taken)
    return len(taken)


def require_sound(sessions: store.Sessions, path: Path, form: str, named: bool) -> None:
    """Import, and see that it was all or nothing, line by line."""
    before = everything(sessions)
    try:
        report = import_file(sessions, path, form, named)
    except InvalidInput as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 1_000 + len(str(path))
        assert everything(sessions) == before
        return
    found, records = _read(path, form, named)
    rows = [record.entry for record in records if isinstance(record, Row)]
    check = _check_sentences
    if form in WORDS:
        check = _check_word_pairs if found == "muse" else _check_concepts
    taken = check(sessions, report, rows)
    counts = report.added + report.updated + report.unchanged, report.rejected, report.skipped
    assert report.retired == 0
    assert sum(counts) == len(records)
    assert report.skipped == sum(isinstance(record, Skipped) for record in records)
    assert not any("\n" in reject.reason for reject in report.rejects)
    after = everything(sessions)
    again = import_file(sessions, path, form, named)
    assert not again.changed
    assert (again.unchanged, again.rejects) == (taken, report.rejects)
    assert everything(sessions) == after


# Stores


def _filled(settings: Settings) -> None:
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    sessions = store.open_store(settings)
    fill(sessions)
    for used in (engine, sessions.kw["bind"]):
        used.dispose()


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the tiny lexicon; examples work on copies of it."""
    home = tmp_path_factory.mktemp("filled") / "home"
    _filled(Settings(home=home))
    return home


@contextmanager
def _opened(settings: Settings) -> Iterator[store.Sessions]:
    sessions = store.open_store(settings)
    try:
        yield sessions
    finally:
        sessions.kw["bind"].dispose()


@contextmanager
def _copied(home: Path, folder: Path) -> Iterator[store.Sessions]:
    own = folder / "home"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(home, own)
    with _opened(Settings(home=own)) as sessions:
        yield sessions


PROPERTY = hypothesis_settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("form", sorted(FILES))
def test_the_sound_file_is_taken(form: str, filled_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sound"
    path.write_bytes(FILES[form])
    with _copied(filled_home, tmp_path) as sessions:
        require_sound(sessions, path, form, named=False)
        assert import_file(sessions, path, form, named=True).unchanged > 2


@pytest.mark.parametrize("form", sorted(FILES))
@PROPERTY
@given(what=damages, named=st.booleans())
def test_a_damaged_file_is_refused_or_taken_line_by_line(
    form: str, filled_home: Path, tmp_path: Path, what: list[tuple[str, int, int]], named: bool
) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(damaged(FILES[form], what))
    with _copied(filled_home, tmp_path) as sessions:
        require_sound(sessions, path, form, named)
