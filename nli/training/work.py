"""The folder beside the checkpoint to come: all that a training has done so far.

.NAME.training/begun.json            what decides the weights
.NAME.training/SEED/                 a run: its state, its checkpoints, its record once it is over
.NAME.training/checkpoint/           what becomes NAME, by one renaming
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from indexer.checkpoints.stored import discard
from lexicon.disk import sync, whole_file
from lexicon.errors import InvalidInput, ModelBusy, StoreUnavailable
from nli.training import records
from nli.training.records import Begun
from nli.training.state import room_in

_BEGUN = "begun.json"


class Work:
    def __init__(self, out: Path) -> None:
        self._out = out.expanduser().absolute()
        self.folder = self._out.with_name(f".{self._out.name}.training")
        self.checkpoint = self.folder / "checkpoint"

    def require_free(self) -> None:
        """Refuse to write where something is, or where nothing can be."""
        out = self._out
        if not out.parent.is_dir():
            raise InvalidInput(f"{out.parent} is no folder; make it, or name another with --out")
        there = out.is_symlink() or out.exists()
        if there and (out.is_symlink() or not out.is_dir() or any(out.iterdir())):
            if (out / records.NAME).is_file() and self.folder.is_dir():
                # Killed between the last two steps: it was published, and not yet tidied away.
                discard(self.folder)
            raise InvalidInput(f"{out} is there already; name another with --out, or remove it")

    @contextmanager
    def held(self, begun: Begun, fresh: bool, bytes_needed: int) -> Iterator[None]:
        """Hold the folder for what was ``begun``, beginning it where there is none or where a
        ``fresh`` one is wanted.

        Raises :class:`InvalidInput` where it holds another training, :class:`ModelBusy` where
        another process is at it and :class:`StoreUnavailable` where there is no room.
        """
        with room_in(self._out.parent):
            self.folder.mkdir(exist_ok=True)
        lock = FileLock(self.folder / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ModelBusy(
                f"another process is training {self._out}; wait for it, or name another with --out"
            ) from None
        try:
            self._begin(begun, fresh, bytes_needed)
            yield
        finally:
            lock.release()

    def publish(self) -> None:
        """Make the finished checkpoint the folder that was asked for, and tidy away."""
        with room_in(self._out.parent):
            for path in (*self.checkpoint.rglob("*"), self.checkpoint):
                sync(path)
            if self._out.is_dir():
                self._out.rmdir()
            self.checkpoint.rename(self._out)
            sync(self._out.parent)
        discard(self.folder)

    def _begin(self, begun: Begun, fresh: bool, bytes_needed: int) -> None:
        file = self.folder / _BEGUN
        if file.is_file() and not fresh:
            self._require_same(file, begun)
            return
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        free = shutil.disk_usage(self.folder).free
        if bytes_needed > free:
            raise StoreUnavailable(
                f"training needs about {bytes_needed:,} bytes in {self._out.parent}, which has "
                f"room for {free:,}; make room there, or keep fewer checkpoints with --average-of"
            )
        with room_in(self.folder), whole_file(file) as stream:
            stream.write(begun.model_dump_json(indent=1).encode())

    def _require_same(self, file: Path, begun: Begun) -> None:
        try:
            before = Begun.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            raise InvalidInput(
                f"{file} cannot be read, so what it holds cannot go on; begin anew with --fresh"
            ) from error
        if differing := _difference(before, begun):
            raise InvalidInput(
                f"{self.folder} holds a training that was begun with {differing}; give the command "
                "of then to go on with it, or begin anew with --fresh"
            )


def _difference(before: Begun, now: Begun) -> str | None:
    """The first thing in which two differ, and how it was before."""
    then, this = before.recipe.model_dump(), now.recipe.model_dump()
    for name, value in then.items():
        if value != this[name]:
            return f"--{name.replace('_', '-')} {value}, not {this[name]}"
    for name in ("train", "dev"):
        one, other = getattr(before, name), getattr(now, name)
        if one != other:
            return f"--{name} {one.name} of sha256 {one.sha256[:16]}, not {other.sha256[:16]}"
    for name in ("base_revision", "precision", "device"):
        one, other = getattr(before, name), getattr(now, name)
        if one != other:
            return f"{name.replace('_', ' ')} {one}, not {other}"
    return None
