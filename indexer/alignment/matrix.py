"""How near texts of any languages are to each other, beside what chance gives."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.asking.knowing import prepare
from indexer.encoders.protocol import Encoder
from indexer.search import Read, read
from indexer.service import LexiconService
from lexicon import queries
from lexicon.models import AlignmentScore
from lexicon.normalize import clean

DIGITS = 6


class Word(BaseModel):
    """``known``: the lexicon has it. ``covered``: so has the encoder's vocabulary."""

    text: str
    language: str
    covered: bool
    known: bool


class Chance(BaseModel):
    """What ``n`` random pairs of two languages score on average (same part of speech, no shared
    concept), as the newest report has it; null where no report has the pair, which ``note`` says
    how to make."""

    source: str
    target: str
    random_cosine_mean: float | None
    n: int
    note: str | None = None


class Matrix(BaseModel):
    """``cosine[i][j]`` is that of the texts i and j, to six digits."""

    encoder: str
    evaluation: str
    texts: list[Word]
    cosine: list[list[float]]
    chance: list[Chance]


def read_all(
    service: LexiconService,
    session: Session,
    encoder: Encoder,
    texts: Sequence[tuple[str, str]],
) -> list[Read]:
    """Each (text, language) by its stored vector, or encoded together with the others. Texts are
    clean."""
    for language in dict.fromkeys(language for _, language in texts):
        queries.require_language(session, language)
    prepare(service, session, encoder, texts)
    return [read(service, session, encoder, language, text) for text, language in texts]


def cosines(read: Sequence[Read]) -> NDArray[np.float32]:
    """(n, n), symmetric, 1 on the diagonal."""
    rows = np.concatenate([one.vector for one in read])
    found: NDArray[np.float32] = np.clip(rows @ rows.T, -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def word(text: str, language: str, found: Read) -> Word:
    return Word(text=text, language=language, covered=found.covered, known=found.form is not None)


def matrix(
    service: LexiconService, texts: Sequence[tuple[str, str]], encoder_name: str | None = None
) -> Matrix:
    """Every text against every other, under one encoder."""
    tidy = [
        (clean(text, f"text {number}"), language)
        for number, (text, language) in enumerate(texts, start=1)
    ]
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        found = read_all(service, session, encoder, tidy)
        chance = _chance(session, encoder, sorted({language for _, language in tidy}))
    rounded = np.round(cosines(found).astype(np.float64), DIGITS)
    return Matrix(
        encoder=encoder.spec.name,
        evaluation=encoder.spec.evaluation,
        texts=[word(*one, read) for one, read in zip(tidy, found, strict=True)],
        cosine=rounded.tolist(),
        chance=chance,
    )


def _chance(session: Session, encoder: Encoder, languages: Sequence[str]) -> list[Chance]:
    """The baseline of every pair of the languages, each with itself only if there is no other."""
    run = queries.latest_alignment_run(session, encoder.spec.identity)
    scores = [] if run is None else queries.stratum_scores(session, run.id, "")
    stored = {(one.source, one.target): one for one in scores if one.metric == "random_cosine_mean"}
    return [
        _baseline(encoder, source, target, stored.get((source, target)))
        for place, source in enumerate(languages)
        for target in languages[place:]
        if source != target or len(languages) == 1
    ]


def _baseline(encoder: Encoder, source: str, target: str, score: AlignmentScore | None) -> Chance:
    if score is not None:
        mean = round(score.value, DIGITS)
        return Chance(source=source, target=target, random_cosine_mean=mean, n=score.n)
    name = encoder.spec.name
    note = (
        "reports are of two languages: see those of GET /v1/alignment"
        if source == target
        else f"no stored report has it; make one with: lexicon report --encoder {name}"
    )
    return Chance(source=source, target=target, random_cosine_mean=None, n=0, note=note)
