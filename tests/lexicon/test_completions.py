"""What somebody who has begun to type a word may be about to write."""

import pytest
from sqlalchemy import delete

from lexicon import store
from lexicon.completions import completions
from lexicon.entries import checked
from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source, seed_languages
from lexicon.models import Sense

ROWS = (
    ("noun", {"en": "water", "fr": "eau", "hi": "पानी", "kn": "ನೀರು"}),
    ("verb", {"en": "water|wait", "fr": "élever"}),
    ("noun", {"en": "bat", "fr": "élan", "hi": "पानीपत"}),
    ("noun", {"en": "bath", "fr": "elle", "kn": "ನೀಲಿ"}),
    ("noun", {"en": "batter|Battle", "fr": "bas|batterie|bâtir"}),
)
ZIPF = {
    ("en", "bath"): 4.0, ("en", "batter"): 3.0, ("en", "Battle"): 5.0, ("en", "water"): 5.5,
    ("fr", "batterie"): 4.5, ("fr", "élan"): 4.0, ("fr", "élever"): 4.2, ("fr", "elle"): 6.5,
}  # fmt: skip


@pytest.fixture
def words(sessions: store.Sessions) -> store.Sessions:
    entries = [
        checked(f"k{number}", pos, "f", f"gloss {number}", cells)
        for number, (pos, cells) in enumerate(ROWS)
    ]
    with store.writing(sessions) as session:
        seed_languages(session)
        replace_source(session, SourceEntry("s", "l", "1", "-"), entries, ZIPF)
    return sessions


def begun(
    sessions: store.Sessions, text: str, language: str | None = None, most: int = 8
) -> list[str]:
    with sessions() as session:
        found = completions(session, text, language, most)
    return [f"{one.lemma} {one.language} {one.kind}" for one in found]


def test_exact_words_come_first_then_the_commoner_ones(words: store.Sessions) -> None:
    # Nobody has counted "bat", which is written in full.
    assert begun(words, "BAT", "en") == [
        "bat en begins", "Battle en begins", "bath en begins", "batter en begins",
    ]  # fmt: skip
    assert begun(words, "bat", "en", 2) == ["bat en begins", "Battle en begins"]


def test_languages_stand_beside_each_other_by_frequency(words: store.Sessions) -> None:
    assert begun(words, "bat") == [
        "bat en begins", "Battle en begins", "batterie fr begins", "bath en begins",
        "batter en begins", "bâtir fr accents",
    ]  # fmt: skip
    # Those that nobody has counted: the shorter first.
    assert begun(words, "पा") == ["पानी hi begins", "पानीपत hi begins"]


def test_a_word_of_two_parts_of_speech_is_there_once(words: store.Sessions) -> None:
    assert begun(words, "wa") == ["water en begins", "wait en begins"]
    with words() as session:
        water, _ = completions(session, "wa")
    assert water.gloss == "gloss 0"


def test_accents_need_not_be_typed(words: store.Sessions) -> None:
    assert begun(words, "el", "fr") == ["elle fr begins", "élever fr accents", "élan fr accents"]
    assert begun(words, "él", "fr") == ["élever fr begins", "élan fr begins", "elle fr accents"]


def test_words_are_found_by_latin_letters_and_other_lengths(words: store.Sessions) -> None:
    assert begun(words, "paan") == ["पानी hi romanised", "पानीपत hi romanised"]
    assert begun(words, "neer", "kn") == ["ನೀರು kn romanised"]
    assert begun(words, "पनि", "hi") == ["पानी hi accents", "पानीपत hi accents"]
    # A letter of a skeleton says nothing, and neither does a script that no word is written in.
    assert begun(words, "p", "hi") == []
    assert begun(words, "ನಿ", "hi") == []
    assert begun(words, "पानी", "en") == []
    assert begun(words, "!!", "en") == []


def test_where_nothing_begins_so_misspellings_fill_up(words: store.Sessions) -> None:
    assert begun(words, "watre") == ["water en spelling"]
    assert begun(words, "neerv", "kn") == ["ನೀರು kn romanised"]
    assert begun(words, "neerv") == []
    assert begun(words, "zzzzz") == []


def test_a_word_without_a_sense_has_no_gloss(words: store.Sessions) -> None:
    with words.begin() as session:
        session.execute(delete(Sense))
    with words() as session:
        assert [one.gloss for one in completions(session, "ea")] == [None]


def test_what_is_refused(words: store.Sessions) -> None:
    with words() as session:
        with pytest.raises(UnknownLanguage):
            completions(session, "w", "de")
        with pytest.raises(InvalidInput, match="empty text"):
            completions(session, " ")
        with pytest.raises(InvalidInput, match="longer than 64"):
            completions(session, "w" * 65)
