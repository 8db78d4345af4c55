"""Reading the lexicon: entries in order, words by how they begin, sources."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lexicon import browse, store
from lexicon.entries import ConceptEntry, checked
from lexicon.errors import InvalidInput, UnknownConcept
from lexicon.models import Source
from lexicon.normalize import search_key
from tests.conftest import TINY, fill
from tests.lexicon.importing import file, run, written

WATER, SHORE, MONEY, RUN = TINY

MIXED = (
    ConceptEntry("b", "noun", "z", "g", {"en": ("b",)}, {"ili": ("i2", "i10"), "a": ("1",)}),
    ConceptEntry("a", "noun", "z", "g", {"fr": ("a",)}, {"ili": ("i1",)}),
    ConceptEntry("B", "noun", "z", "g", {"en": ("B",), "fr": ("b",)}),
    ConceptEntry("é", "noun", "Z", "g", {"en": ("x",)}, {"ili": ("i3",)}),
    ConceptEntry("z", "noun", "Z", "g", {"kn": ("ನೀ",)}, {"ili": ("i4",)}, True),
    ConceptEntry("😀", "noun", "Z", "g", {"hi": ("क",)}, {"ili": ("i5",)}),
    ConceptEntry("ﬀ", "noun", "Z", "g", {"hi": ("ख",)}, {"ili": ("i6",)}),
)
IN_ORDER = ["z", "é", "ﬀ", "😀", "B", "a", "b"]


@pytest.fixture
def mixed(seeded: store.Sessions, tmp_path: Path) -> store.Sessions:
    """Keys and fields whose order a locale would change, some with identifiers."""
    run(seeded, file(tmp_path, "mixed.jsonl", written(MIXED, "jsonl")))
    return seeded


def keys(sessions: store.Sessions, **chosen: object) -> list[str]:
    with sessions() as session:
        return [one.key for one in browse.concept_entries(session, **chosen)]  # type: ignore[arg-type]


class TestConceptEntries:
    def test_all_of_them_by_field_and_key_whatever_the_locale(self, mixed: store.Sessions) -> None:
        assert keys(mixed) == IN_ORDER

    def test_each_is_what_was_brought_in(self, mixed: store.Sessions) -> None:
        with mixed() as session:
            found = {one.key: one for one in browse.concept_entries(session)}
            assert {key: browse.concept_entry(session, key) for key in found} == found
        expected = {one.key: one for one in MIXED}
        # Identifiers are in the order of their letters.
        expected["b"] = ConceptEntry(
            "b", "noun", "z", "g", {"en": ("b",)}, {"a": ("1",), "ili": ("i10", "i2")}
        )
        assert found == expected

    def test_chosen_by_language_they_keep_their_own_identifiers(
        self, mixed: store.Sessions
    ) -> None:
        with mixed() as session:
            found = list(browse.concept_entries(session, languages=["en"]))
        assert [(one.key, dict(one.forms), one.external.get("ili")) for one in found] == [
            ("é", {"en": ("x",)}, ("i3",)),
            ("B", {"en": ("B",)}, None),
            ("b", {"en": ("b",)}, ("i10", "i2")),
        ]

    def test_chosen_by_source_and_field(self, mixed: store.Sessions) -> None:
        fill(mixed, [checked("c", "noun", "z", "g", {"en": "c"})])
        assert keys(mixed, source="tiny") == ["c"]
        assert keys(mixed, source="mixed") == IN_ORDER
        assert keys(mixed, field="z") == ["B", "a", "b", "c"]
        assert keys(mixed, source="mixed", field="z", languages=["fr"]) == ["B", "a"]
        assert keys(mixed, source="nobody") == []
        assert keys(mixed, field="nothing") == []

    def test_a_stream_may_be_left_before_its_end(self, mixed: store.Sessions) -> None:
        with mixed() as session:
            first = browse.concept_entries(session)
            assert next(first).key == IN_ORDER[0]
            del first
            assert [one.key for one in browse.concept_entries(session)] == IN_ORDER

    def test_none_of_an_empty_store(self, seeded: store.Sessions) -> None:
        assert keys(seeded) == []

    @pytest.mark.parametrize("chunk", [1, 2, 3])
    def test_the_size_of_a_fetch_changes_nothing(
        self, mixed: store.Sessions, monkeypatch: pytest.MonkeyPatch, chunk: int
    ) -> None:
        with mixed() as session:
            expected = list(browse.concept_entries(session))
            monkeypatch.setattr(browse, "_CHUNK", chunk)
            assert list(browse.concept_entries(session)) == expected


def test_an_unknown_concept_is_named(filled: store.Sessions) -> None:
    with filled() as session, pytest.raises(UnknownConcept) as caught:
        browse.concept_entry(session, "sea.noun.1")
    assert str(caught.value).startswith("unknown concept 'sea.noun.1'; ")


WORDS = (
    checked("water.noun.1", "noun", "nature", "liquid", {"en": "Water|water-ice", "fr": "eau"}),
    checked("water.verb.1", "verb", "garden", "to pour", {"en": "water", "fr": "arroser"}),
    checked("wait.verb.1", "verb", "time", "to stay", {"en": "wait", "fr": "attendre"}),
    checked("summer.noun.1", "noun", "time", "season", {"en": "summer", "fr": "Été|été indien"}),
    checked("water.noun.2", "noun", "garden", "a body of it", {"en": "water-ice|Water"}),
    checked("percent.noun.1", "noun", "number", "of 100", {"en": "%|100%|_"}),
    checked("leaf.noun.1", "noun", "nature", "of a tree", {"kn": "ಎಲೆ|ಎಲೆಕೋಸು"}),
)


@pytest.fixture
def words(sessions: store.Sessions) -> store.Sessions:
    fill(sessions, WORDS)
    return sessions


def found(sessions: store.Sessions, *arguments: object, **options: object) -> list[str]:
    with sessions() as session:
        rows = browse.find_words(session, *arguments, **options)  # type: ignore[arg-type]
    return [f"{row.language}:{row.lemma}:{row.pos}" for row in rows]


class TestFindWords:
    @pytest.mark.parametrize("prefix", ["wat", "WAT", "Wat"])
    def test_words_that_begin_so_in_any_case(self, words: store.Sessions, prefix: str) -> None:
        assert found(words, prefix) == ["en:Water:noun", "en:water:verb", "en:water-ice:noun"]

    def test_accents_tell_words_apart(self, words: store.Sessions) -> None:
        assert found(words, "été") == ["fr:Été:noun", "fr:été indien:noun"]
        assert found(words, "e\u0301te\u0301 i") == ["fr:été indien:noun"]
        assert found(words, "ete") == []

    def test_signs_stand_for_themselves(self, words: store.Sessions) -> None:
        assert found(words, "%") == ["en:%:noun"]
        assert found(words, "_") == ["en:_:noun"]
        assert found(words, "'") == []

    def test_a_kannada_word_begins_with_its_letters(self, words: store.Sessions) -> None:
        assert found(words, "ಎಲೆ") == ["kn:ಎಲೆ:noun", "kn:ಎಲೆಕೋಸು:noun"]

    def test_all_words_come_by_language_and_key(self, words: store.Sessions) -> None:
        every = found(words)
        assert every == sorted(
            every, key=lambda one: (one[:2], search_key(one[3:].rpartition(":")[0]), one)
        )
        assert len(every) == 15

    def test_choices_are_joined(self, words: store.Sessions) -> None:
        assert found(words, "wa", language="en", pos="verb") == ["en:wait:verb", "en:water:verb"]
        assert found(words, "wa", language="fr") == []
        assert found(words, field="time") == [
            "en:summer:noun",
            "en:wait:verb",
            "fr:attendre:verb",
            "fr:Été:noun",
            "fr:été indien:noun",
        ]
        assert found(words, field="time", pos="verb", language="fr") == ["fr:attendre:verb"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 8, 9, 14, 15, 16])
    def test_the_limit_is_that_of_all_languages_together(
        self, words: store.Sessions, limit: int
    ) -> None:
        assert found(words, limit=limit) == found(words)[:limit]

    def test_each_comes_with_its_concepts_by_rank(self, words: store.Sessions) -> None:
        with words() as session:
            [water] = browse.find_words(session, "water", "en", "noun", limit=1)
            [ice] = browse.find_words(session, "water-", "en")
            [garden] = browse.find_words(session, "water-", "en", field="garden")
        assert water.concepts == (("water.noun.1", "liquid"), ("water.noun.2", "a body of it"))
        assert ice.concepts == (("water.noun.2", "a body of it"), ("water.noun.1", "liquid"))
        assert garden.concepts == (("water.noun.2", "a body of it"),)

    @given(prefix=st.text("waterWAT-éE%_ \u200dಎ", max_size=4))
    @hypothesis_settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_it_is_what_a_look_at_every_word_finds(
        self, words: store.Sessions, prefix: str
    ) -> None:
        every = found(words)
        start = search_key(prefix)
        begin = [one for one in every if search_key(one.split(":")[1]).startswith(start)]
        assert found(words, prefix) == begin


class TestConceptsOfWord:
    def of(self, sessions: store.Sessions, text: str, *codes: str) -> list[str]:
        with sessions() as session:
            return [one.key for one in browse.concepts_of_word(session, text, codes)]

    def test_every_concept_of_the_word_in_the_languages(self, filled: store.Sessions) -> None:
        assert self.of(filled, "bank", "en") == ["bank.noun.1", "bank.noun.2"]
        assert self.of(filled, "BANK", "en", "fr") == ["bank.noun.1", "bank.noun.2"]
        assert self.of(filled, "bank", "fr") == []
        assert self.of(filled, "ಜಲ", "en", "kn") == ["water.noun.1"]

    def test_a_key_is_a_word_too_and_comes_first(self, filled: store.Sessions) -> None:
        assert self.of(filled, "bank.noun.2", "en") == ["bank.noun.2"]
        fill(filled, [*TINY, checked("run", "noun", "f", "g", {"en": "race"})])
        assert self.of(filled, "run", "en") == ["run", "run.verb.1"]
        assert self.of(filled, "Run", "en") == ["run.verb.1"]

    def test_the_entries_are_whole(self, filled: store.Sessions) -> None:
        with filled() as session:
            assert browse.concepts_of_word(session, "rive", ["fr"]) == [SHORE]


class TestSources:
    def test_every_source_with_what_is_from_it(
        self, filled: store.Sessions, tmp_path: Path
    ) -> None:
        path = file(tmp_path, "more.txt", "water flotte\nice glace\n")
        run(filled, path, languages=("en", "fr"), licence="CC0-1.0", version="3")
        with filled.begin() as session:
            session.add(Source(name="empty", licence="l", version="v", checksum="-"))
        with filled() as session:
            rows = browse.source_counts(session)
        assert [(one.name, one.licence, one.version, one.concepts, one.senses) for one in rows] == [
            ("empty", "l", "v", 0, 0),
            ("more", "CC0-1.0", "3", 1, 3),
            ("tiny", "CC0-1.0", "1", 4, 14),
        ]
        now = datetime.now(UTC).replace(tzinfo=None)
        for one in rows:
            assert abs((now - one.updated_at.replace(tzinfo=None)).total_seconds()) < 86_400

    def test_an_unknown_source_names_the_known_ones(self, sessions: store.Sessions) -> None:
        with sessions() as session, pytest.raises(InvalidInput) as none:
            browse.require_source(session, "wolf")
        fill(sessions)
        with sessions() as session, pytest.raises(InvalidInput) as one:
            browse.require_source(session, "wolf")
        assert str(none.value) == "unknown source 'wolf'; known: none"
        assert str(one.value) == "unknown source 'wolf'; known: tiny"
        with sessions() as session:
            assert browse.require_source(session, "tiny").name == "tiny"
