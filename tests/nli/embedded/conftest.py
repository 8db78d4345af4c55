"""A base of two layers, the vocabulary made from it, and a model folder, once."""

from pathlib import Path

import pytest

from nli.embedded.build import __main__ as command
from nli.embedded.build.base import Base
from nli.embedded.build.evaluate import Figures
from nli.embedded.build.vocabulary import Vocabulary, build
from nli.embedded.classifier import EmbeddedNli
from tests.nli.embedded.small import DEV, LEXICON, PAIRS, RECIPE, ZIPF, make_base, write_pairs


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Base:
    return make_base(tmp_path_factory.mktemp("nli-base") / "base")


@pytest.fixture(scope="session")
def vocabulary(base: Base) -> Vocabulary:
    return build(base, LEXICON, ZIPF)


@pytest.fixture(scope="session")
def made(base: Base, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Figures]]:
    """A model folder and what was measured of it. Read it, never write to it."""
    folder = tmp_path_factory.mktemp("nli-model")
    train = write_pairs(folder / "train.tsv", PAIRS)
    probe = write_pairs(folder / "probe.tsv", PAIRS[:3])
    out = folder / "model"
    figures = command.make(
        base,
        list(LEXICON),
        PAIRS,
        DEV,
        RECIPE,
        [train],
        out,
        folder / "work",
        probe,
        ["Made for tests."],
    )
    return out, figures


@pytest.fixture
def small(made: tuple[Path, dict[str, Figures]]) -> EmbeddedNli:
    return EmbeddedNli(made[0])
