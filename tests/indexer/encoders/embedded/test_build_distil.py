"""Teaching a student: memory, readings by language, and the same bytes every time."""

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.bitext import bitext
from indexer.alignment.metrics import retrieval
from indexer.encoders.embedded.build.distil import (
    Student,
    distil,
    form_vectors,
    plain_vectors,
    save,
    separated,
    tagged_forms,
)
from indexer.encoders.embedded.build.evaluate import encoded
from indexer.encoders.embedded.build.teacher import unit
from indexer.encoders.embedded.encoder import RECORD, EmbeddedEncoder
from lexicon.entries import digest
from tests.indexer.encoders.mini import MINI, RECIPE, HashTeacher

LANGUAGES = ("en", "fr", "hi", "kn")


@pytest.fixture(scope="module")
def student() -> Student:
    return distil(MINI, HashTeacher(), RECIPE)


class TestTargets:
    def test_separation_gives_every_concept_a_direction_of_its_own(self) -> None:
        same = unit(np.ones((2, 64)))
        apart = separated(same, 0.4, seed=1)
        np.testing.assert_allclose(np.linalg.norm(apart, axis=1), 1, atol=1e-6)
        # Two directions of length .4 at right angles: cosine about 1 / (1 + .4²).
        assert float(apart[0] @ apart[1]) == pytest.approx(1 / 1.16, abs=0.05)
        np.testing.assert_allclose(separated(same, 0.0, seed=1), same, atol=1e-6)
        np.testing.assert_array_equal(separated(same, 0.4, seed=1), apart)

    def test_a_form_is_the_mean_of_its_senses_per_language(self) -> None:
        concepts = unit(np.eye(len(MINI)))
        forms = form_vectors(MINI, concepts)
        np.testing.assert_allclose(forms["en", "bank"], unit(concepts[[4, 5]].sum(0)[None])[0])
        np.testing.assert_allclose(forms["fr", "or"], concepts[1])
        np.testing.assert_allclose(forms["en", "or"], concepts[2])
        np.testing.assert_allclose(forms["hi", "सोना"], unit(concepts[[1, 9]].sum(0)[None])[0])
        np.testing.assert_allclose(forms["en", "india"], concepts[10])

    def test_a_form_on_which_languages_disagree_is_torn(self) -> None:
        plain, torn = plain_vectors(form_vectors(MINI, unit(np.eye(len(MINI)))))
        assert torn == {"or"}
        np.testing.assert_allclose(plain["or"][[1, 2]], [0.5**0.5] * 2, atol=1e-6)
        assert plain["orange"].argmax() == 3

    def test_words_that_begin_with_a_torn_form_are_tagged_in_its_languages(self) -> None:
        forms = form_vectors(MINI, unit(np.eye(len(MINI))))
        assert tagged_forms(forms, [], {"or"}) == [
            ("en", "or"),
            ("en", "orange"),
            ("fr", "or"),
            ("fr", "orange"),
            ("fr", "ordinateur"),
        ]
        assert ("en", "orchard") in tagged_forms(forms, ["orchard"], {"or"})
        assert tagged_forms(forms, ["orchard"], set()) == []


class TestStudent:
    def test_every_word_finds_its_translations_first(self, mini: EmbeddedEncoder) -> None:
        sides = {code: encoded(MINI, mini, code) for code in LANGUAGES}
        for source, target in permutations(LANGUAGES, 2):
            pairs = bitext(sides[source].expressions, sides[target].expressions)
            found = retrieval(sides[source].vectors, sides[target].vectors, pairs, ks=(1,))
            assert (source, target, found.precision[1]) == (source, target, 1.0)
            assert found.forms >= len(MINI) - 1

    def test_rows_are_distinct_and_the_first_is_zero(self, student: Student) -> None:
        assert not student.rows[0].any()
        assert len(np.unique(student.rows, axis=0)) == len(student.rows)

    def test_every_token_has_a_row_and_markers_weigh_nothing(self, student: Student) -> None:
        total = student.vocabulary.tokenizer.get_vocab_size()
        assert student.mapping.shape == student.weights.shape == (total,)
        assert student.mapping.max() == len(student.rows) - 1
        for token in student.vocabulary.markers.values():
            assert (student.mapping[token], student.weights[token]) == (0, 0)
        for token in student.vocabulary.words.values():
            assert (student.mapping[token] > 0, student.weights[token]) == (True, 3)

    def test_synonyms_share_a_row(self, student: Student) -> None:
        words = student.vocabulary.words
        assert student.mapping[words["eau"]] == student.mapping[words["ನೀರು"]]
        assert student.mapping[words["<fr>or"]] == student.mapping[words["gold"]]
        assert student.mapping[words["or"]] != student.mapping[words["<en>or"]]

    def test_a_stem_weighs_less_than_a_word_and_more_than_a_piece(self, student: Student) -> None:
        vocabulary = student.vocabulary
        assert student.weights[vocabulary.stems["KANPIUTAR"]] == 2
        assert student.weights[vocabulary.tokenizer.token_to_id("##Q")] == 1

    def test_a_lexicon_without_frequent_words_is_learnt_too(self, tmp_path: Path) -> None:
        recipe = replace(RECIPE, english_words=0, dim=8)
        save(distil(MINI, HashTeacher(), recipe), MINI, recipe, {}, tmp_path)
        encoder = EmbeddedEncoder(tmp_path)
        assert encoder.encode(["eau"], "fr").covered.all()
        assert not encoder.encode(["orchard"], "en").covered.any()


class TestFolder:
    def test_two_builds_are_equal_byte_for_byte(self, mini_folder: Path, tmp_path: Path) -> None:
        save(distil(MINI, HashTeacher(), RECIPE), MINI, RECIPE, {"name": "hash"}, tmp_path)
        names = sorted(path.name for path in mini_folder.iterdir())
        assert names == sorted(path.name for path in tmp_path.iterdir())
        for name in names:
            assert (tmp_path / name).read_bytes() == (mini_folder / name).read_bytes(), name

    def test_another_seed_is_another_encoder(self, mini: EmbeddedEncoder, tmp_path: Path) -> None:
        recipe = replace(RECIPE, seed=1)
        save(distil(MINI, HashTeacher(), recipe), MINI, recipe, {}, tmp_path)
        assert EmbeddedEncoder(tmp_path).spec.identity != mini.spec.identity

    def test_it_is_a_plain_sentence_transformers_folder(self, mini_folder: Path) -> None:
        modules = json.loads((mini_folder / "modules.json").read_text())
        assert [module["type"].rpartition(".")[2] for module in modules] == [
            "StaticEmbedding",
            "Normalize",
        ]
        assert all(module["type"].startswith("sentence_transformers.") for module in modules)
        config = json.loads((mini_folder / "config_sentence_transformers.json").read_text())
        assert config["prompts"] == {code: f"<{code}>" for code in LANGUAGES}
        assert config["default_prompt_name"] is None

    def test_its_record_says_what_it_was_made_from(self, mini_folder: Path) -> None:
        record = json.loads((mini_folder / RECORD).read_text())
        assert record["lexicon_digest"] == digest(MINI)
        assert record["concepts"] == len(MINI)
        assert record["languages"] == list(LANGUAGES)
        assert record["teacher"] == {"name": "hash"}
        assert record["recipe"] == vars(RECIPE)

    def test_everybody_may_read_it(self, mini_folder: Path) -> None:
        assert {path.stat().st_mode & 0o444 for path in mini_folder.iterdir()} == {0o444}

    def test_the_recorded_width_is_that_of_the_vectors(self, tmp_path: Path) -> None:
        few = MINI[:5]
        recipe = replace(RECIPE, english_words=0, dim=16)
        save(distil(few, HashTeacher(), recipe), few, recipe, {}, tmp_path)
        encoder = EmbeddedEncoder(tmp_path)
        assert encoder.encode(["eau"]).vectors.shape == (1, encoder.spec.dim)
