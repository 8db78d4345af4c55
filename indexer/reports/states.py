"""How long an encoder's hidden states are and how they spread: what unit rows do not show."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from sqlalchemy.orm import Session

from indexer.alignment.metrics import interval_of_mean
from indexer.alignment.resampling import Figure
from indexer.encoders.protocol import Encoder
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.errors import InvalidInput

FORMS = 500
"""Forms of each language whose states are taken; of more, as many are drawn."""


@runtime_checkable
class HasStates(Protocol):
    """An encoder whose rows have a length of their own before they are scaled to 1."""

    def states(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32."""
        ...


def states(
    encoder: Encoder, session: Session, codes: Sequence[str], seed: int
) -> Mapping[str, dict[str, Figure]]:
    """``norm`` and ``variance`` of each language.

    Raises :class:`InvalidInput` for an encoder that only has unit rows.
    """
    if not isinstance(encoder, HasStates):
        raise InvalidInput(
            f"encoder {encoder.spec.name!r} has no hidden states; name a checkpoint of a "
            "transformer with a layer, such as bloom-560m?layer=12"
        )
    found = {}
    for code in codes:
        forms = [form.lemma for form in queries.forms(session, code)]
        random = np.random.default_rng(seed)
        some = np.sort(random.choice(len(forms), min(FORMS, len(forms)), replace=False))
        found[code] = of_rows(encoder.states([forms[place] for place in some]), seed)
    return found


def of_rows(rows: Vectors, seed: int) -> dict[str, Figure]:
    """Mean length of rows (n, dim) with its 95% interval, and their variance, averaged over
    dimensions.

    >>> of_rows(np.array([[3, 4], [3, -4]], dtype=np.float32), seed=0)["variance"].value
    8.0
    """
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    low, high = interval_of_mean(lengths, seed)
    variance = float(rows.astype(np.float64).var(axis=0).mean())
    return {
        "norm": Figure(float(lengths.mean()), low, high, len(rows)),
        "variance": Figure(variance, None, None, len(rows)),
    }
