"""The published definitions, written anew: float64, one number at a time, ties in every order.

Slow and plain, to be read beside the papers and their programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, permutations, product

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Answers = Mapping[int, set[int]]
"""The right candidates of each query that is asked."""


def cosines(source: NDArray[np.float32], target: NDArray[np.float32]) -> Matrix:
    left, right = (side.astype(np.float64) for side in (source, target))
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    found: Matrix = left @ right.T
    return found


def nearest_mean(row: Sequence[float], k: int) -> float:
    """Mean of the k highest, of all where there are fewer."""
    highest = sorted(row, reverse=True)[:k]
    return sum(highest) / len(highest)


def csls(cosine: Matrix, k: int = 10) -> Matrix:
    """Conneau et al. 2018, section 2.3."""
    of_source = [nearest_mean(row, k) for row in cosine.tolist()]
    of_target = [nearest_mean(column, k) for column in cosine.T.tolist()]
    return np.array(
        [
            [2 * cosine[x, y] - of_source[x] - of_target[y] for y in range(cosine.shape[1])]
            for x in range(cosine.shape[0])
        ]
    )


def rankings(scores: Sequence[float]) -> Iterator[list[int]]:
    """Candidates from the best to the worst, equal ones in every order."""
    levels: dict[float, list[int]] = {}
    for place, score in enumerate(scores):
        levels.setdefault(round(score, 9), []).append(place)
    best_first = [levels[score] for score in sorted(levels, reverse=True)]
    for orders in product(*(permutations(level) for level in best_first)):
        yield list(chain.from_iterable(orders))


def precision(scores: Matrix, answers: Answers, k: int) -> float:
    """P@k as MUSE's evaluation has it: a query counts once, and any of its translations will do."""
    rates = []
    for query, right in answers.items():
        hits = [bool(right & set(order[:k])) for order in rankings(scores[query].tolist())]
        rates.append(sum(hits) / len(hits))
    return sum(rates) / len(rates)


def reciprocal_rank(scores: Matrix, answers: Answers) -> float:
    """Mean of 1 / rank of the first translation."""
    rates = []
    for query, right in answers.items():
        found = [
            1 / min(rank for rank, place in enumerate(order, 1) if place in right)
            for order in rankings(scores[query].tolist())
        ]
        rates.append(sum(found) / len(found))
    return sum(rates) / len(rates)


def ratio_margin(cosine: Matrix, x: int, y: int, k: int = 4) -> float:
    """Artetxe & Schwenk 2019, section 3.1."""
    middle = (nearest_mean(cosine[x].tolist(), k) + nearest_mean(cosine[:, y].tolist(), k)) / 2
    return float(cosine[x, y]) / middle


def distance_margin(cosine: Matrix, x: int, y: int, k: int = 4) -> float:
    middle = (nearest_mean(cosine[x].tolist(), k) + nearest_mean(cosine[:, y].tolist(), k)) / 2
    return float(cosine[x, y]) - middle


def xsim_error(cosine: Matrix, answers: Answers, k: int = 4) -> float:
    """xSIM of LASER (source/xsim.py): of the k nearest by cosine, the one of the highest ratio
    margin is the answer."""
    rates = []
    for query, right in answers.items():
        wrong = []
        for order in rankings(cosine[query].tolist()):
            ratios = {place: round(ratio_margin(cosine, query, place), 9) for place in order[:k]}
            best = [place for place, ratio in ratios.items() if ratio == max(ratios.values())]
            wrong.append(sum(place not in right for place in best) / len(best))
        rates.append(sum(wrong) / len(wrong))
    return sum(rates) / len(rates)


def area(pairs: Sequence[float], random: Sequence[float], weights: Sequence[float]) -> float:
    """Mann & Whitney 1947: every pair against every random one, a tie (to 1e-4) is half a win."""
    won = sum(
        weight * ((one > other + 1e-4) + (abs(one - other) <= 1e-4) / 2)
        for one, weight in zip(pairs, weights, strict=True)
        for other in random
    )
    return float(won / (sum(weights) * len(random)))


def debiased_cka(source: NDArray[np.float32], target: NDArray[np.float32]) -> float:
    """Kornblith et al. 2019 with the estimator of HSIC of Song et al. 2012."""
    left, right = (side.astype(np.float64) for side in (source, target))
    k, l = left @ left.T, right @ right.T  # noqa: E741
    np.fill_diagonal(k, 0)
    np.fill_diagonal(l, 0)
    return _hsic(k, l) / float(np.sqrt(_hsic(k, k) * _hsic(l, l)))


def _hsic(k: Matrix, l: Matrix) -> float:  # noqa: E741
    n = len(k)
    ones = np.ones(n)
    middle = (ones @ k @ ones) * (ones @ l @ ones) / ((n - 1) * (n - 2))
    last = 2 / (n - 2) * (ones @ k @ l @ ones)
    return float((np.trace(k @ l) + middle - last) / (n * (n - 3)))


def isotropy(rows: NDArray[np.float32], whole: NDArray[np.float32]) -> float:
    """Mu & Viswanath 2018, section 2: directions are the eigenvectors of the ``whole`` language."""
    wide = whole.astype(np.float64)
    _, axes = np.linalg.eigh(wide.T @ wide)
    sums = [
        np.exp(sign * (rows.astype(np.float64) @ axis)).sum() for axis in axes.T for sign in (1, -1)
    ]
    return float(min(sums) / max(sums))


def hubness(cosine: Matrix, queries: Sequence[int], k: int = 10) -> float:
    """Radovanović, Nanopoulos & Ivanović 2010: skewness of how often each candidate is near."""
    counts = [0] * cosine.shape[1]
    for query in queries:
        for place in np.argsort(-cosine[query], kind="stable")[:k].tolist():
            counts[place] += 1
    mean = sum(counts) / len(counts)
    moments = [sum((one - mean) ** power for one in counts) / len(counts) for power in (2, 3)]
    return float(moments[1] / moments[0] ** 1.5)
