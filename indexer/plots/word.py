"""A word and its known translations: the cosine of each with each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from indexer.alignment.pairwise import random_cosines
from indexer.plots import grid
from indexer.plots.canvas import Body, Ruler, short
from indexer.plots.grid import Grid
from indexer.plots.page import Interactive, Said, Table
from indexer.plots.runs import memorised_note
from indexer.search import Read, read
from indexer.service import LexiconService
from lexicon import queries
from lexicon.entries import require_pos
from lexicon.errors import InvalidInput
from lexicon.normalize import clean
from lexicon.queries import SenseRow
from lexicon.suggest import suggestions

MOST = 3
"""Translations into each language, unless more are asked for."""

_BASELINES = 6
"""Pairs of languages whose random cosines are told one by one: those of four languages."""


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


def similarities(
    service: LexiconService,
    text: str,
    language: str,
    encoder_name: str | None = None,
    targets: Sequence[str] = (),
    pos: str | None = None,
    concept: str | None = None,
    most: int = MOST,
) -> Similarities:
    """A word of the lexicon with at most ``most`` translations into each language, first choices
    of each of its senses before others. ``pos`` and ``concept`` choose among the senses.

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
        chance = [
            Chance(one.language, two.language, float(cosines.mean()))
            for one, two in combinations(indices, 2)
            if len(cosines := random_cosines(session, one, two))
        ]
    every = np.concatenate(vectors)
    return Similarities(
        words=tuple(words),
        cosine=np.clip((every @ every.T).astype(np.float64), -1.0, 1.0),
        chance=tuple(chance),
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


@dataclass(frozen=True)
class WordPicture:
    """Colours begin at what random pairs score: what is paler says nothing."""

    found: Similarities

    @property
    def title(self) -> str:
        word = self.found.words[0]
        return f"{word.text} ({word.language}): {short('; '.join(self.found.glosses), 90)}"

    @property
    def notes(self) -> list[str]:
        found = self.found
        said = [f"Cosine under {found.encoder}. {_random(found.chance)}"]
        said += memorised_note(found.encoder, found.memorised)
        if not all(word.covered for word in found.words):
            said.append("* Not in the encoder's vocabulary: guessed from its spelling.")
        if found.left_out:
            said.append(f"Translations left out: {found.left_out:,}.")
        if found.pending:
            said.append(f"Translations without a vector until the next build: {found.pending:,}.")
        return said

    @cached_property
    def _grid(self) -> Grid:
        found = self.found
        labels = tuple(
            f"{word.text}{'' if word.covered else '*'} {word.language}" for word in found.words
        )
        sizes = [len(list(some)) for _, some in groupby(found.words, lambda word: word.language)]
        breaks = tuple(np.cumsum(sizes)[:-1].tolist())
        floor = min([*(one.mean for one in found.chance), 0.99])
        said = [Said(word.text, word.language) for word in found.words]
        numbers = [[f"{value:.2f}" for value in row] for row in found.cosine.tolist()]
        return Grid(
            rows=labels,
            columns=labels,
            values=found.cosine,
            cells=tuple(tuple((number,) for number in row) for row in numbers),
            floor=floor if found.chance else 0.0,
            ceiling=1.0,
            scale="cosine, from random pairs up" if found.chance else "cosine",
            marked=np.zeros(found.cosine.shape, dtype=np.bool_),
            hover=tuple(
                tuple(
                    f"{one} ~ {two}\ncosine {cosine:.4f}"
                    for two, cosine in zip(labels, row, strict=True)
                )
                for one, row in zip(labels, found.cosine.tolist(), strict=True)
            ),
            table=Table(["", *said], [[one, *row] for one, row in zip(said, numbers, strict=True)]),
            row_breaks=breaks,
            column_breaks=breaks,
            square=True,
        )

    def words(self) -> Iterable[str]:
        return (*self._grid.rows, self._grid.scale)

    def body(self, ruler: Ruler, width: float) -> Body:
        layout = grid.fitted(self._grid, ruler, width)
        if layout is None:
            raise grid.too_narrow(width, "show fewer translations with -k")
        return grid.body(self._grid, layout)

    def interactive(self) -> Interactive:
        return grid.interactive(self._grid)


def _random(chance: Sequence[Chance]) -> str:
    """What a cosine has to be compared with."""
    if not chance:
        return "There are no random pairs of the same part of speech to compare it with."
    if len(chance) <= _BASELINES:
        each = ", ".join(f"{one.source}–{one.target} {one.mean:.2f}" for one in chance)
        return f"Random pairs score {each} on average."
    means = [one.mean for one in chance]
    return f"Random pairs score {min(means):.2f} to {max(means):.2f} on average."
