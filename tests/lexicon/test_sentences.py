"""Bringing sentence pairs in: what is added, changed and retired, and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from lexicon import store
from lexicon.errors import InvalidInput, StoreUnavailable, UnknownLanguage
from lexicon.formats.pairs import plain
from lexicon.formats.reading import Input, Rejected
from lexicon.ingest import sentences
from lexicon.ingest.sentences import import_pairs
from lexicon.models import Language, NliPrediction, SentencePair, Source
from lexicon.pairs import StoredPair, every_pair
from lexicon.store import Sessions
from tests.lexicon.sentences import THREE, WANTED, counts, file, know_languages, stored

XNLI = Path(__file__).parents[3] / "shared" / "data" / "xnli"


@pytest.fixture(autouse=True)
def languages(sessions: Sessions) -> None:
    """The store knows the four languages."""
    know_languages(sessions)


def predict(sessions: Sessions) -> None:
    """A prediction for every stored pair."""
    with store.writing(sessions) as session:
        for pair in session.scalars(select(SentencePair)):
            session.add(
                NliPrediction(
                    pair_id=pair.id,
                    checkpoint="stub",
                    entailment=0.5,
                    neutral=0.25,
                    contradiction=0.25,
                    truncated=False,
                )
            )


def predicted(sessions: Sessions) -> set[str]:
    """Keys of the pairs that have a prediction."""
    with sessions() as session:
        statement = select(SentencePair.key).join(NliPrediction)
        return set(session.scalars(statement))


def test_pairs_are_added_in_their_order_with_their_source(
    sessions: Sessions, tmp_path: Path
) -> None:
    source = file(tmp_path, *THREE)
    assert counts(import_pairs(sessions, source, WANTED)) == (3, 0, 0, 0)
    assert [replace(pair, id=0) for pair in stored(sessions)] == [
        StoredPair("1", "a", "b", "en", "en", "neutral", 0, "xnli", "dev"),
        StoredPair("2", "c", "d", "en", "en", None, 0, "xnli", "dev"),
        StoredPair("3", "e", "f", "en", "en", "entailment", 0, "xnli", "dev"),
    ]
    with sessions() as session:
        [held] = session.scalars(select(Source))
        assert (held.name, held.licence, held.version) == ("xnli/dev", "CC-BY-NC-4.0", "1.0")
        assert held.checksum == sha256(source.path.read_bytes()).hexdigest()
        assert set(session.scalars(select(SentencePair.source_id))) == {held.id}


def test_again_changes_nothing(sessions: Sessions, tmp_path: Path) -> None:
    source = file(tmp_path, *THREE)
    import_pairs(sessions, source, WANTED)
    before = stored(sessions)
    assert counts(import_pairs(sessions, source, WANTED)) == (0, 0, 3, 0)
    assert stored(sessions) == before


def test_a_source_keeps_what_a_later_import_does_not_say(
    sessions: Sessions, tmp_path: Path
) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    import_pairs(sessions, file(tmp_path, *THREE), replace(WANTED, licence="", version="1.1"))
    with sessions() as session:
        [held] = session.scalars(select(Source))
        assert (held.licence, held.version) == ("CC-BY-NC-4.0", "1.1")


def test_what_differs_is_updated_in_its_place(sessions: Sessions, tmp_path: Path) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    ids = [pair.id for pair in stored(sessions)]
    changed = (("1", "-", "a", "b"), ("2", "-", "c", "D"), THREE[2], ("4", "neutral", "g", "h"))
    assert counts(import_pairs(sessions, file(tmp_path, *changed), WANTED)) == (1, 2, 1, 0)
    now = stored(sessions)
    assert [pair.id for pair in now[:3]] == ids
    assert [(p.key, p.label, p.hypothesis) for p in now] == [
        ("1", None, "b"),
        ("2", None, "D"),
        ("3", "entailment", "f"),
        ("4", "neutral", "h"),
    ]


def test_predictions_of_another_text_go_and_of_another_label_stay(
    sessions: Sessions, tmp_path: Path
) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    predict(sessions)
    changed = (("1", "entailment", "a", "b"), ("2", "-", "C", "d"), THREE[2])
    import_pairs(sessions, file(tmp_path, *changed), WANTED)
    assert predicted(sessions) == {"1", "3"}


def test_replace_retires_what_the_file_no_longer_has(sessions: Sessions, tmp_path: Path) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    predict(sessions)
    for other in (
        replace(WANTED, split="test"),
        replace(WANTED, dataset="snli"),
        replace(WANTED, language="fr"),
        replace(WANTED, hypothesis_language="fr"),
    ):
        import_pairs(sessions, file(tmp_path, *THREE), other)
    fewer = file(tmp_path, THREE[2], ("9", "neutral", "x", "y"))
    assert counts(import_pairs(sessions, fewer, WANTED)) == (1, 0, 1, 0)
    assert counts(import_pairs(sessions, fewer, replace(WANTED, replace=True))) == (0, 0, 2, 2)
    assert predicted(sessions) == {"3"}
    assert len(stored(sessions)) == 4 * 3 + 2


def test_replace_by_nothing_is_refused(sessions: Sessions, tmp_path: Path) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    with pytest.raises(InvalidInput, match="has no pair to take, and would replace all"):
        import_pairs(sessions, file(tmp_path, ("1", "x")), replace(WANTED, replace=True))
    assert len(stored(sessions)) == 3


def test_a_dry_run_counts_and_keeps_nothing(sessions: Sessions, tmp_path: Path) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    before = stored(sessions)
    trial = replace(WANTED, dry_run=True, replace=True, version="2.0")
    changed = file(tmp_path, ("1", "entailment", "a", "b"), ("7", "-", "x", "y"))
    assert counts(import_pairs(sessions, changed, trial)) == (1, 1, 0, 2)
    assert stored(sessions) == before
    with sessions() as session:
        assert session.scalars(select(Source.version)).all() == ["1.0"]


def test_a_key_that_stands_twice_is_rejected_the_second_time(
    sessions: Sessions, tmp_path: Path
) -> None:
    again = (*THREE, ("1", "neutral", "a2", "b2"), ("9", "maybe", "x", "y"), ("1", "-", "a", "b"))
    report = import_pairs(sessions, file(tmp_path, *again), WANTED)
    assert counts(report) == (3, 0, 0, 0)
    assert [(reject.line, reject.reason[:38]) for reject in report.rejects] == [
        (5, "the key '1' stands in line 2 already"),
        (6, "unknown NLI label 'maybe'; known: enta"),
        (7, "the key '1' stands in line 2 already"),
    ]
    assert report.rejects[0] == Rejected(5, "the key '1' stands in line 2 already", "a2\tb2")
    assert stored(sessions)[0].premise == "a"


def test_rows_of_languages_that_the_store_does_not_have_are_skipped(
    sessions: Sessions, tmp_path: Path
) -> None:
    path = tmp_path / "xnli.dev.tsv"
    path.write_text(
        "language\tgold_label\tsentence1\tsentence2\tpairID\n"
        "de\tneutral\ta\tb\t1\nen\tneutral\ta\tb\t1\nfr\tneutral\ta\tb\t1\n"
    )
    report = import_pairs(sessions, Input(path), replace(WANTED, language=None))
    assert (*counts(report), report.skipped) == (2, 0, 0, 0, 1)
    assert [pair.premise_language for pair in stored(sessions)] == ["en", "fr"]


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"language": "de"}, UnknownLanguage, "unknown language 'de'; known: en, fr, hi, kn"),
        ({"hypothesis_language": "xx"}, UnknownLanguage, "unknown language 'xx'"),
        ({"form": "csv"}, InvalidInput, "unknown format 'csv'; known: xnli, "),
        ({"split": "s" * 33}, InvalidInput, "split name of 33 characters"),
        ({"dataset": " "}, InvalidInput, "empty data set name ' '"),
        ({"labels": ("neutral",)}, InvalidInput, "the order of labels 'neutral'"),
        ({"language": None}, InvalidInput, ""),
    ],
)
def test_a_wrong_wish_is_refused(
    sessions: Sessions,
    tmp_path: Path,
    changes: dict[str, str],
    error: type[Exception],
    why: str,
) -> None:
    with pytest.raises(error) as caught:
        import_pairs(sessions, file(tmp_path, *THREE), replace(WANTED, **changes))  # type: ignore[arg-type]
    assert str(caught.value).startswith(why)
    assert stored(sessions) == []


def test_a_file_that_breaks_off_leaves_nothing(sessions: Sessions, tmp_path: Path) -> None:
    source = file(tmp_path, *((str(number), "-", "a", "b") for number in range(5_000)))
    with source.path.open("ab") as stream:
        stream.write(b"1\t-\t\xff\tb\n")
    with pytest.raises(InvalidInput, match="is not UTF-8"):
        import_pairs(sessions, source, WANTED)
    assert stored(sessions) == []
    with pytest.raises(InvalidInput, match="cannot be read"):
        import_pairs(sessions, Input(tmp_path / "absent.tsv"), WANTED)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, RuntimeError])
def test_a_merge_that_fails_leaves_nothing(
    sessions: Sessions, tmp_path: Path, fault: type[BaseException]
) -> None:
    import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    before = stored(sessions)
    engine = sessions.kw["bind"]

    def fail(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO sentence_pair"):
            raise fault

    changed = file(tmp_path, ("1", "entailment", "A", "b"), ("7", "-", "x", "y"))
    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(fault):
        import_pairs(sessions, changed, replace(WANTED, replace=True))
    event.remove(engine, "before_cursor_execute", fail)
    assert stored(sessions) == before
    assert counts(import_pairs(sessions, changed, replace(WANTED, replace=True))) == (1, 1, 0, 2)


def test_what_the_database_refuses_is_one_line(sessions: Sessions, tmp_path: Path) -> None:
    with store.writing(sessions) as session:
        session.connection().exec_driver_sql("DROP TABLE nli_prediction")
    with pytest.raises(StoreUnavailable, match="nothing was changed"):
        import_pairs(sessions, file(tmp_path, *THREE), WANTED)
    assert stored(sessions) == []


def test_others_may_write_while_a_file_is_read(sessions: Sessions, tmp_path: Path) -> None:
    source = file(tmp_path, *((str(number), "-", "a" * 50, "b") for number in range(9_000)))
    told: list[tuple[str, int, int]] = []

    def advance(name: str, done: int, total: int) -> None:
        told.append((name, done, total))
        with store.writing(sessions) as session:
            session.execute(update(Language).values(name=str(done)))

    assert counts(import_pairs(sessions, source, WANTED, advance)) == (9_000, 0, 0, 0)
    assert len(told) > 1
    assert told[-1] == ("pairs.tsv", source.size, source.size)


def test_two_imports_of_one_file_at_once_add_it_once(sessions: Sessions, tmp_path: Path) -> None:
    source = file(tmp_path, *((str(number), "-", "a", "b") for number in range(3_000)))
    with ThreadPoolExecutor() as pool:
        reports = list(pool.map(lambda _: import_pairs(sessions, source, WANTED), range(4)))
    assert sorted(map(counts, reports)) == [(0, 0, 3_000, 0)] * 3 + [(3_000, 0, 0, 0)]


def test_many_pairs_pass_in_parts(
    sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "CHUNK", 7)
    rows = [(str(number), "-", f"a{number}", "b") for number in range(50)]
    assert counts(import_pairs(sessions, file(tmp_path, *rows), WANTED)) == (50, 0, 0, 0)
    assert [pair.key for pair in stored(sessions)] == [row[0] for row in rows]


@pytest.mark.skipif(not XNLI.is_dir(), reason="the XNLI files are not here")
def test_real_files_go_in_once_and_come_out_as_they_were(
    sessions: Sessions, tmp_path: Path
) -> None:
    added = 0
    for path, wanted in (
        (XNLI / "xnli_dev_en.tsv", WANTED),
        (XNLI / "xnli_dev_hi.tsv", replace(WANTED, language="hi")),
        (XNLI / "snli_part_en.tsv", replace(WANTED, dataset="snli")),
    ):
        first = import_pairs(sessions, Input(path), wanted)
        assert first.rejects == []
        assert counts(import_pairs(sessions, Input(path), wanted)) == (0, 0, first.added, 0)
        added += first.added
    assert len(stored(sessions)) == added
    for language in ("en", "hi"):
        stream = StringIO()
        with sessions() as session:
            assert plain.write(every_pair(session, "xnli", "dev", language), stream) == 2_490
        path = tmp_path / "out.tsv"
        path.write_text(stream.getvalue(), encoding="utf-8", newline="\n")
        again = import_pairs(sessions, Input(path), replace(WANTED, language=None, replace=True))
        assert counts(again) == (0, 0, 2_490, 0)
