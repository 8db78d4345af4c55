"""The mini model, made once."""

from pathlib import Path

import pytest

from indexer.encoders.embedded.build.distil import distil, save
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from tests.indexer.encoders.mini import MINI, RECIPE, HashTeacher


@pytest.fixture(scope="session")
def mini_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model folder of a student who was taught ``MINI``. Read it, never write to it."""
    folder = tmp_path_factory.mktemp("mini") / "model"
    save(distil(MINI, HashTeacher(), RECIPE), MINI, RECIPE, {"name": "hash"}, folder)
    return folder


@pytest.fixture(scope="session")
def mini(mini_folder: Path) -> EmbeddedEncoder:
    return EmbeddedEncoder(mini_folder)
