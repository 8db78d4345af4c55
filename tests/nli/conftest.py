"""Tiny classifiers, made once."""

from pathlib import Path

import pytest

from lexicon.settings import Settings
from tests.nli import tiny


@pytest.fixture(scope="session")
def one_thread() -> None:
    """Such small products take longer on many threads, more so where the processor is busy."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def xlmr(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """An XLM-RoBERTa that counts entailment, neutral, contradiction. Read it, never write to it;
    so with the next two."""
    return tiny.make_xlmr(tmp_path_factory.mktemp("nli") / "xlmr")


@pytest.fixture(scope="session")
def bloom(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A BLOOM that counts the same."""
    return tiny.make_bloom(tmp_path_factory.mktemp("nli") / "bloom")


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A BERT, which is told which tokens are the hypothesis's."""
    return tiny.make_bert(tmp_path_factory.mktemp("nli") / "bert")


@pytest.fixture(scope="session")
def on_cpu(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that share what was learnt about checkpoints; whatever GPU there may be."""
    return Settings(home=tmp_path_factory.mktemp("shared") / "home", device="cpu", threads=1)
