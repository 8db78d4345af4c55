"""The vectors of a post-processed encoder, made of those that its base has in its own index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.building.shards import Shards
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import Encoded, Encoder
from indexer.generations import texts
from indexer.generations.folder import Generations
from indexer.generations.texts import Digests
from indexer.indices.stored import StoredIndex
from lexicon.errors import IdentityMismatch, IndexDamaged, IndexMissing


@dataclass(frozen=True)
class Underlying:
    """The base of an encoder and its index of a language, if there is one."""

    encoder: PostProcessed
    language: str
    index: StoredIndex | None

    def encode(self, shards: Shards, words: Sequence[str], digests: Digests) -> Encoded:
        """What the encoder gives for ``words``; what the index does not have, its base encodes."""
        rows = np.full(len(words), -1, dtype=np.int64)
        if self.index is not None:
            rows = texts.places(self.index.words.texts, digests)
        shape = len(words), self.encoder.spec.dim
        found = Encoded(
            np.empty(shape, dtype=np.float32),
            np.empty(len(words), dtype=np.bool_),
            np.zeros(len(words), dtype=np.bool_),
        )
        there = rows >= 0
        if self.index is not None and there.any():
            found.vectors[there] = self.index.unit(rows[there])
            found.covered[there] = self.index.covered[rows[there]]
        if not there.all():
            left = np.flatnonzero(~there)
            new = [words[place] for place in left.tolist()]
            made = shards.encode(self.encoder.base, new, self.language)
            found.vectors[left] = made.vectors
            found.covered[left] = made.covered
            found.truncated[left] = made.truncated
        return self.encoder.mapped(found, self.language)


def underlying(generations: Generations, encoder: Encoder, language: str) -> Underlying | None:
    """What an encoder's vectors of a language are made of; None for one that stands by itself."""
    if not isinstance(encoder, PostProcessed):
        return None
    try:
        index = generations.load(encoder.base.spec, language)
        if not index.verified:
            generations.verify(index.manifest)
    except (IndexMissing, IndexDamaged, IdentityMismatch):
        return Underlying(encoder, language, None)
    return Underlying(encoder, language, index)
