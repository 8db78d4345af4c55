"""Generations that are kept: listed as a command tells them, made, and damaged."""

import shutil
from pathlib import Path
from typing import Any

from indexer.build import build
from indexer.service import LexiconService
from tests.cli.terminal import as_json
from tests.conftest import AxisEncoder


def rows(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = as_json("index", "list", *arguments)
    return found


def live_of(language: str) -> str:
    (row,) = (row for row in rows("-l", language) if row["live"])
    return str(row["generation"])


def folder_of(service: LexiconService, row: dict[str, Any]) -> Path:
    found: Path = service.settings.indices / row["identity"] / row["language"] / row["generation"]
    return found


def rebuild(service: LexiconService, axis: AxisEncoder, *languages: str, times: int = 1) -> None:
    for _ in range(times):
        build(service.sessions, service.generations, axis, list(languages) or None, force=True)


def add_old(service: LexiconService, language: str, many: int) -> list[str]:
    """More generations than builds keep, older than all others."""
    (row,) = (row for row in rows("-l", language) if row["live"])
    names = [f"200{number}0101T000000000000-00000000" for number in range(many)]
    for name in names:
        shutil.copytree(folder_of(service, row), folder_of(service, row | {"generation": name}))
        manifest = folder_of(service, row | {"generation": name}) / "manifest.json"
        manifest.write_text(manifest.read_text().replace(row["generation"], name))
    return names


def flip_a_bit(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])
