"""What every table must say of how its figures came about."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from indexer.alignment.groups import BLOCKS, FOLDS
from indexer.alignment.verdict import (
    ALIGNED_AUC,
    ALIGNED_P_AT_1,
    CHANCE_AUC,
    LEAST_CONCEPTS,
    NO_AUC,
)
from indexer.reports.documents.document import listed

DISTINCT = "without identical spellings and without names"


class Measured(Protocol):
    """What figures under an encoder rest on."""

    @property
    def evaluation(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def generations(self) -> Mapping[str, str]: ...

    @property
    def seed(self) -> int: ...

    @property
    def samples(self) -> int: ...

    @property
    def random_pairs(self) -> int: ...


def measured(label: str, report: Measured, candidates: Mapping[str, int]) -> str:
    """What figures under an encoder rest on."""
    counted = [f"{code} {many:,}" for code, many in sorted(candidates.items())]
    generations = [f"{code} {name}" for code, name in report.generations.items()]
    # Held-out words are in no index.
    read = (f"generations {', '.join(generations)}",) if generations else ()
    return "; ".join(
        (
            f"{label}: evaluation {report.evaluation}",
            f"seed {report.seed}",
            f"{report.samples:,} bootstrap samples",
            f"{report.random_pairs:,} random pairs a language pair",
            f"candidates {', '.join(counted)}",
            f"identity {report.identity}",
            *read,
        )
    )


def legend(reports: Sequence[Measured]) -> str:
    """What intervals are, and what a cosine shows."""
    drawn = {(report.samples, report.seed) for report in reports}
    how = "samples and seed as said of each encoder"
    if len(drawn) == 1:
        ((samples, seed),) = drawn
        how = f"{samples:,} samples, seed {seed}"
    evaluations = sorted({report.evaluation for report in reports})
    return (
        f"Brackets: 95% intervals by a bootstrap over groups of concepts that share a form ({how});"
        f" of hubness, CKA and isotropy by a jackknife over {BLOCKS} blocks of such groups. "
        f"Evaluation: {listed(evaluations)}. "
        "A bare cosine shows nothing: read it beside that of random pairs."
    )


def verdict_note() -> str:
    """How a verdict comes about."""
    return (
        f"Verdicts rest on the figures {DISTINCT}. Aligned: the lower bound of AUC is at least "
        f"{ALIGNED_AUC:.2f} and that of P@1 at least {ALIGNED_P_AT_1:.2f}. No alignment beyond "
        f"anisotropy: the upper bound of AUC is at most {NO_AUC:.2f}. Undecided: there are fewer "
        f"than {LEAST_CONCEPTS} concepts, or the interval of AUC holds both {CHANCE_AUC} and more "
        f"than {NO_AUC:.2f}. Else weakly aligned."
    )


def evaluation_notes(evaluations: Sequence[str]) -> list[str]:
    """What must be known of encoders that have learnt from the lexicon."""
    said = []
    if "memorised" in evaluations:
        said.append(
            "Memorised: the encoder was trained on this lexicon, so its figures show what it "
            "remembers, not that the languages are aligned, and there is no verdict."
        )
    if "cross-validated" in evaluations:
        said.append(
            "Cross-validated: what was learnt from the lexicon was learnt again without each of "
            f"{FOLDS} parts of it, whole groups of concepts that share a form of any language, and "
            "scored on that part."
        )
    return said


def arrow(source: str, target: str) -> str:
    """
    >>> arrow("en", "kn")
    'en→kn'
    """
    return f"{source}→{target}"
