"""``lexicon index build`` of encoders with post-processing."""

import pytest

from indexer.service import LexiconService
from tests.cli.terminal import as_json, contents, invoke, output, refusal
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry

BUILD = ("index", "build", "--encoder", "axis+center")
EN_KN = ("search", "water", "--from", "en", "--to", "kn", "--encoder", "axis+center")
GUESSED = (
    "note: 2 forms are not in the vocabulary of 'axis+center'; "
    "their vectors are guesses, and results mark them as not covered"
)


def told(*arguments: str) -> list[str]:
    """What a command says on standard error, without its bars."""
    return [line for line in invoke(*arguments).stderr.splitlines() if "━" not in line]


def test_the_base_is_built_then_fitted_then_indexed(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    assert told(*BUILD) == [
        "index   axis: up to date for en, fr, kn",
        "index   axis: no words in hi",
        "fit     axis+center: en 4 forms, fr 4 forms, kn 5 forms",
        "index   axis+center: built en 4, fr 4, kn 5 forms",
        "index   axis+center: no words in hi",
    ]
    assert axis.encoded == 0
    assert as_json(*EN_KN)["encoder"] == "axis+center"
    assert {row["encoder"] for row in as_json("index", "list")} == {"axis", "axis+center"}
    said = as_json("status")["encoders"]
    assert [one["name"] for one in said] == ["axis", "axis+center"]
    assert {index["state"] for one in said for index in one["indices"]} == {"current"}


def test_pairs_that_were_learnt_from_are_counted(tiny: LexiconService) -> None:
    said = invoke("index", "build", "--encoder", "axis+procrustes").stderr
    # The shore and the bank are both la rive.
    assert "fr 4 forms and 5 pairs, kn 5 forms and 6 pairs\n" in said


def test_a_fit_is_used_until_another_one_is_wanted(tiny: LexiconService) -> None:
    invoke(*BUILD)
    fill(tiny.sessions, [*TINY, entry("sea", en="sea", fr="mer")])
    assert told(*BUILD) == [
        "index   axis+center: built en 5, fr 5 forms",
        "index   axis+center: up to date for kn",
        "index   axis+center: no words in hi",
        GUESSED,
    ]
    assert "fit     axis+center: en 5 forms" in invoke(*BUILD, "--refit").stderr


def test_one_language_of_a_new_encoder_is_built(tiny: LexiconService) -> None:
    said = invoke(*BUILD, "--language", "kn").stderr
    assert said.endswith("index   axis+center: built kn 5 forms\n")
    assert refusal(*EN_KN) == (
        "no index for encoder 'axis+center', language 'en'; "
        "build it with: lexicon index build --encoder axis+center"
    )


def test_a_language_that_came_later_is_told(tiny: LexiconService) -> None:
    invoke(*BUILD)
    fill(tiny.sessions, [*TINY, entry("peak", hi="शिखर")])
    assert invoke(*BUILD).stderr.endswith(
        "note: axis+center was not fitted to hi; fit it again with: "
        "lexicon index build --encoder axis+center --refit\n"
    )
    refusal(*BUILD, "--language", "hi")
    assert "built en 4, fr 4, hi 1, kn 5 forms" in invoke(*BUILD, "--refit").stderr


def test_an_encoder_that_is_not_fitted_names_the_command(tiny: LexiconService) -> None:
    assert refusal(*EN_KN) == (
        "encoder 'axis+center' is not fitted yet; fit and build it with: "
        "lexicon index build --encoder axis+center"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--encoder", "axis+"), "unknown post-processing '' of encoder 'axis'; known: center,"),
        (("--encoder", "axis+center+abtt"), "encoder 'axis+center+abtt' is post-processed twice"),
        (
            ("--encoder", "axis+center", "--encoder", "axis", "--refit"),
            "encoder 'axis' has nothing",
        ),
        (("--encoder", "axis+center", "--refit", "-l", "en"), "--refit fits and builds all lang"),
    ],
)
def test_what_cannot_be_fitted_changes_nothing(
    tiny: LexiconService, arguments: tuple[str, ...], said: str
) -> None:
    before = contents(tiny.settings.home)
    assert refusal("index", "build", *arguments).startswith(said)
    assert contents(tiny.settings.home) == before


def test_a_damaged_index_is_repaired(tiny: LexiconService) -> None:
    invoke(*BUILD)
    identity = as_json("status")["encoders"][1]["identity"]
    for file in (tiny.settings.indices / identity / "kn").rglob("vectors.npy"):
        file.write_bytes(b"damage")
    assert "after the repair, 0 of" in invoke("index", "verify", "--repair").stderr
    assert output(*EN_KN)
