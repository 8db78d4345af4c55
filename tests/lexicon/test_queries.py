"""Every read of the store, over a lexicon whose rows can be counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from lexicon import browse, queries, store
from lexicon.entries import checked
from lexicon.errors import UnknownConcept, UnknownLanguage
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source
from lexicon.models import AlignmentRun, AlignmentScore, Encoder, Generation
from lexicon.queries import Form, StoreCounts, form_digest
from tests.conftest import TINY, fill


@pytest.fixture
def session(sessions: store.Sessions) -> Iterator[Session]:
    """A session on the tiny lexicon."""
    fill(sessions)
    with sessions() as made:
        yield made


def ids(session: Session, language: str, *lemmas: str) -> list[int]:
    """Lexeme ids of the lemmas, in their order."""
    return [
        row.id for lemma in lemmas for row in queries.lexemes_matching(session, language, lemma)
    ]


def test_the_languages_are_sorted(session: Session) -> None:
    assert queries.languages(session) == ["en", "fr", "hi", "kn"]


def test_a_language_without_words_is_not_written(session: Session) -> None:
    assert queries.written_languages(session) == ["en", "fr", "kn"]


def test_an_empty_store_has_no_languages(sessions: store.Sessions) -> None:
    with sessions() as session:
        assert queries.languages(session) == []
        assert queries.written_languages(session) == []


@pytest.mark.parametrize("code", ["en", "hi"])
def test_a_known_language_is_given_back(session: Session, code: str) -> None:
    assert queries.require_language(session, code) == code


@pytest.mark.parametrize("code", ["xx", "", "EN", "English", "en "])
def test_an_unknown_language_names_the_known_ones(session: Session, code: str) -> None:
    with pytest.raises(UnknownLanguage) as caught:
        queries.require_language(session, code)
    assert str(caught.value) == f"unknown language {code!r}; known: en, fr, hi, kn"


def test_forms_are_ordered_by_their_first_lexeme(session: Session) -> None:
    assert [form.lemma for form in queries.forms(session, "kn")] == [
        "ಓಡು",
        "ಜಲ",
        "ದಡ",
        "ನೀರು",
        "ಬ್ಯಾಂಕ್",
    ]
    assert queries.forms(session, "hi") == []


def test_a_form_that_is_older_comes_first(session: Session, sessions: store.Sessions) -> None:
    [before] = ids(session, "kn", "ಬ್ಯಾಂಕ್")
    with store.writing(sessions) as writing:
        entry = checked("river.noun.1", "noun", "f", "g", {"kn": "ಅಲೆ|ನೀರು"})
        replace_source(writing, SourceEntry("river", "CC0-1.0", "1", "-"), [entry])
    with sessions() as later:
        forms = queries.forms(later, "kn")
    assert [form.lemma for form in forms[3:]] == ["ನೀರು", "ಬ್ಯಾಂಕ್", "ಅಲೆ"]
    assert forms[4] == Form("ಬ್ಯಾಂಕ್", (before,))


def light(sessions: store.Sessions) -> list[int]:
    """Load *light* as a noun, a verb and an adjective; returns its lexeme ids."""
    with store.writing(sessions) as session:
        replace_source(
            session,
            SourceEntry("light", "CC0-1.0", "1", "-"),
            [
                checked("light.adj.1", "adj", "f", "not dark", {"en": "light|bright"}),
                checked("light.noun.1", "noun", "f", "what lamps give", {"en": "lamp|light"}),
                checked("light.verb.1", "verb", "f", "to set on fire", {"en": "Light|light"}),
            ],
        )
        return ids(session, "en", "light")


def test_a_form_is_one_row_for_all_its_parts_of_speech(
    session: Session, sessions: store.Sessions
) -> None:
    capital, adjective, noun, verb = light(sessions)
    [found] = [form for form in queries.forms(session, "en") if form.lemma == "light"]
    assert found == Form("light", (adjective, noun, verb))
    assert Form("Light", (capital,)) in queries.forms(session, "en")


def test_a_lookup_does_not_mind_case_and_joiners(session: Session) -> None:
    [found] = queries.lexemes_matching(session, "en", "WATER\u200d")
    assert (found.lemma, found.pos) == ("water", "noun")
    assert queries.lexemes_matching(session, "kn", "ಬ್ಯಾಂಕ್\u200c")[0].lemma == "ಬ್ಯಾಂಕ್"


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "water"), ("en", "wat"), ("en", "wat%"), ("xx", "water")]
)
def test_a_lookup_is_of_one_language_and_of_whole_words(
    session: Session, language: str, text: str
) -> None:
    assert queries.lexemes_matching(session, language, text) == []


def test_a_lookup_lists_homographs_by_id(session: Session, sessions: store.Sessions) -> None:
    light(sessions)
    rows = queries.lexemes_matching(session, "en", "light")
    assert [(row.lemma, row.pos) for row in rows] == [
        ("Light", "verb"),
        ("light", "adj"),
        ("light", "noun"),
        ("light", "verb"),
    ]
    assert [row.id for row in rows] == sorted(row.id for row in rows)


def test_senses_come_by_rank_then_key(session: Session) -> None:
    found = queries.senses_of(session, ids(session, "en", "shore", "run", "bank"))
    assert [(sense.rank, sense.key, sense.lemma) for sense in found] == [
        (0, "bank.noun.1", "bank"),
        (0, "bank.noun.2", "bank"),
        (0, "run.verb.1", "run"),
        (1, "bank.noun.1", "shore"),
    ]


def test_a_sense_says_what_a_result_shows(session: Session) -> None:
    [water] = ids(session, "kn", "ಜಲ")
    [sense] = queries.senses_of(session, [water])
    assert sense == queries.SenseRow(
        lexeme_id=water,
        language="kn",
        lemma="ಜಲ",
        pos="noun",
        frequency=None,
        rank=1,
        concept_id=sense.concept_id,
        key="water.noun.1",
        gloss="clear liquid",
        field="water",
        unsensed=False,
    )


def test_what_names_no_sense_comes_last(session: Session, sessions: store.Sessions) -> None:
    with store.writing(sessions) as writing:
        pair = checked("a.x.1", "noun", "f", "bank", {"en": "bank", "fr": "berge"})
        source = SourceEntry("pairs", "CC0-1.0", "1", "-")
        replace_source(writing, source, [replace(pair, unsensed=True)])
    with sessions() as later:
        found = queries.senses_of(later, ids(later, "en", "bank", "shore"))
    assert [(sense.rank, sense.key, sense.unsensed) for sense in found] == [
        (0, "bank.noun.1", False),
        (0, "bank.noun.2", False),
        (1, "bank.noun.1", False),
        (0, "a.x.1", True),
    ]


def test_no_lexemes_have_no_senses(session: Session) -> None:
    assert queries.senses_of(session, []) == []
    assert queries.senses_of(session, [10**9]) == []


def test_long_lists_of_lexemes_are_asked_for_in_pieces(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [form.lexeme_ids[0] for code in ("en", "kn") for form in queries.forms(session, code)]
    whole = queries.senses_of(session, every)
    monkeypatch.setattr(queries, "_CHUNK", 2)
    pieces = queries.senses_of(session, every)
    assert len(pieces) == len(whole) == 10
    assert set(pieces) == set(whole)


def test_a_lexeme_leads_to_its_form(session: Session, sessions: store.Sessions) -> None:
    capital, adjective, noun, verb = light(sessions)
    [water] = ids(session, "en", "water")
    form = Form("light", (adjective, noun, verb))
    assert queries.forms_of_lexemes(session, [verb, water, adjective, 10**9]) == {
        adjective: form,
        verb: form,
        water: Form("water", (water,)),
    }
    assert queries.forms_of_lexemes(session, [capital]) == {capital: Form("Light", (capital,))}
    assert queries.forms_of_lexemes(session, []) == {}


def test_a_form_of_two_languages_is_two_forms(session: Session, sessions: store.Sessions) -> None:
    with store.writing(sessions) as writing:
        entry = checked("table.noun.1", "noun", "f", "g", {"en": "table", "fr": "table"})
        replace_source(writing, SourceEntry("t", "CC0-1.0", "1", "-"), [entry])
    [english] = ids(session, "en", "table")
    [french] = ids(session, "fr", "table")
    assert queries.forms_of_lexemes(session, [english, french]) == {
        english: Form("table", (english,)),
        french: Form("table", (french,)),
    }


def test_a_concept_lists_its_words_by_language_and_rank(session: Session) -> None:
    found = queries.concept_senses(session, "bank.noun.1")
    assert [(sense.language, sense.rank, sense.lemma) for sense in found] == [
        ("en", 0, "bank"),
        ("en", 1, "shore"),
        ("fr", 0, "rive"),
        ("kn", 0, "ದಡ"),
    ]


@pytest.mark.parametrize("key", ["", "bank", "bank.noun.3", "BANK.noun.1"])
def test_an_unknown_concept_says_where_the_keys_are(session: Session, key: str) -> None:
    with pytest.raises(UnknownConcept) as caught:
        queries.concept_senses(session, key)
    assert str(caught.value) == (
        f"unknown concept {key!r}; list the keys with: lexicon words export"
    )


def test_triples_come_by_concept_and_rank(session: Session) -> None:
    water, bank, shore, run = ids(session, "en", "water", "bank", "shore", "run")
    found = queries.sense_triples(session, "en")
    assert [(triple.lexeme_id, triple.pos, triple.rank) for triple in found] == [
        (water, "noun", 0),
        (bank, "noun", 0),
        (shore, "noun", 1),
        (bank, "noun", 0),
        (run, "verb", 0),
    ]
    concepts = [triple.concept_id for triple in found]
    assert concepts == sorted(concepts)
    assert len(set(concepts)) == 4
    assert queries.sense_triples(session, "hi") == []


def test_what_was_loaded_is_exported_by_field_and_key(session: Session) -> None:
    water, shore, money, run = TINY
    assert list(browse.concept_entries(session)) == [shore, money, run, water]


def test_an_empty_store_exports_nothing(sessions: store.Sessions) -> None:
    with sessions() as session:
        assert list(browse.concept_entries(session)) == []


def test_an_export_is_streamed_in_pieces(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(browse.concept_entries(session))
    monkeypatch.setattr(browse, "_CHUNK", 3)
    assert list(browse.concept_entries(session)) == whole


def test_the_store_is_counted(session: Session, sessions: store.Sessions) -> None:
    light(sessions)
    assert queries.counts(session) == StoreCounts(
        concepts=7,
        senses=20,
        lexemes={"en": 10, "fr": 4, "kn": 5},
        forms={"en": 8, "fr": 4, "kn": 5},
    )


def test_an_empty_store_is_counted(sessions: store.Sessions) -> None:
    with sessions() as session:
        assert queries.counts(session) == StoreCounts(0, 0, {}, {})


def test_sources_are_sorted_and_found_by_name(session: Session, sessions: store.Sessions) -> None:
    light(sessions)
    assert [source.name for source in queries.sources(session)] == ["light", "tiny"]
    tiny = queries.source(session, "tiny")
    assert tiny is not None
    assert tiny.licence == "CC0-1.0"
    assert queries.source(session, "none") is None


def test_the_digest_of_forms_sees_lemmas_ids_and_order() -> None:
    rows = [Form("a", (1, 3)), Form("b", (2,))]
    same = [Form("a", (1, 3)), Form("b", (2,))]
    assert form_digest(rows) == form_digest(same)
    assert len(form_digest(rows)) == 64
    others = [
        [],
        rows[::-1],
        rows[:1],
        [Form("a", (1,)), Form("b", (2,))],
        [Form("a", (13,)), Form("b", (2,))],
        [Form("A", (1, 3)), Form("b", (2,))],
    ]
    assert len({form_digest(other) for other in (*others, rows)}) == 7


@pytest.fixture
def built(session: Session) -> Session:
    """Two encoders; the first has three generations and two reports."""
    for identity, name in (("zeta-1", "zeta"), ("axis-1", "axis"), ("axis-2", "axis")):
        session.add(Encoder(identity=identity, name=name, dim=4, spec={}))
    session.flush()
    for generation, day in (("g1", 2), ("g2", 3), ("g3", 1)):
        session.add(
            Generation(
                id=generation,
                encoder="axis-1",
                language="en",
                rows=4,
                form_digest="-",
                manifest={"dim": 4},
                live=generation == "g2",
                created_at=datetime(2025, 1, day, tzinfo=UTC),
            )
        )
    for evaluation in ("first", "second"):
        session.add(
            AlignmentRun(encoder="axis-1", evaluation=evaluation, parameters={}, generations={})
        )
        session.flush()
    return session


def test_encoders_that_have_built_are_named_once(built: Session) -> None:
    assert queries.encoder_names(built) == ["axis", "zeta"]


def test_generations_are_of_one_identity_and_newest_first(built: Session) -> None:
    assert [row.id for row in queries.generations(built, "axis-1")] == ["g2", "g1", "g3"]
    assert queries.generations(built, "axis-2") == []


def test_the_latest_report_is_that_of_one_identity(built: Session) -> None:
    found = queries.latest_alignment_run(built, "axis-1")
    assert found is not None
    assert found.evaluation == "second"
    assert queries.latest_alignment_run(built, "axis-2") is None


def test_scores_of_a_report_are_sorted_by_pair_and_metric(built: Session) -> None:
    for run, source, target, metric in (
        (2, "en", "kn", "p_at_1"),
        (2, "en", "fr", "p_at_1"),
        (2, "en", "fr", "cosine_mean"),
        (1, "en", "fr", "p_at_1"),
    ):
        score = AlignmentScore(
            run_id=run, source=source, target=target, metric=metric, value=0.5, n=4
        )
        built.add(score)
    built.flush()
    found = queries.alignment_scores(built, 2)
    assert [(score.source, score.target, score.metric) for score in found] == [
        ("en", "fr", "cosine_mean"),
        ("en", "fr", "p_at_1"),
        ("en", "kn", "p_at_1"),
    ]
    assert queries.alignment_scores(built, 3) == []
