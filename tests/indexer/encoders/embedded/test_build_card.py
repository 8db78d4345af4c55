"""The model card and the command that writes it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.alignment.metrics import Retrieval
from indexer.encoders.embedded.build import __main__ as command
from indexer.encoders.embedded.build import teacher as teaching
from indexer.encoders.embedded.build.card import card
from indexer.encoders.embedded.build.distil import distil
from indexer.encoders.embedded.build.evaluate import Figures
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from lexicon import bundled
from lexicon.entries import ConceptEntry, digest
from tests.indexer.encoders.mini import MINI, RECIPE, HashTeacher

ORIGIN = {"name": "a teacher", "package": "a-package", "sha256": "f" * 64}


def found(forms: int, first: float, tenth: float) -> Retrieval:
    return Retrieval(forms, 500, {1: first, 5: tenth, 10: tenth}, {1: 0.0, 5: 0.0, 10: 0.0})


@pytest.fixture(scope="module")
def text() -> str:
    figures = Figures(
        known={("en", "fr"): found(100, 1.0, 1.0), ("fr", "en"): found(90, 0.995, 1.0)},
        everyday={("en", "fr"): found(40, 0.25, 0.5), ("fr", "en"): found(30, 0.2, 0.4)},
        names={("en", "fr"): found(7, 0.75, 0.9), ("fr", "en"): found(0, float("nan"), 0.0)},
        synonyms={("en", "fr"): found(11, 0.5, 0.6)},
        held_out_concepts=1_234,
    )
    return card(distil(MINI, HashTeacher(), RECIPE), MINI, RECIPE, ORIGIN, figures)


def test_it_names_the_lexicon_by_digest_and_the_teacher_by_weights(text: str) -> None:
    assert f"{len(MINI)} concepts, digest `{digest(MINI)}`" in text
    assert all(value in text for value in ORIGIN.values())
    assert "natural language inference" in text.lower()


def test_it_has_every_figure_with_its_interval_and_n(text: str) -> None:
    rows = [line.split(" | ") for line in text.splitlines() if "→" in line and "[" in line]
    assert rows == [
        [
            "| en→fr",
            "1.000 [0.96, 1.00]",
            "0.250 [0.14, 0.40]",
            "0.500 [0.35, 0.65]",
            "0.750 [0.39, 0.93]",
            "0.500 [0.25, 0.75]",
            "100 / 40 / 7 / 11 |",
        ],
        [
            "| fr→en",
            "0.995 [0.95, 1.00]",
            "0.200 [0.10, 0.37]",
            "0.400 [0.25, 0.58]",
            "–",
            "–",
            "90 / 30 / 0 / 0 |",
        ],
    ]
    assert "1,234 concepts" in text


def test_it_says_what_it_is_not(text: str) -> None:
    assert "not an open-vocabulary model" in text
    assert "`memorised`" in text
    assert "license: apache-2.0" in text


def test_it_is_the_front_matter_of_a_hub_page(text: str) -> None:
    head = text.split("---\n")[1]
    assert "library_name: sentence-transformers" in head
    assert "language: [en, fr, hi, kn]" in head


class TestCommand:
    @pytest.fixture
    def written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> tuple[Path, str]:
        """The folder that the command writes when the mini lexicon is the bundled one."""

        def everything() -> Iterator[ConceptEntry]:
            yield from MINI

        monkeypatch.setattr(bundled, "everything", everything)
        monkeypatch.setattr(teaching, "MiniLm", HashTeacher)
        monkeypatch.setattr(command, "Recipe", lambda: RECIPE)
        monkeypatch.setattr(sys, "argv", ["build", "--out", str(tmp_path / "made")])
        command.main()
        return tmp_path / "made", capsys.readouterr().out

    def test_it_writes_a_model_with_its_card(self, written: tuple[Path, str]) -> None:
        folder, said = written
        assert f"teaching {len(MINI)} concepts" in said
        assert f"wrote {folder}: " in said
        encoder = EmbeddedEncoder(folder)
        assert encoder.encode(["eau", "नया"], "fr").covered.tolist() == [True, False]
        assert encoder.spec.trained_on == digest(MINI)
        assert digest(MINI) in (folder / "README.md").read_text(encoding="utf-8")

    def test_its_record_names_the_pinned_teacher(self, written: tuple[Path, str]) -> None:
        record = json.loads((written[0] / "lexicon.json").read_text())
        assert record["teacher"] == {
            "name": teaching.NAME,
            "package": teaching.PACKAGE,
            "sha256": teaching.WEIGHTS_SHA256,
        }
