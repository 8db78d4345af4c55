"""What lies around a text, over the tiny lexicon."""

import numpy as np
import pytest

from indexer.neighbourhood import Neighbour, NeighbourhoodAnswer, neighbourhood
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput, UnknownLanguage

HALF = round(0.5**0.5, 3)


def named(found: NeighbourhoodAnswer) -> list[str]:
    return [f"{word.lemma} {word.language} {round(word.cosine, 3)}" for word in found.words]


def test_the_nearest_words_of_every_language_behind_the_word_itself(
    service: LexiconService,
) -> None:
    found = neighbourhood(service, "Bank", "en", k=2)
    assert named(found) == [
        "bank en 1.0", f"shore en {HALF}", "run en 0.0",
        f"banque fr {HALF}", f"rive fr {HALF}", f"ದಡ kn {HALF}", f"ಬ್ಯಾಂಕ್ kn {HALF}",
    ]  # fmt: skip
    assert found.query.model_dump() == {"text": "Bank", "language": "en", "covered": True}
    assert found.encoder == "axis"
    assert [word.known for word in found.words] == [True, True, False, True, True, True, True]
    assert all(word.covered for word in found.words)
    assert found.words[0].gloss == "land beside a river"
    assert found.words[3].gloss == "house that keeps money"


def test_places_are_the_first_two_principal_components(service: LexiconService) -> None:
    found = neighbourhood(service, "water", "en", ["fr"], k=4)
    assert named(found)[:2] == ["water en 1.0", "eau fr 1.0"]
    assert len(found.words) == 5
    points = np.array([(word.x, word.y) for word in found.words])
    assert points.mean(axis=0) == pytest.approx([0, 0], abs=1e-5)
    assert points[0].tolist() == points[1].tolist()
    first, second = found.explained
    assert 1 >= first >= second > 0
    # Two words lie on one axis, and one of its own in the middle.
    pair = neighbourhood(service, "water", "en", ["kn", "kn"], k=1)
    assert named(pair) == ["water en 1.0", "ಜಲ kn 1.0"]
    assert [(word.x, word.y) for word in pair.words] == [(0.0, 0.0), (0.0, 0.0)]
    apart = neighbourhood(service, "run", "en", ["en"], k=1)
    assert apart.words[0].x == -apart.words[1].x
    assert abs(apart.words[0].x) == pytest.approx(HALF, abs=1e-3)
    assert apart.explained == (1.0, 0.0)


def test_a_text_that_the_lexicon_does_not_have(service: LexiconService) -> None:
    found = neighbourhood(service, "a large cat", "en", ["fr"], k=1)
    first = found.words[0]
    assert (first.lemma, first.known, first.covered, first.gloss) == (
        "a large cat", False, False, None,
    )  # fmt: skip
    assert not found.query.covered
    [near] = found.words[1:]
    assert isinstance(near, Neighbour)
    assert (near.language, near.cosine, near.known) == ("fr", 0.5, False)


def test_a_word_that_leaves_meanwhile_is_left_out(
    service: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = queries.forms_of_lexemes
    monkeypatch.setattr(
        queries,
        "forms_of_lexemes",
        lambda session, ids: {
            one: form for one, form in known(session, ids).items() if form.lemma != "eau"
        },
    )
    assert named(neighbourhood(service, "water", "en", ["fr"], k=1))[1:] == ["courir fr 0.0"]


def test_what_cannot_be_asked(service: LexiconService) -> None:
    with pytest.raises(InvalidInput, match="empty word"):
        neighbourhood(service, " ", "en")
    for source, languages in (("xx", []), ("en", ["xx"])):
        with pytest.raises(UnknownLanguage):
            neighbourhood(service, "water", source, languages)
