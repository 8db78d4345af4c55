"""The figures of a report: what each one is called, and what it says."""

from dataclasses import dataclass

from indexer.alignment.resampling import Figure
from indexer.alignment.scoring import DELTA

Figures = dict[str, Figure | None]

KS = (1, 5, 10)

GAIN = "p_at_1_gain"
STATES = ("norm_source", "norm_target", "variance_source", "variance_target")
OPTIONAL = {GAIN, *STATES}
"""Figures that only some reports have."""


@dataclass(frozen=True)
class Metric:
    """What a figure is called in a table, and what it says. ``unit``: what its n counts.
    ``headline``: in tables that show the most important ones only."""

    title: str
    says: str
    unit: str
    headline: bool = False


def _separation(prefix: str, how: str) -> dict[str, Metric]:
    shown = not prefix
    word = prefix.removesuffix("_")
    title = f"{word} " if word else ""
    return {
        f"{prefix}cosine_mean": Metric(
            f"{title}cosine", f"mean cosine of translations{how}", "concepts", shown
        ),
        f"{prefix}random_cosine_mean": Metric(
            f"{title}random", f"mean cosine of random pairs{how}", "random pairs", shown
        ),
        f"{prefix}gap": Metric(f"{title}gap", "the difference of both", "concepts", shown),
        f"{prefix}auc": Metric(
            f"{title}AUC",
            f"chance that a translation is closer than a random pair{how}",
            "concepts",
            True,
        ),
        f"{prefix}d_prime": Metric(
            f"{title}d′", "the gap in standard deviations of both", "concepts"
        ),
    }


METRICS: dict[str, Metric] = {
    **_separation("", ""),
    **_separation("centred_", ", centred"),
    **_separation("whitened_", ", whitened"),
    **{
        f"p_at_{k}": Metric(f"P@{k}", f"a translation is among the first {k}", "forms", k == 1)
        for k in KS
    },
    "mrr": Metric("MRR", "mean reciprocal rank of the first translation", "forms"),
    **{
        f"csls_p_at_{k}": Metric(
            f"CSLS P@{k}", f"a translation is among the first {k} by CSLS", "forms", k == 1
        )
        for k in KS
    },
    "csls_mrr": Metric("CSLS MRR", "mean reciprocal rank by CSLS", "forms"),
    "chance_p_at_1": Metric("chance P@1", "P@1 of a ranking at random", "forms"),
    "ratio_margin": Metric("ratio margin", "mean ratio margin of translations", "concepts"),
    "distance_margin": Metric(
        "distance margin", "mean distance margin of translations", "concepts"
    ),
    "xsim_error": Metric("xSIM error", "the best margin leads to a wrong form", "forms"),
    "strong_alignment": Metric(
        "strong",
        f"translations that beat their hardest non-translation by {DELTA}",
        "concepts",
    ),
    "hubness": Metric("hubness", "skewness of 10-occurrence of target forms", "forms"),
    "cka": Metric("CKA", "debiased linear CKA of the concepts", "concepts"),
    "isotropy_source": Metric("isotropy", "of the source forms", "forms"),
    "isotropy_target": Metric("target isotropy", "of the target forms", "forms"),
    GAIN: Metric("P@1 gained", "P@1 above that of the encoder it is made from", "forms"),
    "norm_source": Metric("norm", "mean length of the source forms' hidden states", "forms"),
    "norm_target": Metric("target norm", "of the target forms' hidden states", "forms"),
    "variance_source": Metric(
        "variance", "mean variance of the source forms' hidden states by dimension", "forms"
    ),
    "variance_target": Metric("target variance", "of the target forms' hidden states", "forms"),
}
"""Every figure of a report, in the order in which reports list them."""

BROKEN_DOWN = (
    "cosine_mean",
    "random_cosine_mean",
    "gap",
    "auc",
    "p_at_1",
    "p_at_10",
    "mrr",
    "csls_p_at_1",
)
"""What is also given by part of speech, field, frequency and token count."""
