"""A dozen pairs that nobody doubts: do a checkpoint's labels mean what it says they mean?"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import cast

from lexicon.models import NLI_LABELS
from nli.labels import Labels
from nli.protocol import NliPair

ENOUGH = 9
"""Right answers of twelve that prove an order of labels."""

CHANCE = 4
"""Right answers of twelve that disprove one: as many as guessing gives."""

WEAK = 6
"""Right answers of twelve up to which a classifier is hardly better than guessing."""

_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("A man is playing a guitar on stage.", "A man is playing an instrument.", "entailment"),
    ("Two dogs are running through the snow.", "There are animals outside.", "entailment"),
    ("She bought three red apples at the market.", "She bought some fruit.", "entailment"),
    ("The old king died in his sleep last night.", "The king is dead.", "entailment"),
    ("A man is playing a guitar on stage.", "The man wrote the song himself.", "neutral"),
    ("Two dogs are running through the snow.", "The dogs belong to a farmer.", "neutral"),
    ("She bought three red apples at the market.", "She will bake a cake tonight.", "neutral"),
    ("The train arrived at the station at noon.", "The train was full of students.", "neutral"),
    ("A man is playing a guitar on stage.", "Nobody is playing any music.", "contradiction"),
    ("Two dogs are running through the snow.", "The dogs are asleep indoors.", "contradiction"),
    ("The train arrived at the station at noon.", "The train never arrived.", "contradiction"),
    ("All the windows of the house are closed.", "Every window is open.", "contradiction"),
)

CANARIES = tuple(NliPair(premise, hypothesis, "en", "en") for premise, hypothesis, _ in _PAIRS)
GOLD = tuple(label for *_, label in _PAIRS)


@dataclass(frozen=True)
class Finding:
    """How many of the canaries are right as the labels are declared, and in the best order."""

    right: int
    best: Labels
    best_right: int

    @property
    def misnamed(self) -> bool:
        """Whether another order is right and the declared one is not."""
        return self.right <= CHANCE and self.best_right >= ENOUGH

    @property
    def weak(self) -> bool:
        return self.right <= WEAK


def judge(labels: Labels, answers: Sequence[int]) -> Finding:
    """What the likeliest labels of ``CANARIES``, as the checkpoint counts them, say of ``labels``.

    >>> judge(("neutral", "entailment", "contradiction"), [0] * 4 + [1] * 4 + [2] * 4)
    Finding(right=4, best=('entailment', 'neutral', 'contradiction'), best_right=12)
    """
    answered = list(zip(answers, GOLD, strict=True))
    right = {
        cast(Labels, one): sum(one[answer] == gold for answer, gold in answered)
        for one in permutations(NLI_LABELS)
    }
    # Of equal ones the declared order is the best.
    best = max(right, key=lambda one: (right[one], one == labels))
    return Finding(right[labels], best, right[best])


class Sung:
    """How many canaries each identity had right on this machine: twelve pairs need not be
    classified again to know."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, identity: str) -> int | None:
        return self._all().get(identity)

    def add(self, identity: str, right: int) -> None:
        # Where it cannot be kept, the canaries are asked again next time.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            part.write_text(json.dumps({**self._all(), identity: right}), encoding="utf-8")
            part.replace(self._file)

    def _all(self) -> Mapping[str, int]:
        with suppress(OSError, ValueError, TypeError, AttributeError):
            held = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(identity): int(right) for identity, right in held.items()}
        return {}
