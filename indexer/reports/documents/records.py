"""Alignment reports for programs: a row for each figure, with all that it rests on."""

from collections.abc import Iterator

from indexer.reports.report import AlignmentReport

HEADER = (
    *("encoder", "source", "target", "stratum", "metric", "value", "low", "high", "n"),
    *("verdict", "candidates", "evaluation", "seed", "samples", "random_pairs"),
    *("identity", "source_generation", "target_generation"),
)
"""What each figure says of itself to a program."""


def records(report: AlignmentReport) -> Iterator[tuple[object, ...]]:
    """Every figure that exists, under :data:`HEADER`."""
    for pair in report.pairs:
        strata = {"all": pair.all, "distinct": pair.distinct, **pair.strata}
        for stratum, figures in strata.items():
            for metric, one in figures.items():
                if one is not None:
                    yield (
                        *(report.encoder, pair.source, pair.target, stratum, metric),
                        *(one.value, one.low, one.high, one.n),
                        *(pair.verdict, pair.candidates, report.evaluation),
                        *(report.seed, report.samples, report.random_pairs, report.identity),
                        *(report.generations.get(code) for code in (pair.source, pair.target)),
                    )
