"""Reports side by side, each with a name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.alignment.resampling import SAMPLES
from indexer.alignment.sample import RANDOM_PAIRS, SEED
from indexer.reports.documents.document import listed
from indexer.reports.report import AlignmentReport, PairReport
from indexer.reports.stored import StoredReport


@dataclass(frozen=True)
class Labelled:
    """A report and what it is called beside others."""

    label: str
    report: AlignmentReport

    def pair(self, codes: tuple[str, str]) -> PairReport | None:
        there = (pair for pair in self.report.pairs if (pair.source, pair.target) == codes)
        return next(there, None)


def with_held_out(reports: Sequence[AlignmentReport]) -> list[AlignmentReport]:
    """The reports, each that comes with figures on held-out words followed by those."""
    found = []
    for report in reports:
        found.append(report)
        if report.held_out:
            found.append(
                AlignmentReport(
                    encoder=f"{report.encoder}, held out",
                    identity=report.identity,
                    evaluation="cross-validated",
                    generations={},
                    seed=SEED,
                    samples=SAMPLES,
                    random_pairs=RANDOM_PAIRS,
                    pairs=report.held_out,
                )
            )
    return found


def labelled(reports: Sequence[AlignmentReport]) -> list[Labelled]:
    names = [report.encoder for report in reports]
    return [
        Labelled(
            f"{report.encoder} (run {report.run})"
            if isinstance(report, StoredReport) and names.count(report.encoder) > 1
            else report.encoder,
            report,
        )
        for report in reports
    ]


def title(some: Sequence[Labelled]) -> str:
    if len(some) == 1:
        return f"alignment under {some[0].label}, evaluation: {some[0].report.evaluation}"
    said = [f"{one.label} ({one.report.evaluation})" for one in some]
    return f"alignment under {listed(said)}"


def pairs_of(some: Sequence[Labelled]) -> list[tuple[str, str]]:
    """Every directed pair of any of them."""
    codes = ((pair.source, pair.target) for one in some for pair in one.report.pairs)
    return list(dict.fromkeys(codes))
