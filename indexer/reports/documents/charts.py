"""Alignment reports as charts."""

from collections.abc import Iterator, Mapping, Sequence

from indexer.alignment.verdict import ALIGNED_AUC, ALIGNED_P_AT_1, NO_AUC
from indexer.reports.documents.document import Chart, Series
from indexer.reports.documents.labelled import Labelled, pairs_of
from indexer.reports.documents.wording import DISTINCT, arrow


def charts(some: Sequence[Labelled]) -> Iterator[Chart]:
    """Cosines beside those of random pairs, and what the verdict rests on."""
    pairs = pairs_of(some)
    places = tuple(arrow(*codes) for codes in pairs)

    def series(name: str, metric: str, one: Labelled) -> Series:
        label = name if len(some) == 1 else f"{name}, {one.label}"
        there = [one.pair(codes) for codes in pairs]
        return Series(
            label, tuple(None if pair is None else pair.distinct[metric] for pair in there)
        )

    def chart(key: str, title: str, names: Mapping[str, str], *lines: tuple[float, str]) -> Chart:
        made = [series(name, metric, one) for one in some for name, metric in names.items()]
        return Chart(key, f"{title}, {DISTINCT}", places, tuple(made), lines)

    yield chart(
        "chart-cosine",
        "Mean cosine",
        {"translations": "cosine_mean", "random pairs": "random_cosine_mean"},
    )
    yield chart(
        "chart-auc",
        "AUC",
        {"AUC": "auc"},
        (ALIGNED_AUC, "aligned from here on"),
        (NO_AUC, "none up to here"),
    )
    yield chart(
        "chart-p-at-1",
        "P@1",
        {"cosine": "p_at_1", "CSLS": "csls_p_at_1"},
        (ALIGNED_P_AT_1, "aligned from here on"),
    )
