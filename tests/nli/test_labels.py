"""NLI labels: one spelling for what files and checkpoints call by many names."""

import pytest

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from nli.labels import SYNONYMS, canonical


def test_the_order_of_the_labels_is_fixed() -> None:
    assert NLI_LABELS == ("entailment", "neutral", "contradiction")


@pytest.mark.parametrize("label", NLI_LABELS)
def test_a_label_is_its_own_canonical_form(label: str) -> None:
    assert canonical(label) == label


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ENTAILMENT", "entailment"),
        (" Neutral\n", "neutral"),
        ("entails", "entailment"),
        ("Entailed", "entailment"),
        (" CONTRADICTORY ", "contradiction"),
        ("contradicts", "contradiction"),
    ],
)
def test_case_blanks_and_synonyms_do_not_matter(written: str, meant: str) -> None:
    assert canonical(written) == meant


def test_every_synonym_leads_to_a_label() -> None:
    assert set(SYNONYMS.values()) <= set(NLI_LABELS)
    assert not set(SYNONYMS) & set(NLI_LABELS)


@pytest.mark.parametrize("label", ["", " ", "0", "LABEL_0", "entail", "hypothesis", "-"])
def test_another_word_is_refused_with_the_known_labels(label: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical(label)
    assert str(caught.value) == (
        f"unknown NLI label {label!r}; known: entailment, neutral, contradiction"
    )
