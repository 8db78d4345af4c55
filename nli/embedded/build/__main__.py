"""``python -m nli.embedded.build``: train, measure, and write the model folder."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from lexicon import bundled, frequencies
from lexicon.entries import ConceptEntry
from lexicon.errors import LexiconError
from lexicon.formats.pairs.entry import PairEntry
from nli.embedded.build import artefact, baselines, stages
from nli.embedded.build.base import Base, minilm
from nli.embedded.build.evaluate import Figures, gold, measure, temperature
from nli.embedded.build.pairs import halves, labelled
from nli.embedded.build.stages import Recipe
from nli.embedded.build.training import logits
from nli.embedded.build.vocabulary import Vocabulary, build
from nli.embedded.classifier import FOLDER, EmbeddedNli
from nli.protocol import NliPair

PROBE = Path(__file__).parent / "kannada_probe.tsv"
"""Pairs written for this model: simple sentences, translated by its makers."""


def _language_and_file(text: str) -> tuple[str, Path]:
    language, _, path = text.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not LANGUAGE=FILE, as in fr=dev.tsv")
    return language, Path(path)


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="nli.embedded.build", description=__doc__)
    found.add_argument(
        "--train", type=Path, action="append", required=True, help="labelled English pairs"
    )
    found.add_argument(
        "--dev",
        type=_language_and_file,
        action="append",
        required=True,
        metavar="LANGUAGE=FILE",
        help="labelled pairs to measure by: even ids choose, odd ids are reported",
    )
    found.add_argument("--out", type=Path, default=FOLDER, help="model folder to write")
    found.add_argument(
        "--work", type=Path, required=True, help="folder for what an interrupted run goes on from"
    )
    found.add_argument(
        "--probe", type=Path, default=PROBE, help="labelled Kannada pairs, few and simple"
    )
    found.add_argument("--note", action="append", default=[], help="a remark for the card")
    found.add_argument("--threads", type=int, default=2)
    return found


def main(arguments: list[str] | None = None) -> None:
    import torch

    asked = parser().parse_args(arguments)
    torch.set_num_threads(asked.threads)
    dev = {language: labelled(path, language) for language, path in asked.dev}
    train = [pair for path in asked.train for pair in labelled(path, "en")]
    entries = list(bundled.everything())
    print(f"teaching {len(entries):,} concepts and {len(train):,} pairs", flush=True)
    figures = make(
        minilm(),
        entries,
        train,
        dev,
        Recipe(),
        asked.train,
        asked.out,
        asked.work,
        asked.probe,
        asked.note,
    )
    for language, found in figures.items():
        print(f"{language}: accuracy {found.accuracy.value:.3f}, {found.pairs:,} pairs")
    size = sum(path.stat().st_size for path in asked.out.rglob("*") if path.is_file())
    print(f"wrote {asked.out}: {size / 1e6:.1f} MB")


def make(
    base: Base,
    entries: list[ConceptEntry],
    train: list[PairEntry],
    dev: dict[str, list[PairEntry]],
    recipe: Recipe,
    files: list[Path],
    out: Path,
    work: Path,
    probe: Path,
    notes: Sequence[str] = (),
) -> dict[str, Figures]:
    """Train, write the model folder with its card, and return what was measured."""
    vocabulary = build(base, entries, frequencies.load())
    model = stages.taught(base, vocabulary, train, recipe, work, _say)
    _say("measuring")
    read = {language: _read(vocabulary, pairs) for language, pairs in dev.items()}
    special = stages.special(vocabulary, recipe.most)
    exact = {language: logits(model, read[language], special) for language in dev}
    chosen = {language: halves(pairs)[0] for language, pairs in dev.items()}
    scale = temperature(
        np.concatenate([exact[language][chosen[language]] for language in dev]),
        np.concatenate([gold(dev[language])[chosen[language]] for language in dev]),
    )
    held = artefact.record(entries, vocabulary, recipe, files, len(train), scale)
    artefact.write(model, vocabulary, base, held, out)

    examples = stages.mixed(vocabulary, train, recipe, recipe.seeds[0])
    negations = frozenset(
        row
        for word in ("not", "no", "never", "nothing", "nobody", "without", "none")
        for row in vocabulary.read(word)
    )
    others: dict[str, baselines.Baseline] = {
        "hypothesis only": baselines.HypothesisOnly(examples),
        "features": baselines.Features(examples, vocabulary.rows, negations),
    }
    classifier = EmbeddedNli(out)
    figures = {}
    for language, pairs in dev.items():
        asked = [NliPair(pair.premise, pair.hypothesis) for pair in pairs]
        answers = classifier.classify(asked)
        shares = [(answer.entailment, answer.neutral, answer.contradiction) for answer in answers]
        figures[language] = measure(
            pairs,
            exact[language],
            # A constant apart from the logits, which no probability depends on.
            (np.log(np.array(shares)) * scale).astype(np.float32),
            scale,
            [answer.covered or 0.0 for answer in answers],
            {name: other.predict(read[language]) for name, other in others.items()},
        )
    held["figures"] = {language: asdict(found) for language, found in figures.items()}
    held["probe"] = _probed(classifier, labelled(probe, "kn"))
    held["notes"] = list(notes)
    artefact.finish(held, out)
    return figures


def _probed(classifier: EmbeddedNli, pairs: list[PairEntry]) -> dict[str, int]:
    answers = classifier.classify([NliPair(pair.premise, pair.hypothesis) for pair in pairs])
    right = (answer.label == pair.label for answer, pair in zip(answers, pairs, strict=True))
    return {"pairs": len(pairs), "right": sum(right)}


def _read(
    vocabulary: Vocabulary, pairs: list[PairEntry]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(vocabulary.read(pair.premise), vocabulary.read(pair.hypothesis)) for pair in pairs]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main()
    except LexiconError as error:
        sys.exit(str(error))
