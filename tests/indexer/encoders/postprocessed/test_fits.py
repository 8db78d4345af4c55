"""Fits on disk: whole or not there, checked when read, and which one is in use."""

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from indexer.encoders.postprocessed import fits as stored
from indexer.encoders.postprocessed.fits import MAPS, POINTER, RECORD, Fit, Fits, FittedTo
from lexicon.errors import IndexBusy, ModelDamaged, ModelMissing, StoreUnavailable
from tests.indexer.encoders.postprocessed.moving import CENTRED, TURNED

ONE = {"en": FittedTo(forms=1, pairs=0)}


def another(fits: Fits, words: str) -> Fit:
    """A fit to other words."""
    return fits.keep({"en": CENTRED}, ONE, words)


def test_what_was_kept_is_read(fits: Fits, fit: Fit) -> None:
    read = fits.newest()
    assert read.digest == fit.digest
    assert read.record.method == "center"
    assert read.record.trained_on == "words"
    assert (read.record.dim, list(read.record.languages)) == (4, ["en", "fr"])
    assert read.record.languages["fr"] == FittedTo(forms=4, pairs=3)
    assert read.maps["en"].matrix is None
    assert read.maps["en"].offset.tolist() == [1, 0, 0, 0]
    assert read.maps["fr"].matrix is not None
    np.testing.assert_array_equal(read.maps["fr"].matrix, TURNED.matrix)
    assert read.maps["fr"].offset.dtype == read.maps["fr"].matrix.dtype == np.float64


def test_equal_fits_are_one(fits: Fits, fit: Fit) -> None:
    again = fits.keep({"fr": TURNED, "en": CENTRED}, fit.record.languages, "words")
    assert again.digest == fit.digest
    assert another(fits, "words").digest != fit.digest
    assert another(fits, "other words").digest != another(fits, "words").digest


def test_nothing_fitted_names_the_command(fits: Fits) -> None:
    with pytest.raises(ModelMissing) as told:
        fits.newest()
    assert str(told.value) == (
        "encoder 'axis+center' is not fitted yet; fit and build it with: "
        "lexicon index build --encoder axis+center"
    )
    assert not fits.folder.exists()


def test_a_fit_is_not_in_use_until_it_is_put_there(fits: Fits, fit: Fit) -> None:
    new = another(fits, "new")
    assert fits.newest().digest == fit.digest
    assert not fits.newer_than(fit)
    assert fits.use(new) == []
    assert fits.newest().digest == new.digest
    assert fits.newer_than(fit)
    assert not fits.newer_than(new)


def test_what_came_before_the_one_before_can_go(fits: Fits, fit: Fit) -> None:
    second, third = another(fits, "second"), another(fits, "third")
    assert fits.use(second) == [third.digest]
    assert fits.use(second) == [third.digest]
    assert fits.use(third) == [fit.digest]
    fits.remove(fit.digest)
    fits.remove(fit.digest)
    assert {path.name for path in fits.folder.iterdir() if path.is_dir()} == {
        second.digest,
        third.digest,
    }


def drop(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-3] ^= 1
    path.write_bytes(held)


@pytest.mark.parametrize("damage", [drop, cut, flip])
@pytest.mark.parametrize("name", [MAPS, RECORD])
def test_damage_is_refused_with_the_remedy(
    fits: Fits, fit: Fit, name: str, damage: Callable[[Path], None]
) -> None:
    damage(fits.folder / fit.digest / name)
    with pytest.raises(ModelDamaged) as told:
        _ = fits.newest().maps
    why = f"{name}: No such file or directory" if damage is drop else f"content of {name} was"
    assert why in str(told.value)
    assert str(told.value).endswith(
        "and is not used; fit it again with: lexicon index build --encoder axis+center"
    )


@pytest.mark.parametrize("content", [b"", b"\n", b"../../etc", b"\xff", "0" * 63])
def test_a_pointer_that_names_no_fit_is_damage(fits: Fits, fit: Fit, content: bytes | str) -> None:
    written = content.encode() if isinstance(content, str) else content
    (fits.folder / POINTER).write_bytes(written)
    with pytest.raises(ModelDamaged, match=POINTER):
        fits.newest()
    # Whoever has one open goes on with it, and a new one mends it.
    assert not fits.newer_than(fit)
    fits.use(fit)
    assert fits.newest().digest == fit.digest


def rewritten(fits: Fits, fit: Fit, content: bytes, maps: bytes | None = None) -> Path:
    """A record of these bytes, sealed as its own and in use."""
    digest = sha256(content).hexdigest()
    folder = fits.folder / digest
    folder.mkdir()
    (folder / RECORD).write_bytes(content)
    held = (fits.folder / fit.digest / MAPS).read_bytes()
    (folder / MAPS).write_bytes(held if maps is None else maps)
    (fits.folder / POINTER).write_text(digest)
    return folder


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("format", 2, "is of format 2"),
        ("method", "abtt", "abtt"),
        ("base", "other-1", "other-1"),
        ("languages", 3, "of another version"),
    ],
)
def test_a_fit_of_something_else_is_refused(
    fits: Fits, fit: Fit, field: str, value: object, why: str
) -> None:
    said = fit.record.model_dump() | {field: value}
    rewritten(fits, fit, json.dumps(said).encode())
    with pytest.raises(ModelDamaged, match=why):
        fits.newest()


@pytest.mark.parametrize(
    "maps", [b"no tensors at all", save({"en.offset": np.zeros(4, dtype=np.float64)})]
)
def test_maps_that_are_none_are_refused(fits: Fits, fit: Fit, maps: bytes) -> None:
    said = fit.record.model_dump()
    said["maps"] = {"bytes": len(maps), "sha256": sha256(maps).hexdigest()}
    rewritten(fits, fit, json.dumps(said).encode(), maps)
    with pytest.raises(ModelDamaged, match=f"{MAPS} has no map of every language"):
        _ = fits.newest().maps


@pytest.mark.parametrize("moment", range(3))
def test_a_kill_leaves_the_fit_that_was_in_use(
    fits: Fits, fit: Fit, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the maps, the record or the pointer is written."""
    written: list[int] = []

    def killed(_file: int) -> None:
        written.append(_file)
        # A file and its folder are synced.
        if len(written) == 2 * moment + 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt), fits.fitting():
            fits.use(another(fits, "new"))
    assert fits.newest().digest == fit.digest
    assert list(fits.newest().maps) == ["en", "fr"]
    new = another(fits, "new")
    fits.use(new)
    assert fits.newest().digest == new.digest
    assert not list(fits.folder.rglob("*.part"))


def test_parts_of_a_killed_process_are_removed(fits: Fits, fit: Fit) -> None:
    left = fits.folder / fit.digest / f"{MAPS}.12345678.part"
    left.write_bytes(b"half")
    fits.keep({"en": CENTRED, "fr": TURNED}, fit.record.languages, "words")
    assert not left.exists()


def test_two_do_not_fit_at_once(fits: Fits) -> None:
    with fits.fitting(), pytest.raises(IndexBusy, match=r"is fitting encoder 'axis\+center'; wait"):
        fits.fitting().__enter__()
    with fits.fitting() as again:
        assert again is fits


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "fitted").write_text("a file")
    fits = Fits(tmp_path, "axis-1", "center", "axis+center")
    with pytest.raises(StoreUnavailable, match=r"fitted/axis-1/center cannot be written \(Not a"):
        fits.fitting().__enter__()


def test_names_are_quoted_in_the_remedy() -> None:
    assert stored.command("m?layer=1&pooling=mean+center") == (
        "lexicon index build --encoder 'm?layer=1&pooling=mean+center'"
    )
