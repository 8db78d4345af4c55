"""What makes a classifier's answers its own."""

from dataclasses import replace

import pytest

from lexicon.models import NliPrediction
from nli.protocol import NliScores
from tests.nli.stub import SPEC


def test_any_field_but_the_name_changes_the_digits() -> None:
    changes: list[dict[str, object]] = [
        {},
        {"model_id": "another"},
        {"revision": "2"},
        {"labels": ("neutral", "entailment", "contradiction")},
        {"precision": "bf16"},
        {"max_length": 64},
        {"kind": "baseline"},
        {"normaliser_version": 2},
    ]
    made = [replace(SPEC, **change).identity for change in changes]  # type: ignore[arg-type]
    assert len(set(made)) == len(changes)
    renamed = replace(SPEC, name="other?precision=fp32")
    assert renamed.identity == SPEC.identity.replace("stub", "other")


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("embedded-nli", "embedded-nli"),
        ("org/name?max_length=64", "name"),
        ("/folder/of/models/", "models"),
        ("n" * 500, "n" * 111),
    ],
)
def test_an_identity_begins_with_the_name_and_fits_into_the_store(name: str, base: str) -> None:
    found, _, digits = replace(SPEC, name=name).identity.rpartition("-")
    assert found == base
    assert len(digits) == 16
    assert len(f"{found}-{digits}") <= NliPrediction.__table__.c.checkpoint.type.length  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("scores", "label"),
    [
        ((0.5, 0.25, 0.25), "entailment"),
        ((0.25, 0.25, 0.5), "contradiction"),
        ((0.25, 0.375, 0.375), "neutral"),
        ((1 / 3, 1 / 3, 1 / 3), "entailment"),
    ],
)
def test_the_label_is_the_likeliest_and_of_equal_ones_the_first(
    scores: tuple[float, float, float], label: str
) -> None:
    assert NliScores(*scores, truncated=False).label == label
