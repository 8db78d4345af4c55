"""One spelling for each word, and the mark of French readings."""

import pytest

from nli.embedded.build.normalising import (
    FRENCH,
    VERDICT,
    alternatives,
    normaliser,
    spelling,
)


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("Forêt", "foret"),
        ("CŒUR", "coeur"),
        ("l'eau", "lʼ eau"),
        ("l’ eau", "lʼ eau"),
        ("qu'il n'a", "quʼ il nʼ a"),
        ("aujourd'hui", "aujourdʼ hui"),
        ("don't, do n't", "don't, do n't"),
        ("à la", "ā la"),
        ("où là dès été", "oū lā dēs ētē"),
        ("voilà", "voila"),
        ("ज़रूर माँ ४", "जरूर मां 4"),
        ("ಕ್\u200dಷ ೧೨", "ಕ್ಷ 12"),
        ("है। नहीं॥", "है. नहीं."),
        ("cafe\u0301", "cafe"),
    ],
)
def test_spelling(written: str, spelt: str) -> None:
    assert spelling().normalize_str(written) == spelt


def test_shared_words_are_marked_in_french_texts_alone() -> None:
    rules = normaliser(["on", "or", "pain"])
    spelt = rules.normalize_str
    assert spelt("Le pain, or pas") == f"le {FRENCH}pain, {FRENCH}or pas"
    assert spelt("The pain goes on") == "the pain goes on"
    # One word that only English has outweighs any number of French ones.
    assert spelt("The film Le pain") == "the film le pain"
    assert spelt("pain") == "pain"
    assert spelt("orage et painter") == "orage et painter"
    assert spelt("le pain\nor") == f"le {FRENCH}pain\n{FRENCH}or"


def test_a_caller_may_say_that_a_text_is_french() -> None:
    rules = normaliser(["on", "or", "pain"])
    assert rules.normalize_str("Pain" + VERDICT) == f"{FRENCH}pain"
    assert rules.normalize_str("Du pain" + VERDICT) == f"du {FRENCH}pain"


def test_without_shared_words_nothing_is_marked() -> None:
    assert alternatives([]) == ""
    assert normaliser([]).normalize_str("Le pain") == "le pain"
