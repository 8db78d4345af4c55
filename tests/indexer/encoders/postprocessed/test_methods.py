"""What each method fits to the vectors of several languages."""

import numpy as np
import pytest

from indexer.encoders.postprocessed.methods import METHODS, fit_method, require_method
from indexer.transforms import all_but_the_top, centring, whitening
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput
from tests.indexer.asking import unit


def rows(many: int, seed: int, dim: int = 6) -> Vectors:
    drawn: Vectors = unit(np.random.default_rng(seed).normal(size=(many, dim))).astype(np.float32)
    return drawn


ENGLISH, FRENCH = rows(12, 0), rows(9, 1)
WORLD = {"en": ENGLISH, "fr": FRENCH, "hi": np.zeros((0, 6), dtype=np.float32)}
PAIRS = {"fr": (np.arange(9), np.arange(3, 12))}


@pytest.mark.parametrize(
    ("method", "fit"),
    [("center", centring), ("whiten", whitening), ("abtt", all_but_the_top)],
)
def test_each_language_is_fitted_to_its_own_words(method: str, fit: object) -> None:
    assert callable(fit)
    found = fit_method(method, WORLD)
    assert list(found) == ["en", "fr"]
    for code, own in (("en", ENGLISH), ("fr", FRENCH)):
        np.testing.assert_array_equal(found[code].apply(own), fit(own).apply(own))


def test_procrustes_centres_english_and_turns_the_others_onto_it() -> None:
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]
    world = {"en": ENGLISH, "fr": (ENGLISH[3:] @ turn).astype(np.float32)}
    # Every French word has its English one, so both means are those of the same words.
    world["en"] = ENGLISH[3:]
    found = fit_method("procrustes", world, {"fr": (np.arange(9), np.arange(9))})
    assert found["en"].matrix is None
    np.testing.assert_array_equal(found["en"].offset, centring(world["en"]).offset)
    np.testing.assert_allclose(
        found["fr"].apply(world["fr"]), found["en"].apply(world["en"]), atol=1e-5
    )


def test_a_language_without_pairs_is_not_fitted() -> None:
    none = np.zeros(0, dtype=np.int64)
    world = {**WORLD, "kn": rows(4, 5)}
    assert list(fit_method("procrustes", world, {**PAIRS, "kn": (none, none)})) == ["en", "fr"]
    assert list(fit_method("procrustes", world)) == ["en"]


@pytest.mark.parametrize("world", [{"fr": FRENCH}, {**WORLD, "en": WORLD["hi"]}])
def test_procrustes_needs_english(world: dict[str, Vectors]) -> None:
    with pytest.raises(InvalidInput, match=r"there are no English vectors; add English words"):
        fit_method("procrustes", world, PAIRS)


def test_an_unknown_method_names_the_known_ones() -> None:
    assert [require_method(name) for name in METHODS] == ["center", "whiten", "abtt", "procrustes"]
    with pytest.raises(InvalidInput, match=r"^unknown post-processing 'zca'; known: center, wh"):
        fit_method("zca", WORLD)
