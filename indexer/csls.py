"""Scores that take from a cosine how close both words are to everything, over arrays.

CSLS (Conneau et al. 2018, "Word translation without parallel data", section 2.3):

    CSLS(x, y) = 2·cos(x, y) - r_target(x) - r_source(y)

where r is the mean cosine of a word to its 10 nearest neighbours in the other language, so that
hubs no longer win. Range [-4, 4]; it is not a cosine.

Margins (Artetxe & Schwenk 2019, "Margin-based parallel corpus mining", section 3.1), with
m = (r_target(x) + r_source(y)) / 2 over the 4 nearest: ratio = cos(x, y) / m, and
distance = cos(x, y) - m.
"""

import numpy as np
from numpy.typing import NDArray

from indexer.generations.arrays import Means

NEIGHBOURHOOD = 10
"""Neighbours in r of CSLS, as in the paper."""

MARGIN_NEIGHBOURHOOD = 4
"""Neighbours in r of the margins, as in the paper."""

LEAST_MARGIN = 0.01
"""The smallest m that a cosine is divided by: around zero, a ratio says nothing."""

Floats = NDArray[np.float32]


def neighbourhood_means(nearest: Floats) -> Means:
    """r of each word for CSLS and for margins, (n, 2), from the cosines of its nearest
    neighbours, (n, at least 10 or all there are), best first.

    >>> neighbourhood_means(np.array([[0.75, 0.25]], dtype=np.float32)).tolist()
    [[0.5, 0.5]]
    """
    if nearest.shape[1] == 0:
        return np.zeros((len(nearest), 2), dtype=np.float32)
    widths = NEIGHBOURHOOD, MARGIN_NEIGHBOURHOOD
    found = np.empty((len(nearest), 2), dtype=np.float32)
    for place, k in enumerate(widths):
        found[:, place] = nearest[:, :k].mean(axis=1, dtype=np.float32)
    return found


def csls(cosine: Floats, source_means: Floats, target_means: Floats) -> Floats:
    """CSLS of every source word against every target word, the shape of ``cosine``.

    ``source_means`` (n,) is r_target of the source words, ``target_means`` (m,) or (n, m) is
    r_source of the target words.

    >>> cosine = np.array([[0.9, 0.7], [0.8, 0.75]], dtype=np.float32)
    >>> print(csls(cosine, cosine.max(axis=1), cosine.max(axis=0)).round(2))
    [[ 0.   -0.25]
     [-0.1  -0.05]]
    """
    scores: Floats = 2 * cosine - source_means[:, None] - target_means
    return scores


def margins(cosine: Floats, source_means: Floats, target_means: Floats) -> tuple[Floats, Floats]:
    """Ratio and distance margin, each the shape of ``cosine``; arguments as for :func:`csls`.

    >>> ratio, distance = margins(
    ...     *(np.array(one, dtype=np.float32) for one in ([[0.75]], [0.5], [0.25]))
    ... )
    >>> ratio.tolist(), distance.tolist()
    ([[2.0]], [[0.375]])
    """
    middle = (source_means[:, None] + target_means) / 2
    ratio = cosine / np.maximum(middle, LEAST_MARGIN)
    return ratio.astype(np.float32), (cosine - middle).astype(np.float32)
