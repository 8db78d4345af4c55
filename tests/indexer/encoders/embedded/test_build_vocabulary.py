"""The tokenizer: whole words first, then pieces; ids in a fixed order."""

from string import ascii_uppercase

from indexer.encoders.embedded.build.vocabulary import (
    UNKNOWN,
    Vocabulary,
    pieces_tokenizer,
    with_words,
)
from lexicon.normalize import search_key
from tests.indexer.encoders.mini import MINI

LANGUAGES = ["en", "fr"]
WORDS = ["or", "orange", "gold", "ice cream", "ನೀರು"]


def made() -> Vocabulary:
    base = pieces_tokenizer(WORDS, LANGUAGES, 60)
    return with_words(base, WORDS, [("fr", "or"), ("fr", "orange"), ("en", "or")], LANGUAGES)


def tokens(vocabulary: Vocabulary, text: str) -> list[str]:
    encoded: list[str] = vocabulary.tokenizer.encode(text, add_special_tokens=False).tokens
    return encoded


def test_every_letter_is_a_piece() -> None:
    vocabulary = pieces_tokenizer(WORDS, LANGUAGES, 60).get_vocab()
    letters = set(ascii_uppercase)
    assert letters | {f"##{letter}" for letter in letters} | {UNKNOWN} <= set(vocabulary)
    assert vocabulary[UNKNOWN] == 0
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))


def test_ids_do_not_depend_on_the_run_or_the_order_of_words() -> None:
    # Many pairs of letters are equally frequent here; a trainer that breaks such ties by the
    # order of a hash table gives another vocabulary every few runs.
    words = {search_key(form) for entry in MINI for cell in entry.forms.values() for form in cell}
    found = {pieces_tokenizer(words, LANGUAGES, 80).to_str() for _ in range(30)}
    found.add(pieces_tokenizer(sorted(words, reverse=True), LANGUAGES, 80).to_str())
    assert len(found) == 1


def test_pieces_come_first_then_markers_then_whole_words() -> None:
    vocabulary = made()
    assert set(vocabulary.markers) == set(LANGUAGES)
    markers = sorted(vocabulary.markers.values())
    assert markers == [vocabulary.pieces, vocabulary.pieces + 1]
    assert vocabulary.first_whole_word == markers[-1] + 1
    assert min(vocabulary.words.values()) == vocabulary.first_whole_word
    assert vocabulary.stems["GOLD"] < vocabulary.pieces
    total = vocabulary.tokenizer.get_vocab_size()
    assert sorted(vocabulary.words.values()) == list(range(vocabulary.first_whole_word, total))


def test_a_known_word_is_one_token() -> None:
    vocabulary = made()
    assert tokens(vocabulary, "gold") == ["gold"]
    assert tokens(vocabulary, "ice cream") == ["ice cream"]
    assert tokens(vocabulary, "ನೀರು") == ["ನೀರು"]
    assert tokens(vocabulary, "gold orange") == ["gold", "orange"]


def test_a_marker_picks_the_tagged_word() -> None:
    vocabulary = made()
    assert tokens(vocabulary, "<fr>or") == ["<fr>or"]
    assert tokens(vocabulary, "<en>or") == ["<en>or"]
    assert tokens(vocabulary, "<fr>orange") == ["<fr>orange"]
    assert tokens(vocabulary, "<fr>gold") == ["<fr>", "gold"]
    assert tokens(vocabulary, "<fr>or gold") == ["<fr>or", "gold"]


def test_part_of_a_word_is_no_known_word() -> None:
    vocabulary = made()
    whole = set(vocabulary.words)
    for text in ("golden", "marigold", "ನೀರುಗಳು", "oranges"):
        assert not set(tokens(vocabulary, text)) & whole


def test_an_inflected_form_keeps_its_stem() -> None:
    vocabulary = made()
    assert tokens(vocabulary, "golden")[0] == "GOLD"
    assert tokens(vocabulary, "Oranges")[0] == "ORANGE"


def test_words_without_languages_and_tags_are_words_all_the_same() -> None:
    base = pieces_tokenizer([], [], 60)
    vocabulary = with_words(base, ["water"], [], [])
    assert vocabulary.markers == {}
    assert tokens(vocabulary, "water") == ["water"]
    assert vocabulary.first_whole_word == vocabulary.pieces
