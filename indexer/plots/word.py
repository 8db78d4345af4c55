"""A word and its known translations: the cosine of each with each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from indexer.alignment.similarities import Chance, Similarities
from indexer.plots import grid
from indexer.plots.canvas import Body, Ruler, short
from indexer.plots.grid import Grid
from indexer.plots.page import Interactive, Said, Table
from indexer.plots.runs import memorised_note

_BASELINES = 6
"""Pairs of languages whose random cosines are told one by one: those of four languages."""


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
