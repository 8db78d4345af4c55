"""The two stages: the task in English, then the task in four languages."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lexicon.formats.pairs.entry import PairEntry
from lexicon.models import NLI_LABELS
from nli.embedded.build import switching
from nli.embedded.build.base import Base
from nli.embedded.build.glosses import LANGUAGES
from nli.embedded.build.switching import Switcher
from nli.embedded.build.training import Example, Schedule, Special, load, save, train
from nli.embedded.build.vocabulary import Vocabulary

if TYPE_CHECKING:
    import torch

MOST = 128
"""Tokens of a pair that are read, special ones included."""


ENGLISH = Schedule(epochs=3, rate=1e-4)
MIXED = Schedule(epochs=1, rate=8e-5)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the artefact besides base, lexicon and training pairs. The second
    stage is run once with each of ``seeds``, from the same first one, and weights averaged."""

    english: Schedule = ENGLISH
    mixed: Schedule = MIXED
    switched: switching.Recipe = field(default_factory=switching.Recipe)
    english_again: float = 0.6
    most: int = MOST
    seeds: tuple[int, ...] = (1, 2)


def special(vocabulary: Vocabulary, most: int) -> Special:
    start, end, pad = (vocabulary.special(token) for token in ("[CLS]", "[SEP]", "[PAD]"))
    return Special(start, end, pad, most)


def english(vocabulary: Vocabulary, pairs: Sequence[PairEntry]) -> list[Example]:
    return [
        Example(
            vocabulary.read(pair.premise),
            vocabulary.read(pair.hypothesis),
            NLI_LABELS.index(str(pair.label)),
        )
        for pair in pairs
    ]


def mixed(
    vocabulary: Vocabulary, pairs: Sequence[PairEntry], recipe: Recipe, seed: int
) -> list[Example]:
    """Some of the English pairs again, and all of them in each of the other languages."""
    chance = random.Random(seed)
    again = chance.sample(list(pairs), round(recipe.english_again * len(pairs)))
    found = english(vocabulary, again)
    for language in LANGUAGES:
        switcher = Switcher(vocabulary, language, recipe.switched, chance)
        found += [
            Example(
                *switcher.pair(pair.premise, pair.hypothesis), NLI_LABELS.index(str(pair.label))
            )
            for pair in pairs
        ]
    return found


def taught(
    base: Base,
    vocabulary: Vocabulary,
    pairs: Sequence[PairEntry],
    recipe: Recipe,
    work: Path,
    say: Callable[[str], None],
) -> "torch.nn.Module":
    """The classifier after both stages. What is finished lies in the folder ``work``, and a run
    that was interrupted goes on from there."""
    model = base.model(vocabulary.rows, recipe.seeds[0])
    reads = special(vocabulary, recipe.most)
    work.mkdir(parents=True, exist_ok=True)

    def stage(
        name: str, schedule: Schedule, seed: int, examples: Callable[[], list[Example]]
    ) -> Path:
        finished = work / f"{name}.pt"
        if not finished.exists():
            say(f"stage {name}")
            train(model, examples(), schedule, seed, reads, say, work / f"{name}.checkpoint")
            save(finished, model)
        return finished

    first = stage("english", recipe.english, recipe.seeds[0], lambda: english(vocabulary, pairs))
    runs = []
    for seed in recipe.seeds:
        load(model, first)
        examples = partial(mixed, vocabulary, pairs, recipe, seed)
        runs.append(stage(f"mixed-{seed}", recipe.mixed, seed, examples))
    load(model, *runs)
    model.eval()
    return model
