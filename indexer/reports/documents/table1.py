"""The layout of the study's Table 1 as it is written, with what it must be read with."""

from collections.abc import Iterator, Mapping

from indexer.alignment.resampling import Figure
from indexer.reports.documents.document import Cell, Column, Document, Named, Section, Table, listed
from indexer.reports.documents.wording import (
    DISTINCT,
    arrow,
    evaluation_notes,
    legend,
    measured,
    verdict_note,
)
from indexer.reports.table1 import MODELS, STUDY, Row, Side, Table1


def document(made: Table1) -> Document:
    """The table with what it must be read with."""
    columns = (
        Column("pair", text=True),
        Column("model", text=True),
        Column("study"),
        Column("cosine"),
        Column(Named("random_cosine_mean"), terse=True),
        Column("centred", terse=True),
        Column(Named("auc"), terse=True),
        Column(Named("p_at_1")),
        Column("n"),
        Column("candidates", rank=2),
        Column("verdict", text=True),
    )
    table = Table(
        "table1",
        f"AUC, P@1 and verdict {DISTINCT}",
        columns,
        tuple(_cells(row) for row in made.rows),
    )
    sides = {side.encoder: side for side in made.encoders}
    return Document(
        title="mean cosine of translations, in the layout of the study's Table 1",
        facts=tuple(_facts(made)),
        legend=legend(made.encoders),
        notes=tuple(_notes(made)),
        sections=(Section("table1", "Table 1", (table,)),),
        header=_header(),
        records=tuple(_record(row, sides) for row in made.rows),
        models=(made,),
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    ours = None if row.cosine is None else Figure(row.cosine, None, None, row.concepts or 0)
    verdict = row.evaluation if row.evaluation == "memorised" else row.verdict
    return (
        arrow(row.source, row.target),
        row.encoder or row.model,
        None if row.published is None else published(row.published),
        *(ours, row.random, row.centred, row.auc, row.p_at_1),
        row.concepts,
        row.candidates,
        verdict,
    )


def published(value: float) -> str:
    """With as many digits as it was published with.

    >>> published(0.9), published(-0.003)
    ('0.90', '−0.003')
    """
    said = f"{value:.3f}".replace("-", "−")
    return said.removesuffix("0")


def _facts(made: Table1) -> Iterator[str]:
    yield (
        f"Study: Niranjan et al. 2026, “{STUDY}”, Table 1, mean cosine of translations as "
        "published, over a lexicon of its own."
    )
    yield (
        "Cosine: ours, the plain mean over n concepts of the cosine between the first-listed forms "
        "of both languages. The lexicons differ, so the two are not one measurement made twice."
    )
    yield (
        "; ".join(
            f"{side.encoder} is the study's {side.model}"
            if side.model
            else f"{side.encoder} has no counterpart in the study"
            for side in made.encoders
        )
        + "."
    )
    there = {side.model for side in made.encoders}
    if alone := [model for model in MODELS.values() if model not in there]:
        yield f"Not scored here, so that the study's figures stand alone: {listed(alone)}."
    for side in made.encoders:
        some = {row.target: row.candidates or 0 for row in made.rows if row.encoder == side.encoder}
        yield f"{measured(side.encoder, side, some)}."


def _notes(made: Table1) -> Iterator[str]:
    yield (
        "Random, centred, AUC, P@1 and verdict are those of the report: averaged within a concept "
        "over all its forms, then over concepts (P@1 over forms of the first language). Centred: "
        "the mean cosine once each language's mean is taken out."
    )
    yield verdict_note()
    yield from evaluation_notes([side.evaluation for side in made.encoders])
    yield from (f"Left out: {name}: {why}." for name, why in made.left_out.items())


_FIGURES = ("random", "centred", "auc", "p_at_1")
_MEASURED = ("identity", "seed", "samples", "random_pairs")


def _header() -> tuple[str, ...]:
    fields = (
        name
        for field in Row.model_fields
        for name in ((field, f"{field}_low", f"{field}_high") if field in _FIGURES else (field,))
    )
    return (*fields, *_MEASURED, "source_generation", "target_generation")


def _record(row: Row, sides: Mapping[str, Side]) -> tuple[object, ...]:
    cells: list[object] = []
    for name in Row.model_fields:
        value = getattr(row, name)
        if name not in _FIGURES:
            cells.append(value)
        else:
            cells += [None] * 3 if value is None else [value.value, value.low, value.high]
    if (side := sides.get(row.encoder or "")) is None:
        return (*cells, *[None] * (len(_MEASURED) + 2))
    generations = (side.generations.get(code) for code in (row.source, row.target))
    return (*cells, *(getattr(side, name) for name in _MEASURED), *generations)
