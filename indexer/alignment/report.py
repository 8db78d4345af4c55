"""The alignment report: every directed pair of languages under one encoder, with baselines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import isnan
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.alignment.bitext import Expressions, bitext, expressions, random_pairs
from indexer.alignment.metrics import (
    concept_means,
    interval_of_mean,
    interval_of_rate,
    pair_cosines,
    retrieval,
)
from indexer.building.record import record_encoder
from indexer.encoders.protocol import Encoder
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.errors import InvalidInput, ReportMissing
from lexicon.models import AlignmentRun, AlignmentScore
from lexicon.store import writing

SEED = 20_260
RANDOM_PAIRS = 10_000
KS = (1, 5, 10)

Evaluation = Literal["memorised", "zero-shot"]


class PairReport(BaseModel):
    """One directed pair. ``n`` counts concepts; rates are over ``forms`` unique source forms
    against ``candidates`` target forms, ``covered`` of the source forms known to the encoder.

    Figures that do not exist (no shared concept) are null.
    """

    source: str
    target: str
    n: int
    cosine_mean: float | None
    cosine_mean_interval: tuple[float, float] | None
    random_cosine_mean: float | None
    random_n: int
    gap: float | None
    p_at_1: float | None
    p_at_1_interval: tuple[float, float] | None
    p_at_5: float | None
    p_at_5_interval: tuple[float, float] | None
    p_at_10: float | None
    p_at_10_interval: tuple[float, float] | None
    chance_p_at_1: float | None
    forms: int
    candidates: int
    covered: int
    left_out: int


class AlignmentReport(BaseModel):
    """``evaluation`` is ``memorised`` when the encoder was trained on the lexicon it is scored
    on: its figures show that it remembers, not that it aligns."""

    encoder: str
    identity: str
    evaluation: Evaluation
    generations: dict[str, str]
    seed: int
    pairs: list[PairReport]


@dataclass(frozen=True)
class _Side:
    vectors: Vectors
    covered: NDArray[np.bool_]
    expressions: Expressions
    left_out: int


def parse_pairs(texts: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """``["en-kn"]`` as [("en", "kn")]; nothing means every ordered pair of known languages."""
    # Looked up rather than split: a language such as pt-BR has a hyphen of its own.
    named = {f"{source}-{target}": (source, target) for source, target in permutations(known, 2)}
    for text in texts:
        if text not in named:
            raise InvalidInput(
                f"pair {text!r} is not two different known languages; "
                f"write one such as en-kn, out of: {', '.join(known)}"
            )
    return [named[text] for text in dict.fromkeys(texts)] or list(named.values())


def report(
    service: LexiconService,
    encoder_name: str | None = None,
    pairs: Sequence[str] = (),
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> AlignmentReport:
    """Score the live indices; the same store, generations and seed give the same figures."""
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        # A language without words has nothing to be scored, unless somebody asks for it.
        known = queries.languages(session) if pairs else queries.written_languages(session)
        directed = parse_pairs(pairs, known)
        languages = sorted({code for pair in directed for code in pair})
        generations = {}
        sides = {}
        for code in languages:
            index = service.index(encoder, code)
            generations[code] = index.generation
            found, left_out = expressions(index, queries.sense_triples(session, code))
            sides[code] = _Side(index.all_vectors(), index.covered, found, left_out)
    rows = []
    for done, (source, target) in enumerate(directed):
        advance(done, len(directed))
        rows.append(_score(source, target, sides[source], sides[target]))
    advance(len(directed), len(directed))
    return AlignmentReport(
        encoder=encoder.spec.name,
        identity=encoder.spec.identity,
        evaluation=encoder.spec.evaluation,
        generations=generations,
        seed=SEED,
        pairs=rows,
    )


def _score(source: str, target: str, left: _Side, right: _Side) -> PairReport:
    pairs = bitext(left.expressions, right.expressions)
    means = concept_means(
        pair_cosines(left.vectors, right.vectors, pairs.source, pairs.target), pairs
    )
    chance_rows = random_pairs(left.expressions, right.expressions, pairs, RANDOM_PAIRS, SEED)
    chance = pair_cosines(left.vectors, right.vectors, *chance_rows)
    found = retrieval(left.vectors, right.vectors, pairs, KS)
    cosine = float(means.mean()) if len(means) else None
    random_cosine = float(chance.mean()) if len(chance) else None
    gap = None if cosine is None or random_cosine is None else cosine - random_cosine
    rates = {k: _number(found.precision[k]) for k in KS}
    intervals = {
        k: None if rate is None else _interval(interval_of_rate(rate, found.forms))
        for k, rate in rates.items()
    }
    return PairReport(
        source=source,
        target=target,
        n=len(means),
        cosine_mean=_number(cosine),
        cosine_mean_interval=_interval(interval_of_mean(means, SEED)) if len(means) else None,
        random_cosine_mean=_number(random_cosine),
        random_n=len(chance),
        gap=_number(gap),
        p_at_1=rates[1],
        p_at_1_interval=intervals[1],
        p_at_5=rates[5],
        p_at_5_interval=intervals[5],
        p_at_10=rates[10],
        p_at_10_interval=intervals[10],
        chance_p_at_1=_number(found.chance[1]),
        forms=found.forms,
        candidates=found.candidates,
        covered=int(left.covered[np.unique(pairs.source)].sum()),
        left_out=left.left_out,
    )


def _number(value: float | None) -> float | None:
    return None if value is None or isnan(value) else round(value, 6)


def _interval(bounds: tuple[float, float]) -> tuple[float, float]:
    return round(bounds[0], 6), round(bounds[1], 6)


_INTERVALS = {name for name in PairReport.model_fields if name.endswith("_interval")}
_COUNTS = {"n", "random_n", "forms", "candidates", "covered", "left_out"}
_FIGURES = set(PairReport.model_fields) - _INTERVALS - _COUNTS - {"source", "target"}


def store(service: LexiconService, made: AlignmentReport) -> int:
    """Keep a report in SQL; returns the number of its run."""
    encoder = service.encoder(made.encoder)
    with writing(service.sessions) as session:
        record_encoder(session, encoder)
        run = AlignmentRun(
            encoder=made.identity,
            evaluation=made.evaluation,
            parameters={"seed": made.seed, "random_pairs": RANDOM_PAIRS},
            generations=made.generations,
        )
        session.add(run)
        session.flush()
        for pair in made.pairs:
            said = pair.model_dump()
            for metric in sorted(_FIGURES | _COUNTS):
                if said[metric] is None:
                    continue
                bounds = said.get(f"{metric}_interval") or (None, None)
                session.add(
                    AlignmentScore(
                        run_id=run.id,
                        source=pair.source,
                        target=pair.target,
                        metric=metric,
                        value=float(said[metric]),
                        low=bounds[0],
                        high=bounds[1],
                        n=pair.n,
                    )
                )
        return run.id


class StoredReport(AlignmentReport):
    """A report as it was stored; ``stale`` when an index has been rebuilt since."""

    run: int
    created_at: str
    stale: bool


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
        pairs = _pairs(session, run.id, source, target)
    return StoredReport(
        encoder=encoder.spec.name,
        identity=run.encoder,
        evaluation="memorised" if run.evaluation == "memorised" else "zero-shot",
        generations=run.generations,
        seed=int(run.parameters["seed"]),
        pairs=pairs,
        run=run.id,
        created_at=run.created_at.isoformat(timespec="seconds"),
        stale=not current(service, encoder, run.generations),
    )


def _pairs(
    session: Session, run_id: int, source: str | None, target: str | None
) -> list[PairReport]:
    gathered: dict[tuple[str, str], dict[str, object]] = {}
    for score in queries.alignment_scores(session, run_id):
        if source not in (None, score.source) or target not in (None, score.target):
            continue
        said = gathered.setdefault(
            (score.source, score.target),
            {
                **dict.fromkeys(_FIGURES | _INTERVALS),
                "source": score.source,
                "target": score.target,
            },
        )
        said[score.metric] = int(score.value) if score.metric in _COUNTS else score.value
        if score.low is not None:
            said[f"{score.metric}_interval"] = (score.low, score.high)
    return [PairReport.model_validate(said) for said in gathered.values()]


def current(service: LexiconService, encoder: Encoder, generations: dict[str, str]) -> bool:
    """Whether these generations are still the live ones."""
    identity = encoder.spec.identity
    live = {code: service.generations.live(identity, code) for code in generations}
    return all(
        pointer is not None and pointer.generation == generations[code]
        for code, pointer in live.items()
    )
