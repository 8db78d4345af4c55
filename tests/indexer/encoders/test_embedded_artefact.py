"""The model that the package ships: of this lexicon, small, readable, and without torch."""

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.bitext import Bitext, bitext
from indexer.alignment.metrics import retrieval
from indexer.build import build
from indexer.encoders.embedded.build.evaluate import Words, encoded
from indexer.encoders.embedded.build.teacher import WEIGHTS_SHA256
from indexer.encoders.embedded.encoder import FOLDER, RECORD, EmbeddedEncoder
from indexer.generations.folder import Generations
from lexicon import bundled
from lexicon.normalize import MAX_TEXT
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill

HEAVY = ("torch", "transformers", "sentence_transformers")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*") if path.is_file())


def test_it_learnt_the_lexicon_that_is_bundled() -> None:
    record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    assert record["lexicon_digest"] == bundled.everything_digest(), (
        "make the model again: python -m indexer.encoders.embedded.build"
    )


def test_its_card_and_its_record_agree() -> None:
    record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert record["lexicon_digest"] in card
    assert record["teacher"]["sha256"] == WEIGHTS_SHA256
    assert WEIGHTS_SHA256 in card
    assert f"{record['concepts']:,} concepts" in card
    assert all(f"| {pair} |" in card for pair in ("en→kn", "kn→en", "hi→fr"))


def test_it_is_no_larger_than_twenty_megabytes(files: list[Path]) -> None:
    assert sum(path.stat().st_size for path in files) <= 20_000_000


def test_everybody_may_read_it(files: list[Path]) -> None:
    assert [path.name for path in files if path.stat().st_mode & 0o444 != 0o444] == []
    folders = [FOLDER, *(path for path in FOLDER.rglob("*") if path.is_dir())]
    assert [path for path in folders if path.stat().st_mode & 0o555 != 0o555] == []


def test_it_holds_nothing_but_the_model(files: list[Path]) -> None:
    assert [path.relative_to(FOLDER).as_posix() for path in files] == [
        "README.md",
        "config_sentence_transformers.json",
        "held_out.json",
        "lexicon.json",
        "model.safetensors",
        "modules.json",
        "tokenizer.json",
    ]


def test_it_comes_with_what_it_scores_on_words_that_were_held_out() -> None:
    found = {(one["source"], one["target"]): one for one in EmbeddedEncoder().held_out()}
    assert sorted(found) == sorted(permutations(("en", "fr", "hi", "kn"), 2))
    for pair in found.values():
        area, guessed = pair["distinct"]["auc"], pair["distinct"]["chance_p_at_1"]
        known = pair["distinct"]["p_at_1"]
        # Stems carry something over, and far less than memory does.
        assert area["low"] > 0.5
        assert guessed["value"] < known["low"] < known["high"] < 0.35
        assert pair["verdict"] == "weakly aligned"


def test_its_spec_is_that_of_a_memory() -> None:
    spec = EmbeddedEncoder().spec
    assert (spec.name, spec.dim, spec.max_length) == ("embedded", 128, MAX_TEXT)
    assert spec.evaluation == "memorised"
    record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    assert record["languages"] == ["en", "fr", "hi", "kn"]


def run(script: str, home: Path) -> list[str]:
    """The heavy packages that ``script`` has imported, in a process of its own."""
    asked = f"{script}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        check=True,
        env={"LEXICON_HOME": str(home), "PATH": "/usr/bin:/bin"},
    )
    return done.stdout.split()


def test_importing_everything_leaves_torch_out(tmp_path: Path) -> None:
    assert (
        run("import cli.main, api.app, indexer.search, indexer.alignment.pairwise", tmp_path) == []
    )


def test_searching_known_and_unknown_words_leaves_torch_out(
    settings: Settings, sessions: Sessions
) -> None:
    fill(sessions)
    build(sessions, Generations(settings.indices), EmbeddedEncoder())
    script = """
from indexer.answers import SearchRequest
from indexer.search import search
from indexer.service import open_service
from lexicon.settings import load_settings
service = open_service(load_settings())
for text in ("water", "waterfalls"):
    assert search(service, SearchRequest(text, "en", "kn", k=3)).results
"""
    assert run(script, settings.home) == []


@pytest.fixture(scope="module")
def sides() -> dict[str, Words]:
    """Every form of the bundled lexicon under the shipped model, by language."""
    entries = list(bundled.everything())
    return {code: encoded(entries, EmbeddedEncoder(), code) for code in ("en", "fr", "hi", "kn")}


@pytest.mark.parametrize("pair", list(permutations(("en", "fr", "hi", "kn"), 2)))
def test_it_knows_the_lexicon_by_heart(sides: dict[str, Words], pair: tuple[str, str]) -> None:
    source, target = sides[pair[0]], sides[pair[1]]
    pairs = bitext(source.expressions, target.expressions)
    assert retrieval(source.vectors, target.vectors, pairs, (1,)).precision[1] >= 0.95
    senses = np.unique(np.stack([source.expressions.row, source.expressions.concept]), axis=1)
    of_one_sense = (np.bincount(senses[0]) == 1)[pairs.source]
    single = Bitext(*(rows[of_one_sense] for rows in (pairs.concept, pairs.source, pairs.target)))
    assert retrieval(source.vectors, target.vectors, single, (1,)).precision[1] >= 0.99
