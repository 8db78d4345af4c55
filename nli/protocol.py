"""What a classifier of premise and hypothesis is, and what makes its answers its own."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from lexicon.models import NLI_LABELS
from lexicon.normalize import VERSION as NORMALISER_VERSION

_LONGEST = 111
"""Characters of a name in an identity, for which the store has 128."""


@dataclass(frozen=True)
class NliSpec:
    """Everything that decides what a classifier answers. Two specs that differ anywhere are two
    classifiers, and their predictions are never mixed.

    ``labels`` is the order in which the checkpoint counts them; ``kind`` is ``baseline`` for the
    classifier that comes with the package and ``checkpoint`` for one that was pulled or given.
    """

    name: str
    model_id: str
    revision: str
    labels: tuple[str, str, str]
    precision: str
    max_length: int
    kind: str
    normaliser_version: int = NORMALISER_VERSION

    @cached_property
    def identity(self) -> str:
        """The name without options, and 16 hexadecimal digits of sha256 over every other field."""
        facts = asdict(self)
        del facts["name"]
        said = json.dumps(facts, sort_keys=True)
        base = Path(self.name.partition("?")[0]).name[:_LONGEST]
        return f"{base}-{sha256(said.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class NliPair:
    """Two texts, each in any language; a language left out is told by the words themselves."""

    premise: str
    hypothesis: str
    premise_language: str | None = None
    hypothesis_language: str | None = None


@dataclass(frozen=True)
class NliScores:
    """Three probabilities that sum to 1. ``truncated``: part of a text was not read. ``covered``:
    share of the tokens, 0 to 1, that the classifier knows; None where every text has tokens."""

    entailment: float
    neutral: float
    contradiction: float
    truncated: bool
    covered: float | None = None

    @property
    def label(self) -> str:
        """The likeliest label; of equal ones the first of entailment, neutral, contradiction.

        >>> NliScores(0.25, 0.5, 0.25, truncated=False).label
        'neutral'
        """
        return max(NLI_LABELS, key=lambda label: float(getattr(self, label)))


class NliClassifier(Protocol):
    @property
    def spec(self) -> NliSpec: ...

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        """One answer per pair in input order; [] gives [].

        A text that is empty raises ``InvalidInput`` and names it.
        """
        ...
