"""The vectors of one language's words: taken from earlier builds where they are, else encoded."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from indexer.building.shards import Shards
from indexer.building.underlying import underlying
from indexer.encoders.protocol import Encoder
from indexer.generations import texts
from indexer.generations.arrays import VECTORS, HalfVectors, Words
from indexer.generations.folder import Generations, writing_to
from indexer.generations.records import Staged
from indexer.indices.stored import StoredIndex
from lexicon import changes
from lexicon.queries import Form
from lexicon.store import Sessions

ENCODE_BATCH = 2_048

Advance = Callable[[str, int, int], None]
"""Told (language, forms done, forms in all) as a build goes on."""


@dataclass(frozen=True)
class Plan:
    """The store's words of one language, the kind of index that is ``asked`` for, and the
    generation that may have vectors for them; ``anew`` encodes all of them again."""

    language: str
    forms: list[Form]
    digest: str
    asked: str
    before: StoredIndex | None
    anew: bool


@dataclass(frozen=True)
class Encoded:
    """One language on its way to a generation: ``reused`` vectors were there before, and those
    with the digests ``drawn`` were kept in SQL until now."""

    plan: Plan
    staged: Staged
    words: Words
    vectors: HalfVectors
    reused: int
    drawn: list[str]


def encode(
    sessions: Sessions,
    generations: Generations,
    encoder: Encoder,
    plan: Plan,
    advance: Advance,
    shards: Shards,
) -> Encoded:
    """Write the words and vectors of ``plan`` to a staged generation.

    A vector is known by its text, whichever row and lexeme it was; it is copied bit by bit.
    """
    lemmas = [form.lemma for form in plan.forms]
    digests = texts.digests(lemmas)
    covered = np.empty(len(lemmas), dtype=np.bool_)
    staged = generations.stage(encoder.spec.identity, plan.language)
    shape = (len(lemmas), encoder.spec.dim)
    with writing_to(staged.folder):
        vectors = _empty(staged, shape)
        rows, drawn = _known(sessions, encoder, plan, digests, vectors, covered)
        missing = np.flatnonzero(~rows)
        under = underlying(generations, encoder, plan.language) if len(missing) else None
        for start in range(0, len(missing), ENCODE_BATCH):
            some = missing[start : start + ENCODE_BATCH]
            new = [lemmas[row] for row in some]
            made = (
                shards.encode(encoder, new, plan.language)
                if under is None
                else under.encode(shards, new, digests[some])
            )
            vectors[some] = made.vectors.astype(np.float16)
            covered[some] = made.covered
            advance(plan.language, len(lemmas) - len(missing) + start + len(some), len(lemmas))
        if isinstance(vectors, np.memmap):
            vectors.flush()
        else:
            np.save(staged.folder / VECTORS, vectors)
        words = Words.of([form.lexeme_ids for form in plan.forms], digests, covered)
        words.write(staged.folder)
    return Encoded(plan, staged, words, vectors, len(lemmas) - len(missing), drawn)


def _empty(staged: Staged, shape: tuple[int, int]) -> HalfVectors:
    """Room for the vectors, on disk: a million of them take more memory than there may be."""
    if 0 in shape:
        return np.empty(shape, dtype=np.float16)
    made: HalfVectors = np.lib.format.open_memmap(
        staged.folder / VECTORS, mode="w+", dtype=np.float16, shape=shape
    )
    return made


def _known(
    sessions: Sessions,
    encoder: Encoder,
    plan: Plan,
    digests: texts.Digests,
    vectors: HalfVectors,
    covered: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> "tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], list[str]]":
    """Fill in what earlier builds and searches have encoded; which rows those are, and the digests
    of those that came out of SQL."""
    found = np.zeros(len(digests), dtype=np.bool_)
    with sessions() as session:
        held = changes.word_vectors(session, encoder.spec.identity, plan.language)
    if plan.anew:
        return found, list(held)
    if plan.before is not None:
        there = texts.places(plan.before.words.texts, digests)
        rows = np.flatnonzero(there >= 0)
        vectors[rows] = plan.before.half[there[rows]]
        covered[rows] = plan.before.covered[there[rows]]
        found[rows] = True
    if held:
        for row in np.flatnonzero(~found).tolist():
            one = held.get(texts.written(digests[row]))
            if one is not None:
                vectors[row] = np.frombuffer(one.vector, dtype="<f2")
                covered[row] = one.covered
                found[row] = True
    return found, list(held)
