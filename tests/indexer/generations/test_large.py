"""Large generations: opened at once, left on disk, and checked while they answer."""

import threading
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build
from indexer.generations import folder
from indexer.generations.folder import Generations
from indexer.generations.manifest import Manifest
from indexer.service import LexiconService
from lexicon.errors import IndexDamaged
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.asking import ask, lemmas
from tests.indexer.generations.folders import best, live_folder, live_of


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAPPED_FROM", 0)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Nothing is checked in the background until this is set."""
    event = threading.Event()
    verify = Generations.verify

    def wait(self: Generations, manifest: Manifest) -> None:
        assert event.wait(30)
        verify(self, manifest)

    monkeypatch.setattr(Generations, "verify", wait)
    return event


def checked(service: LexiconService) -> None:
    """Wait until nothing is being checked any more."""
    for thread in threading.enumerate():
        if getattr(thread, "_target", None) == service._verify:
            thread.join(30)
    assert service.unverified == frozenset()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_its_arrays_stay_on_disk(service: LexiconService, axis: AxisEncoder) -> None:
    index = service.generations.load(axis.spec, "en")
    assert not index.verified
    assert isinstance(index.half.base, np.memmap)
    checked(service)


def test_it_answers_while_it_is_checked(
    service: LexiconService, axis: AxisEncoder, held: threading.Event
) -> None:
    assert best(service) == "water"
    assert service.unverified == {live_of(service.generations, code) for code in ("en", "fr")}
    held.set()
    checked(service)
    assert best(service) == "water"


def test_it_is_checked_once(service: LexiconService, held: threading.Event) -> None:
    before = threading.active_count()
    for _ in range(3):
        best(service)
    assert threading.active_count() == before + 2
    held.set()
    checked(service)


@pytest.mark.parametrize("name", ["vectors.npy", "covered.npy", "neighbourhood.fr.npy"])
def test_a_flipped_bit_is_refused_once_it_has_been_found(
    service: LexiconService,
    sessions: Sessions,
    axis: AxisEncoder,
    held: threading.Event,
    name: str,
) -> None:
    flip(live_folder(service.generations) / name)
    assert len(service.index(axis, "en").ids) == 4
    held.set()
    checked(service)
    with pytest.raises(IndexDamaged, match=rf"the content of {name} was changed"):
        best(service)
    assert lemmas(ask(service, "eau", "fr", "kn", k=1)) == ["ನೀರು"]
    report = build(sessions, service.generations, axis)
    assert list(report.repaired) == ["en"]
    assert best(service) == "water"


@pytest.mark.parametrize("name", ["vectors.npy", "index.faiss", "starts.npy", "texts.npy"])
def test_a_truncated_file_is_refused_at_once(
    service: LexiconService, axis: AxisEncoder, name: str
) -> None:
    path = live_folder(service.generations) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=rf"{name} has [\d,]+ bytes, not [\d,]+"):
        best(service)


def test_whoever_has_it_open_can_finish_after_it_is_removed(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    index = service.index(axis, "en")
    checked(service)
    for _ in range(2):
        build(sessions, service.generations, axis, force=True)
    assert index.generation not in {
        item.generation for item in service.generations.listed() if item.language == "en"
    }
    assert index.search(index.all_vectors(), 1).rows.tolist() == [[0], [1], [2], [3]]


def test_a_build_checks_all_of_it_first(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder
) -> None:
    assert build(sessions, service.generations, axis).repaired == {}
    flip(live_folder(service.generations, "fr") / "vectors.npy")
    assert list(build(sessions, service.generations, axis).repaired) == ["fr"]
