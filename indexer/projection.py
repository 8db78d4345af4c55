"""Maps of words: the vectors of several languages brought to two dimensions, worked out once."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from indexer.indices.live import LiveIndex
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.browse import concept_entries
from lexicon.disk import whole_file
from lexicon.entries import ConceptEntry
from lexicon.errors import ExtraMissing, InvalidInput, StoreUnavailable

Method = Literal["tsne", "pca"]
METHODS: tuple[Method, ...] = ("tsne", "pca")

SEED = 20_260
PERPLEXITY = 20.0
VERSION = 1
"""Part of every stored projection's key: raise it when the same words come to lie elsewhere."""

FOLDER = "projections"
"""In the home folder, with a folder for each encoder identity."""

_EARLY, _LATE, _EVERY = 250, 500, 50
"""Rounds of t-SNE, and how often it tells of them."""

LEAST = 5
"""Fewer words than this are no map."""

Points = NDArray[np.float32]
Advance = Callable[[int, int], None]
"""Told (rounds done, rounds in all)."""


@dataclass(frozen=True)
class Selection:
    """Which words: those of at most ``concepts`` concepts, seeded, in ``languages`` (all written
    ones if none are named) and of one semantic ``field``, if it is named."""

    languages: tuple[str, ...] = ()
    field: str | None = None
    concepts: int | None = None


_EVERYTHING = Selection()


@dataclass(frozen=True)
class Placed:
    """A word of the map: its first lexeme, and the glosses of its concepts that are there."""

    lexeme_id: int
    form: str
    language: str
    glosses: tuple[str, ...]


@dataclass(frozen=True)
class Projection:
    """``points`` (words, 2) float32 and ``words`` in the same order; ``lines`` (m, 2) are places
    of words that translate each other, the first-listed of their concepts in both languages.

    ``explained``: share of the variance along each axis, for PCA. ``pending`` words have no vector
    yet and are not here.
    """

    points: Points
    words: tuple[Placed, ...]
    lines: NDArray[np.int64]
    concepts: int
    encoder: str
    memorised: bool
    selection: Selection
    method: Method
    explained: tuple[float, float] | None = None
    pending: int = 0


def project(
    service: LexiconService,
    encoder_name: str | None = None,
    selection: Selection = _EVERYTHING,
    method: str = "tsne",
    seed: int = SEED,
    advance: Advance = lambda _done, _total: None,
) -> Projection:
    """A map of words under an encoder: t-SNE (van der Maaten & Hinton 2008; openTSNE's, started
    from principal components) or the first two principal components.

    The same words, generations, method and seed give the same points; they are stored in the home
    folder and read from there. Raises :class:`InvalidInput` for too few words, and
    :class:`ExtraMissing` for t-SNE without openTSNE.
    """
    chosen = _known_method(method)
    if selection.concepts is not None and selection.concepts < 1:
        raise InvalidInput(f"{selection.concepts} concepts are no map; give at least 1")
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        for code in selection.languages:
            queries.require_language(session, code)
        codes = list(dict.fromkeys(selection.languages)) or queries.written_languages(session)
        entries = _entries(session, selection, codes, seed)
        lexemes = {
            code: {form.lemma: form.lexeme_ids[0] for form in queries.forms(session, code)}
            for code in codes
        }
    indices = {code: service.index(encoder, code) for code in codes}
    words, lines, pending = _placed(entries, lexemes, indices)
    if len(words) < LEAST:
        raise InvalidInput(
            f"{len(words)} words are too few for a map; choose more languages or concepts, or "
            "another field"
        )
    name = _digest({"codes": codes, "field": selection.field, "concepts": selection.concepts,
                    "method": chosen, "seed": seed})  # fmt: skip
    ids = [word.lexeme_id for word in words]
    versions = [indices[code].version for code in codes]
    state = _digest({"version": VERSION, "generations": versions, "words": ids})
    folder = service.settings.home / FOLDER / encoder.spec.identity
    path = folder / f"{name}-{state}.points"
    made = _read(path, len(words))
    if made is None:
        made = _points(_vectors(indices, words), chosen, seed, advance)
        _write(path, made, name)
    return Projection(
        made.points,
        words,
        lines,
        len(entries),
        encoder.spec.name,
        encoder.spec.evaluation == "memorised",
        selection,
        chosen,
        made.explained,
        pending,
    )


def _known_method(method: str) -> Method:
    for known in METHODS:
        if method == known:
            return known
    raise InvalidInput(f"unknown method {method!r}; known: {', '.join(METHODS)}")


# Which words


def _entries(
    session: Session, selection: Selection, codes: Sequence[str], seed: int
) -> list[ConceptEntry]:
    """The concepts that are chosen, by field and key."""
    found = list(concept_entries(session, field=selection.field, languages=codes))
    if not found and selection.field is not None:
        known = {entry.field for entry in concept_entries(session, languages=codes)}
        near = get_close_matches(selection.field, sorted(known), n=3)
        remedy = f"did you mean {', '.join(near)}?" if near else "see: lexicon words export"
        raise InvalidInput(
            f"no concept of the field {selection.field!r} has a word in {', '.join(codes)}; "
            f"{remedy}"
        )
    if selection.concepts is None or selection.concepts >= len(found):
        return found
    random = np.random.default_rng(seed)
    kept = np.sort(random.choice(len(found), selection.concepts, replace=False))
    return [found[place] for place in kept.tolist()]


def _placed(
    entries: Sequence[ConceptEntry],
    lexemes: Mapping[str, Mapping[str, int]],
    indices: Mapping[str, LiveIndex],
) -> tuple[tuple[Placed, ...], NDArray[np.int64], int]:
    """The words by language and first mention, the lines between them, and how many are left
    out for want of a vector."""
    words: list[Placed] = []
    place: dict[tuple[str, str], int] = {}
    pending = 0
    for code, index in indices.items():
        glosses: dict[str, list[str]] = {}
        for entry in entries:
            for form in entry.forms.get(code, ()):
                glosses.setdefault(form, []).append(entry.gloss)
        known = [form for form in glosses if form in lexemes[code]]
        ids = np.array([lexemes[code][form] for form in known], dtype=np.int64)
        held = (index.rows_of(ids) >= 0).tolist()
        for form, lexeme, there in zip(known, ids.tolist(), held, strict=True):
            if there:
                place[code, form] = len(words)
                words.append(Placed(lexeme, form, code, tuple(dict.fromkeys(glosses[form]))))
        pending += len(glosses) - sum(held)
    lines = {
        (place[one], place[two])
        for entry in entries
        for one, two in combinations(
            [(code, entry.forms[code][0]) for code in indices if code in entry.forms], 2
        )
        if one in place and two in place
    }
    return tuple(words), np.array(sorted(lines), dtype=np.int64).reshape(-1, 2), pending


def _vectors(indices: Mapping[str, LiveIndex], words: Sequence[Placed]) -> Vectors:
    parts = [
        index.vectors(
            np.array([word.lexeme_id for word in words if word.language == code], dtype=np.int64)
        )
        for code, index in indices.items()
    ]
    return np.concatenate(parts)


# Where they lie


@dataclass(frozen=True)
class _Made:
    points: Points
    explained: tuple[float, float] | None


def _points(vectors: Vectors, method: Method, seed: int, advance: Advance) -> _Made:
    if method == "pca":
        points, explained = principal_components(vectors)
        return _Made(points, explained)
    return _Made(tsne(vectors, seed, advance), None)


def principal_components(vectors: Vectors) -> tuple[Points, tuple[float, float]]:
    """(n, 2) along the two directions of most variance, and the share of it that each explains.

    >>> rows = np.array([[2, 0, 0], [-2, 0, 0], [0, 1, 0], [0, -1, 0]], dtype=np.float32)
    >>> points, explained = principal_components(rows)
    >>> points.tolist(), explained
    ([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]], (0.8, 0.2))
    """
    wide = vectors.astype(np.float64)
    wide -= wide.mean(axis=0)
    spread, directions = np.linalg.eigh(wide.T @ wide)
    chosen = directions[:, [-1, -2]]
    # A direction and its opposite are the same; the largest part decides which is taken.
    largest = chosen[np.abs(chosen).argmax(axis=0), [0, 1]]
    points = (wide @ (chosen * np.where(largest < 0, -1.0, 1.0))).astype(np.float32)
    total = float(spread.sum()) or 1.0
    first, second = (spread[[-1, -2]] / total).tolist()
    return points, (first, second)


def tsne(vectors: Vectors, seed: int, advance: Advance) -> Points:
    """(n, 2) by t-SNE. Of unit rows, Euclidean distance orders as cosine does."""
    try:
        from openTSNE import TSNE  # type: ignore[import-untyped]
    except ImportError:
        raise ExtraMissing("t-SNE", "plots") from None
    done = 0

    def step(_round: int, _error: float, _points: object) -> None:
        nonlocal done
        done += _EVERY
        advance(done, _EARLY + _LATE)

    embedding = TSNE(
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        # Faster, small groups fly off and leave an empty page between them (Belkina et al. 2019).
        learning_rate=max(50.0, len(vectors) / 48),
        early_exaggeration_iter=_EARLY,
        n_iter=_LATE,
        initialization="pca",
        metric="euclidean",
        # Exact neighbours and one thread: two runs give the same digits.
        neighbors="exact",
        n_jobs=1,
        random_state=seed,
        callbacks=step,
        callbacks_every_iters=_EVERY,
    ).fit(vectors)
    return np.ascontiguousarray(embedding, dtype=np.float32)


# Where they are kept


def _digest(facts: Mapping[str, object]) -> str:
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _read(path: Path, rows: int) -> _Made | None:
    """What is stored, None where it is not or not whole."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest.decode("ascii", "replace") != sha256(content).hexdigest():
        return None
    with np.load(BytesIO(content), allow_pickle=False) as held:
        points, explained = held["points"], held["explained"].tolist()
    assert points.shape == (rows, 2), "the words are part of the name"
    return _Made(points, (explained[0], explained[1]) if explained else None)


def _write(path: Path, made: _Made, name: str) -> None:
    """Store points in place of those of an earlier generation."""
    stream = BytesIO()
    np.savez(stream, points=made.points, explained=np.array(made.explained or ()))
    content = stream.getvalue()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(sha256(content).hexdigest().encode() + b"\n" + content)
        for other in path.parent.glob(f"{name}-*.points"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"the folder {path.parent} cannot be written ({error.strerror or error}); "
            "make room there, or set LEXICON_HOME to a folder that can"
        ) from error
