"""Which files of a repository make a checkpoint: what a text encoder is loaded from, once each."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from indexer.checkpoints.digests import RECORD

# The root, and the numbered folders of sentence-transformers: 1_Pooling, 2_Dense.
_PLACE = re.compile(r"(?:[0-9]{1,3}_[A-Za-z0-9]+/)?[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_DOCUMENTS = re.compile(r"requirements.*\.txt|readme.*|licen[cs]e.*|notice.*", re.IGNORECASE)
_SETTINGS = (".json", ".txt", ".model", ".jinja")

# What transformers and sentence-transformers look for, best first. The first kind that a folder
# has is taken; the others are the same numbers again.
_WEIGHTS = (
    re.compile(r"model\.safetensors"),
    re.compile(r"model-[0-9]+-of-[0-9]+\.safetensors"),
    re.compile(r"pytorch_model\.bin"),
    re.compile(r"pytorch_model-[0-9]+-of-[0-9]+\.bin"),
)
_WEIGHTS_INDEX = re.compile(r"(?:pytorch_)?model\.(?:safetensors|bin)\.index\.json")


def needed(paths: Iterable[str]) -> list[str]:
    """The paths to take, sorted.

    >>> needed(["README.md", "config.json", "model.safetensors", "pytorch_model.bin"])
    ['config.json', 'model.safetensors']
    """
    folders: dict[str, list[str]] = {}
    for path in paths:
        if _PLACE.fullmatch(path):
            where = PurePosixPath(path)
            folders.setdefault(where.parent.as_posix(), []).append(where.name)
    return sorted(
        name if folder == "." else f"{folder}/{name}"
        for folder, names in folders.items()
        for name in _of_folder(names)
    )


def is_weights(path: str) -> bool:
    return any(kind.fullmatch(PurePosixPath(path).name) for kind in _WEIGHTS)


def _of_folder(names: list[str]) -> list[str]:
    kinds = ([name for name in names if kind.fullmatch(name)] for kind in _WEIGHTS)
    weights = next((found for found in kinds if found), [])
    taken = [
        name
        for name in names
        if name.endswith(_SETTINGS)
        and name.lower() != RECORD
        and not _DOCUMENTS.fullmatch(name)
        and not _WEIGHTS_INDEX.fullmatch(name)
    ]
    # model-00001-of-00002.safetensors is found through model.safetensors.index.json.
    indices = {re.sub(r"-[0-9]+-of-[0-9]+", "", name) + ".index.json" for name in weights}
    sharded = any("-of-" in name for name in weights)
    return taken + weights + [name for name in names if sharded and name in indices]
