"""The mini model and tiny checkpoints, made once."""

from pathlib import Path

import pytest

from indexer.encoders.embedded.build.distil import distil, save
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from lexicon.settings import Settings
from tests.indexer.encoders.mini import MINI, RECIPE, HashTeacher
from tests.indexer.encoders.tiny import make_bert, make_bloom, make_labse, make_xlmr


@pytest.fixture(scope="session")
def mini_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model folder of a student who was taught ``MINI``. Read it, never write to it."""
    folder = tmp_path_factory.mktemp("mini") / "model"
    save(distil(MINI, HashTeacher(), RECIPE), MINI, RECIPE, {"name": "hash"}, folder)
    return folder


@pytest.fixture(scope="session")
def mini(mini_folder: Path) -> EmbeddedEncoder:
    return EmbeddedEncoder(mini_folder)


@pytest.fixture(scope="session")
def one_thread() -> None:
    """Such small products take longer on many threads, more so where the processor is busy."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A plain BERT. Read it, never write to it; so with the next two."""
    return make_bert(tmp_path_factory.mktemp("plain") / "bert")


@pytest.fixture(scope="session")
def labse(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A sentence-transformers folder of LaBSE's shape that reads ``MOST`` tokens."""
    return make_labse(tmp_path_factory.mktemp("pulled") / "labse")


@pytest.fixture(scope="session")
def xlmr(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A sentence-transformers folder of XLM-RoBERTa with mean pooling."""
    return make_xlmr(tmp_path_factory.mktemp("roberta") / "xlmr")


@pytest.fixture(scope="session")
def bloom(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A BLOOM of ``LAYERS`` layers."""
    return make_bloom(tmp_path_factory.mktemp("decoder") / "bloom")


@pytest.fixture(scope="session")
def on_cpu(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that share what was learnt about checkpoints; whatever GPU there may be."""
    return Settings(home=tmp_path_factory.mktemp("shared") / "home", device="cpu", threads=1)
