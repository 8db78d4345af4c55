"""What the encoder does with words it was not taught, measured on a student that never saw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from indexer.alignment.bitext import Bitext, Expressions, bitext
from indexer.alignment.groups import connected_groups as joined
from indexer.alignment.metrics import Retrieval, retrieval
from indexer.encoders.embedded.build.distil import Recipe, distil, save
from indexer.encoders.embedded.build.teacher import Teacher
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.vectors import Vectors
from lexicon.entries import ConceptEntry
from lexicon.normalize import search_key

NAMES = "propn"


@dataclass(frozen=True)
class Figures:
    """Retrieval by directed pair: of the lexicon's own words, of held-out everyday words and of
    held-out names, against every form of the lexicon; and of English synonyms that were held out
    while their concept was not."""

    known: dict[tuple[str, str], Retrieval]
    everyday: dict[tuple[str, str], Retrieval]
    names: dict[tuple[str, str], Retrieval]
    synonyms: dict[tuple[str, str], Retrieval]
    held_out_concepts: int


def connected_groups(entries: Sequence[ConceptEntry]) -> list[list[int]]:
    """Places of the entries, grouped so that no form stands in two groups.

    >>> forms = [{"en": ("bank",)}, {"en": ("bank", "shore")}, {"en": ("tree",)}]
    >>> connected_groups([ConceptEntry(str(n), "noun", "f", "g", f) for n, f in enumerate(forms)])
    [[0, 1], [2]]
    """
    places, forms = [], []
    numbers: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(entries):
        for language, lemmas in entry.forms.items():
            for lemma in lemmas:
                places.append(place)
                forms.append(numbers.setdefault((language, search_key(lemma)), len(numbers)))
    groups: dict[int, dict[int, None]] = {}
    connected = joined(np.array(places, dtype=np.int64), np.array(forms, dtype=np.int64))
    for place, group in zip(places, connected.tolist(), strict=True):
        groups.setdefault(group, {})[place] = None
    return [list(group) for group in groups.values()]


def held_out(entries: Sequence[ConceptEntry], share: float, seed: int) -> set[int]:
    """Places of about ``share`` of the entries, whole connected groups at a time.

    A group larger than the share could never be left out fairly, so it always stays in.
    """
    groups = connected_groups(entries)
    wanted = share * len(entries)
    chosen: set[int] = set()
    for place in np.random.default_rng(seed).permutation(len(groups)):
        group = groups[place]
        if len(chosen) + len(group) <= wanted:
            chosen.update(group)
    return chosen


@dataclass(frozen=True)
class Words:
    """The forms of one language, encoded, and the concepts they express."""

    vectors: Vectors
    expressions: Expressions


def encoded(entries: Sequence[ConceptEntry], encoder: EmbeddedEncoder, language: str) -> Words:
    """The distinct forms of a language in their first order, with the concepts (places of
    ``entries``) that each expresses."""
    forms: dict[str, int] = {}
    rows, concepts, parts = [], [], []
    for place, entry in enumerate(entries):
        for lemma in entry.forms.get(language, ()):
            rows.append(forms.setdefault(lemma, len(forms)))
            concepts.append(place)
            parts.append(entry.pos)
    return Words(
        encoder.encode(list(forms), language).vectors,
        Expressions(np.array(rows), np.array(concepts), np.array(parts)),
    )


def _taught(
    entries: Sequence[ConceptEntry], teacher: Teacher, recipe: Recipe, folder: Path
) -> EmbeddedEncoder:
    save(distil(entries, teacher, recipe), entries, recipe, {}, folder)
    return EmbeddedEncoder(folder)


def _retrievals(
    entries: Sequence[ConceptEntry], encoder: EmbeddedEncoder, kept: Sequence[set[int]]
) -> list[dict[tuple[str, str], Retrieval]]:
    """For each set of concepts, retrieval of their words among all words, by directed pair."""
    languages = sorted({language for entry in entries for language in entry.forms})
    sides = {code: encoded(entries, encoder, code) for code in languages}
    found: list[dict[tuple[str, str], Retrieval]] = [{} for _ in kept]
    for source, target in permutations(languages, 2):
        pairs = bitext(sides[source].expressions, sides[target].expressions)
        for place, concepts in enumerate(kept):
            chosen = np.isin(pairs.concept, sorted(concepts))
            limited = Bitext(pairs.concept[chosen], pairs.source[chosen], pairs.target[chosen])
            found[place][source, target] = retrieval(
                sides[source].vectors, sides[target].vectors, limited
            )
    return found


def evaluate(
    entries: Sequence[ConceptEntry], teacher: Teacher, recipe: Recipe, share: float = 0.2
) -> Figures:
    """Teach three students (of everything, without held-out concepts, without held-out English
    synonyms) and see how their words find each other."""
    left_out = held_out(entries, share, recipe.seed)
    names = {place for place in left_out if entries[place].pos == NAMES}
    with TemporaryDirectory() as folder:
        known = _retrievals(
            entries,
            _taught(entries, teacher, recipe, Path(folder) / "known"),
            [set(range(len(entries)))],
        )[0]
        kept = [entry for place, entry in enumerate(entries) if place not in left_out]
        student = _taught(kept, teacher, recipe, Path(folder) / "held-out")
        everyday, proper = _retrievals(entries, student, [left_out - names, names])
        synonyms = _synonyms(entries, teacher, recipe, share, Path(folder) / "synonyms")
    return Figures(known, everyday, proper, synonyms, len(left_out))


def _synonyms(
    entries: Sequence[ConceptEntry], teacher: Teacher, recipe: Recipe, share: float, folder: Path
) -> dict[tuple[str, str], Retrieval]:
    """English forms that stand in one concept, not first, left out of the lexicon."""
    uses: dict[str, int] = {}
    for entry in entries:
        for lemma in entry.forms.get("en", ()):
            uses[search_key(lemma)] = uses.get(search_key(lemma), 0) + 1
    random = np.random.default_rng(recipe.seed)
    hidden = {
        place: entry.forms["en"][1:]
        for place, entry in enumerate(entries)
        if all(uses[search_key(lemma)] == 1 for lemma in entry.forms["en"][1:])
        and len(entry.forms["en"]) > 1
        and random.random() < share
    }

    def with_english(place: int, lemmas: tuple[str, ...]) -> ConceptEntry:
        entry = entries[place]
        forms = {**entry.forms, "en": lemmas}
        return ConceptEntry(entry.key, entry.pos, entry.field, entry.gloss, forms)

    everywhere = range(len(entries))
    taught = [
        with_english(p, entries[p].forms["en"][:1]) if p in hidden else entries[p]
        for p in everywhere
    ]
    asked = [with_english(p, hidden[p]) if p in hidden else entries[p] for p in everywhere]
    found = _retrievals(asked, _taught(taught, teacher, recipe, folder), [set(hidden)])[0]
    return {pair: figures for pair, figures in found.items() if pair[0] == "en"}
