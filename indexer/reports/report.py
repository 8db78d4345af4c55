"""The alignment report: every directed pair of languages under one encoder, with baselines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel
from threadpoolctl import threadpool_limits

from indexer.alignment.averaging import Scores, figures
from indexer.alignment.figures import BROKEN_DOWN, GAIN, METRICS, OPTIONAL, Figures
from indexer.alignment.resampling import SAMPLES, Bootstrap, Figure
from indexer.alignment.sample import RANDOM_PAIRS, SEED
from indexer.alignment.scoring import cosine_ranks, directed, symmetric
from indexer.alignment.strata import strata
from indexer.alignment.verdict import Verdict, verdict
from indexer.encoders.protocol import Encoder
from indexer.reports.spaces import Evaluation, Languages, languages, sampled
from indexer.reports.states import states
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput

Advance = Callable[[int, int], None]


class ReportedFigure(BaseModel):
    """A figure and its 95% interval, null where it cannot be had; ``n`` counts what the metric's
    ``unit`` says: concepts, forms or random pairs."""

    value: float
    low: float | None
    high: float | None
    n: int


class PairReport(BaseModel):
    """One directed pair.

    ``forms`` source forms have a translation, ``covered`` of them are known to the encoder, and
    ``left_out`` senses of the source language have no vector. Right answers are looked for among
    ``candidates`` target forms. ``all`` are the figures over all pairs; ``distinct`` those without
    identical spellings and without names, on which the ``verdict`` rests; ``strata`` the most
    important ones by ``kind=value`` of the source word. A figure that does not exist is null. An
    encoder that remembers the pairs has no verdict.
    """

    source: str
    target: str
    verdict: Verdict | None
    concepts: int
    forms: int
    candidates: int
    covered: int
    left_out: int
    all: dict[str, ReportedFigure | None]
    distinct: dict[str, ReportedFigure | None]
    strata: dict[str, dict[str, ReportedFigure | None]]


class AlignmentReport(BaseModel):
    """``evaluation`` is ``memorised`` when the encoder was trained on the lexicon it is scored
    on: its figures show that it remembers, not that it aligns. ``cross-validated``: what it learnt
    was learnt again without each fifth of the concepts, and scored there."""

    encoder: str
    identity: str
    evaluation: Evaluation
    generations: dict[str, str]
    seed: int
    samples: int
    random_pairs: int
    pairs: list[PairReport]
    held_out: list[PairReport] | None = None
    """Of an encoder that remembers the lexicon: what it scores on words it was not taught."""


@dataclass(frozen=True)
class Parameters:
    """What a report depends on besides the store and the index."""

    seed: int = SEED
    samples: int = SAMPLES
    random_pairs: int = RANDOM_PAIRS
    broken_down: bool = True
    states: bool = False
    """Also how long the encoder's hidden states are and how they spread."""


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
    advance: Advance = lambda _done, _total: None,
    parameters: Parameters | None = None,
) -> AlignmentReport:
    """Score the live indices; the same store, generations and parameters give the same figures."""
    chosen = parameters or Parameters()
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        # A language without words has nothing to be scored, unless somebody asks for it.
        known = queries.languages(session) if pairs else queries.written_languages(session)
        asked = parse_pairs(pairs, known)
        made = languages(service, session, encoder)
        codes = sorted({code for pair in asked for code in pair} & set(made.by_code))
        shapes = states(encoder, session, codes, chosen.seed) if chosen.states else {}
    rows = scored(made, asked, chosen, advance)
    for row in rows:
        row.all |= _of_states(shapes, row.source, row.target)
    return AlignmentReport(
        encoder=encoder.spec.name,
        identity=encoder.spec.identity,
        evaluation=made.evaluation,
        generations=dict(made.generations),
        seed=chosen.seed,
        samples=Bootstrap.rounded(chosen.samples),
        random_pairs=chosen.random_pairs,
        pairs=rows,
        held_out=held_out(encoder, asked),
    )


@runtime_checkable
class HeldOut(Protocol):
    """An encoder that comes with figures on words that were held out when it was made."""

    def held_out(self) -> list[dict[str, Any]]: ...


def held_out(encoder: Encoder, asked: Sequence[tuple[str, str]]) -> list[PairReport] | None:
    """Its figures of these pairs, where it has any."""
    if not isinstance(encoder, HeldOut):
        return None
    pairs = [PairReport.model_validate(said) for said in encoder.held_out()]
    return [pair for pair in pairs if (pair.source, pair.target) in set(asked)] or None


def scored(
    made: Languages,
    asked: Sequence[tuple[str, str]],
    chosen: Parameters,
    advance: Advance = lambda _done, _total: None,
) -> list[PairReport]:
    """The directed pairs that are asked for, in that order.

    Matrix products take one thread: most are small, and threads that wait for each other cost more
    than they save, above all on a busy machine.
    """
    with threadpool_limits(1, "blas"):
        return _scored(made, asked, chosen, advance)


def _scored(
    made: Languages, asked: Sequence[tuple[str, str]], chosen: Parameters, advance: Advance
) -> list[PairReport]:
    found: dict[tuple[str, str], PairReport] = {}
    advance(0, len(asked))
    for source, target in asked:
        if (source, target) in found:
            continue
        if source not in made.by_code or target not in made.by_code:
            found[source, target] = _nothing(source, target, made)
        else:
            # Both directions share most of the work, and what is drawn must not depend on which
            # of them are asked for.
            first, second = sorted((source, target))
            both = ((first, second), (second, first))
            found |= _both(made, *both[0], [one for one in both if one in asked], chosen)
        advance(len(found), len(asked))
    return [found[pair] for pair in asked]


def _both(
    made: Languages,
    first: str,
    second: str,
    wanted: Sequence[tuple[str, str]],
    chosen: Parameters,
) -> dict[tuple[str, str], PairReport]:
    here, there = made.by_code[first], made.by_code[second]
    data = sampled(here, there, chosen.random_pairs, chosen.seed)
    known = symmetric(data, here.space, there.space)
    draws = Bootstrap.drawn(data.groups, chosen.seed, chosen.samples)
    shared = None
    found = {}
    for pair in wanted:
        if pair != (first, second):
            here, there, data, known = there, here, data.turned(), known.turned()
        ranked = directed(data, here.space, there.space, known)
        scores = Scores(data, here.space, there.space, known, ranked, draws)
        if shared is None:
            shared = scores.undirected(data.everything), scores.undirected(data.distinct)
        found[pair] = _pair(made, scores, shared, chosen.broken_down)
    return found


def _pair(
    made: Languages, scores: Scores, shared: tuple[Figures, Figures], broken_down: bool
) -> PairReport:
    data = scores.data
    source, target = data.source.language, data.target.language
    parts = data.everything, data.distinct
    whole, distinct = (scores.all(part, known) for part, known in zip(parts, shared, strict=True))
    if made.base is not None and len(data.forms):
        before = cosine_ranks(data, made.base[source], made.base[target]).hits(1)
        gained = {GAIN: scores.directed.by_cosine.hits(1) - before}
        whole |= figures(scores.over_forms(data.everything, gained))
        distinct |= figures(scores.over_forms(data.distinct, gained))
    some = strata(data, made.by_code[source].fields) if broken_down else {}
    broken = {name: figures(scores.some(part)) for name, part in some.items()}
    # The verdict is that of the figures as they are read, however often they are stored.
    shown = _reported(distinct)
    return PairReport(
        source=source,
        target=target,
        verdict=None if made.evaluation == "memorised" else verdict(shown),
        concepts=data.concept_count,
        forms=len(data.forms),
        candidates=data.target.rows,
        covered=int(data.source.covered[data.forms].sum()),
        left_out=data.source.left_out,
        all=_reported(whole),
        distinct=shown,
        strata={
            name: _reported({key: found[key] for key in BROKEN_DOWN})
            for name, found in broken.items()
        },
    )


def _nothing(source: str, target: str, made: Languages) -> PairReport:
    """A pair of which one language has no word, or no map."""
    empty: dict[str, ReportedFigure | None] = dict.fromkeys(
        name for name in METRICS if name not in OPTIONAL
    )
    there = made.by_code.get(target)
    return PairReport(
        source=source,
        target=target,
        verdict=None,
        concepts=0,
        forms=0,
        candidates=there.words.rows if there else 0,
        covered=0,
        left_out=0,
        all=dict(empty),
        distinct=dict(empty),
        strata={},
    )


def _of_states(
    shapes: Mapping[str, Mapping[str, Figure]], source: str, target: str
) -> dict[str, ReportedFigure | None]:
    return {
        f"{name}_{role}": rounded(figure)
        for name in ("norm", "variance")
        for role, code in (("source", source), ("target", target))
        if code in shapes
        for figure in (shapes[code][name],)
    }


def _reported(said: Mapping[str, Figure | None]) -> dict[str, ReportedFigure | None]:
    """In the order of :data:`METRICS`."""
    return {
        name: None if (found := said[name]) is None else rounded(found)
        for name in METRICS
        if name in said
    }


def rounded(found: Figure) -> ReportedFigure:
    """A figure to six decimals, as reports have it."""
    low, high = (None if one is None else round(one, 6) for one in (found.low, found.high))
    return ReportedFigure(value=round(found.value, 6), low=low, high=high, n=found.n)
