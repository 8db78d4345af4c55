"""Alignment reports as tables and charts, encoders side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.alignment.figures import BROKEN_DOWN, METRICS
from indexer.alignment.groups import BLOCKS
from indexer.alignment.verdict import ALIGNED_AUC, ALIGNED_P_AT_1, NO_AUC
from indexer.reports.document import (
    Chart,
    Column,
    Document,
    Named,
    Section,
    Series,
    Table,
    capital,
    listed,
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

HEADER = (
    *("encoder", "source", "target", "stratum", "metric", "value", "low", "high", "n"),
    *("verdict", "candidates", "evaluation", "seed", "samples", "random_pairs"),
    *("identity", "source_generation", "target_generation"),
)
"""What each figure says of itself to a program."""

DISTINCT = "without identical spellings and without names"

_RANKS = {
    "gap": 7,
    "whitened_auc": 7,
    "centred_auc": 5,
    "csls_p_at_1": 4,
    "cosine_mean": 2,
    "random_cosine_mean": 2,
}
_TERSE = {"cosine_mean", "random_cosine_mean", "gap", "auc", "centred_auc", "whitened_auc"} | {
    "csls_p_at_1"
}
_BROKEN_RANKS = {
    "gap": 7,
    "mrr": 6,
    "p_at_10": 5,
    "csls_p_at_1": 3,
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


@dataclass(frozen=True)
class _Labelled:
    """A report and what it is called beside others."""

    label: str
    report: AlignmentReport

    def pair(self, codes: tuple[str, str]) -> PairReport | None:
        there = (pair for pair in self.report.pairs if (pair.source, pair.target) == codes)
        return next(there, None)


def document(reports: Sequence[AlignmentReport], wanted: Wanted | None = None) -> Document:
    """One or several reports, in that order, as they are written."""
    chosen = wanted or Wanted()
    some = _labelled(reports)
    pairs = list(dict.fromkeys(_codes(pair) for report in reports for pair in report.pairs))
    both = _summary(some, pairs, distinct=True), _summary(some, pairs, distinct=False)
    sections = [Section("summary", "Language pairs", both)]
    if chosen.all_metrics or chosen.by:
        sections += [_section(some, codes, chosen) for codes in pairs]
    return Document(
        title=_title(some),
        facts=tuple(_facts(one) for one in some),
        legend=legend(reports),
        notes=tuple(_notes(some, chosen)),
        sections=tuple(section for section in sections if section.tables),
        header=HEADER,
        records=tuple(record for report in reports for record in _records(report)),
        models=tuple(reports),
        charts=tuple(_charts(some, pairs)),
    )


def _labelled(reports: Sequence[AlignmentReport]) -> list[_Labelled]:
    names = [report.encoder for report in reports]
    return [
        _Labelled(
            f"{report.encoder} (run {report.run})"
            if isinstance(report, StoredReport) and names.count(report.encoder) > 1
            else report.encoder,
            report,
        )
        for report in reports
    ]


def _title(some: Sequence[_Labelled]) -> str:
    if len(some) == 1:
        return f"alignment under {some[0].label}, evaluation: {some[0].report.evaluation}"
    said = [f"{one.label} ({one.report.evaluation})" for one in some]
    return f"alignment under {listed(said)}"


# What is said in words


def _facts(one: _Labelled) -> str:
    report = one.report
    candidates = {pair.target: pair.candidates for pair in report.pairs}
    generations = [f"{code} {name}" for code, name in report.generations.items()]
    counted = [f"{code} {many:,}" for code, many in sorted(candidates.items())]
    said = [
        f"{one.label}: evaluation {report.evaluation}",
        f"seed {report.seed}",
        f"{report.samples:,} bootstrap samples",
        f"{report.random_pairs:,} random pairs a language pair",
        f"candidates {', '.join(counted)}",
        f"identity {report.identity}",
        f"generations {', '.join(generations)}",
    ]
    if isinstance(report, StoredReport):
        said.append(f"run {report.run} of {report.created_at}")
    return "; ".join(said) + "."


def legend(reports: Sequence[AlignmentReport]) -> str:
    """What intervals are, and what a cosine shows."""
    drawn = {(report.samples, report.seed) for report in reports}
    how = "samples and seed as said of each encoder"
    if len(drawn) == 1:
        ((samples, seed),) = drawn
        how = f"{samples:,} samples, seed {seed}"
    evaluations = sorted({report.evaluation for report in reports})
    return (
        f"Brackets: 95% intervals by a bootstrap over groups of concepts that share a form ({how}); "
        f"of hubness, CKA and isotropy by a jackknife over {BLOCKS} blocks of such groups. "
        f"Evaluation: {listed(evaluations)}. "
        "A bare cosine shows nothing: read it beside that of random pairs."
    )


def verdict_note() -> str:
    """How a verdict comes about."""
    return (
        f"Verdicts rest on the figures {DISTINCT}. Aligned: the lower bound of AUC is at least "
        f"{ALIGNED_AUC:.2f} and that of P@1 at least {ALIGNED_P_AT_1:.2f}. No alignment beyond "
        f"anisotropy: the upper bound of AUC is at most {NO_AUC:.2f}. Else weakly aligned."
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
            "Cross-validated: what was learnt from the lexicon was learnt again without each fifth "
            "of the concepts, and scored on that."
        )
    return said


def _notes(some: Sequence[_Labelled], wanted: Wanted) -> Iterator[str]:
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


def _summary(some: Sequence[_Labelled], pairs: Sequence[tuple[str, str]], distinct: bool) -> Table:
    metrics = [name for name, metric in METRICS.items() if metric.headline]
    several = len(some) > 1
    columns = [
        Column("pair", text=True),
        *([Column("encoder", text=True)] if several else []),
        Column("concepts"),
        Column("forms", rank=3),
        Column("candidates", rank=6),
        *(Column(Named(name), _RANKS.get(name, 0), name in _TERSE) for name in metrics),
        Column(Named("chance_p_at_1"), rank=6, terse=True),
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
                        figures["chance_p_at_1"],
                        *([_verdict(one.report, pair)] if distinct else []),
                    )
                )
    key, title = ("distinct", capital(DISTINCT)) if distinct else ("all", "All pairs")
    return Table(key, title, tuple(columns), tuple(rows))


def _section(some: Sequence[_Labelled], codes: tuple[str, str], wanted: Wanted) -> Section:
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
    for name, figure in pair.all.items():
        apart = pair.distinct.get(name)
        counts = (None if one is None else one.n for one in (figure, apart))
        first, second = counts
        rows.append((Named(name), figure, first, apart, second))
    counted = (
        f"{pair.concepts:,} concepts, {pair.forms:,} forms of which {pair.covered:,} are covered, "
        f"{pair.candidates:,} candidates; distinct: {DISTINCT}"
    )
    return Table(key, f"{title}: {counted}", columns, tuple(rows))


def _broken_down(key: str, title: str, kind: str, parts: Mapping[str, _Figures]) -> Table:
    shown = {"cosine_mean", "random_cosine_mean", "gap", "p_at_10", "mrr", "csls_p_at_1"}
    columns = (
        Column(kind, text=True),
        Column("concepts"),
        Column("forms", rank=4),
        *(Column(Named(name), _BROKEN_RANKS.get(name, 0), name in shown) for name in BROKEN_DOWN),
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


def _n(figures: _Figures, metric: str) -> int:
    found = figures[metric]
    return 0 if found is None else found.n


def _verdict(report: AlignmentReport, pair: PairReport) -> str | None:
    return report.evaluation if report.evaluation == "memorised" else pair.verdict


def _codes(pair: PairReport) -> tuple[str, str]:
    return pair.source, pair.target


def arrow(source: str, target: str) -> str:
    """
    >>> arrow("en", "kn")
    'en→kn'
    """
    return f"{source}→{target}"


# Charts and records


def _charts(some: Sequence[_Labelled], pairs: Sequence[tuple[str, str]]) -> Iterator[Chart]:
    places = tuple(arrow(*codes) for codes in pairs)

    def series(name: str, metric: str, one: _Labelled) -> Series:
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


def _records(report: AlignmentReport) -> Iterator[tuple[object, ...]]:
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
                        *(report.generations.get(code) for code in _codes(pair)),
                    )
