"""Files to learn from: what is taken, what is left out, what is refused."""

import json
from pathlib import Path

import pytest

from lexicon.errors import InvalidInput
from lexicon.models import NLI_LABELS
from nli.training.examples import read_examples, shared
from nli.training.language import seeming
from tests.nli.training.toy import Row, rows, write

ENGLISH: list[Row] = [
    ("entailment", "The cat is in the house.", "It is an animal."),
    ("neutral", "He was the king of the land.", "They are happy."),
    ("contradiction", "She sings to the moon.", "The moon is of cheese and she is silent."),
]
FRENCH: list[Row] = [
    ("entailment", "Le chat est dans la maison.", "Il est un animal."),
    ("neutral", "Le roi et la reine.", "Les gens de la ville et le roi."),
    ("contradiction", "La lune est une pierre.", "Elle est de fromage et de vin."),
]


def refused(path: Path, language: str | None = None, every_label: bool = True) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_examples(path, language, every_label)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(path), "FILE")


class TestTaken:
    def test_pairs_come_in_the_order_of_the_file_with_their_labels_as_numbers(
        self, tmp_path: Path
    ) -> None:
        found = read_examples(write(tmp_path / "a.tsv", ENGLISH), None, every_label=True)
        assert found.premises[1] == "He was the king of the land."
        assert found.hypotheses[0] == "It is an animal."
        assert found.gold.tolist() == [0, 1, 2]
        assert len(found) == found.facts.pairs == 3
        assert found.facts.by_label == dict.fromkeys(NLI_LABELS, 1)
        assert found.facts.assumed

    def test_pairs_without_a_gold_label_are_left_out_and_counted(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.tsv", [*ENGLISH, ("-", "It rains.", "It pours.")])
        facts = read_examples(path, "en", every_label=True).facts
        assert (facts.pairs, facts.unlabelled) == (3, 1)

    def test_a_file_that_says_its_languages_gives_the_english_pairs(self, tmp_path: Path) -> None:
        lines = [
            {"premise": p, "hypothesis": h, "label": label, "language": language}
            for language, some in (("en", ENGLISH), ("fr", FRENCH))
            for label, p, h in some
        ]
        path = tmp_path / "a.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        facts = read_examples(path, None, every_label=True).facts
        assert (facts.pairs, facts.skipped, facts.assumed) == (3, 3, False)

    def test_a_few_bad_lines_are_left_out_and_told(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.tsv", [*rows(200, 0), ("perhaps", "It rains.", "It pours.")])
        facts = read_examples(path, "en", every_label=True).facts
        assert (facts.pairs, facts.rejected) == (200, 1)
        assert facts.first_reject is not None
        assert facts.first_reject.startswith("line 202: unknown NLI label 'perhaps'")

    def test_pairs_of_both_files_are_counted(self, tmp_path: Path) -> None:
        one = read_examples(write(tmp_path / "a.tsv", ENGLISH), "en", every_label=True)
        other = read_examples(write(tmp_path / "b.tsv", [ENGLISH[1]]), "en", every_label=False)
        assert (shared(one, other), shared(other, one)) == (1, 1)


class TestRefused:
    def test_an_unknown_label_is_named_with_its_line(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.tsv", [*ENGLISH, ("perhaps", "It rains.", "It pours.")])
        assert refused(path) == (
            "FILE: line 5: unknown NLI label 'perhaps'; known: entailment, neutral, "
            "contradiction; 1 of 4 lines are like that, more than 1%; correct them"
        )

    def test_one_class_only(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.tsv", [ENGLISH[0]])
        assert refused(path) == (
            "FILE has no pair labelled neutral; a classifier learns all three labels "
            "(1 entailment, 0 neutral, 0 contradiction)"
        )
        assert len(read_examples(path, None, every_label=False)) == 1

    def test_no_pairs_at_all(self, tmp_path: Path) -> None:
        assert refused(write(tmp_path / "a.tsv", [])) == "FILE has no pairs; name a file with some"
        (tmp_path / "b.tsv").write_text("")
        assert "of no known format" in refused(tmp_path / "b.tsv")
        assert "cannot be read" in refused(tmp_path / "none.tsv")

    def test_no_gold_labels(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.tsv", [("-", premise, said) for _, premise, said in ENGLISH])
        assert refused(path, every_label=False) == (
            "FILE has no gold labels: all of its 3 pairs are without one; name a file with labels"
        )

    def test_another_language_by_the_files_own_word(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        line = {"premise": "Il pleut.", "hypothesis": "Zut.", "label": 0, "language": "fr"}
        path.write_text(json.dumps(line))
        assert refused(path) == (
            "FILE has no pair of language 'en', only 1 of others; "
            "name their language with --language"
        )
        assert len(read_examples(path, "fr", every_label=False)) == 1

    def test_another_language_by_the_look_of_it(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.tsv", FRENCH)
        assert refused(path) == (
            "FILE does not say its language and looks like 'fr', not English; say what it is with "
            "--language fr, or --language en if it is English after all"
        )
        for language in ("fr", "en"):
            assert len(read_examples(path, language, every_label=True)) == 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The dog is in the house.", "en"),
        ("L'eau est dans la maison.", "fr"),
        ("बिल्ली पानी पीती है।", "hi"),
        ("ಬೆಕ್ಕು ನೀರು ಕುಡಿಯುತ್ತದೆ.", "kn"),
        ("... ?", None),
        ("the la", None),
    ],
)
def test_what_a_text_seems_to_be_written_in(text: str, language: str | None) -> None:
    assert seeming([text]) == language
