"""Digests of checkpoint files: what makes two checkpoints different, whatever they are called."""

import json
import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from lexicon.disk import file_digest

WEIGHTS = (".safetensors", ".bin", ".pt", ".onnx", ".npz")
DOCUMENTS = (".md", ".png", ".txt.license")
RECORD = "checkpoint.json"
"""What pulling writes beside the files; where they came from does not change what they are."""

_TOKENIZER = ("tokenizer", "vocab", "merges", "special_tokens", "added_tokens", "sentencepiece")
_DIGITS = 16


class DigestCache:
    """sha256 of files, remembered while size, time and inode stay the same: a checkpoint of two
    gigabytes takes seconds to read."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known: dict[str, list[object]] = {}
        if file is not None:
            with suppress(OSError, ValueError):
                held = json.loads(file.read_text(encoding="utf-8"))
                self._known = held if isinstance(held, dict) else {}

    def of(self, path: Path) -> str:
        found = path.stat()
        stamp = [found.st_size, found.st_mtime_ns, found.st_ino]
        held = self._known.get(str(path))
        if isinstance(held, list) and len(held) == 4 and held[:3] == stamp:
            return str(held[3])
        digest = file_digest(path)
        self._known[str(path)] = [*stamp, digest]
        self._save()
        return digest

    def _save(self) -> None:
        if self._file is None:
            return
        # A cache: where it cannot be kept, the files are read again next time.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(self._known, stream)
            Path(name).replace(self._file)


def revision(folder: Path, cache: DigestCache) -> str:
    """``weights:…;tokenizer:…;config:…``, 16 hexadecimal digits each, over the names and bytes of
    a folder's files; documents and hidden files do not count."""
    parts: dict[str, list[Path]] = {"weights": [], "tokenizer": [], "config": []}
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in within.parts)
        if not path.is_file() or hidden or path.name.endswith(DOCUMENTS) or path.name == RECORD:
            continue
        parts[_kind(path)].append(path)
    return ";".join(
        f"{kind}:{_together(folder, paths, cache)[:_DIGITS]}" for kind, paths in parts.items()
    )


def _kind(path: Path) -> str:
    if path.suffix in WEIGHTS:
        return "weights"
    return "tokenizer" if path.name.startswith(_TOKENIZER) else "config"


def _together(folder: Path, paths: list[Path], cache: DigestCache) -> str:
    lines = (f"{path.relative_to(folder).as_posix()} {cache.of(path)}" for path in paths)
    return sha256("\n".join(lines).encode()).hexdigest()
