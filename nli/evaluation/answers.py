"""What a classifier said of the stored pairs, as arrays beside what is right."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from indexer.checkpoints import known
from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from lexicon.predictions import PredictionCount, predictions
from nli.evaluation.metrics import Floats, Labels, chosen
from nli.evaluation.resampling import groups_of


@dataclass(frozen=True)
class Answers:
    """Pairs with a gold label and a prediction; ``group`` numbers their premises from 0."""

    count: PredictionCount
    keys: list[str]
    gold: Labels
    probabilities: Floats
    group: Labels
    truncated: int

    def __len__(self) -> int:
        return len(self.gold)

    @property
    def right(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = chosen(self.probabilities) == self.gold
        return found


def read_answers(session: Session, count: PredictionCount) -> Answers:
    """What the classifier of ``count`` said of its pairs. ``truncated`` counts all of them."""
    keys: list[str] = []
    premises: list[str] = []
    gold: list[int] = []
    probabilities: list[list[float]] = []
    truncated = 0
    languages = (count.premise_language, count.hypothesis_language)
    for pair, said in predictions(
        session, count.checkpoint, count.dataset, count.split, count.premise_language
    ):
        if (pair.premise_language, pair.hypothesis_language) != languages:
            continue
        truncated += said.truncated
        if pair.label is not None:
            keys.append(pair.key)
            premises.append(pair.premise)
            gold.append(NLI_LABELS.index(pair.label))
            probabilities.append([getattr(said, label) for label in NLI_LABELS])
    return Answers(
        count,
        keys,
        np.array(gold, dtype=np.int64),
        np.array(probabilities, dtype=np.float64).reshape(-1, len(NLI_LABELS)),
        groups_of(premises),
        truncated,
    )


def identity_of(name: str, counts: Sequence[PredictionCount]) -> str:
    """The identity among those of ``counts`` that ``name`` means, as :func:`identity_among`."""
    return identity_among(name, {count.checkpoint for count in counts})


def identity_among(name: str, identities: Collection[str]) -> str:
    """The one of some identities that ``name`` means: itself, or the only one of that name.

    Raises :class:`InvalidInput` where there is none, or several, naming them.
    """
    there = sorted(identities)
    if name in there:
        return name
    base = name.partition("?")[0]
    # A hub id may have a short name, and predictions stand under that.
    named = (short for short, repository in known.KNOWN.items() if repository.id == base)
    short = next(named, Path(base).name)
    found = [one for one in there if one.rpartition("-")[0] == short]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(
            f"{name!r} has predicted as {len(found)} identities ({', '.join(found)}); name one"
        )
    others = f"; there are predictions of {', '.join(there)}, and more come" if there else ""
    raise InvalidInput(
        f"{name!r} has predicted none of these pairs{others or '; predictions come'} "
        f"with: lexicon nli predict --model {name}"
    )


def drawn_together(target: Answers, source: Answers) -> tuple[Labels, Labels, bool]:
    """Groups of premises of both, numbered alike: pairs of one key are translations of each other,
    and belong to one premise, if all of them agree on the gold label.

    Else keys mean something else in each language, and no group is shared.
    """
    gold = dict(zip(source.keys, source.gold.tolist(), strict=True))
    shared = [
        gold[key] == label
        for key, label in zip(target.keys, target.gold.tolist(), strict=True)
        if key in gold
    ]
    apart = int(source.group.max(initial=-1)) + 1
    if not shared or not all(shared):
        return target.group + apart, source.group, False
    group = dict(zip(source.keys, source.group.tolist(), strict=True))
    own = (target.group + apart).tolist()
    together = [group.get(key, other) for key, other in zip(target.keys, own, strict=True)]
    return np.array(together, dtype=np.int64), source.group, True
