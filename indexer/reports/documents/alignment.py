"""Alignment reports as tables, encoders side by side."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.alignment.figures import BROKEN_DOWN, METRICS
from indexer.reports.documents.charts import charts
from indexer.reports.documents.document import (
    Column,
    Document,
    Named,
    Section,
    Table,
    capital,
    listed,
)
from indexer.reports.documents.labelled import Labelled, labelled, pairs_of, title, with_held_out
from indexer.reports.documents.records import HEADER, records
from indexer.reports.documents.wording import (
    DISTINCT,
    arrow,
    evaluation_notes,
    legend,
    measured,
    verdict_note,
)
from indexer.reports.report import AlignmentReport, PairReport, ReportedFigure
from indexer.reports.stored import StoredReport

KINDS = {
    "pos": "part of speech",
    "field": "semantic field",
    "frequency": "frequency of the source word",
    "tokens": "tokens of the source word",
}
"""What figures are broken down by."""

_RANKS = {
    "gap": 7,
    "whitened_auc": 7,
    "mrr": 6,
    "chance_p_at_1": 6,
    "p_at_10": 5,
    "centred_auc": 5,
    # A cosine never stands without that of random pairs.
    "csls_p_at_1": 4,
    "cosine_mean": 2,
    "random_cosine_mean": 2,
}


@dataclass(frozen=True)
class Wanted:
    """What is shown besides the most important figures: all of them by language pair, and those of
    some of :data:`KINDS`."""

    all_metrics: bool = False
    by: tuple[str, ...] = ()


EVERYTHING = Wanted(True, tuple(KINDS))

_Figures = Mapping[str, ReportedFigure | None]


def document(reports: Sequence[AlignmentReport], wanted: Wanted | None = None) -> Document:
    """One or several reports, in that order, as they are written."""
    chosen = wanted or Wanted()
    shown = with_held_out(reports)
    some = labelled(shown)
    pairs = pairs_of(some)
    both = _summary(some, pairs, distinct=True), _summary(some, pairs, distinct=False)
    sections = [Section("summary", "Language pairs", both)]
    if chosen.all_metrics or chosen.by:
        sections += [_section(some, codes, chosen) for codes in pairs]
    return Document(
        title=title(some),
        facts=tuple(_facts(one) for one in some),
        legend=legend(shown),
        notes=tuple(_notes(some, chosen)),
        sections=tuple(section for section in sections if section.tables),
        header=HEADER,
        records=tuple(record for report in shown for record in records(report)),
        models=tuple(reports),
        charts=tuple(charts(some)),
    )


def _facts(one: Labelled) -> str:
    report = one.report
    said = measured(one.label, report, {pair.target: pair.candidates for pair in report.pairs})
    if isinstance(report, StoredReport):
        said += f"; run {report.run} of {report.created_at}"
    return f"{said}."


def _notes(some: Sequence[Labelled], wanted: Wanted) -> Iterator[str]:
    yield verdict_note()
    yield from evaluation_notes([one.report.evaluation for one in some])
    for one in some:
        there = {name.partition("=")[0] for pair in one.report.pairs for name in pair.strata}
        if missing := [KINDS[kind] for kind in wanted.by if kind not in there]:
            yield f"{one.label} has no figures by {listed(missing)}."
        left_out = {pair.source: pair.left_out for pair in one.report.pairs if pair.left_out}
        if left_out:
            counted = [f"{code} {many:,}" for code, many in sorted(left_out.items())]
            yield f"Senses without a vector under {one.label}, left out: {', '.join(counted)}."


# Tables


def _summary(some: Sequence[Labelled], pairs: Sequence[tuple[str, str]], distinct: bool) -> Table:
    metrics = [name for name, metric in METRICS.items() if metric.headline] + ["chance_p_at_1"]
    several = len(some) > 1
    columns = [
        Column("pair", text=True),
        *([Column("encoder", text=True)] if several else []),
        Column("concepts"),
        Column("forms", rank=3),
        Column("candidates", rank=6),
        *_columns(metrics, {"p_at_1"}),
        *([Column("verdict", text=True)] if distinct else []),
    ]
    rows = []
    for codes in pairs:
        for one in some:
            if pair := one.pair(codes):
                figures: _Figures = pair.distinct if distinct else pair.all
                rows.append(
                    (
                        arrow(*codes),
                        *([one.label] if several else []),
                        _n(figures, "cosine_mean"),
                        _n(figures, "p_at_1"),
                        pair.candidates,
                        *(figures[name] for name in metrics),
                        *([_verdict(one.report, pair)] if distinct else []),
                    )
                )
    key, title = ("distinct", capital(DISTINCT)) if distinct else ("all", "All pairs")
    return Table(key, title, tuple(columns), tuple(rows))


def _section(some: Sequence[Labelled], codes: tuple[str, str], wanted: Wanted) -> Section:
    source, target = codes
    tables: list[Table] = []
    for place, one in enumerate(some):
        if (pair := one.pair(codes)) is None:
            continue
        key = f"{source}-{target}" + (f"-{place + 1}" if len(some) > 1 else "")
        title = f"{arrow(*codes)} under {one.label}"
        if wanted.all_metrics:
            tables.append(_every_metric(key, title, pair))
        for kind in wanted.by:
            parts = {
                name.partition("=")[2]: figures
                for name, figures in pair.strata.items()
                if name.startswith(f"{kind}=")
            }
            if parts:
                tables.append(_broken_down(f"{key}-{kind}", title, kind, parts))
    return Section(f"pair-{source}-{target}", arrow(*codes), tuple(tables))


def _every_metric(key: str, title: str, pair: PairReport) -> Table:
    columns = (
        Column("", text=True),
        Column("all pairs"),
        Column("n"),
        Column("distinct"),
        Column("n"),
    )
    rows = []
    for name, whole in pair.all.items():
        apart = pair.distinct.get(name)
        counts = [None if one is None else one.n for one in (whole, apart)]
        rows.append((Named(name), whole, counts[0], apart, counts[1]))
    counted = (
        f"{pair.concepts:,} concepts, {pair.forms:,} forms of which {pair.covered:,} are covered, "
        f"{pair.candidates:,} candidates; distinct: {DISTINCT}"
    )
    return Table(key, f"{title}: {counted}", columns, tuple(rows))


def _broken_down(key: str, title: str, kind: str, parts: Mapping[str, _Figures]) -> Table:
    columns = (
        Column(kind, text=True),
        Column("concepts"),
        Column("forms", rank=4),
        *_columns(BROKEN_DOWN, {"auc", "p_at_1"}),
    )
    rows = [
        (
            value or "none",
            _n(figures, "cosine_mean"),
            _n(figures, "p_at_1"),
            *(figures[name] for name in BROKEN_DOWN),
        )
        for value, figures in parts.items()
    ]
    return Table(key, f"{title}, all pairs by {KINDS[kind]}", columns, tuple(rows))


def _columns(metrics: Sequence[str], whole: Collection[str]) -> Iterator[Column]:
    """A column for each metric; in a terminal, only those of ``whole`` with intervals."""
    for name in metrics:
        yield Column(Named(name), _RANKS.get(name, 0), terse=name not in whole)


def _n(figures: _Figures, metric: str) -> int:
    found = figures[metric]
    return 0 if found is None else found.n


def _verdict(report: AlignmentReport, pair: PairReport) -> str | None:
    return report.evaluation if report.evaluation == "memorised" else pair.verdict
