"""Two encoders on the words that both cover, with a paired test."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from threadpoolctl import threadpool_limits

from indexer.alignment.averaging import Scores
from indexer.alignment.resampling import LEAST_GROUPS, Bootstrap, Estimate, interval
from indexer.alignment.sample import Sample, Subset
from indexer.alignment.scoring import directed, symmetric
from indexer.reports.common import common
from indexer.reports.report import Parameters, parse_pairs
from indexer.reports.spaces import Evaluation, Language, Languages, languages, sampled
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput

Floats = NDArray[np.float64]

COMPARED = ("p_at_1", "p_at_5", "p_at_10", "mrr", "csls_p_at_1", "csls_mrr", "auc")
"""Figures that two encoders are compared by."""


class Difference(BaseModel):
    """A figure of both encoders, and the second less the first with its 95% interval.

    ``p`` is two-sided: how rarely a paired bootstrap puts the difference on the other side of
    zero. Null where a figure does not exist or rests on a single group of concepts.
    """

    first: float
    second: float
    difference: float
    low: float | None
    high: float | None
    p: float | None
    n: int


class ComparedPair(BaseModel):
    """One directed pair on the words that both encoders cover; ``distinct`` without identical
    spellings and names."""

    source: str
    target: str
    concepts: int
    forms: int
    candidates: int
    all: dict[str, Difference | None]
    distinct: dict[str, Difference | None]


class Comparison(BaseModel):
    first: str
    second: str
    identities: tuple[str, str]
    evaluations: tuple[Evaluation, Evaluation]
    seed: int
    samples: int
    random_pairs: int
    pairs: list[ComparedPair]


def compare(
    service: LexiconService,
    first: str,
    second: str,
    pairs: Sequence[str] = (),
    advance: Callable[[int, int], None] = lambda _done, _total: None,
    parameters: Parameters | None = None,
) -> Comparison:
    """Compare two encoders over their live indices.

    Both are scored on the same forms, candidates, random pairs and bootstrap samples.
    """
    chosen = parameters or Parameters()
    encoders = service.encoder(first), service.encoder(second)
    if encoders[0].spec.identity == encoders[1].spec.identity:
        raise InvalidInput(f"{first!r} and {second!r} are one encoder; name two")
    with service.sessions() as session:
        known = queries.written_languages(session)
        asked = parse_pairs(pairs, known)
        made = [languages(service, session, encoder) for encoder in encoders]
    there = [code for code in known if all(code in one.by_code for one in made)]
    sides = {code: common(made, code) for code in there}
    found = []
    for done, (source, target) in enumerate(asked):
        advance(done, len(asked))
        if source in sides and target in sides:
            with threadpool_limits(1, "blas"):
                found.append(_pair(made, source, target, sides, chosen))
    advance(len(asked), len(asked))
    return Comparison(
        first=encoders[0].spec.name,
        second=encoders[1].spec.name,
        identities=(encoders[0].spec.identity, encoders[1].spec.identity),
        evaluations=(made[0].evaluation, made[1].evaluation),
        seed=chosen.seed,
        samples=Bootstrap.rounded(chosen.samples),
        random_pairs=chosen.random_pairs,
        pairs=found,
    )


def _pair(
    made: Sequence[Languages],
    source: str,
    target: str,
    sides: Mapping[str, Sequence[Language]],
    chosen: Parameters,
) -> ComparedPair:
    here, there = sides[source], sides[target]
    data = sampled(here[0], there[0], chosen.random_pairs, chosen.seed)
    draws = Bootstrap.drawn(data.groups, chosen.seed, chosen.samples)
    scores = [_scores(data, here[which], there[which], draws) for which in range(len(made))]
    return ComparedPair(
        source=source,
        target=target,
        concepts=data.concept_count,
        forms=len(data.forms),
        candidates=data.target.rows,
        all=_differences(scores, data.everything),
        distinct=_differences(scores, data.distinct),
    )


def _scores(data: Sample, source: Language, target: Language, draws: Bootstrap) -> Scores:
    known = symmetric(data, source.space, target.space, mapped=False)
    found = directed(data, source.space, target.space, known)
    return Scores(data, source.space, target.space, known, found, draws)


def _differences(scores: Sequence[Scores], part: Subset) -> dict[str, Difference | None]:
    first, second = (one.some(part) for one in scores)
    return {name: _difference(first[name], second[name]) for name in COMPARED}


def _difference(first: Estimate, second: Estimate) -> Difference | None:
    value = second.value - first.value
    if not np.isfinite(value):
        return None
    samples = second.samples - first.samples
    bounds = interval(samples) if first.groups >= LEAST_GROUPS else None
    low, high = (None, None) if bounds is None else (round(one, 6) for one in bounds)
    return Difference(
        first=round(first.value, 6),
        second=round(second.value, 6),
        difference=round(value, 6),
        low=low,
        high=high,
        p=None if bounds is None else round(two_sided(samples), 6),
        n=first.n,
    )


def two_sided(samples: Floats) -> float:
    """Twice the smaller share of samples on one side of zero, zero counting for both, each share
    with one sample more so that it is never nothing (Davison & Hinkley 1997, section 4.2).

    >>> two_sided(np.array([0.1] * 97 + [-0.1] * 2))
    0.06
    """
    there = samples[np.isfinite(samples)]
    sides = int((there <= 0).sum()), int((there >= 0).sum())
    return float(min(1.0, 2 * (min(sides) + 1) / (len(there) + 1)))
