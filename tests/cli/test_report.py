"""``lexicon report`` over a tiny lexicon of four languages."""

from itertools import permutations

import pytest

from indexer.alignment.figures import METRICS, OPTIONAL
from indexer.build import build
from indexer.reports.stored import stored
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
    assert (pair["source"], pair["target"], pair["concepts"]) == ("en", "kn", 4)
    assert (pair["forms"], pair["candidates"], pair["covered"]) == (4, 5, 4)
    assert set(pair["all"]) == set(pair["distinct"]) == set(METRICS) - OPTIONAL
    figures = {name: one["value"] for name, one in pair["all"].items() if one is not None}
    # water 1 and 1, bank 1 and shore .7071 on average, bank .7071, run 1
    assert figures["cosine_mean"] == pytest.approx(
        (1 + (1 + 0.5**0.5) / 2 + 0.5**0.5 + 1) / 4, abs=1e-6
    )
    assert figures["random_cosine_mean"] == 0
    assert figures["gap"] == figures["cosine_mean"]
    assert (figures["p_at_1"], figures["p_at_5"], figures["p_at_10"]) == (1, 1, 1)
    assert set(pair["all"]["p_at_1"]) == {"value", "low", "high", "n"}
    assert "pos=verb" in pair["strata"]


def test_all_twelve_directions_are_reported_and_kept(four: LexiconService) -> None:
    with pytest.raises(ReportMissing):
        stored(four)
    made = as_json("report", "--samples", "50")
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


def test_csv_has_a_row_per_figure_with_its_interval(four: LexiconService) -> None:
    rows = as_csv("report", "--samples", "50")
    assert list(dict.fromkeys((row["source"], row["target"]) for row in rows)) == PAIRS
    figures = {
        (row["stratum"], row["metric"]): row
        for row in rows
        if (row["source"], row["target"]) == ("en", "kn")
    }
    rate = figures["all", "p_at_1"]
    assert (rate["n"], rate["value"], rate["candidates"]) == ("4", "1.0", "5")
    assert float(rate["low"]) <= 1 == float(rate["high"])
    assert ("distinct", "p_at_1") in figures
    assert ("pos=verb", "p_at_1") in figures
    chance = figures["all", "chance_p_at_1"]
    assert (chance["low"], chance["high"]) == ("", "")


@pytest.fixture
def apart(tiny: LexiconService) -> LexiconService:
    """Languages that have no concept in common."""
    fill(
        tiny.sessions,
        [
            checked("water.noun.1", "noun", "water", "clear liquid", {"en": "water"}),
            checked("run.verb.1", "verb", "motion", "to move fast on foot", {"kn": "ಓಡು"}),
        ],
    )
    invoke("index", "build")
    return tiny


@pytest.mark.usefixtures("apart")
def test_figures_that_do_not_exist_are_null_in_json_and_missing_in_csv() -> None:
    (pair,) = as_json("report", "--pair", "en-kn")["pairs"]
    assert (pair["concepts"], pair["verdict"]) == (0, None)
    assert set(pair["all"].values()) == set(pair["distinct"].values()) == {None}
    assert [row for row in as_csv("report", "--pair", "en-kn") if row["value"]] == []
    lines = [one for one in output("report", "--pair", "en-kn").splitlines() if "en→kn" in one]
    assert [line.split()[:3] for line in lines] == [["en→kn", "0", "0"]] * 2
    assert all("–" in line for line in lines)


def test_the_table_has_a_line_per_pair_with_n_and_interval(four: LexiconService) -> None:
    title, _, *lines = output("report", "--pair", "en-kn").splitlines()
    assert title.rstrip() == "alignment under axis, evaluation: zero-shot"
    header, line = (one.split() for one in lines[1:3])
    assert header[:4] == ["pair", "concepts", "forms", "candidates"]
    assert line[:4] == ["en→kn", "4", "4", "5"]
    assert "1.000 [1.000, 1.000]" in " ".join(line)


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
    made = as_json("report", "--samples", "50")
    written = [(pair["source"], pair["target"]) for pair in made["pairs"] if pair["concepts"]]
    assert written == list(permutations(["en", "fr", "kn"], 2))
