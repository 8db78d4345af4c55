"""The tokenizer of the embedded classifier, and the row that every one of its tokens has.

One WordPiece over four languages: the base's English pieces, whole words of the others, endings
as continuations, and for words that nobody knows their first letters, so that the same unknown
word is at least the same token twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

from lexicon.entries import ConceptEntry
from nli.embedded.build import glosses, meanings
from nli.embedded.build.base import Base, Rows
from nli.embedded.build.meanings import Meaning, Word, weighted
from nli.embedded.build.morphology import DERIVED
from nli.embedded.build.normalising import FRENCH, FRENCH_CUES, normaliser, spelling
from nli.embedded.build.order import ARTICLES, GRAMMAR

CONTINUES = "##"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SAME = 0.6
"""Cosine from which a French word and an English one of the same letters mean the same."""

OF_THE_LEXICON = 0.7
"""Of a word that both the tables and the lexicon have, the lexicon's share, unless it is a word of
grammar: *bois* is wood more often than it is drinking, and *est* hardly ever the east."""

LETTERS = tuple(range(0x0900, 0x0964)) + tuple(range(0x0C80, 0x0CE6))
BEGINNINGS = (2, 3, 4)
"""Code points of an unknown word that tell it from others."""

KANNADA_U = "\u0cc1"
"""The vowel that most Kannada verbs end in, and most of their endings begin with."""

LONGEST_WORD = 60
SILENT = -1
"""In place of a row: the token says nothing and is left out."""


@dataclass(frozen=True)
class Vocabulary:
    """``rows`` (distinct, width); ``row`` and ``known`` have one value per token id; ``words`` is
    the row of each (language, spelling); ``function_words`` are the English words that the
    glosses of a language consist of; ``names`` are rows of rare English words."""

    tokenizer: Tokenizer
    rows: Rows
    row: NDArray[np.int32]
    known: NDArray[np.bool_]
    words: dict[tuple[str, str], int]
    lexicon: dict[str, dict[str, Word]]
    function_words: dict[str, frozenset[str]]
    names: tuple[int, ...]

    def read(self, text: str) -> tuple[int, ...]:
        """Row numbers of a text, without those of tokens that say nothing."""
        found = self.row[self.tokenizer.encode(text, add_special_tokens=False).ids]
        return tuple(int(row) for row in found if row != SILENT)

    def special(self, token: str) -> int:
        return int(self.row[self.tokenizer.token_to_id(token)])

    def unknown_row(self, word: str) -> int:
        """The row that stands for an unknown word: always the same, of no meaning."""
        return _pick(self.names, word[: BEGINNINGS[-1]])


class RowTable:
    """Rows that are equal are kept once."""

    def __init__(self, base: Base, kept: Sequence[str]) -> None:
        self._base = base
        self._rows = [base.rows[base.pieces[piece]] for piece in kept]
        self._piece = {piece: place for place, piece in enumerate(kept)}
        self._made: dict[Meaning, int] = {}

    def phrase(self, phrase: str) -> Rows:
        """The mean row of the pieces of an English phrase."""
        ids = self._base.tokenizer.encode(phrase, add_special_tokens=False).ids
        mean: Rows = self._base.rows[ids].mean(axis=0)
        return mean

    def of(self, meaning: Meaning) -> int:
        if len(meaning) == 1 and meaning[0][0] in self._piece:
            return self._piece[meaning[0][0]]
        if meaning not in self._made:
            self._made[meaning] = len(self._rows)
            self._rows.append(self.mean(meaning))
        return self._made[meaning]

    def mean(self, meaning: Meaning) -> Rows:
        """The weighted mean, brought half of the way back to the length its parts have: the mean
        of rows that point apart is short, and the base has no short rows."""
        parts = np.stack([self.phrase(phrase) for phrase, _ in meaning])
        shares = np.array([share for _, share in meaning], dtype=np.float32)[:, None]
        mean = (parts * shares).sum(axis=0)
        length = float((np.linalg.norm(parts, axis=1) * shares[:, 0]).sum())
        found: Rows = mean * (0.5 + 0.5 * length / float(np.linalg.norm(mean)))
        return found.astype(np.float32)

    def stacked(self) -> Rows:
        found: Rows = np.stack(self._rows).astype(np.float32)
        return found


def english_pieces(base: Base) -> list[str]:
    """The base's pieces that English needs, special ones first, in the base's order."""
    order = sorted(base.pieces, key=lambda piece: base.pieces[piece])
    plain = [
        piece
        for piece in order
        if not piece.startswith("[") or len(piece) == 1
        if piece.isascii() or not piece.removeprefix(CONTINUES)[0].isalnum()
    ]
    return [*SPECIAL, *plain]


@dataclass(frozen=True)
class Reading:
    """Tokens of one language beside English: ``words`` and ``endings`` by what they mean (None
    says nothing)."""

    words: dict[str, Meaning | None]
    endings: dict[str, Meaning | None]
    lexicon: dict[str, Word]
    function_words: frozenset[str]


def reading(
    language: str, entries: Sequence[ConceptEntry], zipf: Mapping[tuple[str, str], float]
) -> Reading:
    """Function words by their glosses, the lexicon's words by their translations, then the forms
    and stems that derive from them, as far as nothing else is spelt so."""
    spelt = spelling().normalize_str
    table = glosses.read(language, spelt)
    lexicon = meanings.words(entries, language, zipf, spelt)
    found: dict[str, Meaning | None] = {word: _gloss(gloss) for word, gloss in table.words.items()}
    for word, held in lexicon.items():
        found[word] = _both(found[word], held.meaning) if word in found else held.meaning
    # Of several words with one form the shortest is the likeliest, then the first by alphabet.
    for word in sorted(lexicon, key=lambda word: (len(word), word)):
        for pos in sorted(lexicon[word].pos):
            for form in DERIVED[language](word, pos):
                found.setdefault(form, lexicon[word].meaning)
    endings = {ending: _gloss(gloss) for ending, gloss in table.suffixes.items()}
    for ending, gloss in list(endings.items()):
        # The longest known word comes first: ಮಾಡುತ್ತಾನೆ is cut after ಮಾಡು, not after its stem.
        if rest := ending.removeprefix(KANNADA_U):
            endings.setdefault(rest, gloss)
    used = {part for gloss in table.words.values() for part in gloss.split()}
    meant = {word: Word(found[word] or (), held.pos) for word, held in lexicon.items()}
    return Reading(found, endings, meant, frozenset(used))


def _gloss(gloss: str) -> Meaning | None:
    """Each word of a gloss weighs the same.

    >>> _gloss("will have"), _gloss("")
    ((('will', 0.5), ('have', 0.5)), None)
    """
    parts = gloss.split()
    return tuple((part, 1 / len(parts)) for part in parts) or None


def _both(gloss: Meaning | None, meaning: Meaning) -> Meaning | None:
    """What the tables say of a word, and the lexicon.

    >>> _both((("drink", 1.0),), (("wood", 1.0),)), _both((("is", 1.0),), (("east", 1.0),))
    ((('wood', 0.7), ('drink', 0.3)), (('is', 1.0),))
    """
    if gloss is None or any(word in GRAMMAR | ARTICLES | {"no"} for word, _ in gloss):
        return gloss
    shares = {word: (1 - OF_THE_LEXICON) * share for word, share in gloss}
    for phrase, share in meaning:
        shares[phrase] = shares.get(phrase, 0.0) + OF_THE_LEXICON * share
    return weighted(shares)


def build(
    base: Base, entries: Sequence[ConceptEntry], zipf: Mapping[tuple[str, str], float]
) -> Vocabulary:
    """The same base, lexicon and frequencies give the same vocabulary."""
    kept = english_pieces(base)
    table = RowTable(base, kept)
    readings = {code: reading(code, entries, zipf) for code in glosses.LANGUAGES}
    vocabulary = {piece: place for place, piece in enumerate(kept)}
    rows = list(range(len(kept)))
    known = [not piece.startswith((CONTINUES, "[UNK]")) for piece in kept]
    words: dict[tuple[str, str], int] = {}
    shared = []

    def add(token: str, row: int, is_known: bool) -> None:
        if token in vocabulary:
            rows[vocabulary[token]] = row
        else:
            vocabulary[token] = len(rows)
            rows.append(row)
            known.append(is_known)

    for language, mine in readings.items():
        for word, meaning in mine.words.items():
            row = SILENT if meaning is None else table.of(meaning)
            words[language, word] = row
            if word not in vocabulary or word in FRENCH_CUES:
                add(word, row, True)
            elif language == "fr" and not _same(table, word, meaning):
                shared.append(word)
                add(FRENCH + word, row, True)
            else:
                words[language, word] = rows[vocabulary[word]]
        for ending, meaning in mine.endings.items():
            add(CONTINUES + ending, SILENT if meaning is None else table.of(meaning), True)
    names = _names(kept)
    for beginning in _beginnings(readings.values(), vocabulary):
        add(beginning, _pick(names, beginning), False)
    for letter in map(chr, LETTERS):
        if letter not in vocabulary:
            add(letter, _pick(names, letter), False)
        if CONTINUES + letter not in vocabulary:
            add(CONTINUES + letter, SILENT, False)
    return Vocabulary(
        tokenizer=_tokenizer(vocabulary, shared),
        rows=table.stacked(),
        row=np.array(rows, dtype=np.int32),
        known=np.array(known, dtype=np.bool_),
        words=words,
        lexicon={code: mine.lexicon for code, mine in readings.items()},
        function_words={code: mine.function_words for code, mine in readings.items()},
        names=names,
    )


def _same(table: RowTable, word: str, meaning: Meaning | None) -> bool:
    if meaning is None:
        return False
    one, two = table.mean(meaning), table.phrase(word)
    return float(one @ two / (np.linalg.norm(one) * np.linalg.norm(two))) >= SAME


def _names(pieces: Sequence[str]) -> tuple[int, ...]:
    """Rows of rare English words, most of them names: what an unknown word is a token of."""
    plain = [place for place, piece in enumerate(pieces) if piece.isalpha() and piece.isascii()]
    return tuple(place for place in plain[len(plain) // 2 :] if 5 <= len(pieces[place]) <= 8)


def _pick(names: Sequence[int], text: str) -> int:
    return names[int(sha256(text.encode()).hexdigest()[:8], 16) % len(names)]


def _beginnings(readings: Iterable[Reading], known: Mapping[str, int]) -> list[str]:
    """First letters of the lexicon's words, where no known word begins so already: a known word
    with an ending must not be taken for the beginning of an unknown one."""
    found = set()
    for mine in readings:
        for word in mine.lexicon:
            if word[0] < "\u0900":
                continue
            for length in BEGINNINGS:
                begins = word[:length]
                shorter = (begins[:size] for size in range(3, length))
                if length < len(word) and not any(stem in known for stem in shorter):
                    found.add(begins)
    return sorted(begins for begins in found if begins not in known)


def _tokenizer(vocabulary: dict[str, int], shared: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(
        models.WordPiece(vocab=vocabulary, unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD)
    )
    tokenizer.normalizer = normaliser(shared)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in SPECIAL])
    return tokenizer
