"""What cannot be written is said, and nothing half written is left."""

import os
import sys
from errno import ENOSPC
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.export import Wanted, export
from indexer.indices.live import LiveIndex
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon.errors import (
    ExtraMissing,
    IndexMissing,
    InvalidInput,
    LexiconError,
    NoWords,
    StoreUnavailable,
    UnknownLanguage,
)
from tests.conftest import AxisEncoder
from tests.indexer.export.files import FORMATS, WORDS, left, read_word2vec


class TestRefusals:
    @pytest.mark.parametrize("form", FORMATS)
    def test_a_language_that_is_empty_unknown_or_not_built_writes_nothing(
        self, service: LexiconService, axis: AxisEncoder, out: Path, form: str
    ) -> None:
        other = AxisEncoder(name="other", revision="2")
        for language, encoder, kind in (
            ("hi", axis, NoWords),
            ("xx", axis, UnknownLanguage),
            ("kn", other, IndexMissing),
        ):
            with pytest.raises(kind):
                export(service, encoder, language, Wanted(form), out)
        assert left(out.parent) == []

    def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        out.write_text("mine")
        with pytest.raises(InvalidInput, match=r"is there already; replace it with: --overwrite$"):
            export(service, axis, "kn", WORDS, out)
        assert out.read_text() == "mine"
        export(service, axis, "kn", WORDS, out, overwrite=True)
        assert len(read_word2vec(out)) == 5
        assert left(out.parent) == ["vectors"]

    def test_a_file_that_comes_meanwhile_is_kept(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        def meanwhile(_done: int, _total: int) -> None:
            out.write_text("theirs")

        with pytest.raises(InvalidInput, match=r"is there already"):
            export(service, axis, "kn", WORDS, out, advance=meanwhile)
        assert out.read_text() == "theirs"
        assert left(out.parent) == ["vectors"]

    def test_a_missing_folder_and_a_folder_are_named(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        with pytest.raises(InvalidInput, match=rf"^there is no folder {out}; make it, or name an"):
            export(service, axis, "kn", WORDS, out / "file")
        with pytest.raises(InvalidInput, match=r"is a folder; name a file in it$"):
            export(service, axis, "kn", WORDS, out.parent, overwrite=True)

    def test_a_name_that_is_too_long_is_named(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        with pytest.raises(StoreUnavailable, match=r"cannot be written \(File name too long\)"):
            export(service, axis, "kn", WORDS, out.with_name("x" * 300))

    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.usefixtures("small_blocks")
    def test_a_full_disk_leaves_nothing(
        self,
        service: LexiconService,
        axis: AxisEncoder,
        out: Path,
        monkeypatch: pytest.MonkeyPatch,
        form: str,
    ) -> None:
        blocks = LiveIndex.vectors
        asked: list[int] = []

        def full(index: LiveIndex, ids: NDArray[np.int64]) -> Vectors:
            asked.append(len(ids))
            if len(asked) == 2:
                raise OSError(ENOSPC, os.strerror(ENOSPC))
            return blocks(index, ids)

        monkeypatch.setattr(LiveIndex, "vectors", full)
        with pytest.raises(StoreUnavailable) as caught:
            export(service, axis, "kn", Wanted(form), out)
        assert str(caught.value) == (
            f"{out} cannot be written (No space left on device); "
            "make room there, or name a file in a folder that can be written"
        )
        assert left(out.parent) == []

    @pytest.mark.parametrize("form", FORMATS)
    def test_a_disk_that_is_full_at_the_end_leaves_what_was_there(
        self,
        service: LexiconService,
        axis: AxisEncoder,
        out: Path,
        monkeypatch: pytest.MonkeyPatch,
        form: str,
    ) -> None:
        def full(_descriptor: int) -> None:
            raise OSError(ENOSPC, os.strerror(ENOSPC))

        out.write_text("mine")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StoreUnavailable, match="No space left on device"):
            export(service, axis, "kn", Wanted(form), out, overwrite=True)
        assert out.read_text() == "mine"
        assert left(out.parent) == ["vectors"]

    def test_ctrl_c_leaves_nothing(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        def stop(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            export(service, axis, "kn", Wanted("npz"), out, advance=stop)
        assert left(out.parent) == []

    def test_parquet_needs_its_extra_before_anything_is_read(
        self,
        service: LexiconService,
        axis: AxisEncoder,
        out: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(ExtraMissing, match=r"pip install \"semantic-lexicon\[parquet\]\""):
            export(service, axis, "kn", Wanted("parquet"), out)
        assert left(out.parent) == []

    @pytest.mark.parametrize(
        ("wanted", "why"),
        [
            (Wanted("glove"), "unknown format 'glove'; known: word2vec, npz, parquet"),
            (Wanted("word2vec", spaces="-"), "unknown spaces '-'; known: underscore, skip"),
        ],
    )
    def test_an_unknown_choice_names_the_known_ones(
        self, service: LexiconService, axis: AxisEncoder, out: Path, wanted: Wanted, why: str
    ) -> None:
        with pytest.raises(LexiconError, match=f"^{why}$"):
            export(service, axis, "kn", wanted, out)


class Broken(BytesIO):
    """What cannot be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: object) -> int:
        raise self.error


class TestStandardOutput:
    @pytest.mark.parametrize("form", ["npz", "parquet"])
    def test_only_text_goes_there(
        self, service: LexiconService, axis: AxisEncoder, form: str
    ) -> None:
        with pytest.raises(InvalidInput, match=rf"^{form} is no text; name a file to write it to"):
            export(service, axis, "kn", Wanted(form), Path("-"))

    def test_a_full_disk_behind_it_is_said(
        self, service: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full = Broken(OSError(ENOSPC, os.strerror(ENOSPC)))
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=full))
        with pytest.raises(StoreUnavailable, match=r"^standard output cannot be written \(No sp"):
            export(service, axis, "kn", WORDS, Path("-"))

    def test_a_reader_that_has_had_enough_is_no_fault(
        self, service: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Broken(BrokenPipeError())))
        with pytest.raises(BrokenPipeError):
            export(service, axis, "kn", WORDS, Path("-"))
