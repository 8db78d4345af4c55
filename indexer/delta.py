"""Words that have come and gone since a generation was built: encoded once, searched at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from indexer.building.record import record_encoder
from indexer.encoders.protocol import Encoder
from indexer.generations import texts
from indexer.generations.arrays import HalfVectors
from indexer.generations.manifest import Watermark
from indexer.indices.live import Changes
from indexer.indices.stored import StoredIndex
from lexicon import changes as store_changes
from lexicon.changes import Mark, StoredVector
from lexicon.errors import IndexDamaged
from lexicon.store import Sessions, writing

SHARE = 0.05
"""Changed rows, of all, from which a generation is worth building again."""

FEW = 1_000
"""New words that are taken in however small the generation is, and the most that are encoded
while somebody waits for an answer."""


@dataclass(frozen=True)
class _Arrived:
    """New lexemes by form, in the order in which they came."""

    forms: dict[str, list[int]]
    left_out: int


def changes(
    sessions: Sessions,
    encoder: Encoder,
    base: StoredIndex,
    encode: bool = True,
    keep: bool = False,
) -> Changes:
    """What differs between a generation and the store.

    New words that have no vector yet are encoded, up to :data:`FEW`, unless ``encode`` is false;
    ``keep`` stores those vectors. Raises :class:`IndexDamaged` for a generation of another store.
    """
    built = base.manifest.watermark
    language = base.language
    with sessions() as session:
        mark = store_changes.mark(session)
        require_same_store(session, base, mark)
        departed = store_changes.departures(session, language, built.departed)
        most = max(int(SHARE * base.rows), FEW)
        came = store_changes.arrivals(session, language, built.lexeme, most)
        more = 0
        if len(came) == most:
            more = store_changes.count_arrivals(session, language, built.lexeme) - most
        arrived = _Arrived({}, more)
        for lexeme, lemma in came:
            arrived.forms.setdefault(lemma, []).append(lexeme)
        lemmas = list(arrived.forms)
        digests = texts.digests(lemmas)
        there = texts.places(base.words.texts, digests)
        new = [place for place, row in enumerate(there.tolist()) if row < 0]
        written = [texts.written(digests[place]) for place in new]
        identity = encoder.spec.identity
        held = store_changes.word_vectors(session, identity, language, written) if new else {}
    made = {}
    if encode:
        unknown = [place for place, one in zip(new, written, strict=True) if one not in held][:FEW]
        made = _encoded(encoder, language, [lemmas[place] for place in unknown])
        if keep and made:
            with writing(sessions) as session:
                # Unknown where a process was killed between publishing and telling SQL.
                record_encoder(session, encoder)
                store_changes.keep_word_vectors(session, identity, language, made.values())
    held |= made
    taken = [
        (tuple(arrived.forms[lemmas[place]]), held[one])
        for place, one in zip(new, written, strict=True)
        if one in held
    ]
    aliases = {
        lexeme: row
        for lemma, row in zip(lemmas, there.tolist(), strict=True)
        if row >= 0
        for lexeme in arrived.forms[lemma]
    }
    gone, renamed = _rows_that_lost(base, departed, aliases)
    return Changes(
        watermark=Watermark(**vars(mark)),
        gone=gone,
        renamed=renamed,
        aliases=aliases,
        departed=np.array(departed, dtype=np.int64),
        forms=[forms for forms, _ in taken],
        half=_rows([one for _, one in taken], base.manifest.dim),
        covered=np.array([one.covered for _, one in taken], dtype=np.bool_),
        pending=len(new) - len(taken) + arrived.left_out,
    )


def require_same_store(session: Session, base: StoredIndex, mark: Mark) -> None:
    """Raise :class:`IndexDamaged` for a generation of another store, or of a state of this one
    that is no more: an earlier one was restored."""
    built = base.manifest.watermark
    if built.store != mark.store:
        raise IndexDamaged(base.generation, "its words are those of another store")
    # The highest id has a word, unless that word departed.
    unknown = built.lexeme > mark.lexeme and not store_changes.was_given(session, built.lexeme)
    if unknown or built.departed > mark.departed:
        raise IndexDamaged(base.generation, "its words are those of a later state of the store")


def _encoded(encoder: Encoder, language: str, lemmas: Sequence[str]) -> dict[str, StoredVector]:
    if not lemmas:
        return {}
    found = encoder.encode(lemmas, language)
    rows = found.vectors.astype("<f2")
    digests = [texts.written(one) for one in texts.digests(lemmas)]
    return {
        digest: StoredVector(digest, covered, row.tobytes())
        for digest, covered, row in zip(digests, found.covered.tolist(), rows, strict=True)
    }


def _rows(vectors: Sequence[StoredVector], dim: int) -> HalfVectors:
    packed = b"".join(one.vector for one in vectors)
    return np.frombuffer(packed, dtype="<f2").reshape(len(vectors), dim)


def _rows_that_lost(
    base: StoredIndex, departed: Sequence[int], aliases: dict[int, int]
) -> tuple[NDArray[np.int64], dict[int, int]]:
    """Rows all of whose lexemes have left, and rows that go on under another of theirs."""
    rows = base.rows_of(np.array(departed, dtype=np.int64))
    left = set(departed)
    came: dict[int, list[int]] = {}
    for lexeme, row in aliases.items():
        came.setdefault(row, []).append(lexeme)
    gone, renamed = [], {}
    words = base.words
    for row in np.unique(rows[rows >= 0]).tolist():
        own = words.lexemes[words.starts[row] : words.starts[row + 1]].tolist()
        alive = [lexeme for lexeme in own if lexeme not in left] + came.get(row, [])
        if not alive:
            gone.append(row)
        elif alive[0] != own[0]:
            renamed[row] = alive[0]
    return np.array(gone, dtype=np.int64), renamed
