"""Words that came and went since a build: what is encoded, what is kept, what has to wait."""

import numpy as np
import pytest
from sqlalchemy import delete, select

from indexer import delta
from indexer.build import build
from indexer.delta import changes
from indexer.indices.stored import StoredIndex
from indexer.service import LexiconService
from lexicon import models
from lexicon.entries import ConceptEntry
from lexicon.errors import IndexDamaged
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.worlds import entry

WATER, SHORE, MONEY, RUN = TINY
SEA = entry("sea.noun.1", en="sea|ocean", fr="mer")
TEA = entry("tea.noun.1", en="tea|brew|infusion")


@pytest.fixture
def base(service: LexiconService, axis: AxisEncoder) -> StoredIndex:
    """The English words of the tiny world."""
    return service.generations.load(axis.spec, "en")


def kept(sessions: Sessions) -> list[tuple[str, bool]]:
    """Language and coverage of the vectors that SQL holds."""
    with sessions() as session:
        rows = session.scalars(select(models.WordVector).order_by(models.WordVector.language))
        return [(row.language, row.covered) for row in rows]


class TestChanges:
    def test_there_are_none_after_a_build(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        found = changes(sessions, axis, base)
        assert (found.size, found.pending, len(found.gone), found.forms) == (0, 0, 0, [])
        assert found.vectors.shape == (0, 4)
        assert found.watermark == base.manifest.watermark

    def test_words_of_other_languages_are_not_among_them(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        fill(sessions, [*TINY[1:], entry("sea.noun.1", fr="mer", en="water")])
        found = changes(sessions, axis, base)
        assert found.size == 0
        assert axis.encoded == 0

    def test_new_forms_have_their_vectors_in_the_order_in_which_they_came(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        axis.table = {"en": {"sea": [1, 0, 0, 0]}}
        fill(sessions, [*TINY, SEA])
        found = changes(sessions, axis, base)
        assert [len(form) for form in found.forms] == [1, 1]
        assert sorted(found.vectors.tolist()) == [[0.5] * 4, [1, 0, 0, 0]]
        assert sorted(found.covered.tolist()) == [False, True]
        assert (found.size, axis.encoded) == (2, 2)

    def test_a_new_lexeme_of_a_form_that_is_there_needs_no_vector(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        fill(sessions, [*TINY, entry("water.verb.1", "verb", en="water")])
        found = changes(sessions, axis, base)
        assert (len(found.aliases), found.size, axis.encoded) == (1, 0, 0)

    def test_a_word_that_left_and_came_back_has_its_row_again(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        fill(sessions, [one for one in TINY if one is not RUN])
        assert len(changes(sessions, axis, base).gone) == 1
        fill(sessions, TINY)
        found = changes(sessions, axis, base)
        assert len(found.gone) == 0
        assert len(found.departed) == len(found.renamed) == len(found.aliases) == 1
        assert axis.encoded == 0

    def test_a_generation_of_another_store_is_refused(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        with writing(sessions) as session:
            session.execute(delete(models.StoreIdentity))
            session.add(models.StoreIdentity(id="another"))
        with pytest.raises(IndexDamaged, match=r"its words are those of another store"):
            changes(sessions, axis, base)
        with pytest.raises(IndexDamaged, match=r"another store\) .*lexicon index build$"):
            LexiconService(service.settings, sessions).index(axis, "en")
        report = build(sessions, service.generations, axis)
        assert set(report.repaired) == set(report.built) == {"en", "fr", "kn"}
        assert lemmas(ask(LexiconService(service.settings, sessions), "water", k=1)) == ["eau"]

    @pytest.mark.parametrize("kept", [[*TINY, SEA], TINY[1:]])
    def test_a_generation_of_a_later_state_is_refused(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        kept: list[ConceptEntry],
    ) -> None:
        with sessions() as session:
            first = session.scalars(select(models.Lexeme.id)).all()
        fill(sessions, kept)
        build(sessions, service.generations, axis)
        # As a restored backup leaves it: what was written since the first state never happened.
        with writing(sessions) as session:
            session.execute(delete(models.DepartedLexeme))
            later = models.Lexeme.id.not_in(first)
            gone = select(models.Sense.concept_id).join(models.Lexeme).where(later)
            session.execute(delete(models.Concept).where(models.Concept.id.in_(gone)))
            session.execute(delete(models.Lexeme).where(later))
        with pytest.raises(IndexDamaged, match=r"those of a later state of the store\)"):
            LexiconService(service.settings, sessions).index(axis, "en")
        report = build(sessions, service.generations, axis)
        assert "en" in report.repaired
        assert LexiconService(service.settings, sessions).index(axis, "en").rows

    def test_the_last_words_may_depart(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, SEA])
        build(sessions, service.generations, axis)
        fill(sessions, TINY)
        assert len(LexiconService(service.settings, sessions).index(axis, "en").changes.gone) == 2


class TestPending:
    def test_no_more_than_a_few_are_encoded_at_a_time(
        self,
        sessions: Sessions,
        axis: AxisEncoder,
        base: StoredIndex,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(sessions, [*TINY, SEA, TEA])
        monkeypatch.setattr(delta, "FEW", 3)
        found = changes(sessions, axis, base)
        assert (len(found.forms), found.pending, found.size, axis.encoded) == (3, 2, 5, 3)

    def test_those_that_have_no_vector_wait_when_nothing_may_be_encoded(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        fill(sessions, [*TINY, SEA])
        found = changes(sessions, axis, base, encode=False)
        assert (found.forms, found.pending, axis.encoded) == ([], 2, 0)

    def test_those_that_are_kept_need_no_encoding(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        fill(sessions, [*TINY, SEA])
        first = changes(sessions, axis, base, keep=True)
        assert axis.encoded == 2
        for encode in (True, False):
            again = changes(sessions, axis, base, encode)
            np.testing.assert_array_equal(again.vectors, first.vectors)
            assert (again.forms, again.pending) == (first.forms, 0)
        assert axis.encoded == 2

    def test_words_beyond_a_few_wait_for_a_build(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        base: StoredIndex,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(sessions, [*TINY, SEA, TEA])
        monkeypatch.setattr(delta, "FEW", 3)
        assert changes(sessions, axis, base, keep=True).pending == 2
        assert len(kept(sessions)) == 3
        assert changes(sessions, axis, base, keep=True).pending == 2
        assert axis.encoded == 3
        build(sessions, service.generations, axis, ["en"])
        assert axis.encoded == 5
        assert changes(sessions, axis, service.generations.load(axis.spec, "en")).size == 0


class TestKept:
    def test_a_new_service_reads_what_was_kept(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        axis.table = {"en": {"sea": [1, 0, 0, 0]}}
        fill(sessions, [*TINY, SEA])
        changes(sessions, axis, base, keep=True)
        assert sorted(kept(sessions)) == [("en", False), ("en", True)]
        axis.encoded = 0
        again = LexiconService(service.settings, sessions)
        assert lemmas(ask(again, "ನೀರು", "kn", "en", k=2)) == ["sea", "water"]
        assert axis.encoded == 0

    def test_a_search_keeps_nothing(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, SEA])
        ask(service, "sea")
        assert axis.encoded == 3
        assert kept(sessions) == []

    def test_the_next_build_takes_what_was_kept_and_drops_it(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        axis.table = {"en": {"sea": [3, 1, 4, 1]}}
        fill(sessions, [*TINY, SEA])
        found = changes(sessions, axis, base, keep=True)
        axis.encoded = 0
        report = build(sessions, service.generations, axis)
        assert (report.built, report.reused) == ({"en": 6, "fr": 5}, {"en": 6, "fr": 4})
        assert axis.encoded == 1
        assert kept(sessions) == []
        index = service.index(axis, "en")
        firsts = np.array([form[0] for form in found.forms])
        np.testing.assert_array_equal(index.vectors(firsts), found.vectors)
        assert index.covered[index.rows_of(firsts)].tolist() == found.covered.tolist()

    def test_an_encoder_that_sql_was_not_told_of_can_keep_vectors(
        self, sessions: Sessions, axis: AxisEncoder, base: StoredIndex
    ) -> None:
        with writing(sessions) as session:
            session.execute(delete(models.Generation))
            session.execute(delete(models.Encoder))
        fill(sessions, [*TINY, SEA])
        changes(sessions, axis, base, keep=True)
        assert len(kept(sessions)) == 2

    def test_two_processes_may_keep_the_same(
        self,
        sessions: Sessions,
        axis: AxisEncoder,
        base: StoredIndex,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(sessions, [*TINY, SEA])
        encode = axis.encode

        def meanwhile(*said: object) -> object:
            monkeypatch.setattr(axis, "encode", encode)
            changes(sessions, axis, base, keep=True)
            return encode(*said)  # type: ignore[arg-type]

        monkeypatch.setattr(axis, "encode", meanwhile)
        assert changes(sessions, axis, base, keep=True).pending == 0
        assert len(kept(sessions)) == 2
