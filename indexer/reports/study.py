"""The study's Table 1 beside stored reports: what a page shows without scoring anything again.

What a report does not store is the plain mean over the first-listed forms, which is taken of the
words and indices as they are now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from indexer.alignment.verdict import Verdict, verdict
from indexer.catalogue import shown
from indexer.reports.report import ReportedFigure
from indexer.reports.spaces import Edition, Evaluation, edition, languages
from indexer.reports.stored import ALL, DISTINCT, EVALUATIONS, InUse
from indexer.reports.table1 import MODELS, PUBLISHED, mean_of_first
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import LexiconError
from lexicon.models import AlignmentRun

Pair = tuple[str, str]
Means = Mapping[Pair, tuple[float | None, int]]
"""Mean cosine of the first-listed forms by pair, and over how many concepts; None over none."""


class StudyRow(BaseModel):
    """Mean cosines of one pair, as published."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    source: str
    target: str
    bloom_560m: float = Field(alias="bloom-560m")
    bloom_1b7: float = Field(alias="bloom-1b7")
    labse: float


class OurRow(BaseModel):
    """One pair under one encoder, from its newest stored report.

    ``random`` and ``gap`` are over all pairs, ``auc`` and ``p_at_1`` over those without identical
    spellings and names, on which the ``verdict`` rests. ``mean_first`` is the mean cosine of the
    first-listed forms of ``n`` concepts as they are now, null where the encoder cannot be used.
    ``stale``: an index has been rebuilt since the report.
    """

    encoder: str
    source: str
    target: str
    mean_first: float | None
    random: ReportedFigure | None
    gap: ReportedFigure | None
    auc: ReportedFigure | None
    p_at_1: ReportedFigure | None
    verdict: Verdict | None
    evaluation: Evaluation
    n: int
    stale: bool


class Beside(BaseModel):
    """``left_out`` are encoders whose first-listed forms cannot be compared, with the reason."""

    study: list[StudyRow]
    ours: list[OurRow]
    left_out: dict[str, str]


@dataclass(frozen=True)
class Reported:
    """The newest report of the encoder called ``name``, which is ``shown`` elsewhere; what its
    means rest on, or ``why`` they cannot be had."""

    name: str
    shown: str
    rows: tuple[OurRow, ...]
    edition: Edition | None = None
    why: str | None = None


def reported(service: LexiconService) -> list[Reported]:
    """The newest report of every encoder that has one, by name, if it has any of the pairs."""
    newest: dict[str, AlignmentRun] = {}
    with service.sessions() as session:
        for identity, name in queries.encoder_identities(session).items():
            run = queries.latest_alignment_run(session, identity)
            # A checkpoint that was pulled again is another encoder of the same name.
            if run is not None and (name not in newest or newest[name].id < run.id):
                newest[name] = run
        used = InUse(service, session)
        read = []
        for name, run in sorted(newest.items()):
            said = shown(name, run.encoder, service.settings)
            if rows := tuple(_rows(session, run, said, not used.all(run))):
                read.append((Reported(name, said, rows), run.encoder))
    return [_of_now(service, one, identity) for one, identity in read]


def means(service: LexiconService, encoder_name: str) -> Means:
    """Means over the first-listed forms of the study's pairs, of those whose languages have words
    under the encoder."""
    with service.sessions() as session:
        made = languages(service, session, service.encoder(encoder_name)).by_code
    return {
        (source, target): mean_of_first(made[source], made[target])
        for source, target in PUBLISHED
        if source in made and target in made
    }


def beside(found: Mapping[str, Means], reports: list[Reported]) -> Beside:
    """The table of reports, with the means that were ``found``, by name of the encoder."""
    return Beside(
        study=[
            StudyRow.model_validate(
                {
                    "source": source,
                    "target": target,
                    **{name: published[model] for name, model in MODELS.items()},
                }
            )
            for (source, target), published in PUBLISHED.items()
        ],
        ours=[_with_mean(row, found.get(one.name, {})) for one in reports for row in one.rows],
        left_out={one.shown: one.why for one in reports if one.why is not None},
    )


def _of_now(service: LexiconService, one: Reported, identity: str) -> Reported:
    """With what its means rest on, or why there are none."""
    try:
        encoder = service.encoder(one.name)
        if encoder.spec.identity == identity:
            return replace(one, edition=edition(service, encoder))
    except LexiconError as error:
        return replace(one, why=str(error))
    return replace(one, why="it has other weights, or another fit, than when it was reported")


_WHERE = {"random_cosine_mean": ALL, "gap": ALL, "auc": DISTINCT, "p_at_1": DISTINCT}
"""Which pairs a figure is over."""


def _rows(session: Session, run: AlignmentRun, encoder: str, stale: bool) -> Iterator[OurRow]:
    """The study's pairs that the report has, in its order."""
    evaluation = EVALUATIONS[run.evaluation]
    found: dict[Pair, dict[tuple[str, str], ReportedFigure]] = {}
    for score in queries.metric_scores(session, run.id, (ALL, DISTINCT), (*_WHERE, "concepts")):
        figure = ReportedFigure(value=score.value, low=score.low, high=score.high, n=score.n)
        pair = score.source, score.target
        found.setdefault(pair, {})[score.metric, score.stratum] = figure
    for source, target in PUBLISHED:
        figures = found.get((source, target), {})
        if (concepts := figures.get(("concepts", ALL))) is None:
            continue
        said = {metric: figures.get((metric, stratum)) for metric, stratum in _WHERE.items()}
        yield OurRow(
            encoder=encoder,
            source=source,
            target=target,
            mean_first=None,
            random=said["random_cosine_mean"],
            gap=said["gap"],
            auc=said["auc"],
            p_at_1=said["p_at_1"],
            verdict=None if evaluation == "memorised" else verdict(said),
            evaluation=evaluation,
            n=int(concepts.value),
            stale=stale,
        )


def _with_mean(row: OurRow, found: Means) -> OurRow:
    mean, concepts = found.get((row.source, row.target), (None, row.n))
    return row.model_copy(update={"mean_first": mean, "n": concepts})
