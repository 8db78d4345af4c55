"""Words that somebody may have meant."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from lexicon import store
from lexicon.entries import checked
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.models import Lexeme
from lexicon.normalize import search_key
from lexicon.suggest import LONGEST, MOST, Kind, Suggestion, suggestions

ROWS = (
    ("water", "eau|flotte", "पानी|जल|नीर", "ನೀರು|ಜಲ"),
    ("bread", "pain", "रोटी", "ರೊಟ್ಟಿ"),
    ("pupil|student", "élève|étudiant", "छात्र|विद्यार्थी", "ವಿದ್ಯಾರ್ಥಿ"),
    ("land|ground", "terre|L'Inde", "ज़मीन|भूमि", "ನೆಲ|ಭೂಮಿ"),
    ("knowledge", "savoir", "ज्ञान", "ಜ್ಞಾನ"),
    ("wait", "attendre", "रुकना", "ಕಾಯು"),
    ("cat", "chat", "बिल्ली", "ಬೆಕ್ಕು"),
    ("cot", "lit", "खाट", "ಮಂಚ"),
    ("later", "plus tard", "बाद में", "ನಂತರ"),
    ("heart", "cœur", "दिल", "ಹೃದಯ"),
    ("coast", "côte|cote|côté", "तट", "ಕರಾವಳಿ"),
    ("bat|bath|bar|ban|bad|bag|bit|bot", "là", "एक", "ಒಂದು"),
)
CODES = ("en", "fr", "hi", "kn")
ZIPF = {("en", "bath"): 4.0, ("en", "bar"): 5.0, ("fr", "côté"): 6.0, ("fr", "cote"): 1.0}
EVERY = [
    (code, word)
    for row in ROWS
    for code, cell in zip(CODES, row, strict=True)
    for word in cell.split("|")
]


@pytest.fixture
def words(sessions: store.Sessions) -> store.Sessions:
    entries = [
        checked(f"k{number}", "noun", "f", "g", dict(zip(CODES, row, strict=True)))
        for number, row in enumerate(ROWS)
    ]
    with store.writing(sessions) as session:
        seed_languages(session)
        replace_source(session, SourceEntry("s", "l", "1", "-"), entries, ZIPF)
    return sessions


def meant(sessions: store.Sessions, language: str, text: str) -> list[tuple[str, str]]:
    with sessions() as session:
        found = suggestions(session, language, text)
    assert all(one.language == language for one in found)
    return [(one.lemma, one.kind) for one in found]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("hi", "paani", [("पानी", "romanised")]),
        ("hi", "pani", [("पानी", "romanised")]),
        ("hi", "Pānī", [("पानी", "romanised")]),
        ("hi", "vidyarthi", [("विद्यार्थी", "romanised")]),
        ("hi", "gyaan", [("ज्ञान", "romanised")]),
        ("hi", "billi", [("बिल्ली", "romanised")]),
        ("kn", "neeru", [("ನೀರು", "romanised")]),
        ("kn", "niru", [("ನೀರು", "romanised")]),
        ("kn", "bekku", [("ಬೆಕ್ಕು", "romanised")]),
        ("kn", "bhoomi", [("ಭೂಮಿ", "romanised")]),
        ("fr", "eleve", [("élève", "accents")]),
        ("fr", "ELEVE", [("élève", "accents")]),
        ("fr", "etudiant", [("étudiant", "accents")]),
        ("fr", "coeur", [("cœur", "accents")]),
        ("fr", "linde", [("L'Inde", "accents")]),
        ("hi", "जमीन", [("ज़मीन", "accents")]),
        ("hi", "पानि", [("पानी", "accents")]),
        ("en", "watre", [("water", "spelling")]),
        ("en", "studnet", [("student", "spelling")]),
        ("en", "knowlege", [("knowledge", "spelling")]),
        ("en", "groundd", [("ground", "spelling")]),
        ("en", "heaxt", [("heart", "spelling")]),
        ("fr", "etudient", [("étudiant", "spelling")]),
        ("kn", "ಕರಾವಲ", [("ಕರಾವಳಿ", "spelling")]),
    ],
)
def test_the_word_that_was_meant(
    words: store.Sessions, language: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert meant(words, language, text) == expected


def test_the_commonest_comes_first_and_unknown_ones_by_letter(words: store.Sessions) -> None:
    assert meant(words, "fr", "cotE") == [("côté", "accents"), ("côte", "accents")]
    assert meant(words, "fr", "cöte") == [
        ("côté", "accents"),
        ("cote", "accents"),
        ("côte", "accents"),
    ]


def test_no_more_than_the_likeliest_few(words: store.Sessions) -> None:
    assert [lemma for lemma, _ in meant(words, "en", "batt")] == ["bath", "bat"]
    with words() as session:
        assert [one.lemma for one in suggestions(session, "en", "batt", 1)] == ["bath"]
    assert MOST == 5


def test_only_the_words_of_the_folds_are_read(words: store.Sessions) -> None:
    # A guess looks up hundreds of folds; it must not read every word of the language instead.
    if words.kw["bind"].dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by how many words there are, and here are few")
    asked: list[tuple[str, Any]] = []
    event.listen(words.kw["bind"], "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    assert meant(words, "en", "watre") == [("water", "spelling")]
    plans: list[Any] = []
    with words() as session:
        for statement, values in asked.copy():
            if "lexeme" in statement:
                plans += (
                    session.connection()
                    .exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                    .all()
                )
    read = [plan.detail for plan in plans if " lexeme " in plan.detail]
    index = "ix_lexeme_language_lexeme_folded (language=? AND folded=?)"
    assert read == [f"SEARCH lexeme USING INDEX {index}"]


def test_a_word_of_several_parts_of_speech_is_meant_once_and_as_its_commonest(
    sessions: store.Sessions,
) -> None:
    entries = [
        checked(f"k{place}", pos, "f", "g", {"en": word})
        for place, (pos, word) in enumerate(
            [("noun", "bath"), ("verb", "bath"), ("noun", "bats"), ("noun", "batt")]
        )
    ]
    with store.writing(sessions) as session:
        seed_languages(session)
        replace_source(session, SourceEntry("s", "l", "1", "-"), entries, {("en", "batt"): 2.0})
        common = update(Lexeme).where(Lexeme.lemma == "bath", Lexeme.pos == "verb")
        session.execute(common.values(frequency=3.0))
    assert [lemma for lemma, _ in meant(sessions, "en", "batx")] == ["bath", "batt", "bats"]


def test_short_words_are_one_letter_from_everything(words: store.Sessions) -> None:
    assert meant(words, "en", "bax") == []
    assert meant(words, "en", "ct") == []
    # Without its accent a short word is the same word.
    assert meant(words, "fr", "la") == [("là", "accents")]


def test_words_of_other_languages_are_not_meant(words: store.Sessions) -> None:
    assert meant(words, "en", "paani") == []
    assert meant(words, "kn", "paani") == []
    assert meant(words, "en", "पानी") == []
    assert meant(words, "hi", "eleve") == []


@pytest.mark.parametrize(
    ("text", "language", "expected", "guess"),
    [
        ("neeru", "kn", ("ನೀರು", "romanised"), ("hi", "नीर", "romanised")),
        ("pani", "hi", ("पानी", "romanised"), ("fr", "pain", "spelling")),
    ],
)
@pytest.mark.parametrize("codes", [CODES, CODES[::-1]], ids=" ".join)
def test_a_spelling_of_any_language_comes_before_a_guess_of_another(
    words: store.Sessions,
    codes: Sequence[str],
    text: str,
    language: str,
    expected: tuple[str, Kind],
    guess: tuple[str, str, Kind],
) -> None:
    other, lemma, kind = guess
    assert meant(words, other, text) == [(lemma, kind)]
    with words() as session:
        assert suggestions(session, codes, text) == [Suggestion(expected[0], language, expected[1])]


@pytest.mark.parametrize("codes", [("hi", "kn"), ("kn", "hi"), ("en", "kn", "fr", "hi", "de")])
def test_languages_answer_in_the_order_in_which_they_are_asked(
    words: store.Sessions, codes: Sequence[str]
) -> None:
    with words() as session:
        found = suggestions(session, codes, "bhoomi")
        assert suggestions(session, codes, "bhoomi", 1) == found[:1]
    land = {"hi": "भूमि", "kn": "ಭೂಮಿ"}
    assert [(one.language, one.lemma) for one in found] == [
        (code, land[code]) for code in codes if code in land
    ]


def test_where_no_language_spells_it_so_each_may_guess(words: store.Sessions) -> None:
    with words() as session:
        found = suggestions(session, CODES, "studnet")
        assert found == [Suggestion("student", "en", "spelling")]
        found = suggestions(session, CODES, "neeri")
    assert [(one.language, one.lemma) for one in found] == [("hi", "नीर"), ("kn", "ನೀರು")]


def test_without_a_language_nothing_is_meant(words: store.Sessions) -> None:
    with words() as session:
        assert suggestions(session, [], "paani") == []


@pytest.mark.parametrize(("language", "word"), EVERY)
def test_a_word_is_never_suggested_for_itself(
    words: store.Sessions, language: str, word: str
) -> None:
    for text in (word, word.upper(), f"{word[:1]}\u200d{word[1:]}"):
        assert search_key(word) not in [search_key(one) for one, _ in meant(words, language, text)]


def test_long_texts_are_no_misspelt_words(words: store.Sessions) -> None:
    long = "e" * (LONGEST - 4)
    assert meant(words, "fr", f"{long}leve") == []
    assert meant(words, "fr", f"eleve{' ' * (LONGEST - 5)}") == [("élève", "accents")]
    assert meant(words, "fr", f"eleve{' ' * (LONGEST - 4)}") == []
    assert meant(words, "en", "a place where students live and learn") == []


@pytest.mark.parametrize("text", ["", " ", "?!", "...", "24", "水", "вода", "\U0010ffff", "'"])
def test_texts_that_are_no_words_mean_nothing(words: store.Sessions, text: str) -> None:
    for language in ("en", "fr", "hi", "kn", "de"):
        assert meant(words, language, text) == []


@given(text=st.text(max_size=LONGEST))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_can_be_asked_for(words: store.Sessions, text: str) -> None:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return  # refused at the door
    for language in ("fr", "hi"):
        found = meant(words, language, text)
        assert len(found) <= MOST
        assert search_key(text) not in [search_key(lemma) for lemma, _ in found]
