"""Where vectors are written to, and how much is read at once."""

from pathlib import Path

import pytest

from indexer import export as exporting


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A file in a folder of its own."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "vectors"


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BLOCK", 2)
