"""Cross-domain similarity local scaling (Conneau et al. 2018, "Word translation without parallel
data", section 2.3), over arrays.

CSLS(x, y) = 2·cos(x, y) - r_target(x) - r_source(y), where r is the mean cosine of a word to its
nearest neighbours in the other language. It takes from every score how close a word is to
everything, so that hubs no longer win. Range [-4, 4]; it is not a cosine.
"""

import numpy as np
from numpy.typing import NDArray

NEIGHBOURHOOD = 10
"""Neighbours in r, as in the paper."""


def neighbourhood_means(nearest: NDArray[np.float32]) -> NDArray[np.float32]:
    """r of each word, (n,), from the cosines of its nearest neighbours, (n, k).

    >>> neighbourhood_means(np.array([[0.75, 0.25]], dtype=np.float32)).tolist()
    [0.5]
    """
    if nearest.shape[1] == 0:
        return np.zeros(len(nearest), dtype=np.float32)
    means: NDArray[np.float32] = nearest.mean(axis=1, dtype=np.float32)
    return means


def csls(
    cosine: NDArray[np.float32],
    source_means: NDArray[np.float32],
    target_means: NDArray[np.float32],
) -> NDArray[np.float32]:
    """CSLS of every source word against every target word, the shape of ``cosine``.

    ``source_means`` (n,) is r_target of the source words, ``target_means`` (m,) or (n, m) is
    r_source of the target words.

    >>> cosine = np.array([[0.9, 0.7], [0.8, 0.75]], dtype=np.float32)
    >>> print(csls(cosine, cosine.max(axis=1), cosine.max(axis=0)).round(2))
    [[ 0.   -0.25]
     [-0.1  -0.05]]
    """
    scores: NDArray[np.float32] = 2 * cosine - source_means[:, None] - target_means
    return scores
