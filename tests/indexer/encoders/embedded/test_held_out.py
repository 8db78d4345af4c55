"""Figures on held-out words: whose they are, and how they are made."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.groups import FOLDS
from indexer.alignment.sample import folds
from indexer.encoders.embedded.build import cross_validate
from indexer.encoders.embedded.build.distil import distil
from indexer.encoders.embedded.encoder import FOLDER, HELD_OUT, RECORD, EmbeddedEncoder
from lexicon import bundled
from lexicon.entries import ConceptEntry
from lexicon.errors import ModelDamaged
from tests.indexer.encoders.mini import MINI, RECIPE, HashTeacher

ROOT = Path(__file__).parents[4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The record of the shipped model, without figures."""
    shutil.copy(FOLDER / RECORD, tmp_path / RECORD)
    return tmp_path


def test_a_model_that_was_not_cross_validated_has_none(folder: Path) -> None:
    assert EmbeddedEncoder(folder).held_out() == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        (json.dumps({"lexicon_digest": "another", "pairs": []}), "it is of another lexicon"),
    ],
)
def test_figures_that_are_not_its_own_are_refused(folder: Path, text: str, reason: str) -> None:
    (folder / HELD_OUT).write_text(text, encoding="utf-8")
    with pytest.raises(ModelDamaged, match=reason):
        EmbeddedEncoder(folder).held_out()


def test_no_student_was_taught_what_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    taught = []

    def remember(kept: list[ConceptEntry], *rest: object) -> object:
        taught.append({entry.key for entry in kept})
        return real(kept, *rest)  # type: ignore[arg-type]

    real = distil
    monkeypatch.setattr(cross_validate, "distil", remember)
    some = list(MINI)
    made = cross_validate.held_out(some, HashTeacher(), RECIPE)
    assert made.evaluation == "cross-validated"
    assert len(taught) == FOLDS
    for language in made.by_code.values():
        concept = language.words.expressions.concept
        row = language.words.expressions.row
        assert [view.folds for view in language.space.views] == [(n,) for n in range(FOLDS)]
        for place, its in zip(concept.tolist(), language.space.fold[row].tolist(), strict=True):
            assert some[place].key not in taught[its]
            assert all(some[place].key in keys for n, keys in enumerate(taught) if n != its)
    # Both banks share a word, so that they are held out together.
    banks = {some[place].key for place in (1, 9)}
    assert all(banks <= keys or not banks & keys for keys in taught)


def test_the_folds_of_the_bundled_lexicon_are_what_the_definitions_say() -> None:
    entries = list(bundled.everything())
    codes = sorted({code for entry in entries for code in entry.forms})
    forms = [cross_validate.words(entries, code)[1] for code in codes]
    fold_of = np.full(len(entries), -1)
    for one, fold in zip(forms, folds(forms), strict=True):
        fold_of[one.concept] = fold[one.row]
    largest, *others = sorted(np.bincount(fold_of) / len(entries), reverse=True)
    said = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert f"one fold holds {largest:.0%} of its concepts" in " ".join(said.split())
    assert "the others hold an eighth each" in " ".join(said.split())
    assert [round(other, 3) for other in others] == pytest.approx([1 / 8] * 4, abs=0.004)
