"""The layout of a published table, with what its cosines do not say.

Niranjan, Ramakanth Kumar, Pavithra & Moharir 2026, "Cross-lingual semantic alignment and transfer
learning using multilingual language models", Table 1: the mean cosine of translations under three
models. Here it is taken over the first-listed form of each concept in either language, a plain mean
over concepts, beside what random pairs score and whether translations are found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from pydantic import BaseModel

from indexer.alignment.bitext import Expressions, bitext
from indexer.alignment.resampling import Bootstrap
from indexer.alignment.verdict import Verdict
from indexer.alignment.views import cosines
from indexer.reports.common import indexed
from indexer.reports.documents.document import listed
from indexer.reports.report import Advance, Parameters, ReportedFigure, scored
from indexer.reports.spaces import Evaluation, Language, Languages, languages
from indexer.service import LexiconService
from lexicon.errors import InvalidInput

STUDY = "Cross-lingual semantic alignment and transfer learning using multilingual language models"

MODELS: Mapping[str, str] = {
    "bloom-560m": "BLOOM-560M",
    "bloom-1b7": "BLOOM-1.7B",
    "labse": "LaBSE",
}
"""The study's column that an encoder corresponds to, by the encoder's name."""

PUBLISHED: Mapping[tuple[str, str], Mapping[str, float]] = {
    ("en", "fr"): {"BLOOM-560M": 0.98, "BLOOM-1.7B": 0.95, "LaBSE": 0.90},
    ("en", "hi"): {"BLOOM-560M": -0.003, "BLOOM-1.7B": -0.14, "LaBSE": 0.89},
    ("en", "kn"): {"BLOOM-560M": -0.16, "BLOOM-1.7B": -0.18, "LaBSE": 0.85},
    ("hi", "kn"): {"BLOOM-560M": 0.097, "BLOOM-1.7B": 0.032, "LaBSE": 0.82},
}
"""Mean cosines of the study."""


class Row(BaseModel):
    """One pair of languages under one encoder, or one cell of the study that has no counterpart
    here (``encoder`` null).

    ``published`` is the study's mean cosine under ``model``, ``cosine`` ours over the first-listed
    forms of ``concepts`` concepts. ``random`` and ``centred`` are the report's, over all pairs;
    ``auc`` and ``p_at_1`` those without identical spellings and names, on which the ``verdict``
    rests.
    """

    source: str
    target: str
    model: str | None
    published: float | None
    encoder: str | None = None
    evaluation: Evaluation | None = None
    concepts: int | None = None
    cosine: float | None = None
    random: ReportedFigure | None = None
    centred: ReportedFigure | None = None
    auc: ReportedFigure | None = None
    p_at_1: ReportedFigure | None = None
    candidates: int | None = None
    verdict: Verdict | None = None


class Side(BaseModel):
    """An encoder of ours; ``model`` is its counterpart in the study, if it has one."""

    encoder: str
    model: str | None
    identity: str
    evaluation: Evaluation
    generations: dict[str, str]
    seed: int
    samples: int
    random_pairs: int


class Table1(BaseModel):
    """``left_out`` are encoders that have an index and cannot be used, with the reason."""

    study: str = STUDY
    encoders: list[Side]
    left_out: dict[str, str]
    rows: list[Row]


def table1(
    service: LexiconService,
    encoder_names: Sequence[str] = (),
    advance: Advance = lambda _done, _total: None,
    parameters: Parameters | None = None,
) -> Table1:
    """The table for the encoders that are named, or for all that have a live index of its
    languages."""
    chosen = replace(parameters or Parameters(), broken_down=False, states=False)
    codes = sorted({code for pair in PUBLISHED for code in pair})
    encoders = [service.encoder(name) for name in dict.fromkeys(encoder_names)]
    left_out: dict[str, str] = {}
    if not encoders:
        encoders, left_out = indexed(service, codes)
    if not encoders:
        why = "".join(f"; {name}: {reason}" for name, reason in left_out.items())
        raise InvalidInput(
            f"no encoder has an index of {listed(codes)}; build one with: lexicon index build{why}"
        )
    sides: list[Side] = []
    rows: dict[tuple[str, str], list[Row]] = {pair: [] for pair in PUBLISHED}
    for place, encoder in enumerate(encoders):
        with service.sessions() as session:
            made = languages(service, session, encoder)
        sides.append(_side(made, chosen))
        so_far = _later(advance, place * len(PUBLISHED), len(encoders) * len(PUBLISHED))
        for row in _rows(made, chosen, so_far):
            rows[row.source, row.target].append(row)
    there = {side.model for side in sides}
    return Table1(
        encoders=sides,
        left_out=left_out,
        rows=[
            row
            for (source, target), published in PUBLISHED.items()
            for row in (
                *rows[source, target],
                *(
                    Row(source=source, target=target, model=model, published=value)
                    for model, value in published.items()
                    if model not in there
                ),
            )
        ],
    )


def _later(advance: Advance, before: int, total: int) -> Advance:
    """``advance`` for one part of a task of which ``before`` is done."""
    return lambda done, _: advance(before + done, total)


def _side(made: Languages, chosen: Parameters) -> Side:
    spec = made.encoder.spec
    return Side(
        encoder=spec.name,
        model=MODELS.get(spec.name),
        identity=spec.identity,
        evaluation=made.evaluation,
        generations=dict(made.generations),
        seed=chosen.seed,
        samples=Bootstrap.rounded(chosen.samples),
        random_pairs=chosen.random_pairs,
    )


def _rows(made: Languages, chosen: Parameters, advance: Advance) -> Iterator[Row]:
    name = made.encoder.spec.name
    model = MODELS.get(name)
    for pair in scored(made, list(PUBLISHED), chosen, advance):
        source, target = (made.by_code.get(code) for code in (pair.source, pair.target))
        cosine, concepts = mean_of_first(source, target) if source and target else (None, 0)
        yield Row(
            source=pair.source,
            target=pair.target,
            model=model,
            published=PUBLISHED[pair.source, pair.target].get(model or ""),
            encoder=name,
            evaluation=made.evaluation,
            concepts=concepts,
            cosine=cosine,
            random=pair.all["random_cosine_mean"],
            centred=pair.all["centred_cosine_mean"],
            auc=pair.distinct["auc"],
            p_at_1=pair.distinct["p_at_1"],
            candidates=pair.candidates,
            verdict=pair.verdict,
        )


def mean_of_first(source: Language, target: Language) -> tuple[float | None, int]:
    """Plain mean cosine of the first-listed forms of each concept of both languages, and how many
    concepts that are; None for none."""
    pairs = bitext(_first(source), _first(target))
    if not len(pairs.concept):
        return None, 0
    fold = source.space.fold[pairs.source]
    found = cosines(source.space, target.space, pairs.source, pairs.target, fold)
    return round(float(found.mean()), 6), len(found)


def _first(language: Language) -> Expressions:
    """The first of each concept's forms: senses come by concept and rank."""
    some = language.words.expressions
    _, places = np.unique(some.concept, return_index=True)
    return Expressions(some.row[places], some.concept[places], some.pos[places])
