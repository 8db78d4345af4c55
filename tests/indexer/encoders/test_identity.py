"""What is another encoder, and what is the same one in another place."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.answers import SearchRequest
from indexer.build import build
from indexer.search import search
from indexer.service import LexiconService
from lexicon.errors import IdentityMismatch, IndexMissing
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill
from tests.indexer.encoders.tiny import LAYERS, make_bloom, opened

Change = Callable[[Path], None]


def flip_a_weight(folder: Path) -> None:
    file = folder / "model.safetensors"
    held = bytearray(file.read_bytes())
    held[-2] ^= 1
    file.write_bytes(held)


def swap_two_words(folder: Path) -> None:
    file = folder / "tokenizer.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    words = said["model"]["vocab"]
    one, two = [key for key, number in words.items() if number in (300, 301)]
    words[one], words[two] = words[two], words[one]
    file.write_text(json.dumps(said), encoding="utf-8")


def change_a_setting(folder: Path) -> None:
    file = folder / "config.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said["layer_norm_epsilon"] = said["layer_norm_eps"] = 0.01
    file.write_text(json.dumps(said), encoding="utf-8")


def describe(folder: Path) -> None:
    (folder / "README.md").write_text("another day")
    (folder / "checkpoint.json").write_text('{"revision": "main"}')
    (folder / "picture.png").write_bytes(b"png")
    for hidden in (".cache/huggingface/download/config.json.metadata", ".git/HEAD", ".locked"):
        (folder / hidden).parent.mkdir(parents=True, exist_ok=True)
        (folder / hidden).write_text("another day")


def rewrite(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes())


@pytest.fixture(params=["labse", "bloom"])
def whole(request: pytest.FixtureRequest) -> Path:
    folder = request.getfixturevalue(request.param)
    assert isinstance(folder, Path)
    return folder


def copy(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target))


@pytest.mark.parametrize("change", [flip_a_weight, swap_two_words, change_a_setting])
def test_one_byte_of_what_counts_is_another_encoder(
    whole: Path, tmp_path: Path, on_cpu: Settings, change: Change
) -> None:
    other = copy(whole, tmp_path / whole.name)
    change(other)
    one, two = opened(whole, on_cpu).spec, opened(other, on_cpu).spec
    assert one.dim == two.dim
    assert one.identity != two.identity


def test_one_byte_of_a_later_module_is_another_encoder(
    labse: Path, tmp_path: Path, on_cpu: Settings
) -> None:
    other = copy(labse, tmp_path / labse.name)
    flip_a_weight(other / "2_Dense")
    assert opened(other, on_cpu).spec.identity != opened(labse, on_cpu).spec.identity


@pytest.mark.parametrize("change", [describe, rewrite])
def test_what_says_nothing_of_the_vectors_does_not_matter(
    whole: Path, tmp_path: Path, on_cpu: Settings, change: Change
) -> None:
    other = copy(whole, tmp_path / whole.name)
    change(other)
    assert opened(other, on_cpu).spec.identity == opened(whole, on_cpu).spec.identity


def test_a_folder_that_was_moved_is_the_same_encoder(
    whole: Path, tmp_path: Path, on_cpu: Settings
) -> None:
    moved = copy(whole, tmp_path / "a" / "b" / whole.name)
    assert opened(moved, on_cpu).spec.identity == opened(whole, on_cpu).spec.identity


def test_a_folder_that_was_renamed_is_the_same_but_for_its_name(
    whole: Path, tmp_path: Path, on_cpu: Settings
) -> None:
    spec = opened(whole, on_cpu).spec
    renamed = opened(copy(whole, tmp_path / "renamed"), on_cpu).spec
    assert (renamed.model_id, renamed.identity[:8]) == ("renamed", "renamed-")
    assert replace(renamed, name=spec.name, model_id=spec.model_id) == spec


def test_every_way_to_read_a_checkpoint_is_an_identity_of_its_own(
    bloom: Path, on_cpu: Settings
) -> None:
    ways = [
        (pooling, layer, precision)
        for pooling in ("mean", "weightedmean", "last", "cls")
        for layer in range(LAYERS + 1)
        for precision in ("fp32", "bf16", "int8")
    ] + [("input", 0, "fp32")]
    made = {
        opened(bloom, on_cpu, precision, pooling, layer).spec.identity
        for pooling, layer, precision in ways
    }
    assert len(made) == len(ways)


def test_checkpoints_of_one_shape_are_told_apart(tmp_path: Path, on_cpu: Settings) -> None:
    one, two = (
        make_bloom(tmp_path / place / "bloom", seed) for place, seed in (("a", 1), ("b", 2))
    )
    assert [file.name for file in sorted(one.iterdir())] == [
        file.name for file in sorted(two.iterdir())
    ]
    specs = [opened(folder, on_cpu).spec for folder in (one, two)]
    assert specs[0].revision.split(";")[1:] == specs[1].revision.split(";")[1:]
    assert specs[0].identity != specs[1].identity


def test_a_checkpoint_swapped_for_another_finds_no_index(
    tmp_path: Path, settings: Settings, sessions: Sessions
) -> None:
    folder, other = tmp_path / "bloom", make_bloom(tmp_path / "other", seed=7)
    make_bloom(folder)
    name = f"{folder}?pooling=mean&precision=fp32"
    asked = SearchRequest("water", "en", "kn", k=1, encoder=name)
    fill(sessions)
    service = LexiconService(settings, sessions)
    built = service.encoder(name)
    build(sessions, service.generations, built)
    assert search(service, asked).results

    shutil.copytree(other, folder, dirs_exist_ok=True)
    later = LexiconService(settings, sessions)
    assert later.encoder(name).spec.identity != built.spec.identity
    with pytest.raises(IndexMissing, match=r"^no index for encoder '.*bloom\?pooling=mean"):
        search(later, asked)

    # Nor does it where the indices are put in its place.
    swapped = later.encoder(name).spec
    for language in ("en", "kn"):
        shutil.copytree(
            service.generations.folder(built.spec.identity, language),
            service.generations.folder(swapped.identity, language),
        )
    with pytest.raises(IdentityMismatch, match=f"built by encoder {built.spec.identity}, not by"):
        search(later, asked)

    build(sessions, later.generations, later.encoder(name))
    assert search(later, asked).results
    mine = later.index(later.encoder(name), "en").all_vectors()
    assert np.abs(mine - service.index(built, "en").all_vectors()).max() > 0.1


def test_a_build_of_one_pooling_is_no_index_of_another(
    bloom: Path, settings: Settings, sessions: Sessions
) -> None:
    fill(sessions)
    service = LexiconService(settings, sessions)
    names = [f"{bloom}?{said}&precision=fp32" for said in ("pooling=mean", "pooling=last")]
    build(sessions, service.generations, service.encoder(names[0]))
    with pytest.raises(IndexMissing, match="pooling=last"):
        search(service, SearchRequest("water", "en", "kn", k=1, encoder=names[1]))
