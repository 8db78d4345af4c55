"""Translations that encoders agree are far apart: what a lexicographer should look at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.alignment.sample import Sample
from indexer.alignment.views import Space, cosines
from indexer.reports.common import common, indexed
from indexer.reports.report import Parameters, parse_pairs
from indexer.reports.spaces import Language, languages, sampled
from indexer.service import LexiconService
from indexer.vectors import LexemeIds
from lexicon import queries
from lexicon.errors import InvalidInput

Floats = NDArray[np.float64]


class Likelier(BaseModel):
    """A target form that the encoders put nearer than the listed one, and that does not share a
    concept with the source form; ``percentile`` as for the listed one, averaged."""

    form: str
    percentile: float


class Outlier(BaseModel):
    """A pair of forms of one concept.

    ``percentiles``: share of random pairs that score lower, 0 to 100, by encoder; ``rank``: the
    target form's mean place among ``candidates``.
    """

    concept: str
    gloss: str
    source_form: str
    target_form: str
    percentiles: dict[str, float]
    rank: float
    likelier: Likelier | None


class Outliers(BaseModel):
    """The pairs, farthest apart first. ``memorised`` encoders remember the pairs, so they cannot
    doubt them; ``unusable`` says why encoders that are indexed were not asked."""

    source: str
    target: str
    encoders: list[str]
    memorised: list[str]
    unusable: dict[str, str]
    pairs: int
    candidates: int
    seed: int
    random_pairs: int
    outliers: list[Outlier]


@dataclass(frozen=True)
class _Judge:
    """One encoder's opinion of a sample."""

    name: str
    source: Space
    target: Space
    cosine: Floats
    random: Floats

    def percentile(self, cosine: Any) -> Any:
        """Share of random pairs below each cosine, 0 to 100."""
        below = np.searchsorted(self.random, cosine, side="left")
        return 100.0 * below / len(self.random)

    def scores(self, data: Sample, pair: int) -> NDArray[np.float32]:
        """Cosines of a pair's source form with every target form."""
        place = next(
            place
            for place, view in enumerate(self.source.views)
            if int(data.fold[pair]) in view.folds
        )
        row = self.source.views[place].vectors[data.pairs.source[pair]]
        found: NDArray[np.float32] = np.einsum("ij,j->i", self.target.views[place].vectors, row)
        return found


def outliers(
    service: LexiconService,
    pair: str,
    encoder_names: Sequence[str] = (),
    limit: int = 50,
    parameters: Parameters | None = None,
) -> Outliers:
    """The ``limit`` pairs of a directed language pair, such as en-kn, that all encoders put
    farthest apart: those named, or all that are indexed, without those that remember the pairs
    where there are others.

    A pair counts as far apart as the encoder that likes it best says; of equal ones, the mean
    decides. Only words that all encoders cover are looked at.
    """
    chosen = parameters or Parameters()
    if limit < 1:
        raise InvalidInput(f"limit {limit} is less than 1")
    with service.sessions() as session:
        (codes,) = parse_pairs([pair], queries.written_languages(session))
        source, target = codes
        encoders = [service.encoder(name) for name in dict.fromkeys(encoder_names)]
        unusable: dict[str, str] = {}
        if not encoders:
            encoders, unusable = indexed(service, codes)
        if not encoders:
            raise InvalidInput(
                f"no encoder has an index of {source} and {target}; build one with: "
                "lexicon index build -e NAME"
            )
        made = [languages(service, session, encoder) for encoder in encoders]
        knowing = [one for one in made if one.evaluation != "memorised"]
        if knowing and not encoder_names:
            made = knowing
        here, there = (common(made, code) for code in codes)
        data = sampled(here[0], there[0], chosen.random_pairs, chosen.seed)
        if not len(data.pairs.source) or not len(data.random_source):
            raise InvalidInput(
                f"{source} and {target} have no translations, or no random pairs to judge them "
                "by, in the words that all of these encoders cover"
            )
        judges = [
            _judge(one.encoder.spec.name, data, left, right)
            for one, left, right in zip(made, here, there, strict=True)
        ]
        percentiles = np.stack([judge.percentile(judge.cosine) for judge in judges])
        order = np.lexsort((percentiles.mean(axis=0), percentiles.max(axis=0)))[:limit]
        ids = here[0].ids, there[0].ids
        found = [_described(session, data, ids, judges, place) for place in order.tolist()]
    return Outliers(
        source=source,
        target=target,
        encoders=[judge.name for judge in judges],
        memorised=[one.encoder.spec.name for one in made if one.evaluation == "memorised"],
        unusable=unusable,
        pairs=len(data.pairs.source),
        candidates=data.target.rows,
        seed=chosen.seed,
        random_pairs=len(data.random_source),
        outliers=found,
    )


def _described(
    session: Session,
    data: Sample,
    ids: tuple[LexemeIds, LexemeIds],
    judges: Sequence[_Judge],
    place: int,
) -> Outlier:
    """The pair at a place, and the form that the encoders like best if that is another one."""
    source, listed = int(data.pairs.source[place]), int(data.pairs.target[place])
    scores = [judge.scores(data, place) for judge in judges]
    # In units that encoders share: standard deviations of their random pairs.
    liking = sum(
        (one - judge.random.mean()) / max(float(judge.random.std()), 1e-9)
        for judge, one in zip(judges, scores, strict=True)
    )
    assert isinstance(liking, np.ndarray), "there is a judge"
    liking[data.pairs.target[data.pairs.source == source]] = -np.inf
    best = int(liking.argmax())
    percentiles = {
        row: [float(judge.percentile(one[row])) for judge, one in zip(judges, scores, strict=True)]
        for row in (listed, best)
    }
    lexemes = int(ids[0][source]), int(ids[1][listed]), int(ids[1][best])
    lemmas = queries.lemmas(session, lexemes)
    concept = queries.concepts_by_id(session, [int(data.pairs.concept[place])])
    likelier = None
    if np.isfinite(liking[best]) and np.mean(percentiles[best]) > np.mean(percentiles[listed]):
        mean = round(float(np.mean(percentiles[best])), 2)
        likelier = Likelier(form=lemmas[lexemes[2]], percentile=mean)
    (meant,) = concept.values()
    return Outlier(
        concept=meant.key,
        gloss=meant.gloss,
        source_form=lemmas[lexemes[0]],
        target_form=lemmas[lexemes[1]],
        percentiles={
            judge.name: round(said, 2)
            for judge, said in zip(judges, percentiles[listed], strict=True)
        },
        rank=round(float(np.mean([1 + int((one > one[listed]).sum()) for one in scores])), 1),
        likelier=likelier,
    )


def _judge(name: str, data: Sample, source: Language, target: Language) -> _Judge:
    random = cosines(source.space, target.space, *data.random_rows, data.random_fold)
    return _Judge(
        name,
        source.space,
        target.space,
        cosines(source.space, target.space, data.pairs.source, data.pairs.target, data.fold),
        np.sort(random),
    )
