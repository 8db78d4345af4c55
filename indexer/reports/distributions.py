"""Cosines of translations against those of random pairs, as an alignment report scores them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from indexer.alignment.resampling import Bootstrap, Compared, Estimate, Figure, auc
from indexer.alignment.sample import RANDOM_PAIRS, SEED, Sample
from indexer.alignment.views import cosines
from indexer.reports.report import ReportedFigure, parse_pairs, rounded
from indexer.reports.spaces import Edition, Language, edition, languages, sampled
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput, NoWords

Floats = NDArray[np.float64]

BINS = 60
LEAST_WIDTH = 1e-3
"""Of all bins together, where all cosines are the same."""


@dataclass(frozen=True)
class Distribution:
    """Cosines of one pair of languages: of ``translations``, each with the ``weights`` that make
    every concept count once, and of ``random`` pairs. ``area``: chance that a translation is
    closer than a random pair."""

    source: str
    target: str
    translations: Floats
    weights: Floats
    random: Floats
    area: Figure | None

    @property
    def concepts(self) -> int:
        return round(float(self.weights.sum()))


@dataclass(frozen=True)
class Distributions:
    """``distinct``: without identical spellings and without names."""

    encoder: str
    memorised: bool
    distinct: bool
    pairs: tuple[Distribution, ...]


@dataclass(frozen=True)
class Density:
    """``shares`` (bins,) of cosines by bin, divided by the bin's width, and their ``mean``."""

    shares: Floats
    mean: float


class Means(BaseModel):
    """Mean cosines; ``random`` is null where there are no random pairs."""

    translations: float
    random: float | None


class Histogram(BaseModel):
    """Densities of the cosines of ``translations`` and ``random`` pairs in bins between ``edges``,
    of which there is one more; every concept counts once. ``random`` is empty where there are no
    random pairs.

    ``memorised``: the encoder was trained on this lexicon. ``distinct``: without identical
    spellings and names. ``auc``: chance that a translation is closer than a random pair, with its
    95% interval.
    """

    encoder: str
    memorised: bool
    distinct: bool
    source: str
    target: str
    concepts: int
    edges: list[float]
    translations: list[float]
    random: list[float]
    means: Means
    auc: ReportedFigure | None


def distributions(
    service: LexiconService,
    pairs: Sequence[str],
    encoder_name: str | None = None,
    distinct: bool = False,
) -> Distributions:
    """Cosines of the pairs of languages.

    Raises :class:`InvalidInput` for a pair of languages that share no concept.
    """
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        asked = parse_pairs(pairs, queries.languages(session))
        made = languages(service, session, encoder)
    return Distributions(
        encoder.spec.name,
        made.evaluation == "memorised",
        distinct,
        tuple(_distribution(made.by_code, *pair, distinct) for pair in asked),
    )


def pair_edition(
    service: LexiconService, source: str, target: str, encoder_name: str | None = None
) -> Edition:
    """What a histogram of the pair rests on, told without making it.

    Raises :class:`InvalidInput` for what are no two written languages.
    """
    with service.sessions() as session:
        for code in (source, target):
            queries.require_language(session, code)
        written = queries.written_languages(session)
    if source == target:
        raise InvalidInput(f"source and target are both {source!r}; choose two different languages")
    for code in (source, target):
        if code not in written:
            raise NoWords(code)
    return edition(service, service.encoder(encoder_name))


def histogram(
    service: LexiconService,
    source: str,
    target: str,
    encoder_name: str | None = None,
    distinct: bool = False,
) -> Histogram:
    """One pair of languages, rounded to six decimals."""
    found = distributions(service, [f"{source}-{target}"], encoder_name, distinct)
    (one,) = found.pairs
    bins = edges(found.pairs)
    translations, random = densities(one, bins)
    return Histogram(
        encoder=found.encoder,
        memorised=found.memorised,
        distinct=distinct,
        source=source,
        target=target,
        concepts=one.concepts,
        edges=_rounded(bins),
        translations=_rounded(translations.shares),
        random=[] if random is None else _rounded(random.shares),
        means=Means(
            translations=round(translations.mean, 6),
            random=None if random is None else round(random.mean, 6),
        ),
        auc=None if one.area is None else rounded(one.area),
    )


def edges(pairs: Sequence[Distribution]) -> Floats:
    """Of bins over all cosines of the pairs, (BINS + 1,) ascending."""
    every = [(part.min(), part.max()) for one in pairs for part in _parts(one)]
    low, high = float(min(chain(*every))), float(max(chain(*every)))
    found: Floats = np.linspace(low, max(high, low + LEAST_WIDTH), BINS + 1)
    return found


def densities(one: Distribution, bins: Floats) -> tuple[Density, Density | None]:
    """Of translations, and of random pairs if there are any.

    >>> one = Distribution("en", "fr", np.array([0.5]), np.ones(1), np.array([]), None)
    >>> densities(one, np.array([0.0, 0.25, 0.75]))
    (Density(shares=array([0., 2.]), mean=0.5), None)
    """
    random = _density(one.random, np.ones(len(one.random)), bins) if len(one.random) else None
    return _density(one.translations, one.weights, bins), random


def _rounded(values: Floats) -> list[float]:
    found: list[float] = values.round(6).tolist()
    return found


def _parts(one: Distribution) -> list[Floats]:
    return [part for part in (one.translations, one.random) if len(part)]


def _density(values: Floats, weights: Floats, bins: Floats) -> Density:
    shares = np.histogram(values, bins, weights=weights, density=True)[0]
    return Density(shares, float(np.average(values, weights=weights)))


def _distribution(
    by_code: Mapping[str, Language], source: str, target: str, distinct: bool
) -> Distribution:
    for code in (source, target):
        if code not in by_code:
            raise NoWords(code)
    here, there = by_code[source], by_code[target]
    data = sampled(here, there, RANDOM_PAIRS, SEED)
    part = data.distinct if distinct else data.everything
    places, drawn = np.flatnonzero(part.pairs), np.flatnonzero(part.random)
    if not len(places):
        alone = ", without identical spellings and names" if distinct else ""
        raise InvalidInput(
            f"no concept has words in both {source!r} and {target!r}{alone}; choose another pair"
        )
    rows = data.pairs.source[places], data.pairs.target[places]
    chance = data.random_rows[0][drawn], data.random_rows[1][drawn]
    translations = cosines(here.space, there.space, *rows, data.fold[places])
    random = cosines(here.space, there.space, *chance, data.random_fold[drawn])
    _, concept = np.unique(data.pairs.concept[places], return_inverse=True)
    weights: Floats = 1.0 / np.bincount(concept)[concept]
    area = _area(data, places, drawn, translations, weights, random)
    return Distribution(source, target, translations, weights, random, area)


def _area(
    data: Sample,
    places: NDArray[np.int64],
    drawn: NDArray[np.int64],
    translations: Floats,
    weights: Floats,
    random: Floats,
) -> Figure | None:
    group = data.group[places]
    one, other = (side[drawn] for side in data.random_groups)
    both = Compared(translations, weights, group, random, one, other)
    value, samples = auc(both, Bootstrap.drawn(data.groups, SEED))
    return Estimate(value, samples, round(float(weights.sum())), len(np.unique(group))).figure
