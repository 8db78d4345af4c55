"""The tokenizer and the rows of its tokens, over a lexicon that can be counted by hand."""

import numpy as np
import pytest

from lexicon.entries import checked
from nli.embedded.build.base import Base, Rows
from nli.embedded.build.normalising import FRENCH
from nli.embedded.build.vocabulary import SILENT, SPECIAL, RowTable, Vocabulary, build, reading
from tests.nli.embedded.small import LEXICON, NAMES, WIDTH, ZIPF


def tokens(vocabulary: Vocabulary, text: str) -> list[str]:
    return vocabulary.tokenizer.encode(text, add_special_tokens=False).tokens


def rows(vocabulary: Vocabulary, text: str) -> list[int]:
    return list(vocabulary.read(text))


def own(base: Base, piece: str) -> Rows:
    found: Rows = base.rows[base.pieces[piece]]
    return found


def test_a_word_of_one_meaning_shares_the_row_of_its_translation(vocabulary: Vocabulary) -> None:
    for word in ("maison", "मकान", "ಮನೆ"):
        assert rows(vocabulary, word) == rows(vocabulary, "house")


def test_a_word_of_two_meanings_is_their_weighted_mean(vocabulary: Vocabulary, base: Base) -> None:
    (row,) = rows(vocabulary, "eau")
    water, rain = own(base, "water"), own(base, "rain")
    mean = 0.8 * water + 0.2 * rain
    length = 0.8 * np.linalg.norm(water) + 0.2 * np.linalg.norm(rain)
    # Half of the way back to the length of its parts.
    expected = mean * (1 + length / np.linalg.norm(mean)) / 2
    np.testing.assert_allclose(vocabulary.rows[row], expected, rtol=1e-5)


def test_equal_words_share_a_row(vocabulary: Vocabulary, base: Base) -> None:
    assert len(vocabulary.rows) < len(vocabulary.row)
    assert vocabulary.rows.shape[1] == WIDTH
    table = RowTable(base, [*SPECIAL, "water", "rain"])
    meaning = (("water", 0.5), ("rain", 0.5))
    assert table.of(meaning) == table.of(meaning) == 7
    assert table.of((("water", 1.0),)) == 5


def test_english_pieces_keep_their_order_and_other_letters_go(
    vocabulary: Vocabulary, base: Base
) -> None:
    ids = vocabulary.tokenizer.get_vocab()
    assert [ids[token] for token in SPECIAL] == [0, 1, 2, 3, 4]
    assert "é" in base.pieces
    assert "é" not in ids
    assert tokens(vocabulary, "The rivers") == ["the", "river", "##s"]
    assert rows(vocabulary, "the river") == [ids["the"], ids["river"]]
    np.testing.assert_array_equal(vocabulary.rows[ids["river"]], own(base, "river"))


def test_what_english_and_french_share_is_told_by_the_text(vocabulary: Vocabulary) -> None:
    assert tokens(vocabulary, "du pain") == ["du", f"{FRENCH}pain"]
    assert rows(vocabulary, "du pain")[1:] == rows(vocabulary, "bread")
    assert tokens(vocabulary, "the pain") == ["the", "pain"]
    assert rows(vocabulary, "the pain")[1:] == rows(vocabulary, "pain") != rows(vocabulary, "bread")
    # The same word with the same meaning needs no mark.
    assert tokens(vocabulary, "une orange") == ["une", "orange"]


def test_what_only_looks_english_is_french_in_any_text(vocabulary: Vocabulary) -> None:
    assert tokens(vocabulary, "the la") == ["the", "la"]
    assert rows(vocabulary, "la") == rows(vocabulary, "the")


def test_a_shared_word_may_say_nothing_in_french(vocabulary: Vocabulary) -> None:
    assert tokens(vocabulary, "il y est") == ["il", f"{FRENCH}y", "est"]
    assert rows(vocabulary, "il y est") == rows(vocabulary, "he is")
    assert len(rows(vocabulary, "is y")) == 2


def test_grammar_that_english_lacks_says_nothing(vocabulary: Vocabulary) -> None:
    assert rows(vocabulary, "il ne mange pas") == rows(vocabulary, "he eat not")
    assert rows(vocabulary, "ने") == []


@pytest.mark.parametrize(
    ("word", "parts", "meaning"),
    [
        ("मकानों", ["मकान", "##ों"], "house"),
        ("ಮನೆಯಲ್ಲಿ", ["ಮನೆ", "##ಯಲ್ಲಿ"], "house in"),
        ("ಕುಡಿಯುವುದಿಲ್ಲ", ["ಕುಡಿ", "##ಯುವುದಿಲ್ಲ"], "drink not"),
        ("ವಾಸಿಸುತ್ತಾನೆ", ["ವಾಸಿಸು", "##ತ್ತಾನೆ"], "live"),
        ("ವಾಸಿಸುತ್ತಿದ್ದಾರೆ", ["ವಾಸಿಸು", "##ತ್ತಿದ್ದಾರೆ"], "live are"),
        ("ವಾಸಿಸಲಿಲ್ಲ", ["ವಾಸಿಸ", "##ಲಿಲ್ಲ"], "live not"),
    ],
)
def test_endings_are_continuations_with_a_meaning(
    vocabulary: Vocabulary, word: str, parts: list[str], meaning: str
) -> None:
    assert tokens(vocabulary, word) == parts
    assert rows(vocabulary, word) == rows(vocabulary, meaning)


def test_inflected_french_words_are_whole(vocabulary: Vocabulary) -> None:
    assert tokens(vocabulary, "maisons mangeaient rouges") == ["maisons", "mangeaient", "rouges"]
    assert rows(vocabulary, "mangeaient") == rows(vocabulary, "eat")


def test_a_gloss_of_two_words_is_their_mean(vocabulary: Vocabulary, base: Base) -> None:
    (row,) = rows(vocabulary, "aura")
    mean = (own(base, "will") + own(base, "have")) / 2
    cosine = vocabulary.rows[row] @ mean
    cosine /= np.linalg.norm(vocabulary.rows[row]) * np.linalg.norm(mean)
    assert cosine == pytest.approx(1, abs=1e-5)


def test_an_unknown_word_is_a_rare_name_and_the_same_each_time(vocabulary: Vocabulary) -> None:
    names = set(vocabulary.names)
    assert {rows(vocabulary, name)[0] for name in NAMES} <= names
    for word in ("ಝಝಝ", "ढोलक"):
        ids = vocabulary.tokenizer.encode(word, add_special_tokens=False).ids
        assert not vocabulary.known[ids[0]]
        (row,) = rows(vocabulary, word)
        assert row in names
        assert rows(vocabulary, word) == [row]
    assert vocabulary.unknown_row("xyzzy") in names
    assert vocabulary.unknown_row("xyzzy") == vocabulary.unknown_row("xyzzyx")


def test_the_beginning_of_a_known_word_does_not_hide_its_stem(vocabulary: Vocabulary) -> None:
    ids = vocabulary.tokenizer.get_vocab()
    assert "संत" in ids
    assert not vocabulary.known[ids["संत"]]
    # मकान is a word, and मका only how it begins.
    assert "मका" in ids
    assert not any(token.startswith("मकान") and token != "मकान" for token in ids)


def test_pieces_within_words_are_not_known(vocabulary: Vocabulary) -> None:
    ids = vocabulary.tokenizer.get_vocab()
    known = {
        token: bool(vocabulary.known[ids[token]]) for token in ("river", "##s", "[UNK]", "eau")
    }
    assert known == {"river": True, "##s": False, "[UNK]": False, "eau": True}


def test_a_pair_is_read_as_a_pair(vocabulary: Vocabulary) -> None:
    encoding = vocabulary.tokenizer.encode("water", "gold")
    assert encoding.tokens == ["[CLS]", "water", "[SEP]", "gold", "[SEP]"]
    assert encoding.type_ids == [0, 0, 0, 1, 1]


def test_the_same_lexicon_gives_the_same_bytes(vocabulary: Vocabulary, base: Base) -> None:
    again = build(base, list(LEXICON), dict(ZIPF))
    assert again.tokenizer.to_str() == vocabulary.tokenizer.to_str()
    np.testing.assert_array_equal(again.rows, vocabulary.rows)
    np.testing.assert_array_equal(again.row, vocabulary.row)
    assert (again.row == SILENT).any()


def test_content_words_mean_what_the_lexicon_says_and_a_little_of_what_the_tables_say() -> None:
    more = [
        checked("wood.noun.1", "noun", "x", "x", {"en": "wood", "fr": "bois"}),
        checked("east.noun.1", "noun", "x", "x", {"en": "east", "fr": "est"}),
    ]
    found = reading("fr", more, {})
    assert found.words["bois"] == (("wood", 0.7), ("drink", 0.3))
    assert found.words["est"] == (("is", 1.0),)
    assert {word: held.meaning for word, held in found.lexicon.items()} == {
        "bois": found.words["bois"],
        "est": found.words["est"],
    }
