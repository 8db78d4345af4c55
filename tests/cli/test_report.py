"""``lexicon report`` over a tiny lexicon of four languages."""

from itertools import permutations

import pytest

from indexer.reports.report import stored
from indexer.build import build
from indexer.service import LexiconService
from lexicon.entries import checked
from lexicon.errors import ReportMissing
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal, usage_error
from tests.conftest import TINY, AxisEncoder, fill

PAIRS = list(permutations(["en", "fr", "hi", "kn"], 2))


@pytest.fixture
def four(tiny: LexiconService, axis: AxisEncoder) -> LexiconService:
    """The tiny lexicon with one Hindi word, of which ``axis`` knows nothing."""
    words = {"en": "water", "fr": "eau", "hi": "पानी", "kn": "ನೀರು|ಜಲ"}
    fill(
        tiny.sessions, [checked("water.noun.1", "noun", "water", "clear liquid", words), *TINY[1:]]
    )
    build(tiny.sessions, tiny.generations, axis)
    return tiny


def test_json_has_the_keys_of_the_contract(four: LexiconService) -> None:
    made = as_json("report", "--pair", "en-kn")
    assert {"encoder", "evaluation", "pairs"} <= set(made)
    assert (made["encoder"], made["evaluation"]) == ("axis", "zero-shot")
    (pair,) = made["pairs"]
    assert (pair["source"], pair["target"], pair["n"]) == ("en", "kn", 4)
    # water 1 and 1, bank 1 and shore .7071 on average, bank .7071, run 1
    assert pair["cosine_mean"] == pytest.approx(
        (1 + (1 + 0.5**0.5) / 2 + 0.5**0.5 + 1) / 4, abs=1e-6
    )
    assert pair["random_cosine_mean"] == 0
    assert pair["gap"] == pair["cosine_mean"]
    assert (pair["p_at_1"], pair["p_at_5"], pair["p_at_10"]) == (1, 1, 1)
    assert (pair["forms"], pair["candidates"], pair["covered"]) == (4, 5, 4)


def test_all_twelve_directions_are_reported_and_kept(four: LexiconService) -> None:
    with pytest.raises(ReportMissing):
        stored(four)
    made = as_json("report")
    assert [(pair["source"], pair["target"]) for pair in made["pairs"]] == PAIRS
    held = stored(four)
    assert [pair.model_dump(mode="json") for pair in held.pairs] == made["pairs"]
    assert not held.stale


def test_a_report_of_some_pairs_is_not_kept(four: LexiconService) -> None:
    output("report", "--pair", "en-kn")
    with pytest.raises(ReportMissing):
        stored(four)


def test_pairs_are_reported_once_and_in_the_given_order(four: LexiconService) -> None:
    made = as_json("report", "--pair", "kn-fr", "--pair", "en-hi", "--pair", "kn-fr")
    assert [(pair["source"], pair["target"]) for pair in made["pairs"]] == [
        ("kn", "fr"),
        ("en", "hi"),
    ]


def test_csv_has_a_row_per_pair_and_two_columns_per_interval(four: LexiconService) -> None:
    rows = as_csv("report")
    assert [(row["source"], row["target"]) for row in rows] == PAIRS
    (en_kn,) = (row for row in rows if (row["source"], row["target"]) == ("en", "kn"))
    assert (en_kn["n"], en_kn["p_at_1"], en_kn["candidates"]) == ("4", "1.0", "5")
    assert float(en_kn["p_at_1_low"]) < 1 == float(en_kn["p_at_1_high"])
    assert not [name for name in en_kn if name.endswith("_interval")]


def test_csv_leaves_figures_that_do_not_exist_empty(tiny: LexiconService) -> None:
    fill(
        tiny.sessions,
        [
            checked("water.noun.1", "noun", "water", "clear liquid", {"en": "water"}),
            checked("run.verb.1", "verb", "motion", "to move fast on foot", {"kn": "ಓಡು"}),
        ],
    )
    invoke("index", "build")
    (row,) = as_csv("report", "--pair", "en-kn")
    assert row["n"] == "0"
    assert row["cosine_mean"] == row["p_at_1"] == row["p_at_1_low"] == row["gap"] == ""
    assert "–" in output("report", "--pair", "en-kn")


def test_the_table_has_a_line_per_pair_with_n_and_interval(four: LexiconService) -> None:
    title, header, line = output("report", "--pair", "en-kn").splitlines()
    assert title.rstrip() == "alignment under axis, evaluation: zero-shot"
    assert " ".join(header.split()) == ("pair n cosine random gap P@1 95% P@5 P@10 out of")
    assert line.split()[:2] == ["en→kn", "4"]
    assert line.split()[5] == "1.000"


def test_figures_of_an_encoder_trained_on_the_lexicon_come_with_a_note(
    four: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    memorised = AxisEncoder(trained_on="this lexicon")
    build(four.sessions, four.generations, memorised)
    monkeypatch.setattr(axis, "spec", memorised.spec)
    result = invoke("report", "--pair", "en-kn")
    assert "evaluation: memorised" in result.stdout
    assert result.stderr.endswith(
        "note: 'axis' was trained on this lexicon: these figures show what it remembers, "
        "not that the languages are aligned\n"
    )


@pytest.mark.parametrize("pair", ["en-xx", "en", "en-en", "", "en_kn", "en-kn-fr"])
def test_a_bad_pair_is_named(four: LexiconService, pair: str) -> None:
    assert str(invoke("report", "--pair", "fr-kn", "--pair", pair).exception) == (
        f"pair {pair!r} is not two different known languages; "
        "write one such as en-kn, out of: en, fr, hi, kn"
    )


def test_a_refused_report_says_one_line(four: LexiconService) -> None:
    assert refusal("report", "--pair", "en-xx").startswith("pair 'en-xx' is not two")


def test_an_unknown_encoder_names_the_known_ones(four: LexiconService) -> None:
    said = str(invoke("report", "--encoder", "word2vec").exception)
    assert said.startswith(
        "unknown encoder 'word2vec'; known: bloom-1b7, bloom-560m, embedded, labse,"
    )


def test_an_unknown_format_is_a_usage_error() -> None:
    assert "xml" in usage_error("report", "--format", "xml")


def test_a_language_without_words_does_not_stop_the_report(tiny: LexiconService) -> None:
    made = as_json("report")
    written = [(pair["source"], pair["target"]) for pair in made["pairs"] if pair["n"]]
    assert written == list(permutations(["en", "fr", "kn"], 2))
