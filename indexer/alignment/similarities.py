"""A word and its known translations: the cosine of each with each."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from indexer.alignment.pairwise import random_cosines
from indexer.indices.live import LiveIndex
from indexer.search import Read, read
from indexer.service import LexiconService
from lexicon import queries
from lexicon.changes import edition
from lexicon.entries import require_pos
from lexicon.errors import InvalidInput
from lexicon.normalize import clean
from lexicon.queries import SenseRow
from lexicon.suggest import suggestions

MOST = 3
"""Translations into each language, unless more are asked for."""

_REMEMBERED = 1_000
"""Pairs of indices whose random cosines are remembered."""


@dataclass(frozen=True)
class Word:
    """``covered``: the encoder knows it, rather than guessing from its spelling."""

    text: str
    language: str
    covered: bool


@dataclass(frozen=True)
class Chance:
    """Mean cosine of random pairs of two languages: same part of speech, no shared concept."""

    source: str
    target: str
    mean: float


@dataclass(frozen=True)
class Similarities:
    """``cosine`` (words, words) of a word, the first, and its translations. ``left_out``
    translations are not among them, and ``pending`` ones have no vector yet."""

    words: tuple[Word, ...]
    cosine: NDArray[np.float64]
    chance: tuple[Chance, ...]
    glosses: tuple[str, ...]
    encoder: str
    memorised: bool
    left_out: int = 0
    pending: int = 0


class Chances:
    """Means of random pairs, kept for as long as the words and indices stay; for any thread."""

    def __init__(self) -> None:
        self._edition = ""
        self._means: dict[tuple[tuple[str, int, int], ...], float | None] = {}
        self._lock = threading.Lock()

    def means(self, session: Session, pairs: Sequence[tuple[LiveIndex, LiveIndex]]) -> list[Chance]:
        """Of each two indices that have random pairs."""
        # One at a time: whoever comes meanwhile wants the same, more likely than not.
        with self._lock:
            # Read before what it is of: what is written in between is read again.
            now = edition(session)
            if now != self._edition or len(self._means) > _REMEMBERED:
                self._edition, self._means = now, {}
            found = []
            for one, two in pairs:
                key = (one.version, two.version)
                if key not in self._means:
                    cosines = random_cosines(session, one, two)
                    self._means[key] = float(cosines.mean()) if len(cosines) else None
                if (mean := self._means[key]) is not None:
                    found.append(Chance(one.language, two.language, mean))
            return found


def similarities(
    service: LexiconService,
    text: str,
    language: str,
    encoder_name: str | None = None,
    targets: Sequence[str] = (),
    pos: str | None = None,
    concept: str | None = None,
    most: int = MOST,
    chances: "Chances | None" = None,
) -> Similarities:
    """A word of the lexicon with at most ``most`` translations into each language, first choices
    of each of its senses before others. ``pos`` and ``concept`` choose among the senses, and
    ``chances`` remember what random pairs score.

    Raises :class:`InvalidInput` for a word that the lexicon does not have or not translate.
    """
    if most < 1:
        raise InvalidInput(f"{most} translations are none; give at least 1")
    wanted = clean(text, "word")
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        for code in (language, *targets):
            queries.require_language(session, code)
        word = read(service, session, encoder, language, wanted)
        senses = _senses(session, word, wanted, language, pos, concept)
        chosen = targets or queries.written_languages(session)
        into = [code for code in dict.fromkeys(chosen) if code != language]
        words = [Word(word.form.lemma if word.form else wanted, language, word.covered)]
        vectors = [word.vector]
        indices = [service.index(encoder, language)]
        left_out = pending = 0
        for code, found in _translations(session, senses, into).items():
            if not found:
                continue
            index = service.index(encoder, code)
            ids = np.array([sense.lexeme_id for sense in found[:most]], dtype=np.int64)
            rows = index.rows_of(ids)
            held = rows >= 0
            left_out += len(found) - len(ids)
            pending += int((~held).sum())
            if held.any():
                indices.append(index)
                vectors.append(index.vectors(ids[held]))
                words += [
                    Word(sense.lemma, code, bool(index.covered[row]))
                    for sense, row in zip(found, rows.tolist(), strict=False)
                    if row >= 0
                ]
        if len(words) == 1:
            named = f" into {', '.join(targets)}" if targets else ""
            raise InvalidInput(
                f"{wanted!r} ({language}) has no translation{named} in the lexicon; "
                "add one with: lexicon words add"
            )
        means = (chances or Chances()).means(session, list(combinations(indices, 2)))
    every = np.concatenate(vectors)
    return Similarities(
        words=tuple(words),
        cosine=np.clip((every @ every.T).astype(np.float64), -1.0, 1.0),
        chance=tuple(means),
        glosses=tuple(dict.fromkeys(sense.gloss for sense in senses)),
        encoder=encoder.spec.name,
        memorised=encoder.spec.evaluation == "memorised",
        left_out=left_out,
        pending=pending,
    )


def _senses(
    session: Session, word: Read, text: str, language: str, pos: str | None, concept: str | None
) -> list[SenseRow]:
    """The senses that are meant, by rank."""
    if pos is not None:
        require_pos(pos)
    if word.form is None:
        meant = suggestions(session, language, text)
        named = ", ".join(f"{one.lemma} ({one.kind})" for one in meant)
        remedy = f"did you mean {named}?" if meant else "give a word that it holds"
        raise InvalidInput(f"{text!r} ({language}) is not in the lexicon; {remedy}")
    every = queries.senses_of(session, word.form.lexeme_ids)
    found = [sense for sense in every if pos in (None, sense.pos) and concept in (None, sense.key)]
    if not found:
        asked = " and ".join(filter(None, (pos, concept and repr(concept))))
        known = ", ".join(dict.fromkeys(f"{sense.key} ({sense.pos})" for sense in every))
        raise InvalidInput(
            f"{text!r} ({language}) has no sense that is {asked or 'listed'}; "
            f"it has: {known or 'none'}"
        )
    return found


def _translations(
    session: Session, senses: Sequence[SenseRow], languages: Sequence[str]
) -> dict[str, list[SenseRow]]:
    """Words of the same concepts by language: first choices, then second ones, by sense."""
    found: dict[str, dict[str, SenseRow]] = {code: {} for code in languages}
    words = [
        word
        for key in dict.fromkeys(sense.key for sense in senses)
        for word in queries.concept_senses(session, key)
    ]
    for word in sorted(words, key=lambda one: one.rank):
        if word.language in found:
            found[word.language].setdefault(word.lemma, word)
    return {code: list(lemmas.values()) for code, lemmas in found.items()}
