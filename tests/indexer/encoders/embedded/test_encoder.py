"""The embedded encoder's runtime: the library's own numbers, coverage, and damage."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.encoders.embedded.encoder import FOLDER, RECORD, EmbeddedEncoder, StaticModel
from lexicon.entries import digest
from lexicon.errors import InvalidInput, LexiconError, ModelDamaged
from tests.indexer.encoders.mini import MINI

LANGUAGES = ("en", "fr", "hi", "kn")

TEXTS = (
    # Known words of four languages.
    *("water", "or", "orange", "eau", "पानी", "सोना", "ನೀರು", "ಕಂಪ್ಯೂಟರ್", "france", "ice cream"),
    # Inflected, misspelt and made up.
    *("waters", "oranges", "orangeraie", "pâtissier", "पानियों", "ನೀರಿನ", "xyzzy", "クジラ"),
    # Phrases, with known and unknown words, marks and digits.
    *("orange water", "or blanc", "bank of the river", "बड़ा बैंक", "ದೊಡ್ಡ ಬ್ಯಾಂಕ್", "ನೀರು water"),
    *("water, eau; 24", "l'eau", "aujourd'hui", "क्\u200dष", "a"),
)


def cosine(encoder: EmbeddedEncoder, one: tuple[str, str | None], two: tuple[str, str]) -> float:
    left, right = (encoder.encode([text], language).vectors[0] for text, language in (one, two))
    return float(left @ right)


def is_covered(encoder: EmbeddedEncoder, text: str, language: str | None = None) -> bool:
    return bool(encoder.encode([text], language).covered[0])


@pytest.fixture(scope="module", params=["mini", "shipped"])
def both(request: pytest.FixtureRequest, mini_folder: Path) -> tuple[EmbeddedEncoder, Any]:
    from sentence_transformers import SentenceTransformer

    folder = mini_folder if request.param == "mini" else FOLDER
    library = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return EmbeddedEncoder(folder), library


class TestTheLibrarysNumbers:
    @pytest.mark.parametrize("language", [None, *LANGUAGES])
    def test_vectors_equal_those_of_sentence_transformers(
        self, both: tuple[EmbeddedEncoder, Any], language: str | None
    ) -> None:
        encoder, library = both
        expected = library.encode(list(TEXTS), prompt_name=language, show_progress_bar=False)
        found = encoder.encode(TEXTS, language).vectors
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)

    def test_the_spec_says_what_the_library_says(self, both: tuple[EmbeddedEncoder, Any]) -> None:
        encoder, library = both
        assert encoder.spec.dim == library.get_embedding_dimension()
        markers = {code: f"<{code}>" for code in LANGUAGES}
        assert {code: library.prompts.get(code) for code in LANGUAGES} == markers


class TestMemory:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_form_of_the_lexicon_is_covered_in_its_language(
        self, mini: EmbeddedEncoder, language: str
    ) -> None:
        forms = [form for entry in MINI for form in entry.forms[language]]
        encoded = mini.encode(forms, language)
        assert encoded.covered.all()
        assert not encoded.truncated.any()
        assert encoded.vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-6)

    def test_a_language_picks_the_reading_of_a_shared_form(self, mini: EmbeddedEncoder) -> None:
        assert cosine(mini, ("or", "fr"), ("gold", "en")) == pytest.approx(1, abs=1e-3)
        assert cosine(mini, ("or", "en"), ("ou", "fr")) == pytest.approx(1, abs=1e-3)
        assert cosine(mini, ("or", "fr"), ("or", "en")) < 0.7

    def test_without_a_language_a_shared_form_lies_between_its_readings(
        self, mini: EmbeddedEncoder
    ) -> None:
        gold, conjunction = (cosine(mini, ("or", None), ("or", code)) for code in ("fr", "en"))
        assert gold == pytest.approx(conjunction, abs=1e-2)
        assert 0.5 < gold < 0.95

    def test_a_form_of_two_concepts_lies_between_them(self, mini: EmbeddedEncoder) -> None:
        gold, sleep = (cosine(mini, ("सोना", "hi"), (word, "fr")) for word in ("or", "dormir"))
        assert gold == pytest.approx(sleep, abs=1e-2)
        assert gold > 0.6

    @pytest.mark.parametrize("language", [None, "en", "fr"])
    def test_a_word_that_begins_with_a_shared_form_is_found(
        self, mini: EmbeddedEncoder, language: str | None
    ) -> None:
        assert is_covered(mini, "orange", language)
        assert cosine(mini, ("orange", language), ("संतरा", "hi")) == pytest.approx(1, abs=1e-3)

    def test_a_frequent_english_word_that_begins_with_a_shared_form_is_found(
        self, mini: EmbeddedEncoder
    ) -> None:
        assert is_covered(mini, "orchard", "en")
        assert is_covered(mini, "orchard")

    def test_a_frequent_english_word_and_a_french_one_have_their_own_readings(
        self, mini: EmbeddedEncoder
    ) -> None:
        assert cosine(mini, ("son", "fr"), ("sound", "en")) == pytest.approx(1, abs=1e-3)
        assert cosine(mini, ("son", "en"), ("sound", "en")) < 0.7
        assert is_covered(mini, "son", "en")

    @pytest.mark.parametrize("text", ["Orange", "ORANGE", " orange ", "o\u200drange"])
    def test_case_space_and_joiners_do_not_matter(self, mini: EmbeddedEncoder, text: str) -> None:
        np.testing.assert_array_equal(
            mini.encode([text], "fr").vectors, mini.encode(["orange"], "fr").vectors
        )
        assert is_covered(mini, text, "fr")

    def test_decomposed_text_is_composed_first(self, mini: EmbeddedEncoder) -> None:
        assert is_covered(mini, "cre\u0300me glace\u0301e", "fr")

    @pytest.mark.parametrize(
        ("text", "language"),
        [("orange", "en"), ("eau", "fr"), ("पानी", "hi"), ("ನೀರು", "kn"), ("ice cream", "en")],
    )
    def test_the_language_is_optional(
        self, mini: EmbeddedEncoder, text: str, language: str
    ) -> None:
        assert cosine(mini, (text, None), (text, language)) == pytest.approx(1, abs=1e-3)

    def test_a_language_that_the_model_was_not_taught_is_as_none(
        self, mini: EmbeddedEncoder
    ) -> None:
        plain, german = (mini.encode(["or", "water"], code) for code in (None, "de"))
        np.testing.assert_array_equal(plain.vectors, german.vectors)
        assert german.covered.all()


class TestGuessing:
    @pytest.mark.parametrize("language", [None, *LANGUAGES])
    @pytest.mark.parametrize(
        "text",
        ["oranges", "waterfall", "orangeraie", "eaux", "पानियों", "ನೀರಿನ", "xyzzy", "water!", "水"],
    )
    def test_an_inflected_or_unknown_word_is_not_covered(
        self, mini: EmbeddedEncoder, text: str, language: str | None
    ) -> None:
        assert not is_covered(mini, text, language)

    @pytest.mark.parametrize("language", [None, *LANGUAGES])
    def test_a_phrase_is_covered_when_every_word_is(
        self, mini: EmbeddedEncoder, language: str | None
    ) -> None:
        assert is_covered(mini, "water gold", language)
        assert is_covered(mini, "or water", language)
        assert is_covered(mini, "orange or", language)
        assert not is_covered(mini, "water golds", language)
        assert not is_covered(mini, "golds water", language)

    def test_a_phrase_is_the_mean_of_its_words(self, mini: EmbeddedEncoder) -> None:
        words = mini.encode(["water", "sound"], "en").vectors
        mean = words.sum(axis=0)
        phrase = mini.encode(["water sound"], "en").vectors[0]
        np.testing.assert_allclose(phrase, mean / np.linalg.norm(mean), atol=1e-3)

    def test_a_cognate_in_another_script_is_guessed_right(self, mini: EmbeddedEncoder) -> None:
        # Spelt as no lexicon form is, but romanised as one.
        assert not is_covered(mini, "कम्प्यूटर", "hi")
        others = ["water", "gold", "bank", "sound", "big", "sleep", "orange"]
        near = cosine(mini, ("computér", "fr"), ("computer", "en"))
        assert near > 0.9
        assert all(cosine(mini, ("computér", "fr"), (word, "en")) < near for word in others)

    def test_the_order_of_the_input_is_kept(self, mini: EmbeddedEncoder) -> None:
        together = mini.encode(["water", "xyzzy", "gold"], "en")
        assert together.covered.tolist() == [True, False, True]
        for place, text in enumerate(["water", "xyzzy", "gold"]):
            np.testing.assert_array_equal(
                together.vectors[place], mini.encode([text], "en").vectors[0]
            )


class TestBadInput:
    def test_no_texts_give_no_rows(self, mini: EmbeddedEncoder) -> None:
        encoded = mini.encode([], "en")
        assert encoded.vectors.shape == (0, 16)
        assert encoded.covered.shape == encoded.truncated.shape == (0,)

    @pytest.mark.parametrize("text", ["", " ", "\u200d"])
    def test_an_empty_text_is_refused(self, mini: EmbeddedEncoder, text: str) -> None:
        with pytest.raises(InvalidInput, match=r"^empty text "):
            mini.encode(["water", text])

    def test_a_text_of_ten_thousand_characters_is_refused(self, mini: EmbeddedEncoder) -> None:
        with pytest.raises(InvalidInput, match=r"^text of 10,000 characters"):
            mini.encode(["x" * 10_000])

    @pytest.mark.parametrize("text", ["<fr>", "\u094d", "<en><kn>"])
    @pytest.mark.parametrize("language", [None, "en"])
    def test_a_text_without_meaning_is_refused_by_its_value(
        self, mini: EmbeddedEncoder, text: str, language: str | None
    ) -> None:
        with pytest.raises(
            InvalidInput, match=r"no character that the embedded encoder reads"
        ) as e:
            mini.encode(["water", text], language)
        assert repr(text) in str(e.value)


class TestSpec:
    def test_it_names_the_lexicon_that_was_learnt(self, mini: EmbeddedEncoder) -> None:
        assert mini.spec.name == "embedded"
        assert mini.spec.trained_on == digest(MINI)
        assert mini.spec.evaluation == "memorised"
        assert (mini.spec.dim, mini.spec.max_length) == (16, 1_000)

    def test_the_identity_is_that_of_the_files_wherever_they_lie(
        self, mini_folder: Path, mini: EmbeddedEncoder, tmp_path: Path
    ) -> None:
        shutil.copytree(mini_folder, tmp_path / "copy")
        assert EmbeddedEncoder(tmp_path / "copy").spec.identity == mini.spec.identity

    @pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
    def test_other_files_are_another_encoder(
        self, mini_folder: Path, mini: EmbeddedEncoder, tmp_path: Path, name: str
    ) -> None:
        shutil.copytree(mini_folder, tmp_path / "copy")
        with (tmp_path / "copy" / name).open("ab") as stream:
            stream.write(b" ")
        assert EmbeddedEncoder(tmp_path / "copy").spec.identity != mini.spec.identity

    def test_the_weights_are_not_read_before_something_is_encoded(
        self, mini_folder: Path, tmp_path: Path
    ) -> None:
        shutil.copytree(mini_folder, tmp_path / "copy")
        encoder = EmbeddedEncoder(tmp_path / "copy")
        assert encoder.spec.dim == 16
        assert "model" not in vars(encoder)
        encoder.encode(["water"])
        assert isinstance(vars(encoder)["model"], StaticModel)


class TestDamage:
    @pytest.fixture
    def copy(self, mini_folder: Path, tmp_path: Path) -> Path:
        shutil.copytree(mini_folder, tmp_path / "copy")
        return tmp_path / "copy"

    @pytest.mark.parametrize(
        "content", [None, "", "{", "{}", '{"languages": ["en"], "first_whole_word": "x"}', "[]"]
    )
    def test_a_record_that_cannot_be_read_is_named_with_the_remedy(
        self, copy: Path, content: str | None
    ) -> None:
        (copy / RECORD).unlink()
        if content is not None:
            (copy / RECORD).write_text(content)
        with pytest.raises(ModelDamaged, match=rf"{copy / RECORD} .*reinstall semantic-lexicon"):
            EmbeddedEncoder(copy)

    @pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
    @pytest.mark.parametrize("damage", ["gone", "empty", "half", "text"])
    def test_files_that_cannot_be_read_are_named_with_the_remedy(
        self, copy: Path, name: str, damage: str
    ) -> None:
        path = copy / name
        whole = path.read_bytes()
        path.unlink()
        if damage != "gone":
            path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "text": b"x"}[damage])
        with pytest.raises(ModelDamaged, match=rf"{copy} .*reinstall semantic-lexicon"):
            EmbeddedEncoder(copy).encode(["water"])

    def test_weights_without_their_mapping_are_damaged(self, copy: Path) -> None:
        from safetensors.numpy import save_file

        save_file({"embeddings": np.ones((2, 2), dtype=np.float32)}, copy / "model.safetensors")
        with pytest.raises(ModelDamaged, match=r"mapping"):
            StaticModel(copy)

    @pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
    def test_an_identity_without_files_is_an_error_with_a_remedy(
        self, copy: Path, name: str
    ) -> None:
        (copy / name).unlink()
        with pytest.raises(LexiconError, match=r"reinstall semantic-lexicon"):
            _ = EmbeddedEncoder(copy).spec
