"""``lexicon report --layer``: a checkpoint layer by layer."""

from pathlib import Path

import pytest

from indexer.service import LexiconService
from tests.cli.terminal import as_json, invoke, refusal, usage_error
from tests.conftest import fill
from tests.indexer.encoders.planted import LAYERS, PLANTED, make_planted, words
from tests.indexer.worlds import entry


def test_every_layer_with_its_states(tiny: LexiconService, tmp_path: Path) -> None:
    folder = make_planted(tmp_path / "planted")
    both = zip(words("en")[:60], words("fr")[:60], strict=True)
    fill(tiny.sessions, [entry(en, en=en, fr=fr) for en, fr in both])
    assert invoke("index", "build", "-e", folder, "--layer", "all").exit_code == 0
    arguments = ("report", "-e", folder, "--layer", "all", "--pair", "en-fr", "--samples", "50")
    made = as_json(*arguments)
    assert [one["encoder"] for one in made] == [f"{folder}?layer={n}" for n in range(LAYERS + 1)]
    pairs = [one["pairs"][0]["all"] for one in made]
    best = max(range(LAYERS + 1), key=lambda place: pairs[place]["p_at_1"]["value"])
    assert best == PLANTED
    assert all(one["norm_source"]["value"] > 0 for one in pairs)
    assert all(one["variance_target"]["n"] == 60 for one in pairs)
    (one,) = [as_json(*(str(PLANTED) if part == "all" else part for part in arguments))]
    assert one["pairs"][0]["all"] == pairs[PLANTED]


@pytest.mark.parametrize("layer", ["all", "1"])
def test_an_encoder_without_layers(tiny: LexiconService, layer: str) -> None:
    assert "encoder 'axis' has no options" in refusal("report", "--layer", layer)


def test_a_layer_that_is_none(tiny: LexiconService) -> None:
    assert "layer 'top' is neither a whole number nor all" in refusal("report", "--layer", "top")
    assert "--table1 has its own pairs" in usage_error("report", "--table1", "--layer", "1")
