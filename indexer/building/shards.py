"""Encoded batches of a build that has not been published: what Ctrl-C or a kill leaves is used."""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from zipfile import BadZipFile

import numpy as np

from indexer.encoders.protocol import Encoded, Encoder

WORTH_KEEPING = 1.0
"""Seconds that a batch must have taken: the embedded encoder is faster than a disk."""


class Shards:
    """Batches on disk, by encoder identity, language and texts; wrong ones cannot be found."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def encode(self, encoder: Encoder, texts: Sequence[str], language: str) -> Encoded:
        """What the encoder gives, read rather than computed if an earlier build came this far."""
        said = "\n".join([encoder.spec.identity, language, *texts])
        folder = self._folder / language
        file = folder / f"{sha256(said.encode()).hexdigest()}.npz"
        held = _read(file, len(texts), encoder.spec.dim)
        if held is not None:
            return held
        started = time.monotonic()
        made = encoder.encode(texts, language)
        if time.monotonic() - started >= WORTH_KEEPING:
            # A build goes on without them; then a stopped one starts anew.
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                part = file.with_suffix(".part")
                with part.open("wb") as stream:
                    np.savez(
                        stream,
                        vectors=made.vectors,
                        covered=made.covered,
                        truncated=made.truncated,
                    )
                part.replace(file)
        return made

    def clear(self, languages: Iterable[str]) -> None:
        """Everything that they were kept for in these languages is published."""
        for language in languages:
            rmtree(self._folder / language, ignore_errors=True)
        with suppress(OSError):
            self._folder.rmdir()


def _read(file: Path, rows: int, dim: int) -> Encoded | None:
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            found = Encoded(held["vectors"], held["covered"], held["truncated"])
    # Flipped bits make zipfile and NumPy raise many things.
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, RuntimeError, TypeError):
        return None
    kinds = [(one.dtype, one.shape) for one in (found.vectors, found.covered, found.truncated)]
    flags = (np.dtype(np.bool_), (rows,))
    sound = kinds == [(np.dtype(np.float32), (rows, dim)), flags, flags]
    return found if sound and np.isfinite(found.vectors).all() else None
