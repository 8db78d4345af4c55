"""``lexicon search`` and ``lexicon similarity``: the tiny world, and the real one end to end."""

import json
import math
from itertools import permutations
from pathlib import Path

import pytest

from indexer.service import LexiconService
from lexicon import queries
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal, usage_error

HALF = round(math.sqrt(1 / 2), 6)
EN_KN = ("--from", "en", "--to", "kn")


COLUMNS = (
    *("query", "query_covered", "rank", "lemma", "pos", "cosine", "csls", "margin"),
    *("margin_distance", "covered", "known_translation", "concepts"),
)


def lexeme_ids(service: LexiconService, language: str, word: str) -> list[int]:
    with service.sessions() as session:
        return [row.id for row in queries.lexemes_matching(session, language, word)]


def test_json_is_the_contract_key_for_key(tiny: LexiconService) -> None:
    answer = as_json("search", "water", *EN_KN, "-k", "1")
    assert answer == {
        "query": {
            "text": "water",
            "language": "en",
            "covered": True,
            "lexeme_ids": lexeme_ids(tiny, "en", "water"),
        },
        "target_language": "kn",
        "encoder": "axis",
        "score": "cosine",
        "results": [
            {
                "lemma": "ನೀರು",
                "language": "kn",
                "lexeme_ids": lexeme_ids(tiny, "kn", "ನೀರು"),
                "pos": ["noun"],
                "concepts": [{"key": "water.noun.1", "gloss": "clear liquid"}],
                "covered": True,
                "cosine": 1.0,
                "csls": 1.35,
                "margin": 2.666667,
                "margin_distance": 0.625,
                "known_translation": True,
            }
        ],
        "suggestions": [],
        "pending": 0,
    }


def test_json_is_one_line_of_readable_kannada(tiny: LexiconService) -> None:
    said = output("search", "water", *EN_KN, "--format", "json")
    assert said.count("\n") == 1
    assert '"lemma":"ನೀರು"' in said


def test_csv_has_a_header_and_a_row_per_result(tiny: LexiconService) -> None:
    said = output("search", "bank", *EN_KN, "-k", "2", "--format", "csv")
    assert said.splitlines() == [
        ",".join(COLUMNS),
        f"bank,true,1,ದಡ,noun,{HALF},0.704613,1.812371,0.316951,true,true,bank.noun.1",
        f"bank,true,2,ಬ್ಯಾಂಕ್,noun,{HALF},0.954613,2.666761,0.441951,true,true,bank.noun.2",
    ]


def test_the_table_shows_both_scores_and_the_meaning(tiny: LexiconService) -> None:
    title, header, first, *_ = output("search", "water", *EN_KN).splitlines()
    assert title.rstrip() == "water (en → kn), axis, by cosine"
    assert header.split() == ["translation", "known", "cosine", "csls", "pos", "meaning"]
    assert first.split() == ["ನೀರು", "✓", "1.000", "1.350", "noun", "clear", "liquid"]


def test_ten_results_are_the_default(bundled: Path) -> None:
    assert len(as_json("search", "water", *EN_KN)["results"]) == 10


def test_a_k_beyond_the_lexicon_gives_all_of_it(tiny: LexiconService) -> None:
    answer = as_json("search", "water", *EN_KN, "-k", "1000")
    found = [result["lemma"] for result in answer["results"]]
    assert found == ["ನೀರು", "ಜಲ", "ಓಡು", "ದಡ", "ಬ್ಯಾಂಕ್"]


def test_pos_leaves_out_other_parts_of_speech(tiny: LexiconService) -> None:
    answer = as_json("search", "run", *EN_KN, "--pos", "verb")
    assert [result["lemma"] for result in answer["results"]] == ["ಓಡು"]


def test_a_pos_that_the_word_is_not_is_refused(tiny: LexiconService) -> None:
    assert refusal("search", "water", *EN_KN, "--pos", "verb") == (
        "'water' (en) is no verb in the lexicon; leave the part of speech out"
    )


def test_an_unknown_pos_names_the_known_ones(tiny: LexiconService) -> None:
    said = refusal("search", "water", *EN_KN, "--pos", "substantive")
    assert said.startswith("unknown part of speech 'substantive'; known: noun, verb, adj,")


def test_concept_chooses_the_sense(tiny: LexiconService) -> None:
    answer = as_json("search", "bank", *EN_KN, "--concept", "bank.noun.2", "-k", "2")
    assert [(r["lemma"], r["cosine"], r["known_translation"]) for r in answer["results"]] == [
        ("ಬ್ಯಾಂಕ್", round(math.cos(math.pi / 8), 6), True),
        ("ದಡ", round(math.sin(math.pi / 8), 6), False),
    ]


def test_an_unknown_concept_is_named(tiny: LexiconService) -> None:
    assert refusal("search", "bank", *EN_KN, "--concept", "bank.noun.9") == (
        "unknown concept 'bank.noun.9'; list the keys with: lexicon words export"
    )


def test_a_concept_of_another_word_names_the_words_own(tiny: LexiconService) -> None:
    assert refusal("search", "bank", *EN_KN, "--concept", "water.noun.1") == (
        "'bank' (en) does not express 'water.noun.1'; it expresses: bank.noun.1, bank.noun.2"
    )


@pytest.mark.parametrize("k", [0, -1, 10**9])
def test_a_k_out_of_range_names_the_range(tiny: LexiconService, k: int) -> None:
    assert refusal("search", "water", *EN_KN, "-k", str(k)) == f"k={k} is not between 1 and 1,000"


@pytest.mark.parametrize(
    "arguments", [("--from", "xx", "--to", "kn"), ("--from", "en", "--to", "xx")]
)
def test_an_unknown_language_names_the_known_ones(
    tiny: LexiconService, arguments: tuple[str, ...]
) -> None:
    assert refusal("search", "water", *arguments) == (
        "unknown language 'xx'; known: en, fr, hi, kn"
    )


def test_a_language_is_not_translated_into_itself(tiny: LexiconService) -> None:
    assert refusal("search", "water", "--from", "en", "--to", "en") == (
        "source and target are both 'en'; choose two different languages"
    )


def test_an_unknown_encoder_names_the_known_ones(tiny: LexiconService) -> None:
    assert refusal("search", "water", *EN_KN, "--encoder", "word2vec") == (
        "unknown encoder 'word2vec'; known: bloom-1b7, bloom-560m, embedded, labse, "
        "or the path of a sentence-transformers folder"
    )


def test_an_encoder_of_the_environment_is_checked_like_any_other(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_ENCODER", "word2vec")
    assert refusal("search", "water", *EN_KN).startswith("unknown encoder 'word2vec'; known:")


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\u200d"])
def test_an_empty_query_is_refused(tiny: LexiconService, text: str) -> None:
    assert refusal("search", text, *EN_KN) == f"empty query {text!r}; give at least one letter"


def test_a_query_of_ten_thousand_characters_is_refused(tiny: LexiconService) -> None:
    assert refusal("search", "w" * 10_000, *EN_KN) == (
        "query of 10,000 characters ('wwwwwwwwwwwwwwwwwwww'…) is longer than 1,000; "
        "shorten it to a word, phrase or definition"
    )


def test_an_uncovered_query_warns_on_standard_error(tiny: LexiconService) -> None:
    result = invoke("search", "flurbish", *EN_KN)
    assert result.exit_code == 0
    assert result.stderr == (
        "note: 'flurbish' is not in the vocabulary of 'axis': these are guesses from its "
        "spelling, whatever their cosine\n"
    )
    assert "note:" not in result.stdout


def test_a_covered_query_does_not_warn(tiny: LexiconService) -> None:
    assert invoke("search", "water", *EN_KN).stderr == ""


def test_json_and_csv_say_that_a_query_is_not_covered(tiny: LexiconService) -> None:
    answer = as_json("search", "flurbish", *EN_KN)
    assert answer["query"] == {
        "text": "flurbish",
        "language": "en",
        "covered": False,
        "lexeme_ids": [],
    }
    assert {row["query_covered"] for row in as_csv("search", "flurbish", *EN_KN)} == {"false"}


def test_text_and_file_together_are_a_usage_error(tiny: LexiconService, tmp_path: Path) -> None:
    said = usage_error("search", "water", "--file", tmp_path / "words.txt", *EN_KN)
    assert "give either a TEXT or --file" in said


def test_neither_text_nor_file_is_a_usage_error(tiny: LexiconService) -> None:
    assert "give either a TEXT or --file" in usage_error("search", *EN_KN)


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "water", "--from", "en"),
        ("search", "water", *EN_KN, "-k", "many"),
        ("search", "water", *EN_KN, "--score", "dot"),
        ("search", "water", *EN_KN, "--format", "xml"),
        ("similarity", "water", *EN_KN),
    ],
)
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...]) -> None:
    assert "Traceback" not in usage_error(*arguments)


def test_a_file_holds_one_query_a_line_and_blank_lines_are_skipped(
    tiny: LexiconService, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("\ufeffwater\n\n  \t\r\n run  \nbank", encoding="utf-8")
    said = output("search", "--file", words, *EN_KN, "-k", "1", "--format", "json")
    answers = [json.loads(line) for line in said.splitlines()]
    assert [(a["query"]["text"], a["results"][0]["lemma"]) for a in answers] == [
        ("water", "ನೀರು"),
        ("run", "ಓಡು"),
        ("bank", "ದಡ"),
    ]


def test_csv_of_a_file_has_one_header_and_a_rank_per_query(
    tiny: LexiconService, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("water\nrun\n", encoding="utf-8")
    rows = as_csv("search", "--file", words, *EN_KN, "-k", "2")
    assert [(row["query"], row["rank"], row["lemma"]) for row in rows] == [
        ("water", "1", "ನೀರು"),
        ("water", "2", "ಜಲ"),
        ("run", "1", "ಓಡು"),
        ("run", "2", "ದಡ"),
    ]


def test_every_query_of_a_file_has_its_table(tiny: LexiconService, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("water\nflurbish\n", encoding="utf-8")
    result = invoke("search", "--file", words, *EN_KN)
    assert "water (en → kn)" in result.stdout
    assert "flurbish (en → kn)" in result.stdout
    assert result.stderr.startswith("note: 'flurbish'")


def test_a_bad_line_is_named_before_anything_is_answered(
    tiny: LexiconService, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("water\n\nwa\x07ter\n", encoding="utf-8")
    assert refusal("search", "--file", words, *EN_KN, "--format", "csv") == (
        f"{words}: line 3: query 'wa\\x07ter' holds the character U+0007, which is not text; "
        "remove it"
    )


def test_a_query_that_cannot_be_answered_is_named_with_its_number(
    tiny: LexiconService, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("run\n\nwater\n", encoding="utf-8")
    result = invoke("search", "--file", words, *EN_KN, "--pos", "verb", "--format", "json")
    assert str(result.exception) == (
        f"{words}: query 2: 'water' (en) is no verb in the lexicon; leave the part of speech out"
    )
    assert [json.loads(line)["query"]["text"] for line in result.stdout.splitlines()] == ["run"]


def test_a_missing_file_is_named(tiny: LexiconService, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.txt"
    assert refusal("search", "--file", missing, *EN_KN) == (
        f"{missing} cannot be read: No such file or directory"
    )


def test_a_folder_is_no_file(tiny: LexiconService, tmp_path: Path) -> None:
    assert refusal("search", "--file", tmp_path, *EN_KN) == (
        f"{tmp_path} cannot be read: Is a directory"
    )


def test_a_file_in_another_encoding_is_refused(tiny: LexiconService, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_bytes("forêt\n".encode("latin-1"))
    assert refusal("search", "--file", words, *EN_KN) == f"{words} cannot be read: it is not UTF-8"


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_queries_is_refused(tiny: LexiconService, tmp_path: Path, text: str) -> None:
    words = tmp_path / "words.txt"
    words.write_text(text, encoding="utf-8")
    assert refusal("search", "--file", words, *EN_KN) == (
        f"{words} holds no query; write one a line"
    )


def test_a_language_without_words_says_so(tiny: LexiconService) -> None:
    assert refusal("search", "water", "--from", "en", "--to", "hi") == (
        "the lexicon has no words of language 'hi'; add some first"
    )


def test_similarity_in_json_is_hand_countable(tiny: LexiconService) -> None:
    found = as_json("similarity", "bank", "ದಡ", *EN_KN)
    assert 0 < found.pop("random_n") <= 10_000
    assert found == {
        "source": {"text": "bank", "language": "en", "covered": True, "known": True},
        "target": {"text": "ದಡ", "language": "kn", "covered": True, "known": True},
        "encoder": "axis",
        "evaluation": "zero-shot",
        "cosine": HALF,
        "percentile": 100.0,
        "random_cosine_mean": 0.0,
        "rank": 1,
        "candidates": 5,
        "reverse_rank": 2,
        "reverse_candidates": 4,
        "known_translation": True,
    }


def test_similarity_in_csv_is_one_row(tiny: LexiconService) -> None:
    (row,) = as_csv("similarity", "bank", "ದಡ", *EN_KN)
    assert (row["first"], row["second"], row["cosine"]) == ("bank", "ದಡ", str(HALF))
    assert (row["rank"], row["reverse_rank"]) == ("1", "2")


def test_similarity_in_a_table_names_ranks_and_the_baseline(tiny: LexiconService) -> None:
    said = output("similarity", "bank", "ದಡ", *EN_KN)
    lines = {" ".join(line.split()) for line in said.splitlines()}
    assert "bank (en) ~ ದಡ (kn), axis" in lines
    assert {"cosine 0.707", "rank en→kn 1 of 5", "rank kn→en 2 of 4"} <= lines
    assert {"known translation yes", "evaluation zero-shot"} <= lines
    assert "random pairs 0.000 mean cosine" in lines


def test_similarity_warns_of_each_uncovered_word(tiny: LexiconService) -> None:
    result = invoke("similarity", "flurbish", "ಫ್ಲರ್", *EN_KN)
    assert [line.split("'")[1] for line in result.stderr.splitlines()] == ["flurbish", "ಫ್ಲರ್"]
    assert "known translation  no" in result.stdout


def test_similarity_refuses_an_empty_word_and_says_which(tiny: LexiconService) -> None:
    assert refusal("similarity", "water", " ", *EN_KN).startswith("empty second text ")


def test_similarity_refuses_one_language_twice(tiny: LexiconService) -> None:
    assert refusal("similarity", "water", "shore", "--from", "en", "--to", "en") == (
        "source and target are both 'en'; choose two different languages"
    )


WORDS = {
    "en": ("house", "hand", "moon"),
    "fr": ("maison", "main", "lune"),
    "hi": ("घर", "हाथ", "चाँद"),
    "kn": ("ಮನೆ", "ಕೈ", "ಚಂದ್ರ"),
}


@pytest.mark.parametrize(("source", "target"), list(permutations(WORDS, 2)))
def test_every_direction_answers_with_known_translations(
    bundled: Path, tmp_path: Path, source: str, target: str
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("\n".join(WORDS[source]), encoding="utf-8")
    rows = as_csv("search", "--file", words, "--from", source, "--to", target, "-k", "3")
    assert len(rows) == 9
    known = {row["query"] for row in rows if row["known_translation"] == "true"}
    assert known == set(WORDS[source])


def test_water_in_kannada_is_niru(bundled: Path) -> None:
    assert as_json("search", "water", *EN_KN, "-k", "1")["results"][0]["lemma"] == "ನೀರು"


def test_niru_in_hindi_is_pani_or_jal(bundled: Path) -> None:
    answer = as_json("search", "ನೀರು", "--from", "kn", "--to", "hi", "-k", "2")
    assert {"पानी", "जल"} & {result["lemma"] for result in answer["results"]}


def test_a_word_of_no_language_is_not_covered_by_the_embedded_encoder(bundled: Path) -> None:
    assert not as_json("search", "flurbish", *EN_KN)["query"]["covered"]
