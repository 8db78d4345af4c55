"""After words were written: vectors at once, a build only where it is worth one."""

import pytest
from sqlalchemy import select

from indexer import delta, upkeep
from indexer.build import build
from indexer.service import LexiconService
from indexer.upkeep import FEWEST, Upkeep, keep_up
from lexicon import models
from lexicon.entries import ConceptEntry
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.worlds import entry

SEA = entry("sea.noun.1", en="sea|ocean", fr="mer", hi="समुद्र")


def words(many: int, first: int = 0) -> list[ConceptEntry]:
    return [entry(f"c{n:05}", en=f"e{n:05}") for n in range(first, first + many)]


def vectors(sessions: Sessions) -> int:
    """How many SQL holds."""
    with sessions() as session:
        return len(session.scalars(select(models.WordVector.digest)).all())


@pytest.fixture
def large(settings: Settings, sessions: Sessions, axis: AxisEncoder) -> LexiconService:
    """1,200 English words and an index of them: 5 % are 60."""
    fill(sessions, words(1_200))
    service = LexiconService(settings, sessions)
    build(sessions, service.generations, axis)
    axis.encoded = 0
    return service


def test_nothing_new_is_nothing_to_do(service: LexiconService, axis: AxisEncoder) -> None:
    assert keep_up(service, axis) == Upkeep()
    assert axis.encoded == 0


def test_new_words_have_vectors_that_are_kept_and_used_by_searches(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY, SEA])
    assert keep_up(service, axis) == Upkeep(changed={"en": 2, "fr": 1})
    assert (axis.encoded, vectors(sessions)) == (3, 3)
    axis.encoded = 0
    again = LexiconService(service.settings, sessions)
    assert "mer" in lemmas(ask(again, "sea"))
    assert axis.encoded == 0
    assert keep_up(again, axis) == Upkeep(changed={"en": 2, "fr": 1})
    assert axis.encoded == 0


def test_a_language_that_was_never_built_is_left_alone(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY, *(entry(f"h{n}", hi="क" * (n + 1)) for n in range(FEWEST + 1))])
    assert keep_up(service, axis) == Upkeep()
    assert service.generations.live(axis.spec.identity, "hi") is None


@pytest.mark.parametrize(("more", "worth"), [(FEWEST, False), (FEWEST + 1, True)])
def test_a_small_index_is_built_again_for_more_than_fifty_rows(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder, more: int, worth: bool
) -> None:
    fill(sessions, [*TINY, *words(more)])
    done = keep_up(service, axis)
    assert done.changed == {"en": more}
    assert axis.encoded == more
    if worth:
        assert done.built is not None
        assert done.built.built == {"en": more + 4}
        assert done.built.reused == {"en": more + 4}
    else:
        assert done.built is None
    assert vectors(sessions) == (0 if worth else more)


@pytest.mark.parametrize(("fewer", "worth"), [(60, False), (61, True)])
def test_a_large_index_is_built_again_for_more_than_one_row_in_twenty(
    large: LexiconService, sessions: Sessions, axis: AxisEncoder, fewer: int, worth: bool
) -> None:
    fill(sessions, words(1_200 - fewer))
    done = keep_up(large, axis)
    assert done.changed == {"en": fewer}
    assert (done.built is not None) is worth
    assert large.index(axis, "en").base.rows == (1_200 - fewer if worth else 1_200)
    assert large.index(axis, "en").rows == 1_200 - fewer
    assert axis.encoded == 0


def test_words_too_many_to_wait_for_are_counted_and_left_to_a_build(
    service: LexiconService,
    sessions: Sessions,
    axis: AxisEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delta, "FEW", 60)
    monkeypatch.setattr(upkeep, "QUICK", 13)
    fill(sessions, [*TINY, *words(70)])
    done = keep_up(service, axis)
    assert done == Upkeep(changed={"en": 70}, pending={"en": 10})
    assert axis.encoded == 60


def test_an_encoder_that_needs_no_torch_takes_them_all_in(
    service: LexiconService,
    sessions: Sessions,
    axis: AxisEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delta, "FEW", 60)
    monkeypatch.setattr(upkeep, "QUICK", 14)
    fill(sessions, [*TINY, *words(70)])
    done = keep_up(service, axis)
    assert (done.pending, axis.encoded) == ({}, 70)
    assert done.built is not None
    assert done.built.built == {"en": 74}


def test_while_another_builds_it_is_left_to_the_other(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY, *words(FEWEST + 1)])
    with service.generations.building(axis.spec.identity):
        done = keep_up(service, axis)
    assert done == Upkeep(changed={"en": FEWEST + 1})
    assert vectors(sessions) == FEWEST + 1
    assert keep_up(service, axis).built is not None


def test_a_damaged_index_is_told_and_does_not_keep_the_others_back(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    fill(sessions, [*TINY, SEA])
    (service.settings.indices / axis.spec.identity / "en" / "live").write_text("?")
    done = keep_up(service, axis)
    assert done.problem is not None
    assert "its pointer names no generation" in done.problem
    assert done.changed == {"fr": 1}


def test_a_build_tells_how_far_it_has_come(
    service: LexiconService,
    sessions: Sessions,
    axis: AxisEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep, "FEWEST", 0)
    monkeypatch.setattr("indexer.build.changes.word_vectors", lambda *_: {})
    monkeypatch.setattr("indexer.building.encode.changes.word_vectors", lambda *_: {})
    fill(sessions, [*TINY, SEA])
    told: list[tuple[str, int, int]] = []
    keep_up(service, axis, lambda *said: told.append(said))
    assert told == [("en", 6, 6), ("fr", 5, 5)]
