"""The layout of a published table, with what its cosines do not say.

Niranjan, Ramakanth Kumar, Pavithra & Moharir 2026, "Cross-lingual semantic alignment and transfer
learning using multilingual language models", Table 1: the mean cosine of translations under three
models. Here it is taken over the first-listed form of each concept in either language, a plain mean
over concepts, beside what random pairs score and whether translations are found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from pydantic import BaseModel

from indexer.alignment.bitext import Expressions, bitext
from indexer.alignment.verdict import Verdict
from indexer.alignment.views import cosines
from indexer.reports.common import indexed
from indexer.reports.document import Cell, Column, Document, Named, Section, Table
from indexer.reports.report import Parameters, ReportedFigure, report
from indexer.reports.spaces import Evaluation, Language, languages
from indexer.reports.tables import DISTINCT, arrow, evaluation_notes, legend, verdict_note
from indexer.service import LexiconService
from lexicon.errors import InvalidInput

STUDY = (
    "Cross-lingual semantic alignment and transfer learning using multilingual language models"
)

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
    concepts: int = 0
    cosine: float | None = None
    random: ReportedFigure | None = None
    centred: ReportedFigure | None = None
    auc: ReportedFigure | None = None
    p_at_1: ReportedFigure | None = None
    candidates: int = 0
    verdict: Verdict | None = None
