"""How right the classifier is, language by language: chosen by even ids, reported on odd ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lexicon.formats.pairs.entry import PairEntry
from lexicon.models import NLI_LABELS
from nli.embedded.build.pairs import halves
from nli.evaluation import metrics, resampling
from nli.evaluation.metrics import Floats, Labels

TEMPERATURES = np.round(np.arange(0.5, 4.01, 0.01), 2)
SEED = 20_260

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Rate:
    """A share with its 95% interval over premises."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Compared:
    """A cheaper classifier on the same pairs; ``p`` of McNemar's test against it."""

    accuracy: float
    p: float


@dataclass(frozen=True)
class Figures:
    """Of one language. ``agreement`` and ``loss``: share of labels that eight bits leave as they
    were, and the accuracy they cost, over all pairs; the rest is over ``pairs`` with odd ids."""

    pairs: int
    chosen_by: float
    accuracy: Rate
    macro_f1: Rate
    calibration_before: float
    calibration: Rate
    covered: float
    majority: float
    baselines: Mapping[str, Compared]
    agreement: float
    loss: float


def from_record(values: Mapping[str, Any]) -> Figures:
    """What ``dataclasses.asdict`` made of figures, as figures."""
    rates = {name: Rate(**values[name]) for name in ("accuracy", "macro_f1", "calibration")}
    others = {name: Compared(**other) for name, other in values["baselines"].items()}
    return Figures(**{**values, **rates, "baselines": others})


def gold(pairs: Sequence[PairEntry]) -> Labels:
    return np.array([NLI_LABELS.index(str(pair.label)) for pair in pairs], dtype=np.int64)


def probabilities(logits: Logits, temperature: float) -> Floats:
    """Rows that sum to 1.

    >>> probabilities(np.zeros((1, 3), dtype=np.float32), 1.0).round(2).tolist()
    [[0.33, 0.33, 0.33]]
    """
    scaled = logits.astype(np.float64) / temperature
    shares = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    found: Floats = shares / shares.sum(axis=1, keepdims=True)
    return found


def temperature(logits: Logits, labels: Labels) -> float:
    """What logits are to be divided by for the gold labels to be likeliest (Guo et al. 2017).

    >>> temperature(np.array([[2.0, 0, 0]] * 4, dtype=np.float32), np.array([0, 0, 1, 2]))
    2.89
    """
    right = np.arange(len(labels)), labels
    losses = [-np.log(probabilities(logits, value)[right]).mean() for value in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def measure(
    pairs: Sequence[PairEntry],
    exact: Logits,
    shipped: Logits,
    temperature: float,
    covered: Sequence[float],
    baselines: Mapping[str, Labels],
) -> Figures:
    """``exact`` are the trained model's logits (pairs, 3), ``shipped`` those of the eight bits;
    ``baselines`` the labels that others give the same pairs."""
    labels = gold(pairs)
    chosen, reported = halves(pairs)
    mine = labels[reported]
    scaled = probabilities(shipped[reported], temperature)
    groups = resampling.groups_of([pairs[place].premise for place in reported])
    sums = resampling.sums_by_group(mine, scaled, groups)
    samples = resampling.matrices(resampling.resampled(sums, SEED))
    point = resampling.matrices(sums.sum(axis=0))
    raw = resampling.sums_by_group(mine, probabilities(shipped[reported], 1.0), groups)
    right = shipped.argmax(axis=1) == labels
    return Figures(
        pairs=len(reported),
        chosen_by=float(right[chosen].mean()),
        accuracy=_rate(metrics.accuracy(point[0]), metrics.accuracy(samples[0])),
        macro_f1=_rate(metrics.macro_f1(point[0]), metrics.macro_f1(samples[0])),
        calibration_before=float(
            metrics.calibration_error(resampling.matrices(raw.sum(axis=0))[1])
        ),
        calibration=_rate(
            metrics.calibration_error(point[1]), metrics.calibration_error(samples[1])
        ),
        covered=float(np.mean(np.array(covered)[reported])),
        majority=float(np.bincount(mine, minlength=3).max() / len(mine)),
        baselines={
            name: _compared(right[reported], given[reported] == mine)
            for name, given in baselines.items()
        },
        agreement=float((shipped.argmax(axis=1) == exact.argmax(axis=1)).mean()),
        loss=float((exact.argmax(axis=1) == labels).mean() - right.mean()),
    )


def _rate(point: Floats, samples: Floats) -> Rate:
    return Rate(float(point), *resampling.interval(samples))


def _compared(mine: NDArray[np.bool_], other: NDArray[np.bool_]) -> Compared:
    return Compared(float(other.mean()), metrics.mcnemar(mine, other).p)
