"""What ``lexicon status`` tells."""

import json
from pathlib import Path

import pytest

from indexer.build import build
from indexer.service import LexiconService
from indexer.status import index_status, status
from indexer.upkeep import keep_up
from lexicon.settings import Settings
from lexicon.store import SCHEMA_REVISION, Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry, register


def test_a_sound_world_is_told_in_full(tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
    told = status(tiny)
    assert told.home == str(tiny.settings.home)
    assert told.store.url == f"sqlite:///{tiny.settings.home}/lexicon.sqlite3"
    assert told.store.revision == SCHEMA_REVISION
    assert (told.store.concepts, told.store.senses) == (4, 14)
    assert told.store.lexemes == told.store.forms == {"en": 4, "fr": 4, "kn": 5}
    assert [source.model_dump() for source in told.store.sources] == [
        {"name": "tiny", "licence": "CC0-1.0", "version": "1"}
    ]
    assert told.known_encoders == ["bloom-1b7", "bloom-560m", "embedded", "labse"]
    assert told.problems == []
    (encoder,) = told.encoders
    assert (encoder.name, encoder.identity) == ("axis", tiny_axis.spec.identity)
    assert encoder.default
    assert encoder.problem is None
    assert [
        (item.language, item.state, item.rows, item.uncovered, item.missing, item.generation)
        for item in encoder.indices
    ] == [
        (code, "current", rows, 0, 0, tiny.index(tiny_axis, code).manifest.generation)
        for code, rows in (("en", 4), ("fr", 4), ("kn", 5))
    ]


def test_lexemes_and_forms_differ_by_homographs(
    service: LexiconService, sessions: Sessions
) -> None:
    fill(sessions, [*TINY, entry("water.verb.1", "verb", en="water")])
    told = status(service).store
    assert (told.lexemes["en"], told.forms["en"]) == (5, 4)


def test_an_index_that_the_store_has_left_behind_is_stale(
    service: LexiconService, sessions: Sessions
) -> None:
    fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
    states = {item.language: item.state for item in index_status(service, "axis").indices}
    stale = "stale; update it with: lexicon index build"
    assert states == {"en": stale, "fr": stale, "kn": "current"}


def test_the_remedy_for_another_encoder_than_the_default_names_it(
    service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = register(monkeypatch, AxisEncoder(name="other", revision="2"))
    build(sessions, service.generations, other)
    fill(sessions, [*TINY, entry("sea.noun.1", en="sea")])
    english = index_status(service, "other").indices[0]
    assert english.state == "stale; update it with: lexicon index build --encoder other"


def test_words_whose_vectors_are_kept_leave_an_index_current(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY[1:], entry("sea.noun.1", en="sea|water", fr="mer")])
    keep_up(service, axis)
    told = index_status(service, "axis").indices
    assert [(item.state, item.rows, item.missing, item.changes) for item in told] == [
        ("current", 5, 0, 1),
        ("current", 4, 0, 2),
        ("current", 3, 0, 2),
    ]


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_the_kind_and_its_recall_are_those_of_the_build(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder, kind: str
) -> None:
    build(sessions, service.generations, axis, ["kn"], kind=kind)
    told = {
        item.language: (item.kind, item.recall) for item in index_status(service, "axis").indices
    }
    assert told == {"en": ("sq", 1.0), "fr": ("sq", 1.0), "kn": (kind, 1.0)}


def test_without_another_language_there_is_no_recall(
    sessions: Sessions, settings: Settings, axis: AxisEncoder
) -> None:
    fill(sessions, [entry("sea.noun.1", en="sea")])
    service = LexiconService(settings, sessions)
    build(sessions, service.generations, axis)
    (english,) = index_status(service, "axis").indices
    assert (english.kind, english.recall) == ("sq", None)


def test_guessed_forms_are_counted(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY, entry("sea.noun.1", en="sea|ocean", fr="mer")])
    build(sessions, service.generations, axis)
    told = {item.language: item.uncovered for item in index_status(service, "axis").indices}
    assert told == {"en": 2, "fr": 1, "kn": 0}


def test_a_damaged_and_a_missing_index_say_why(service: LexiconService, axis: AxisEncoder) -> None:
    folder = service.generations.folder(axis.spec.identity, "en")
    (folder / "live").write_text("?")
    (service.generations.folder(axis.spec.identity, "fr") / "live").unlink()
    english, french, kannada = index_status(service, "axis").indices
    assert "is damaged (its pointer names no generation)" in english.state
    assert french.state.startswith("no index for encoder 'axis', language 'fr'")
    assert kannada.state == "current"
    assert (english.generation, english.rows) == (None, 0)


def test_an_encoder_that_cannot_be_opened_says_why(tiny: LexiconService) -> None:
    told = index_status(tiny, "gone")
    assert told.identity is None
    assert not told.default
    assert told.indices == []
    assert told.problem is not None
    assert told.problem.startswith("unknown encoder 'gone'")


def test_encoders_that_have_built_something_follow_the_default(
    service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(sessions, service.generations, AxisEncoder(name="aaa", revision="2"))
    told = status(service)
    assert [(item.name, item.default) for item in told.encoders] == [
        ("axis", True),
        ("aaa", False),
    ]
    # The registry knows no encoder of that name, which must not hide the rest.
    assert told.encoders[1].problem is not None


def test_a_default_encoder_without_indices_is_told_all_the_same(
    sessions: Sessions, settings: Settings, axis: AxisEncoder
) -> None:
    fill(sessions)
    (encoder,) = status(LexiconService(settings, sessions)).encoders
    assert encoder.default
    assert [item.language for item in encoder.indices] == ["en", "fr", "kn"]
    assert all("lexicon index build --encoder axis" in item.state for item in encoder.indices)


def test_an_empty_store_is_told(sessions: Sessions, settings: Settings, axis: AxisEncoder) -> None:
    told = status(LexiconService(settings, sessions))
    assert (told.store.concepts, told.store.lexemes, told.store.sources) == (0, {}, [])
    assert told.encoders[0].indices == []


def test_status_is_json_that_says_the_same_twice(tiny: LexiconService) -> None:
    text = status(tiny).model_dump_json()
    assert text == status(tiny).model_dump_json()
    assert json.loads(text)["store"]["forms"] == {"en": 4, "fr": 4, "kn": 5}


def test_looking_at_an_encoder_writes_nothing(
    sessions: Sessions, settings: Settings, axis: AxisEncoder
) -> None:
    fill(sessions)

    def tree() -> list[Path]:
        return sorted(p for p in settings.home.rglob("*") if "sqlite3" not in p.name)

    before = tree()
    status(LexiconService(settings, sessions))
    assert tree() == before
