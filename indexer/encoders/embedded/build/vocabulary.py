"""The tokenizer of the embedded encoder: known words whole, everything else in pieces."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, trainers
from tokenizers.normalizers import Normalizer

from indexer.encoders.embedded.build.romanise import normaliser

UNKNOWN = "[UNK]"
CONTINUES = "##"
SHORTEST_STEM = 3


@dataclass(frozen=True)
class Vocabulary:
    """``pieces``: number of WordPiece ids, which come first; ``stems``: romanised word to id;
    ``words``: added whole word, or language-tagged word, to id; ``markers``: language to id."""

    tokenizer: Tokenizer
    pieces: int
    stems: dict[str, int]
    words: dict[str, int]
    markers: dict[str, int]
    first_whole_word: int


def pieces_tokenizer(words: Iterable[str], languages: list[str], size: int) -> Tokenizer:
    """WordPiece over romanised text, every letter in the vocabulary."""
    rules = normaliser(languages)
    tokenizer = _word_piece(None, rules)
    known = sorted(words)
    letters = sorted(set(ascii_uppercase).union(*map(rules.normalize_str, known)) - {" "})
    # Ids decide between pieces that are equally frequent, and the trainer numbers letters in the
    # order of a hash table; letters that are there from the start keep their number.
    given = [UNKNOWN, *letters, *(CONTINUES + letter for letter in letters)]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=given, show_progress=False)
    tokenizer.train_from_iterator(known, trainer)
    found = sorted(set(tokenizer.get_vocab()) - {UNKNOWN})
    return _word_piece({piece: place for place, piece in enumerate([UNKNOWN, *found])}, rules)


def _word_piece(vocabulary: dict[str, int] | None, rules: Normalizer) -> Tokenizer:
    tokenizer = Tokenizer(
        models.WordPiece(vocab=vocabulary or {}, unk_token=UNKNOWN, max_input_chars_per_word=100)
    )
    tokenizer.normalizer = rules
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def with_words(
    base: Tokenizer, plain: Iterable[str], tagged: Iterable[tuple[str, str]], languages: list[str]
) -> Vocabulary:
    """``base`` plus stems and whole words: ``plain`` in any language, ``tagged`` in one.

    A marker such as ``<fr>`` in front of a text picks French readings. Whole words match the
    longest token only, so every plain word that begins with a tagged one is tagged as well:
    otherwise ``<fr>or`` would hide the *orange* in ``<fr>orange``.
    """
    words = sorted(plain)
    pieces = base.get_vocab()
    rules = normaliser(languages)
    stems = {stem for word in words if " " not in (stem := rules.normalize_str(word))}
    stems = {stem for stem in stems if len(stem) >= SHORTEST_STEM and stem not in pieces}
    vocabulary = {**pieces, **{stem: len(pieces) + n for n, stem in enumerate(sorted(stems))}}
    tokenizer = _word_piece(vocabulary, rules)
    first = len(vocabulary)
    markers = [f"<{language}>" for language in sorted(languages)]
    tokenizer.add_tokens([AddedToken(marker, normalized=False) for marker in markers])
    spelt = [*words, *sorted(f"<{language}>{word}" for language, word in set(tagged))]
    tokenizer.add_tokens([AddedToken(word, single_word=True, normalized=False) for word in spelt])
    ids = tokenizer.get_vocab()
    return Vocabulary(
        tokenizer=tokenizer,
        pieces=first,
        stems={stem: vocabulary[stem] for stem in vocabulary if not stem.startswith(CONTINUES)},
        words={word: ids[word] for word in spelt},
        markers={language: ids[f"<{language}>"] for language in languages},
        first_whole_word=first + len(markers),
    )
