"""What the embedded classifier knows French and Hindi by: the same weights, less of the rest.

    python -m benchmarks.nli_ablation --dev fr=FILE --dev hi=FILE --work FOLDER [--train FILE …]

FOLDER is the --work of a finished build. Pairs with even ids are measured, by which variants may be
chosen. With --train, the second stage is taught again without reordering, by the first seed; it is
compared with the weights of that seed alone.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from benchmarks.results import show
from lexicon import bundled, frequencies
from lexicon.entries import ConceptEntry
from lexicon.formats.pairs.entry import PairEntry
from nli.embedded.build import glosses, morphology, stages, training, vocabulary
from nli.embedded.build.__main__ import _language_and_file as language_and_file
from nli.embedded.build.base import Base, minilm
from nli.embedded.build.evaluate import gold
from nli.embedded.build.glosses import Glosses
from nli.embedded.build.pairs import halves, labelled
from nli.embedded.build.vocabulary import Vocabulary

if TYPE_CHECKING:
    import torch

Dev = dict[str, list[PairEntry]]


@dataclass(frozen=True)
class Measured:
    """Accuracy by language, on how many pairs each, of weights under ``tokens`` tokens."""

    variant: str
    tokens: int
    accuracy: dict[str, float]
    pairs: dict[str, int]


def measured(variant: str, model: "torch.nn.Module", words: Vocabulary, dev: Dev) -> Measured:
    special = stages.special(words, stages.MOST)
    right = {}
    for language, pairs in dev.items():
        read = [(words.read(pair.premise), words.read(pair.hypothesis)) for pair in pairs]
        said = training.logits(model, read, special).argmax(axis=1)
        right[language] = float(np.mean(said == gold(pairs)))
        print(f"{variant}, {language}: {right[language]:.4f}", flush=True)
    counts = {language: len(pairs) for language, pairs in dev.items()}
    return Measured(variant, len(words.row), right, counts)


@contextmanager
def glossed(change: Callable[[Glosses], Glosses]) -> Iterator[None]:
    """The tables of glosses, changed."""
    read = glosses.read
    with patch.object(glosses, "read", lambda *given: change(read(*given))):
        yield


@contextmanager
def underived() -> Iterator[None]:
    """No inflected forms, no stems, no endings."""
    nothing = dict.fromkeys(morphology.DERIVED, lambda _word, _pos: iter(()))
    without = glossed(lambda held: Glosses(held.words, {}))
    with patch.object(vocabulary, "DERIVED", nothing), without:
        yield


def untaught(base: Base, entries: Sequence[ConceptEntry], work: Path, dev: Dev) -> list[Measured]:
    """Variants that need no training."""
    zipf = frequencies.load()
    seeds = [work / f"mixed-{seed}.pt" for seed in stages.Recipe().seeds]
    words = vocabulary.build(base, entries, zipf)

    def run(variant: str, words: Vocabulary, *weights: Path) -> Measured:
        model = base.model(words.rows, 1)
        training.load(model, *weights)
        return measured(variant, model, words, dev)

    found = [run("as shipped, before int8", words, *seeds)]
    found += [
        run(f"seed {seed} alone", words, one)
        for seed, one in zip(stages.Recipe().seeds, seeds, strict=True)
    ]
    found.append(run("no code-switched stage", words, work / "english.pt"))
    with glossed(lambda held: Glosses({}, held.suffixes)):
        fewer = vocabulary.build(base, entries, zipf)
    found.append(run("no function words", fewer, *seeds))
    with underived():
        fewer = vocabulary.build(base, entries, zipf)
    found.append(run("no inflected forms or endings", fewer, *seeds))
    for share in (2, 4):
        fewer = vocabulary.build(base, entries[::share], zipf)
        found.append(run(f"1/{share} of the lexicon", fewer, *seeds))
    return found


def in_english_order(
    base: Base, entries: Sequence[ConceptEntry], files: list[Path], work: Path, dev: Dev
) -> Measured:
    """The second stage by the first seed, from the same first one, without reordering."""
    recipe = stages.Recipe()
    recipe = replace(
        recipe, switched=replace(recipe.switched, reordered=0.0), seeds=recipe.seeds[:1]
    )
    words = vocabulary.build(base, entries, frequencies.load())
    pairs = [pair for path in files for pair in labelled(path, "en")]
    mine = work / "in-english-order"
    mine.mkdir(exist_ok=True)
    if not (mine / "english.pt").exists():
        (mine / "english.pt").symlink_to((work / "english.pt").resolve())
    model = stages.taught(base, words, pairs, recipe, mine, lambda text: print(text, flush=True))
    return measured(
        f"seed {recipe.seeds[0]} alone, taught in English word order", model, words, dev
    )


def main() -> None:
    import torch

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--dev", type=language_and_file, action="append", required=True)
    asked.add_argument("--work", type=Path, required=True)
    asked.add_argument("--train", type=Path, action="append", default=[])
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--document", action="store_true")
    given = asked.parse_args()
    torch.set_num_threads(given.threads)
    dev = {}
    for language, path in given.dev:
        pairs = labelled(path, language)
        dev[language] = [pairs[place] for place in halves(pairs)[0]]
    base, entries = minilm(), list(bundled.everything())
    found = untaught(base, entries, given.work, dev)
    if given.train:
        found.append(in_english_order(base, entries, given.train, given.work, dev))
    rows = [
        [one.variant, f"{one.tokens:,}", *(f"{value:.3f}" for value in one.accuracy.values())]
        for one in found
    ]
    counts = ", ".join(f"{language} {count:,}" for language, count in found[0].pairs.items())
    show(
        "nli ablation",
        f"The embedded classifier with less: accuracy on pairs with even ids ({counts})",
        ["variant", "tokens", *dev],
        rows,
        [asdict(one) for one in found],
        ["torch", "transformers", "tokenizers"],
        given.json,
        given.document,
    )


if __name__ == "__main__":
    main()
