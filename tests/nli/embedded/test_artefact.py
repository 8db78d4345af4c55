"""The model that the package ships: of this lexicon, small, readable, right, and without torch."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.encoders.embedded.build.teacher import WEIGHTS_SHA256
from lexicon import bundled
from nli.embedded.classifier import FOLDER, RECORD, EmbeddedNli
from nli.protocol import NliPair
from nli.texts import MAX_TEXT

HEAVY = ("torch", "transformers", "sentence_transformers", "faiss")

# Pairs that nobody doubts, three of each language.
PLAIN = (
    ("en", "A man is playing a guitar on stage.", "A man is playing an instrument.", "entailment"),
    ("en", "The train arrived at noon.", "The train was full of students.", "neutral"),
    ("en", "The train arrived at noon.", "The train never arrived.", "contradiction"),
    ("fr", "Un homme joue de la guitare.", "Un homme joue d'un instrument.", "entailment"),
    ("fr", "Le chien dort.", "Le chien ne dort pas.", "contradiction"),
    ("fr", "Les enfants jouent dans le jardin.", "Les enfants ne jouent pas.", "contradiction"),
    ("hi", "बच्चे बगीचे में खेल रहे हैं।", "बच्चे खेल रहे हैं।", "entailment"),
    ("hi", "बच्चे बगीचे में खेल रहे हैं।", "बच्चे नहीं खेल रहे हैं।", "contradiction"),
    ("hi", "वह पानी पीता है।", "वह पानी नहीं पीता।", "contradiction"),
    ("kn", "ಮಕ್ಕಳು ತೋಟದಲ್ಲಿ ಆಡುತ್ತಿದ್ದಾರೆ.", "ಮಕ್ಕಳು ಆಡುತ್ತಿದ್ದಾರೆ.", "entailment"),
    ("kn", "ಅವನು ನೀರು ಕುಡಿಯುತ್ತಾನೆ.", "ಅವನು ನೀರು ಕುಡಿಯುವುದಿಲ್ಲ.", "contradiction"),
    ("kn", "ರೈಲು ಬಂದಿತು.", "ರೈಲು ಬರಲಿಲ್ಲ.", "contradiction"),
)


@pytest.fixture(scope="module")
def shipped() -> EmbeddedNli:
    return EmbeddedNli()


@pytest.fixture(scope="module")
def files() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*") if path.is_file())


def test_it_learnt_the_lexicon_that_is_bundled() -> None:
    record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    assert record["lexicon_digest"] == bundled.everything_digest(), (
        "bring the model to it: python -m nli.embedded.build.refresh"
    )


def test_its_card_and_its_record_agree() -> None:
    record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert record["lexicon_digest"] in card
    assert record["base"]["sha256"] == WEIGHTS_SHA256
    assert WEIGHTS_SHA256 in card
    assert f"{record['concepts']:,} concepts" in card
    assert all(file["sha256"] in card for file in record["training"]["files"])
    assert all(f"| {name} |" in card for name in ("English", "French", "Hindi"))


def test_it_is_no_larger_than_thirty_five_megabytes(files: list[Path]) -> None:
    assert sum(path.stat().st_size for path in files) <= 35_000_000


def test_everybody_may_read_it(files: list[Path]) -> None:
    assert [path.name for path in files if path.stat().st_mode & 0o444 != 0o444] == []


def test_it_holds_nothing_but_the_model(files: list[Path]) -> None:
    assert [path.relative_to(FOLDER).as_posix() for path in files] == [
        "README.md",
        "model.onnx",
        "nli.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "tokens.safetensors",
    ]


def test_its_spec_is_that_of_a_baseline(shipped: EmbeddedNli) -> None:
    spec = shipped.spec
    assert (spec.name, spec.kind, spec.precision) == ("embedded-nli", "baseline", "int8")
    assert spec.labels == ("entailment", "neutral", "contradiction")
    assert spec.max_length == 128


@pytest.mark.parametrize(("language", "premise", "hypothesis", "label"), PLAIN)
def test_it_is_right_where_nobody_doubts(
    shipped: EmbeddedNli, language: str, premise: str, hypothesis: str, label: str
) -> None:
    named, told = shipped.classify(
        [NliPair(premise, hypothesis, language, language), NliPair(premise, hypothesis)]
    )
    assert (named.label, told.label) == (label, label)
    assert told.covered == 1.0
    assert not told.truncated


def test_many_pairs_are_answered_as_each_alone(shipped: EmbeddedNli) -> None:
    pairs = [NliPair(premise, hypothesis) for _, premise, hypothesis, _ in PLAIN]
    assert shipped.classify(pairs) == [shipped.classify([pair])[0] for pair in pairs]


def test_a_very_long_text_is_cut_and_cheap(shipped: EmbeddedNli) -> None:
    words = ("water ", "l'eau du pain on ", "पानी नहीं ", "ನೀರಿನಲ್ಲಿ ", "x" * 90 + " ", "a")
    shipped.classify([NliPair("water", "gold")])
    for word in words:
        text = (word * MAX_TEXT)[: MAX_TEXT - 1].strip()
        started = time.process_time()
        (answer,) = shipped.classify([NliPair(text, text)])
        assert answer.truncated
        assert time.process_time() - started < 1


def test_transformers_reads_its_tokenizer_and_agrees(shipped: EmbeddedNli) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(FOLDER, local_files_only=True)
    for _, premise, hypothesis, _ in PLAIN:
        encoding = theirs(premise, hypothesis)
        special = set(theirs.all_special_ids)
        ours = [ids for ids, _ in shipped.model.tokens([premise, hypothesis])]
        said = [token for token in encoding["input_ids"] if token not in special]
        silent = shipped.model.silent
        assert [token for token in said if token not in silent] == [*ours[0], *ours[1]]
    assert theirs.model_max_length == shipped.spec.max_length


def test_classifying_leaves_torch_out(tmp_path: Path) -> None:
    script = f"""
import sys
from nli.embedded.classifier import EmbeddedNli
from nli.protocol import NliPair
print(EmbeddedNli().classify([NliPair("Il pleut.", "Le temps est sec.")])[0].label)
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"LEXICON_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=FOLDER.parents[2],
    )
    label, heavy = done.stdout.split("\n")[:2]
    assert label in ("entailment", "neutral", "contradiction")
    assert heavy == ""
