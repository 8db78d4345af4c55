"""Folders and vectors that cannot be used: one line that names them, never a traceback."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from indexer.encoders import checkpoint
from lexicon.errors import EncoderFault, InvalidInput, ModelDamaged
from lexicon.settings import Settings
from tests.indexer.encoders.tiny import mixed, opened

Damage = Callable[[Path], object]
WEIGHTS = "model.safetensors"


@pytest.fixture(params=["labse", "bloom", "bert"])
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(request.getfixturevalue(request.param), tmp_path / request.param))


def refused(folder: Path, settings: Settings) -> str:
    """The one line that is said, however often it is tried."""
    said = set()
    encoder = opened(folder, settings)
    for _ in range(2):
        with pytest.raises(ModelDamaged) as raised:
            encoder.encode(["water"])
        said.add(str(raised.value))
    assert len(said) == 1
    (line,) = said
    assert "\n" not in line
    return line


def cut(name: str, left: int) -> Damage:
    def damage(folder: Path) -> None:
        file = folder / name
        file.write_bytes(file.read_bytes()[:left])

    return damage


def unknown_model(folder: Path) -> None:
    """A tokenizer of a kind that the library does not know, for which it raises ``Exception``."""
    file = folder / "tokenizer.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said["model"] = {"type": "unknown"}
    file.write_text(json.dumps(said), encoding="utf-8")


def holding(name: str, content: bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content)


def without(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut(WEIGHTS, 0), id="no weights in the file"),
        pytest.param(cut(WEIGHTS, 100), id="weights cut in the header"),
        pytest.param(cut(WEIGHTS, 100_000), id="weights cut in the numbers"),
        pytest.param(holding(WEIGHTS, b"half"), id="weights of something else"),
        pytest.param(without(WEIGHTS), id="no weights"),
        pytest.param(without("config.json"), id="no config"),
        pytest.param(cut("config.json", 100), id="config cut"),
        pytest.param(holding("config.json", b""), id="config empty"),
        pytest.param(holding("config.json", b"[]"), id="config a list"),
        pytest.param(holding("config.json", b"{}"), id="config without a kind"),
        pytest.param(holding("config.json", b"\xff\xfe"), id="config no text"),
        pytest.param(holding("config.json", b'{"model_type": "nobody"}'), id="config unknown"),
        pytest.param(without("tokenizer.json"), id="no tokenizer"),
        pytest.param(cut("tokenizer.json", 5_000), id="tokenizer cut"),
        pytest.param(unknown_model, id="tokenizer of an unknown kind"),
        pytest.param(holding("tokenizer.json", b"[]"), id="tokenizer a list"),
        pytest.param(holding("tokenizer.json", b"{}"), id="tokenizer without words"),
        pytest.param(holding("tokenizer_config.json", b"{"), id="tokenizer config cut"),
        pytest.param(holding("tokenizer_config.json", b"[]"), id="tokenizer config a list"),
    ],
)
def test_a_file_that_is_damaged_or_not_there_is_refused_by_the_folder(
    copied: Path, on_cpu: Settings, damage: Damage
) -> None:
    damage(copied)
    said = refused(copied, on_cpu)
    assert said.startswith(f"{copied} cannot be read as a checkpoint (")
    assert said.endswith("); copy or pull it again")


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"[3]", b"\xff", b'[{"type": "no.such"}]'])
def test_a_list_of_modules_that_cannot_be_read_is_refused(
    labse: Path, tmp_path: Path, on_cpu: Settings, content: bytes
) -> None:
    folder = Path(shutil.copytree(labse, tmp_path / "labse"))
    (folder / "modules.json").write_bytes(content)
    assert refused(folder, on_cpu).startswith(f"{folder} cannot be read as a checkpoint (")


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_a_later_module_that_is_not_there_is_refused(
    labse: Path, tmp_path: Path, on_cpu: Settings, name: str
) -> None:
    folder = Path(shutil.copytree(labse, tmp_path / "labse"))
    (folder / "2_Dense" / name).unlink()
    assert refused(folder, on_cpu).startswith(f"{folder} cannot be read as a checkpoint (")


def rewritten(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    weights = load_file(folder / WEIGHTS)
    change(weights)
    save_file(weights, folder / WEIGHTS, {"format": "pt"})


def test_weights_that_are_missing_are_not_made_up(copied: Path, on_cpu: Settings) -> None:
    def drop(weights: dict[str, Any]) -> None:
        name = next(key for key in sorted(weights) if key.endswith("1.mlp.dense_h_to_4h.weight"))
        del weights[name]

    def drop_bert(weights: dict[str, Any]) -> None:
        del weights["encoder.layer.1.output.dense.weight"]

    rewritten(copied, drop if copied.name == "bloom" else drop_bert)
    assert refused(copied, on_cpu).startswith(f"{copied} cannot be read as a checkpoint (")


def test_weights_of_another_shape_are_refused(copied: Path, on_cpu: Settings) -> None:
    config = copied / "config.json"
    said = json.loads(config.read_text())
    said["hidden_size"] = 64
    config.write_text(json.dumps(said))
    assert refused(copied, on_cpu).startswith(f"{copied} cannot be read as a checkpoint (")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_name_the_encoder_and_the_text(
    copied: Path, on_cpu: Settings, value: float
) -> None:
    def spoil(weights: dict[str, Any]) -> None:
        name = next(key for key in sorted(weights) if key.endswith("word_embeddings.weight"))
        weights[name][:] = value

    rewritten(copied, spoil)
    encoder = opened(copied, on_cpu)
    with pytest.raises(EncoderFault) as raised:
        encoder.encode(["eau", "water"])
    assert str(raised.value) == (
        f"encoder {encoder.spec.name!r} gave a vector with NaN or infinity for text 0"
    )


def test_one_bad_word_is_told_from_the_good_ones(
    bloom: Path, tmp_path: Path, on_cpu: Settings
) -> None:
    folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
    encoder = opened(folder, on_cpu, pooling="input")
    (first, *_), _ = (encoder._tokenizer(text)["input_ids"] for text in ("पानी", "eau"))
    rewritten(folder, lambda weights: weights["word_embeddings.weight"].__setitem__(first, np.nan))
    spoilt = opened(folder, on_cpu, pooling="input")
    assert np.isfinite(spoilt.encode(["eau", "ನೀರು"]).vectors).all()
    with pytest.raises(EncoderFault, match=r"gave a vector with NaN or infinity for text 2$"):
        spoilt.encode(["eau", "ನೀರು", "पानी", "house"])


def test_a_vector_without_a_direction_is_a_fault(
    bloom: Path, tmp_path: Path, on_cpu: Settings
) -> None:
    folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))

    def blank(weights: dict[str, Any]) -> None:
        weights["ln_f.weight"][:] = 0
        weights["ln_f.bias"][:] = 0

    rewritten(folder, blank)
    with pytest.raises(EncoderFault, match=r"bloom.* gave a zero vector for text 0; it has no"):
        opened(folder, on_cpu).encode(["water"])


def test_a_precision_is_not_tried_on_broken_weights(
    bloom: Path, tmp_path: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_samples", lambda: mixed(10))
    folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
    rewritten(folder, lambda weights: weights["ln_f.weight"].fill(np.nan))
    with pytest.raises(EncoderFault, match="NaN or infinity"):
        opened(folder, on_cpu, "bf16").encode(["water"])


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "a\x00b", "\ud800", "x" * 1_001])
def test_a_text_that_is_none_is_refused(copied: Path, on_cpu: Settings, text: str) -> None:
    with pytest.raises(InvalidInput):
        opened(copied, on_cpu).encode(["water", text])


def test_a_translator_is_no_encoder(bert: Path, tmp_path: Path, settings: Settings) -> None:
    import torch
    from transformers import T5Config, T5Model

    folder = Path(shutil.copytree(bert, tmp_path / "translator"))
    torch.manual_seed(0)
    T5Model(
        T5Config(vocab_size=3_000, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2)
    ).save_pretrained(folder)
    with pytest.raises(
        InvalidInput, match=r"gives no states of a text by itself \(.*checkpoint that"
    ):
        opened(folder, settings, pooling="mean").encode(["water"])
