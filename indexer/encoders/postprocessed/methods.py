"""The methods of post-processing, and what each fits to the vectors of the languages."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from indexer.transforms import (
    Affine,
    Rows,
    all_but_the_top,
    centring,
    procrustes,
    whitening,
)
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput

PIVOT = "en"
"""The language whose space ``procrustes`` turns the others onto."""

Pairs: TypeAlias = Mapping[str, tuple[Rows, Rows]]
"""By language, translations of English words: rows of the language's vectors, and beside them the
rows of the English ones."""

_Fit: TypeAlias = Callable[[Mapping[str, Vectors], Pairs], dict[str, Affine]]


def _each(fit: Callable[[Vectors], Affine]) -> _Fit:
    def fitted(vectors: Mapping[str, Vectors], _pairs: Pairs) -> dict[str, Affine]:
        return {code: fit(rows) for code, rows in vectors.items() if len(rows)}

    return fitted


def _onto_pivot(vectors: Mapping[str, Vectors], pairs: Pairs) -> dict[str, Affine]:
    if PIVOT not in vectors or not len(vectors[PIVOT]):
        raise InvalidInput(
            "procrustes turns every language onto English, and there are no English vectors; "
            "add English words first"
        )
    found = {PIVOT: centring(vectors[PIVOT])}
    for code, rows in vectors.items():
        if code != PIVOT and code in pairs and len(pairs[code][0]):
            found[code] = procrustes(rows, vectors[PIVOT], pairs[code])
    return found


METHODS: Mapping[str, _Fit] = {
    "center": _each(centring),
    "whiten": _each(whitening),
    "abtt": _each(all_but_the_top),
    "procrustes": _onto_pivot,
}
"""By the name that follows the plus sign."""

PAIRED = frozenset({"procrustes"})
"""Methods that learn from translations."""


def fit_method(
    method: str, vectors: Mapping[str, Vectors], pairs: Pairs | None = None
) -> dict[str, Affine]:
    """The map of each language, fitted to exactly these rows.

    A language without rows has none, nor has one without pairs where pairs are what is learnt
    from. Raises :class:`InvalidInput`, for ``procrustes`` also where there are no English rows.
    """
    return METHODS[require_method(method)](vectors, pairs or {})


def require_method(name: str) -> str:
    if name not in METHODS:
        raise InvalidInput(f"unknown post-processing {name!r}; known: {', '.join(METHODS)}")
    return name
