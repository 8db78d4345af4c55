"""Maps of words: the vectors of several languages brought to two dimensions, worked out once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
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

from indexer.encoders.protocol import EncoderSpec
from indexer.indices.live import LiveIndex
from indexer.plane import Advance, Points, principal_components, tsne
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.changes import edition
from lexicon.chosen_concepts import ChosenConcept, chosen_concepts, concept_ids
from lexicon.disk import whole_file
from lexicon.errors import InvalidInput, StoreUnavailable
from lexicon.semantic_fields import semantic_fields

Method = Literal["tsne", "pca"]
METHODS: tuple[Method, ...] = ("tsne", "pca")

SEED = 20_260
VERSION = 1
"""Part of every stored projection's key: raise it when the same words come to lie elsewhere."""

FOLDER = "projections"
"""In the home folder, with a folder for each encoder identity."""

KEPT = 300
"""Stored maps of an encoder; beyond them the oldest go. They can be worked out again."""

LEAST = 5
"""Fewer words than this are no map."""


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


@dataclass(frozen=True)
class Chosen:
    """Words whose places may be stored already; as in :class:`Projection`. Two of the same ``path``
    lie in the same places."""

    words: tuple[Placed, ...]
    lines: NDArray[np.int64]
    concepts: int
    pending: int
    encoder: EncoderSpec
    selection: Selection
    method: Method
    seed: int
    indices: Mapping[str, LiveIndex]
    path: Path

    def stored(self) -> Projection | None:
        """The map, if it has been worked out."""
        made = _read(self.path, len(self.words))
        return None if made is None else self._with(made)

    def work_out(self, advance: Advance = lambda _done, _total: None) -> Projection:
        """The map, which is stored then."""
        made = _points(_vectors(self.indices, self.words), self.method, self.seed, advance)
        _write(self.path, made)
        return self._with(made)

    def _with(self, made: "_Made") -> Projection:
        return Projection(
            made.points,
            self.words,
            self.lines,
            self.concepts,
            self.encoder.name,
            self.encoder.evaluation == "memorised",
            self.selection,
            self.method,
            made.explained,
            self.pending,
        )


def version(service: LexiconService, encoder_name: str | None, selection: Selection) -> str:
    """While this stays, :func:`project` gives the same; much quicker to tell."""
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        now, codes = edition(session), _codes(session, selection)
    versions = [service.index(encoder, code).version for code in codes]
    return _digest({"edition": now, "generations": versions})


def choose(
    service: LexiconService,
    encoder_name: str | None = None,
    selection: Selection = _EVERYTHING,
    method: str = "tsne",
    seed: int = SEED,
    most: int | None = None,
) -> Chosen:
    """The words of a map. Raises :class:`InvalidInput` for too few, and for more than ``most``."""
    chosen = _known_method(method)
    if selection.concepts is not None and selection.concepts < 1:
        raise InvalidInput(f"{selection.concepts} concepts are no map; give at least 1")
    encoder = service.encoder(encoder_name)
    with service.sessions() as session:
        codes = _codes(session, selection)
        concepts, drawn = _concepts(session, selection, codes, seed, most)
        ids = [lexeme for one in concepts for some in one.words.values() for _, lexeme in some]
        forms = queries.forms_of_lexemes(session, list(dict.fromkeys(ids)))
    first = {lexeme: form.lexeme_ids[0] for lexeme, form in forms.items()}
    indices = {code: service.index(encoder, code) for code in codes}
    words, lines, pending = _placed(concepts, first, indices)
    if len(words) < LEAST:
        raise InvalidInput(
            f"{len(words)} words are too few for a map; choose more languages or concepts, or "
            "another field"
        )
    if most is not None and len(words) > most:
        raise _too_many(len(words), "words", most)
    name = _digest({"codes": codes, "field": selection.field, "concepts": drawn,
                    "method": chosen, "seed": seed})  # fmt: skip
    lexemes = [word.lexeme_id for word in words]
    versions = [indices[code].version for code in codes]
    state = _digest({"version": VERSION, "generations": versions, "words": lexemes})
    folder = service.settings.home / FOLDER / encoder.spec.identity
    return Chosen(
        words,
        lines,
        len(concepts),
        pending,
        encoder.spec,
        selection,
        chosen,
        seed,
        indices,
        folder / f"{name}-{state}.points",
    )


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
    chosen = choose(service, encoder_name, selection, method, seed)
    return chosen.stored() or chosen.work_out(advance)


def _known_method(method: str) -> Method:
    for known in METHODS:
        if method == known:
            return known
    raise InvalidInput(f"unknown method {method!r}; known: {', '.join(METHODS)}")


# Which words


def _codes(session: Session, selection: Selection) -> list[str]:
    """The languages of a selection, which all exist."""
    for code in selection.languages:
        queries.require_language(session, code)
    return list(dict.fromkeys(selection.languages)) or queries.written_languages(session)


def _concepts(
    session: Session, selection: Selection, codes: Sequence[str], seed: int, most: int | None
) -> tuple[list[ChosenConcept], int | None]:
    """The concepts that are chosen, by field and key, and how many were drawn of more."""
    found = concept_ids(session, selection.field, codes)
    if not found and selection.field is not None:
        known = {one.field for one in semantic_fields(session)} - {selection.field}
        near = get_close_matches(selection.field, sorted(known), n=3)
        remedy = f"did you mean {', '.join(near)}?" if near else "see: lexicon words export"
        raise InvalidInput(
            f"no concept of the field {selection.field!r} has a word in {', '.join(codes)}; "
            f"{remedy}"
        )
    drawn = selection.concepts
    if drawn is not None and drawn >= len(found):
        drawn = None
    if most is not None and (drawn or len(found)) > most:
        raise _too_many(drawn or len(found), "concepts", most)
    if drawn is not None:
        random = np.random.default_rng(seed)
        kept = np.sort(random.choice(len(found), drawn, replace=False))
        found = [found[place] for place in kept.tolist()]
    return chosen_concepts(session, found, codes), drawn


def _too_many(number: int, what: str, most: int) -> InvalidInput:
    return InvalidInput(
        f"a map of {number:,} {what} would have more than {most:,} words; choose a field, fewer "
        "languages or fewer concepts"
    )


def _placed(
    concepts: Sequence[ChosenConcept],
    first: Mapping[int, int],
    indices: Mapping[str, LiveIndex],
) -> tuple[tuple[Placed, ...], NDArray[np.int64], int]:
    """The words by language and first mention, the lines between them, and how many are left
    out for want of a vector; ``first`` is that of each lexeme's form."""
    words: list[Placed] = []
    place: dict[tuple[str, str], int] = {}
    pending = 0
    for code, index in indices.items():
        glosses: dict[str, list[str]] = {}
        lexemes: dict[str, int] = {}
        for concept in concepts:
            for form, lexeme in concept.words.get(code, ()):
                glosses.setdefault(form, []).append(concept.gloss)
                if lexeme in first:
                    lexemes[form] = first[lexeme]
        ids = np.array(list(lexemes.values()), dtype=np.int64)
        held = (index.rows_of(ids) >= 0).tolist()
        for (form, lexeme), there in zip(lexemes.items(), held, strict=True):
            if there:
                place[code, form] = len(words)
                words.append(Placed(lexeme, form, code, tuple(dict.fromkeys(glosses[form]))))
        pending += len(glosses) - sum(held)
    lines = {
        (place[one], place[two])
        for concept in concepts
        for one, two in combinations(
            [(code, concept.words[code][0][0]) for code in indices if code in concept.words], 2
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


def _write(path: Path, made: _Made) -> None:
    """Store points in place of those of an earlier generation."""
    stream = BytesIO()
    np.savez(stream, points=made.points, explained=np.array(made.explained or ()))
    content = stream.getvalue()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(sha256(content).hexdigest().encode() + b"\n" + content)
        name, _, _ = path.name.partition("-")
        others = set(path.parent.glob("*.points")) - {path}
        earlier = {other for other in others if other.name.startswith(f"{name}-")}
        for other in (*earlier, *_by_age(others - earlier)[KEPT - 1 :]):
            other.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"the folder {path.parent} cannot be written ({error.strerror or error}); "
            "make room there, or set LEXICON_HOME to a folder that can"
        ) from error


def _by_age(paths: Iterable[Path]) -> list[Path]:
    """Files, the newest first."""
    ages = {}
    for path in paths:
        # Whoever else stores a map may have removed it.
        with suppress(FileNotFoundError):
            ages[path] = path.stat().st_mtime_ns
    return sorted(ages, key=lambda path: ages[path], reverse=True)
