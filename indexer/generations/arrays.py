"""The arrays of a generation: which word each row is, its vector, its neighbourhoods."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.generations.manifest import Manifest
from indexer.generations.texts import Digests
from indexer.vectors import LexemeIds
from lexicon.errors import IndexDamaged

VECTORS = "vectors.npy"
LEXEMES = "lexemes.npy"
STARTS = "starts.npy"
ORDER = "order.npy"
TEXTS = "texts.npy"
COVERED = "covered.npy"

HalfVectors = NDArray[np.float16]
"""(n, dim): unit rows as they are stored."""

Means = NDArray[np.float32]
"""(n, 2): mean cosine of each word to its nearest 10 and to its nearest 4 of another language."""


def neighbourhood_file(language: str) -> str:
    """Means of this generation's words towards ``language``."""
    return f"neighbourhood.{language}.npy"


def reverse_file(language: str) -> str:
    """Means of the words of ``language`` towards this generation."""
    return f"reverse.{language}.npy"


Scalar = TypeVar("Scalar", bound=np.generic)

Source: TypeAlias = Path | Callable[[str], BytesIO]
"""The folder of a generation, or what gives the content of a file by name."""


@dataclass(frozen=True)
class Words:
    """Which lexemes each row is. ``lexemes`` in row order, those of row i from ``starts[i]`` up to
    ``starts[i + 1]``; ``order`` sorts them; ``texts`` digests of the forms; ``covered`` flags."""

    lexemes: LexemeIds
    starts: NDArray[np.int64]
    order: NDArray[np.int64]
    texts: Digests
    covered: NDArray[np.bool_]

    @property
    def rows(self) -> int:
        return len(self.covered)

    @classmethod
    def of(
        cls, forms: "list[tuple[int, ...]]", texts: Digests, covered: NDArray[np.bool_]
    ) -> "Words":
        """``forms`` holds each row's lexeme ids, ascending."""
        lexemes = np.array([lexeme for ids in forms for lexeme in ids], dtype=np.int64)
        starts = np.cumsum([0, *map(len, forms)], dtype=np.int64)
        return cls(lexemes, starts, np.argsort(lexemes), texts, covered)

    def write(self, folder: Path) -> None:
        for name, array in self._files():
            np.save(folder / name, array)

    def _files(self) -> list[tuple[str, NDArray[np.generic]]]:
        return [
            (LEXEMES, self.lexemes),
            (STARTS, self.starts),
            (ORDER, self.order),
            (TEXTS, self.texts),
            (COVERED, self.covered),
        ]

    def rows_of(self, ids: LexemeIds) -> NDArray[np.int64]:
        """Row of each lexeme, -1 where it is none of these."""
        if not len(self.lexemes):
            return np.full(len(ids), -1, dtype=np.int64)
        place = np.searchsorted(self.lexemes, ids, sorter=self.order)
        at = self.order[np.minimum(place, len(self.order) - 1)]
        rows = np.searchsorted(self.starts, at, side="right") - 1
        found: NDArray[np.int64] = np.where(self.lexemes[at] == ids, rows, -1)
        return found

    def row_of(self, lexeme: int) -> int:
        """Row of one lexeme, -1 where it is none of these."""
        place = int(np.searchsorted(self.lexemes, lexeme, sorter=self.order))
        if place == len(self.order):
            return -1
        at = int(self.order[place])
        if self.lexemes[at] != lexeme:
            return -1
        return int(np.searchsorted(self.starts, at, side="right")) - 1


def widened(rows: HalfVectors) -> NDArray[np.float32]:
    """The same finite numbers as float32, bit for bit what ``astype`` makes in five times as long.

    >>> widened(np.array([[0.25, -3.0]], dtype="<f2")).tolist()
    [[0.25, -3.0]]
    """
    # Sign, exponent and fraction move to where float32 has them; what the exponents count from
    # differs by 112.
    bits = np.ascontiguousarray(rows).view("<i2").astype(np.int32)
    bits <<= 13
    bits &= ~0x70000000
    found = bits.view(np.float32)
    found *= np.float32(2.0**112)
    return found


def read_words(folder: Source, manifest: Manifest, mapped: bool) -> Words:
    """The words of a generation, refused when their shapes are not those of its manifest."""
    rows = manifest.rows
    starts = read_array(folder, STARTS, manifest, np.int64, (rows + 1,), mapped)
    if starts[0] != 0 or (np.diff(starts) < 1).any():
        raise IndexDamaged(manifest.generation, f"{STARTS} holds rows without a word")
    many = int(starts[-1])
    return Words(
        read_array(folder, LEXEMES, manifest, np.int64, (many,), mapped),
        starts,
        read_array(folder, ORDER, manifest, np.int64, (many,), mapped),
        read_array(folder, TEXTS, manifest, np.uint64, (rows, 2), mapped),
        read_array(folder, COVERED, manifest, np.bool_, (rows,), mapped),
    )


def read_vectors(folder: Path, manifest: Manifest, mapped: bool) -> HalfVectors:
    shape = (manifest.rows, manifest.dim)
    found: HalfVectors = read_array(folder, VECTORS, manifest, np.float16, shape, mapped)
    return found


def read_array(
    folder: Source,
    name: str,
    manifest: Manifest,
    dtype: type[Scalar],
    shape: tuple[int, ...],
    mapped: bool,
) -> NDArray[Scalar]:
    """One array of a generation, refused when it is not of this type and shape."""
    try:
        # An empty array cannot be mapped.
        mode: Literal["r"] | None = "r" if mapped and 0 not in shape else None
        file = folder / name if isinstance(folder, Path) else folder(name)
        found: NDArray[Scalar] = np.load(file, mmap_mode=mode, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        why = str(error).partition("\n")[0]
        raise IndexDamaged(manifest.generation, f"{name}: {why}") from error
    if found.dtype != np.dtype(dtype) or found.shape != shape:
        raise IndexDamaged(
            manifest.generation,
            f"{name} holds {found.dtype} {found.shape}, not {np.dtype(dtype)} {shape}",
        )
    # A slice of NumPy's own class for mapped files takes long to make.
    return np.asarray(found)
