"""Checkpoints to fine-tune, made once."""

from pathlib import Path

import pytest

from tests.nli.training.toy import make_base


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """An XLM-RoBERTa without a head. Read it, never write to it."""
    return make_base(tmp_path_factory.mktemp("base") / "tiny-xlmr")


@pytest.fixture(scope="session")
def bloom_base(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A BLOOM without a head. Read it, never write to it."""
    return make_base(tmp_path_factory.mktemp("base") / "tiny-bloom", "bloom")
