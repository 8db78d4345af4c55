"""Reports made by hand, so that what is written of them can be counted."""

from collections.abc import Sequence

from indexer.alignment.figures import BROKEN_DOWN, METRICS, OPTIONAL
from indexer.alignment.verdict import Verdict
from indexer.reports.report import AlignmentReport, PairReport, ReportedFigure
from indexer.reports.spaces import Evaluation
from indexer.reports.stored import StoredReport

LISTED = [name for name in METRICS if name not in OPTIONAL]
"""The figures of a report with nothing unusual."""


def figure(value: float, n: int = 100) -> ReportedFigure:
    """With an interval of a tenth to each side."""
    return ReportedFigure(value=value, low=value - 0.1, high=value + 0.1, n=n)


def pair(
    source: str,
    target: str,
    verdict: Verdict | None = "weakly aligned",
    strata: Sequence[str] = ("pos=noun", "pos=verb"),
    **values: float | None,
) -> PairReport:
    """A pair whose figures are .5 over 100 of what they count, distinct ones over 40 and twice as
    strata, but for ``values``; one that is None does not exist."""

    def of(names: Sequence[str], n: int) -> dict[str, ReportedFigure | None]:
        chosen = {name: values.get(name, 0.5) for name in names}
        return {name: None if value is None else figure(value, n) for name, value in chosen.items()}

    return PairReport(
        source=source,
        target=target,
        verdict=verdict,
        concepts=100,
        forms=110,
        candidates=1_234,
        covered=109,
        left_out=0,
        all=of(LISTED, 100),
        distinct=of(LISTED, 40),
        strata={name: of(BROKEN_DOWN, 7) for name in strata},
    )


def reported(
    *pairs: PairReport, encoder: str = "axis", evaluation: Evaluation = "zero-shot", seed: int = 1
) -> AlignmentReport:
    return AlignmentReport(
        encoder=encoder,
        identity=f"{encoder}-0123",
        evaluation=evaluation,
        generations={"en": "gen-en", "fr": "gen-fr", "kn": "gen-kn"},
        seed=seed,
        samples=1_000,
        random_pairs=10_000,
        pairs=list(pairs) or [pair("en", "fr"), pair("en", "kn", "aligned")],
    )


def kept(run: int, of: AlignmentReport | None = None) -> StoredReport:
    """The report as it is stored under a number."""
    facts = (of or reported()).model_dump()
    return StoredReport(**facts, run=run, created_at="2026-01-02T03:04:05", stale=False)
