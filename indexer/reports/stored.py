"""Alignment reports in SQL: one row per figure, so that a new metric needs no migration."""

from collections.abc import Iterable, Sequence
from typing import get_args

from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.alignment.figures import BROKEN_DOWN, METRICS, OPTIONAL, STATES
from indexer.alignment.resampling import SAMPLES
from indexer.alignment.verdict import verdict
from indexer.building.record import record_encoder
from indexer.catalogue import shown
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import Encoder
from indexer.reports.report import AlignmentReport, PairReport, ReportedFigure, held_out
from indexer.reports.spaces import Evaluation
from indexer.service import LexiconService
from lexicon import moments, queries
from lexicon.errors import IndexDamaged, InvalidInput, ReportMissing
from lexicon.models import AlignmentRun, AlignmentScore, Generation
from lexicon.store import writing

ALL, DISTINCT = "", "distinct"
"""Strata of the figures over all pairs and over those that prove something."""

_COUNTS = ("concepts", "forms", "candidates", "covered", "left_out")
"""What a pair says besides its figures, kept as figures of all pairs."""

EVALUATIONS: dict[str, Evaluation] = {name: name for name in get_args(Evaluation)}


def store(service: LexiconService, made: AlignmentReport) -> int:
    """Keep a report; returns the number of its run."""
    encoder = service.encoder(made.encoder)
    with writing(service.sessions) as session:
        record_encoder(session, encoder)
        run = AlignmentRun(
            encoder=made.identity,
            evaluation=made.evaluation,
            parameters={
                "seed": made.seed,
                "samples": made.samples,
                "random_pairs": made.random_pairs,
            },
            generations=made.generations,
        )
        session.add(run)
        session.flush()
        session.add_all(
            AlignmentScore(
                run_id=run.id,
                source=pair.source,
                target=pair.target,
                stratum=stratum,
                metric=metric,
                value=figure.value,
                low=figure.low,
                high=figure.high,
                n=figure.n,
            )
            for pair in made.pairs
            for stratum, metric, figure in _figures(pair)
        )
        return run.id


def _figures(pair: PairReport) -> Iterable[tuple[str, str, ReportedFigure]]:
    for name in _COUNTS:
        count = getattr(pair, name)
        yield ALL, name, ReportedFigure(value=count, low=None, high=None, n=pair.concepts)
    strata = {ALL: pair.all, DISTINCT: pair.distinct, **pair.strata}
    for stratum, figures in strata.items():
        for metric, figure in figures.items():
            if figure is not None:
                yield stratum, metric, figure


class StoredReport(AlignmentReport):
    """A report as it was stored; ``stale`` when an index has been rebuilt since."""

    run: int
    created_at: str
    stale: bool


class ListedRun(BaseModel):
    """A stored report without its figures; ``stale`` when an index has been rebuilt since."""

    run: int
    encoder: str
    evaluation: Evaluation
    created_at: str
    stale: bool


class StoredRun(BaseModel):
    """A stored report without its figures."""

    run: int
    encoder: str
    identity: str
    evaluation: Evaluation
    created_at: str
    pairs: list[str]


def stored(
    service: LexiconService,
    encoder_name: str | None = None,
    source: str | None = None,
    target: str | None = None,
) -> StoredReport:
    """The newest stored report of an encoder, limited to a source or target language.

    Raises :class:`ReportMissing` when there is none.
    """
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        for code in (source, target):
            if code is not None:
                queries.require_language(session, code)
        run = queries.latest_alignment_run(session, encoder.spec.identity)
        if run is None:
            raise ReportMissing(encoder.spec.name)
        found = _report(session, run, encoder.spec.name, source, target)
    asked = [(pair.source, pair.target) for pair in found.pairs]
    stale = not current(service, encoder, found.generations)
    return found.model_copy(update={"stale": stale, "held_out": held_out(encoder, asked)})


def numbered(service: LexiconService, number: int) -> StoredReport:
    """The stored report of a run, or :class:`InvalidInput` naming the runs there are. ``stale``
    when a newer report of the same encoder is stored."""
    with service.sessions() as session:
        run = queries.alignment_run(session, number)
        if run is None:
            there = [str(one.id) for one in queries.alignment_runs(session)]
            raise InvalidInput(
                f"there is no report {number}; stored: {', '.join(there) or 'none'}; "
                "see: lexicon report list"
            )
        names = queries.encoder_identities(session)
        found = _report(session, run, names.get(run.encoder, run.encoder), None, None)
        latest = queries.latest_alignment_run(session, run.encoder)
        assert latest is not None
        return found.model_copy(update={"stale": latest.id != run.id})


def runs(service: LexiconService) -> list[StoredRun]:
    """All stored reports, the newest first."""
    with service.sessions() as session:
        names = queries.encoder_identities(session)
        return [
            StoredRun(
                run=run.id,
                encoder=names.get(run.encoder, run.encoder),
                identity=run.encoder,
                evaluation=EVALUATIONS[run.evaluation],
                created_at=moments.written(run.created_at),
                pairs=[f"{a}-{b}" for a, b in queries.alignment_pairs(session, run.id)],
            )
            for run in queries.alignment_runs(session)
        ]


def listed(service: LexiconService, limit: int) -> list[ListedRun]:
    """The ``limit`` newest reports, the newest first. An encoder that is named by its folder is
    called by its identity, which says something elsewhere as well."""
    with service.sessions() as session:
        names = queries.encoder_identities(session)
        used = InUse(service, session)
        return [
            ListedRun(
                run=run.id,
                encoder=shown(names[run.encoder], run.encoder, service.settings),
                evaluation=EVALUATIONS[run.evaluation],
                created_at=moments.written(run.created_at),
                stale=not used.all(run),
            )
            for run in queries.alignment_runs(session, limit=limit)
        ]


class InUse:
    """Whether the indices of reports are in use; every pointer is read once."""

    def __init__(self, service: LexiconService, session: Session) -> None:
        self._service = service
        self._session = session
        self._live: dict[tuple[str, str], str | None] = {}

    def all(self, run: AlignmentRun) -> bool:
        """Whether those that a report was made of all are."""
        return all(self._is_live(code, name) for code, name in run.generations.items())

    def _is_live(self, code: str, generation: str) -> bool:
        built = self._session.get(Generation, generation)
        if built is None:
            return False
        of = built.encoder, code
        if of not in self._live:
            self._live[of] = self._pointed(*of)
        return self._live[of] == generation

    def _pointed(self, identity: str, code: str) -> str | None:
        try:
            pointer = self._service.generations.live(identity, code)
        except IndexDamaged:
            return None
        return None if pointer is None else pointer.generation


def _report(
    session: Session, run: AlignmentRun, name: str, source: str | None, target: str | None
) -> StoredReport:
    return StoredReport(
        encoder=name,
        identity=run.encoder,
        evaluation=EVALUATIONS[run.evaluation],
        generations=run.generations,
        seed=int(run.parameters["seed"]),
        samples=int(run.parameters.get("samples", SAMPLES)),
        random_pairs=int(run.parameters["random_pairs"]),
        pairs=_pairs(queries.alignment_scores(session, run.id, source, target), run.evaluation),
        run=run.id,
        created_at=moments.written(run.created_at),
        stale=False,
    )


def _pairs(scores: Sequence[AlignmentScore], evaluation: str) -> list[PairReport]:
    gathered: dict[tuple[str, str], dict[str, dict[str, ReportedFigure]]] = {}
    for score in scores:
        said = gathered.setdefault((score.source, score.target), {})
        said.setdefault(score.stratum, {})[score.metric] = ReportedFigure(
            value=score.value, low=score.low, high=score.high, n=score.n
        )
    return [_pair(*pair, strata, evaluation) for pair, strata in gathered.items()]


def _pair(
    source: str, target: str, strata: dict[str, dict[str, ReportedFigure]], evaluation: str
) -> PairReport:
    whole, distinct = strata.pop(ALL), strata.pop(DISTINCT, {})
    counts = {name: int(whole[name].value) for name in _COUNTS}
    listed = [name for name in METRICS if name not in OPTIONAL or name in whole]
    return PairReport(
        source=source,
        target=target,
        verdict=None if evaluation == "memorised" else verdict(distinct),
        all={name: whole.get(name) for name in listed},
        # States are those of all words, whatever they translate.
        distinct={name: distinct.get(name) for name in listed if name not in STATES},
        strata={
            name: {metric: strata[name].get(metric) for metric in BROKEN_DOWN}
            for name in sorted(strata)
        },
        **counts,
    )


def current(service: LexiconService, encoder: Encoder, generations: dict[str, str]) -> bool:
    """Whether these generations are still the live ones."""
    # A post-processed encoder is scored on the vectors that it is made from.
    plain = encoder.base if isinstance(encoder, PostProcessed) else encoder
    identity = plain.spec.identity
    live = {code: service.generations.live(identity, code) for code in generations}
    return all(
        pointer is not None and pointer.generation == generations[code]
        for code, pointer in live.items()
    )
