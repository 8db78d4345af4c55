"""Distillation into a static embedding, in the manner of Reimers & Gurevych 2020: whatever the
language, a word's vector is what the teacher gives its English meaning."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from indexer.encoders.embedded.build.teacher import (
    Matrix,
    Teacher,
    concept_targets,
    principal_axes,
    unit,
)
from indexer.encoders.embedded.build.vocabulary import (
    CONTINUES,
    UNKNOWN,
    Vocabulary,
    pieces_tokenizer,
    with_words,
)
from indexer.encoders.embedded.encoder import RECORD
from lexicon.entries import ConceptEntry, digest
from lexicon.normalize import MAX_TEXT, search_key

# In a phrase, a word known whole says more than a stem, and a stem more than a piece.
WORD_WEIGHT = 3.0
STEM_WEIGHT = 2.0


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the artefact besides lexicon and teacher."""

    dim: int = 128
    english_words: int = 9_000
    pieces: int = 1_500
    ridge: float = 0.1
    separation: float = 0.5
    seed: int = 20_260


@dataclass(frozen=True)
class Student:
    """``rows`` (distinct, dim); ``mapping`` and ``weights`` have one value per token id."""

    vocabulary: Vocabulary
    rows: Matrix
    mapping: NDArray[np.int32]
    weights: NDArray[np.float32]


def separated(targets: Matrix, share: float, seed: int) -> Matrix:
    """``targets`` (n, dim) with a direction of its own added to every concept, of length ``share``.

    A teacher puts *huge* next to *big*; a form whose vector is the mean of several senses would
    then lie nearer to its neighbours' concepts than to its own. The own direction is seeded noise,
    the same for a concept whatever its word, so it never brings two concepts together.
    """
    noise = unit(np.random.default_rng(seed).standard_normal(targets.shape))
    return unit(targets + share * noise)


FormKey = tuple[str, str]
"""(language, search key)"""


def form_vectors(entries: Sequence[ConceptEntry], concepts: Matrix) -> dict[FormKey, Matrix]:
    """The vector of each form of each language: the normalised mean over its senses."""
    senses: dict[FormKey, dict[int, None]] = {}
    for place, entry in enumerate(entries):
        for language, lemmas in entry.forms.items():
            for lemma in lemmas:
                senses.setdefault((language, search_key(lemma)), {})[place] = None
    return {
        form: unit(concepts[list(places)].mean(axis=0, keepdims=True))[0]
        for form, places in senses.items()
    }


def plain_vectors(forms: Mapping[FormKey, Matrix]) -> tuple[dict[str, Matrix], set[str]]:
    """What a form means when no language is named, and the forms on which languages disagree."""
    gathered: dict[str, list[Matrix]] = {}
    for (_, key), vector in forms.items():
        gathered.setdefault(key, []).append(vector)
    plain = {}
    torn = set()
    for key, vectors in gathered.items():
        if all(np.allclose(vector, vectors[0], atol=1e-6) for vector in vectors):
            plain[key] = vectors[0]
        else:
            plain[key] = unit(np.mean(vectors, axis=0, keepdims=True))[0]
            torn.add(key)
    return plain, torn


def tagged_forms(
    forms: Mapping[FormKey, Matrix], extra: Sequence[str], torn: set[str]
) -> list[FormKey]:
    """Forms that need a token per language: those torn between languages, and every word of that
    language that begins with one (see ``vocabulary.with_words``)."""
    words: dict[str, set[str]] = {}
    for language, key in forms:
        words.setdefault(language, set()).add(key)
    words.setdefault("en", set()).update(extra)
    tagged = []
    for language, keys in sorted(words.items()):
        prefixes = keys & torn
        lengths = sorted({len(prefix) for prefix in prefixes})
        tagged += [
            (language, key)
            for key in sorted(keys)
            if any(key[:length] in prefixes for length in lengths)
        ]
    return tagged


def distil(entries: Sequence[ConceptEntry], teacher: Teacher, recipe: Recipe) -> Student:
    """Teach a student every form of ``entries`` and frequent English words.

    The same entries, teacher and recipe give the same student, byte for byte.
    """
    languages = sorted({language for entry in entries for language in entry.forms})
    raw_concepts = concept_targets(teacher, entries)
    known_english = {key for language, key in _keys(entries) if language == "en"}
    known = {key for _, key in _keys(entries)}
    frequent = teacher.frequent_words(recipe.english_words)
    extra = [word for word in frequent if word not in known_english]
    raw_extra = teacher.encode(extra) if extra else raw_concepts[:0]
    axes = principal_axes(np.concatenate([raw_concepts, raw_extra[:6_000]]), recipe.dim)
    concepts = separated(unit(raw_concepts @ axes), recipe.separation, recipe.seed)
    extra_rows = unit(raw_extra @ axes) if extra else concepts[:0]

    forms = form_vectors(entries, concepts)
    plain, torn = plain_vectors(forms)
    taught = dict(plain)
    english = dict(zip(extra, extra_rows, strict=True))
    for word, vector in english.items():
        if word in known:
            # A word of another language that English has too: each gets its own reading.
            torn.add(word)
            taught[word] = unit((plain[word] + vector)[None])[0]
        else:
            taught[word] = vector
    readings = {**{("en", word): vector for word, vector in english.items()}, **forms}
    tagged = tagged_forms(readings, extra, torn)

    base = pieces_tokenizer(plain, languages, recipe.pieces)
    piece_rows = _ridge(base, plain, recipe.ridge)
    vocabulary = with_words(base, taught, tagged, languages)
    return _assemble(vocabulary, base, piece_rows, plain, taught, readings, tagged)


def _keys(entries: Sequence[ConceptEntry]) -> list[FormKey]:
    return [
        (language, search_key(lemma))
        for entry in entries
        for language, lemmas in entry.forms.items()
        for lemma in lemmas
    ]


def _ridge(tokenizer: Tokenizer, taught: Mapping[str, Matrix], strength: float) -> Matrix:
    """Rows of the pieces by ridge regression: the mean of a word's pieces should be its vector."""
    words = sorted(taught)
    targets = np.stack([taught[word] for word in words]).astype(np.float64)
    mean = targets.mean(axis=0)
    size = tokenizer.get_vocab_size()
    gram = np.zeros((size, size))
    moment = np.zeros((size, targets.shape[1]))
    for encoding, target in zip(
        tokenizer.encode_batch_fast(words, add_special_tokens=False), targets, strict=True
    ):
        ids, counts = np.unique(encoding.ids, return_counts=True)
        share = counts / counts.sum()
        gram[np.ix_(ids, ids)] += np.outer(share, share)
        moment[ids] += np.outer(share, target - mean)
    gram[np.diag_indices(size)] += strength
    rows: Matrix = (np.linalg.solve(gram, moment) + mean).astype(np.float32)
    return rows


def _assemble(
    vocabulary: Vocabulary,
    base: Tokenizer,
    piece_rows: Matrix,
    plain: Mapping[str, Matrix],
    taught: Mapping[str, Matrix],
    readings: Mapping[FormKey, Matrix],
    tagged: Sequence[FormKey],
) -> Student:
    """One value per token id, rows shared wherever they are equal."""
    total = vocabulary.tokenizer.get_vocab_size()
    rows = _Rows(piece_rows.shape[1])
    mapping = np.zeros(total, dtype=np.int32)
    weights = np.zeros(total, dtype=np.float32)

    def give(token: int, vector: Matrix, weight: float) -> None:
        mapping[token] = rows.place(vector)
        weights[token] = weight

    pieces = vocabulary.tokenizer.get_vocab(with_added_tokens=False)
    for piece, old in sorted(base.get_vocab().items()):
        give(pieces[piece], piece_rows[old], 1.0)
    rules = base.normalizer
    by_stem: dict[str, list[Matrix]] = {}
    for word in sorted(plain):
        by_stem.setdefault(rules.normalize_str(word), []).append(plain[word])
    for word in sorted(set(taught) - set(plain)):
        # Frequent English words lend a stem only where the lexicon has none.
        by_stem.setdefault(rules.normalize_str(word), []).append(taught[word])
    for stem, vectors in by_stem.items():
        token = vocabulary.stems.get(stem)
        if token is not None and len(stem) > 2 and stem != UNKNOWN and CONTINUES not in stem:
            give(token, unit(np.mean(vectors, axis=0, keepdims=True))[0], STEM_WEIGHT)
    for word, vector in taught.items():
        give(vocabulary.words[word], vector, WORD_WEIGHT)
    for language, key in tagged:
        give(vocabulary.words[f"<{language}>{key}"], readings[language, key], WORD_WEIGHT)
    return Student(vocabulary, rows.matrix(), mapping, weights)


class _Rows:
    """Distinct rows in the order of their first use; row 0 is zero, for tokens without meaning."""

    def __init__(self, dim: int) -> None:
        zero = np.zeros(dim, dtype=np.float32)
        self._rows = [zero]
        self._places = {zero.tobytes(): 0}

    def place(self, vector: Matrix) -> int:
        # Equal up to float32 noise is equal: synonyms share a row. The values stay as they are,
        # because a form of two senses must lie exactly between them.
        key = np.round(vector, 6).astype(np.float32).tobytes()
        if key not in self._places:
            self._places[key] = len(self._rows)
            self._rows.append(vector)
        return self._places[key]

    def matrix(self) -> Matrix:
        return np.stack(self._rows)


def save(
    student: Student,
    entries: Sequence[ConceptEntry],
    recipe: Recipe,
    teacher: Mapping[str, str],
    folder: Path,
) -> None:
    """Write a sentence-transformers folder, and beside it the record of what it was made from."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(
        {
            "embeddings": student.rows,
            "mapping": student.mapping,
            "weights": student.weights,
        },
        folder / "model.safetensors",
    )
    # safetensors writes files that only their owner can read, which would break a shared install.
    (folder / "model.safetensors").chmod(0o644)
    student.vocabulary.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    modules = [
        ("", "sentence_transformers.models.StaticEmbedding"),
        ("1_Normalize", "sentence_transformers.models.Normalize"),
    ]
    _write_json(
        folder / "modules.json",
        [
            {"idx": place, "name": str(place), "path": path, "type": kind}
            for place, (path, kind) in enumerate(modules)
        ],
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "model_type": "SentenceTransformer",
            "prompts": {
                language: f"<{language}>" for language in sorted(student.vocabulary.markers)
            },
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    _write_json(
        folder / RECORD,
        {
            "lexicon_digest": digest(entries),
            "concepts": len(entries),
            "languages": sorted(student.vocabulary.markers),
            "dim": student.rows.shape[1],
            "max_length": MAX_TEXT,
            "first_whole_word": student.vocabulary.first_whole_word,
            "recipe": vars(recipe),
            "teacher": dict(teacher),
        },
    )


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
