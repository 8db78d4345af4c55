"""Figures of a part of a sample, each from its definition."""

import numpy as np
import pytest

from indexer.alignment.averaging import Scores, figures
from indexer.alignment.figures import BROKEN_DOWN, GAIN, METRICS, OPTIONAL
from indexer.alignment.groups import FOLDS
from indexer.alignment.resampling import Bootstrap, Figure
from indexer.alignment.sample import Subset
from indexer.alignment.scoring import DELTA, Cosines
from indexer.alignment.views import Space, View
from indexer.vectors import Vectors
from tests.indexer.alignment import published
from tests.indexer.alignment.bilingual import Scored, Sense, dealt, sampled, scored_in, words
from tests.indexer.vectors import random_rows

SIZE = 60


def senses(twice: int) -> list[Sense]:
    """Concept n is row n, a verb if odd, a name if it ends in 7; every ``twice``-th row expresses
    the next concept of its kind as well."""
    kinds = ["propn" if n % 10 == 7 else "verb" if n % 2 else "noun" for n in range(SIZE)]
    own = [(n, n, kinds[n]) for n in range(SIZE)]
    return own + [(n, n + 2, kinds[n + 2]) for n in range(0, SIZE - 2, twice)]


ENGLISH = words("en", senses(9), rows=SIZE + 4, keys=[f"w{n}" for n in range(SIZE + 4)])
FRENCH = words(
    "fr", senses(7), rows=SIZE + 6, keys=[f"w{n}" if n % 5 == 1 else f"m{n}" for n in range(66)]
)
"""Every fifth word is spelt alike; some words of both have no translation."""


def vectors(language: int, share: float = 1.0, seed: int = 0) -> Vectors:
    """Translations have ``share`` of their vectors in common."""
    own = random_rows(70, 12, 10 * seed + language + 1)
    mixed = share * random_rows(70, 12, 10 * seed) + own
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    found: Vectors = mixed[: (ENGLISH, FRENCH)[language].rows]
    return found


def scores(made: Scored, samples: int = 200) -> Scores:
    draws = Bootstrap.drawn(made.data.groups, 3, samples)
    return Scores(made.data, made.source, made.target, made.known, made.found, draws)


@pytest.fixture(scope="module")
def plain() -> Scores:
    first, second = dealt(ENGLISH, FRENCH)
    data = sampled(ENGLISH, FRENCH, n=500)
    return scores(
        scored_in(data, Space([View(vectors(0))], first), Space([View(vectors(1))], second))
    )


@pytest.fixture(scope="module", params=["everything", "distinct"])
def part(request: pytest.FixtureRequest, plain: Scores) -> Subset:
    found: Subset = getattr(plain.data, request.param)
    assert 0 < found.forms.sum() <= SIZE
    return found


def value(found: Figure | None) -> float:
    assert found is not None
    return found.value


def concept_weights(plain: Scores, part: Subset) -> list[float]:
    concepts = plain.data.pairs.concept[part.pairs].tolist()
    return [1 / concepts.count(concept) for concept in concepts]


def test_every_figure_is_there_and_has_a_name(plain: Scores, part: Subset) -> None:
    found = plain.all(part)
    assert set(found) == set(METRICS) - OPTIONAL
    assert all(figure is not None for figure in found.values())
    assert set(BROKEN_DOWN) <= set(plain.some(part)) < set(found)
    assert GAIN in OPTIONAL


def test_figures_are_inside_their_intervals(plain: Scores, part: Subset) -> None:
    for name, found in plain.all(part).items():
        assert found is not None
        if name == "chance_p_at_1":
            assert (found.low, found.high) == (None, None)
            continue
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high, name


def test_units(plain: Scores, part: Subset) -> None:
    found = plain.all(part)
    wanted = {
        "concepts": len(np.unique(plain.data.pairs.concept[part.pairs])),
        "forms": int(part.forms.sum()),
        "random pairs": int(part.random.sum()),
    }
    for name, figure in found.items():
        assert figure is not None
        # Isotropy is of all forms in the part's pairs, also of those that are not asked for.
        if not name.startswith("isotropy"):
            assert figure.n == wanted[METRICS[name].unit], name


@pytest.mark.parametrize("prefix", ["", "centred_", "whitened_"])
def test_separation(plain: Scores, part: Subset, prefix: str) -> None:
    found = plain.all(part)
    cosines = plain.symmetric.versions[prefix]
    pairs, random = cosines.pairs[part.pairs], cosines.random[part.random]
    weights = concept_weights(plain, part)
    mean = np.average(pairs, weights=weights)
    assert value(found[f"{prefix}cosine_mean"]) == pytest.approx(mean, abs=1e-9)
    assert value(found[f"{prefix}random_cosine_mean"]) == pytest.approx(random.mean(), abs=1e-9)
    gap = mean - random.mean()
    assert value(found[f"{prefix}gap"]) == pytest.approx(gap, abs=1e-9)
    variance = np.average((pairs - mean) ** 2, weights=weights)
    spread = ((variance + random.var()) / 2) ** 0.5
    assert value(found[f"{prefix}d_prime"]) == pytest.approx(gap / spread, abs=1e-6)
    area = published.area(pairs.tolist(), random.tolist(), weights)
    assert value(found[f"{prefix}auc"]) == pytest.approx(area, abs=1e-9)


def test_rates_are_means_over_forms(plain: Scores, part: Subset) -> None:
    found, made = plain.all(part), plain.directed
    for prefix, ranks in (("", made.by_cosine), ("csls_", made.by_csls)):
        for k in (1, 5, 10):
            rate = ranks.hits(k)[part.forms].mean()
            assert value(found[f"{prefix}p_at_{k}"]) == pytest.approx(rate)
        assert value(found[f"{prefix}mrr"]) == pytest.approx(ranks.reciprocals()[part.forms].mean())
    assert value(found["xsim_error"]) == pytest.approx(made.astray[part.forms].mean())
    rights = plain.data.queries.counts[part.forms] / plain.data.target.rows
    assert value(found["chance_p_at_1"]) == pytest.approx(rights.mean())


def test_scores_of_pairs_are_means_over_concepts(plain: Scores, part: Subset) -> None:
    found, made = plain.all(part), plain.directed
    weights = concept_weights(plain, part)
    for name, scored in (
        ("ratio_margin", made.ratio),
        ("distance_margin", made.distance),
        ("strong_alignment", made.lead >= DELTA),
    ):
        mean = np.average(scored[part.pairs], weights=weights)
        assert value(found[name]) == pytest.approx(mean, abs=1e-6)


def test_figures_of_whole_matrices(plain: Scores, part: Subset) -> None:
    found, data = plain.all(part), plain.data
    here, there = plain.source.views[0].vectors, plain.target.views[0].vectors
    hubs = published.hubness(published.cosines(here, there), data.forms[part.forms].tolist())
    assert value(found["hubness"]) == pytest.approx(hubs)
    source, target = data.pairs.source[part.pairs], data.pairs.target[part.pairs]
    for name, rows, whole in (
        ("isotropy_source", source, here),
        ("isotropy_target", target, there),
    ):
        wanted = published.isotropy(whole[np.unique(rows)], whole)
        assert value(found[name]) == pytest.approx(wanted, abs=1e-5)
    concepts = data.pairs.concept[part.pairs]
    means = [
        np.stack(
            [side[np.unique(rows[concepts == one])].mean(axis=0) for one in np.unique(concepts)]
        )
        for side, rows in ((here, source), (there, target))
    ]
    assert value(found["cka"]) == pytest.approx(published.debiased_cka(*means), abs=1e-5)


def test_what_was_known_of_both_directions_is_not_made_again(plain: Scores) -> None:
    part = plain.data.everything
    known = plain.undirected(part)
    assert plain.all(part, known) == plain.all(part)
    marked = dict.fromkeys(known)
    assert plain.all(part, {**known, **marked})["auc"] is None


def test_a_part_without_pairs_has_no_figures(plain: Scores) -> None:
    data = plain.data
    nothing = data.of_pairs(
        np.zeros(len(data.group), bool), np.zeros(len(data.random_source), bool)
    )
    assert set(plain.all(nothing).values()) == {None}
    assert set(figures(plain.some(nothing)).values()) == {None}


def test_a_part_of_one_group_has_figures_without_intervals(plain: Scores) -> None:
    data = plain.data
    alone = data.of_pairs(data.group == data.group[-1], np.ones(len(data.random_source), bool))
    found = plain.all(alone)
    for name in ("cosine_mean", "auc", "p_at_1", "csls_mrr", "xsim_error", "strong_alignment"):
        figure = found[name]
        assert figure is not None
        assert (figure.low, figure.high) == (None, None)


def test_each_fold_counts_as_much_as_it_has_rows() -> None:
    """Figures of whole matrices, where each fold has vectors of its own."""
    data = sampled(ENGLISH, FRENCH, n=500)
    sides = [
        Space([View(vectors(side, seed=fold), (fold,)) for fold in range(FOLDS)], rows)
        for side, rows in enumerate(dealt(ENGLISH, FRENCH))
    ]
    made = scores(scored_in(data, *sides), samples=50)
    found = made.all(data.everything)
    cka, isotropy, sizes, rows = [], [], [], []
    for fold in range(FOLDS):
        here = data.fold == fold
        some = data.pairs.concept[here]
        means = [
            np.stack(
                [
                    side.views[fold].vectors[np.unique(column[here][some == one])].mean(axis=0)
                    for one in np.unique(some)
                ]
            )
            for side, column in zip(sides, (data.pairs.source, data.pairs.target), strict=True)
        ]
        cka.append(published.debiased_cka(*means))
        sizes.append(len(means[0]))
        whole, forms = sides[0].views[fold].vectors, np.unique(data.pairs.source[here])
        isotropy.append(published.isotropy(whole[forms], whole))
        rows.append(len(forms))
    assert value(found["cka"]) == pytest.approx(np.average(cka, weights=sizes), abs=1e-5)
    wanted = np.average(isotropy, weights=rows)
    assert value(found["isotropy_source"]) == pytest.approx(wanted, abs=1e-5)


def test_no_more_concepts_than_a_gram_matrix_holds(
    plain: Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.alignment.averaging.MOST", 20)
    found = plain.all(plain.data.everything)["cka"]
    assert found is not None
    assert found.n == 20
    assert plain.all(plain.data.everything)["cka"] == found


def test_cosines_that_hardly_differ_keep_their_digits(plain: Scores) -> None:
    """Of cosines within a hundred thousandth of each other, as of anisotropic vectors."""
    raw = plain.symmetric.raw
    near = Cosines(0.9999 + raw.pairs * 1e-6, 0.9999 + raw.random * 1e-6)
    part = plain.data.everything
    wide = plain.separation(part, {"": raw})["d_prime"]
    narrow = plain.separation(part, {"": near})["d_prime"]
    assert narrow.value == pytest.approx(wide.value, rel=1e-6)
    np.testing.assert_allclose(narrow.samples, wide.samples, rtol=1e-6)


def test_equal_cosines_have_no_spread(plain: Scores) -> None:
    raw = plain.symmetric.raw
    same = Cosines(np.full_like(raw.pairs, 0.3), np.full_like(raw.random, 0.3))
    found = figures(plain.separation(plain.data.everything, {"": same}))
    assert found["d_prime"] is None
    assert value(found["auc"]) == 0.5
    assert found["gap"] == Figure(0.0, 0.0, 0.0, SIZE)
