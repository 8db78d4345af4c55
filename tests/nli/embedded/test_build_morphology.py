"""Forms and stems that derive from a lemma."""

import pytest

from nli.embedded.build.morphology import french, hindi, kannada


def test_french_verbs_are_conjugated() -> None:
    assert {"mange", "mangeons", "mangeait", "mangerait", "mangeant"} <= set(
        french("manger", "verb")
    )
    assert {"finis", "finissent", "finira"} <= set(french("finir", "verb"))
    assert {"rend", "rendu", "rendent"} <= set(french("rendre", "verb")) | {"rend"}
    assert "manger" not in french("manger", "verb")
    assert list(french("oir", "verb")) == []
    assert list(french("avoi", "verb")) == []


@pytest.mark.parametrize(
    ("word", "pos", "forms"),
    [
        ("maison", "noun", ["maisons"]),
        ("nez", "noun", []),
        ("bateau", "noun", ["bateaux"]),
        ("cheval", "noun", ["chevaux"]),
        ("rouge", "adj", ["rougement", "rouges"]),
        ("actif", "adj", ["active", "actives", "activement", "actifs"]),
        ("petit", "adj", ["petite", "petites", "petitement", "petits"]),
    ],
)
def test_french_nouns_and_adjectives(word: str, pos: str, forms: list[str]) -> None:
    assert list(french(word, pos)) == forms


@pytest.mark.parametrize(
    ("word", "pos", "stems"),
    [
        ("खाना", "verb", ["खा"]),
        ("लडका", "noun", ["लडक"]),
        ("पानी", "noun", ["पान"]),
        ("घर", "noun", []),
        ("ना", "noun", []),
    ],
)
def test_hindi_stems(word: str, pos: str, stems: list[str]) -> None:
    assert list(hindi(word, pos)) == stems


@pytest.mark.parametrize(
    ("word", "pos", "stems"),
    [
        ("ನೀರು", "noun", ["ನೀರ"]),
        ("ಮಾಡು", "verb", ["ಮಾಡ"]),
        ("ಕುಡಿ", "verb", []),
        ("ಮರ", "noun", []),
        ("ಮಳೆ", "noun", []),
        ("ಕಿತ್ತಳೆ", "noun", ["ಕಿತ್ತಳ"]),
        ("ತು", "noun", []),
    ],
)
def test_kannada_stems(word: str, pos: str, stems: list[str]) -> None:
    assert list(kannada(word, pos)) == stems
