"""What holds for every checkpoint: stable vectors, proofs of a precision, faults by name."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.checkpoints import batching, precision
from indexer.encoders import checkpoint
from indexer.encoders.checkpoint import CheckpointEncoder
from lexicon.errors import InvalidInput, PrecisionRefused
from lexicon.settings import Settings
from tests.indexer.encoders.tiny import PHRASES, WORDS, mixed, opened

NUMBERS = ("fp32", "bf16", "int8")
KINDS: dict[str, dict[str, Any]] = {
    "labse": {},
    "xlmr": {},
    "bloom": {"pooling": "weightedmean"},
    "bert": {"pooling": "cls", "layer": 1},
}


@pytest.fixture
def few_samples(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A precision is tried on forty texts; how often that happened."""
    asked: list[int] = []

    def samples() -> list[str]:
        asked.append(1)
        return mixed(40)

    monkeypatch.setattr(checkpoint, "_samples", samples)
    return asked


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> tuple[Path, dict[str, Any]]:
    name = str(request.param)
    return request.getfixturevalue(name), KINDS[name]


class TestStable:
    @pytest.mark.parametrize("numbers", ["fp32", "bf16"])
    def test_a_word_is_the_same_alone_in_any_batch_and_in_any_order(
        self,
        kind: tuple[Path, dict[str, Any]],
        on_cpu: Settings,
        few_samples: list[int],
        numbers: str,
    ) -> None:
        folder, options = kind
        encoder = opened(folder, on_cpu, numbers, **options)
        texts = [*WORDS, *PHRASES, *mixed(60), "water " * 30]
        alone = np.concatenate([encoder.encode([text]).vectors for text in texts])
        for seed in range(3):
            order = random.Random(seed).sample(range(len(texts)), len(texts))
            together = encoder.encode([texts[place] for place in order]).vectors
            assert np.einsum("ij,ij->i", alone[order], together).min() >= 0.99999
        doubled = encoder.encode(["water", *texts, "water"]).vectors
        assert float(doubled[0] @ doubled[-1]) >= 0.99999

    def test_int8_is_close_but_not_the_same_alone_and_in_a_batch(
        self,
        kind: tuple[Path, dict[str, Any]],
        on_cpu: Settings,
        few_samples: list[int],
    ) -> None:
        # Its activations are scaled by the largest of the whole batch.
        folder, options = kind
        encoder = opened(folder, on_cpu, "int8", **options)
        texts = [*WORDS, *PHRASES, *mixed(60)]
        alone = np.concatenate([encoder.encode([text]).vectors for text in texts])
        cosines = np.einsum("ij,ij->i", alone, encoder.encode(texts).vectors)
        assert cosines.min() >= 0.99

    def test_two_openings_give_the_same_bits(
        self, kind: tuple[Path, dict[str, Any]], on_cpu: Settings
    ) -> None:
        folder, options = kind
        one, two = (opened(folder, on_cpu, **options).encode(mixed(50)).vectors for _ in "12")
        assert one.tobytes() == two.tobytes()

    def test_the_size_of_batches_does_not_matter(
        self,
        kind: tuple[Path, dict[str, Any]],
        on_cpu: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        folder, options = kind
        encoder = opened(folder, on_cpu, **options)
        whole = encoder.encode(mixed(80)).vectors
        monkeypatch.setattr(batching, "CPU_TOKENS", 30)
        np.testing.assert_allclose(encoder.encode(mixed(80)).vectors, whole, rtol=0, atol=1e-5)


class TestPrecision:
    @pytest.mark.parametrize("numbers", ["bf16", "int8"])
    def test_fewer_bits_are_close_and_another_encoder(
        self,
        kind: tuple[Path, dict[str, Any]],
        on_cpu: Settings,
        few_samples: list[int],
        numbers: str,
    ) -> None:
        folder, options = kind
        exact, fewer = opened(folder, on_cpu, **options), opened(folder, on_cpu, numbers, **options)
        texts = [*WORDS, *PHRASES]
        one, two = exact.encode(texts).vectors, fewer.encode(texts).vectors
        assert two.dtype == np.float32
        assert np.einsum("ij,ij->i", one, two).min() >= precision.LEAST_COSINE
        assert np.abs(one - two).max() > 1e-5, "nothing was converted"
        assert fewer.spec.precision == numbers
        assert fewer.spec.identity != exact.spec.identity

    def test_three_precisions_are_three_identities(self, bloom: Path, on_cpu: Settings) -> None:
        made = {opened(bloom, on_cpu, numbers).spec.identity for numbers in NUMBERS}
        assert len(made) == 3

    @pytest.mark.parametrize(("computes", "numbers"), [(True, "bf16"), (False, "fp32")])
    def test_auto_is_what_the_processor_computes_in(
        self,
        bloom: Path,
        on_cpu: Settings,
        monkeypatch: pytest.MonkeyPatch,
        computes: bool,
        numbers: str,
    ) -> None:
        monkeypatch.setattr(precision, "_computes_bf16", lambda _device: computes)
        encoder = opened(bloom, on_cpu, "auto", pooling="mean")
        assert encoder.spec.precision == numbers
        assert encoder.spec.identity == opened(bloom, on_cpu, numbers).spec.identity

    @pytest.mark.parametrize("numbers", ["bf16", "int8"])
    @pytest.mark.parametrize("name", ["labse", "bloom"])
    def test_a_checkpoint_that_suffers_is_refused_by_name_however_often_it_is_asked(
        self,
        name: str,
        request: pytest.FixtureRequest,
        settings: Settings,
        few_samples: list[int],
        monkeypatch: pytest.MonkeyPatch,
        numbers: str,
    ) -> None:
        monkeypatch.setattr(precision, "LEAST_COSINE", 0.99999)
        encoder = opened(request.getfixturevalue(name), settings, numbers)
        for _ in range(2):
            with pytest.raises(PrecisionRefused) as refused:
                encoder.encode(["water"])
            said = str(refused.value)
            assert said.startswith(f"encoder {encoder.spec.name!r} in {numbers} is not close enou")
            assert said.endswith("; use --precision fp32")
        assert not (settings.home / "cache" / "precision.json").exists()

    @pytest.mark.parametrize("damage", [float("nan"), float("inf"), 0.0])
    def test_numbers_that_overflow_are_the_precisions_fault(
        self,
        bloom: Path,
        settings: Settings,
        few_samples: list[int],
        monkeypatch: pytest.MonkeyPatch,
        damage: float,
    ) -> None:
        convert = precision.convert

        def overflowing(module: Any, numbers: str) -> Any:
            made = convert(module, numbers)
            made.ln_f.weight.data.fill_(damage)
            made.ln_f.bias.data.fill_(0.0)
            return made

        monkeypatch.setattr(precision, "convert", overflowing)
        encoder = opened(bloom, settings, "bf16")
        with pytest.raises(PrecisionRefused, match=r"^in bf16, encoder .*use --precision fp32$"):
            encoder.encode(["water"])

    def test_what_passed_once_is_not_tried_again(
        self,
        bloom: Path,
        settings: Settings,
        few_samples: list[int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        encoded: list[int] = []
        encode = CheckpointEncoder._encode

        def counted(self: CheckpointEncoder, model: Any, texts: Any) -> Any:
            encoded.append(len(texts))
            return encode(self, model, texts)

        monkeypatch.setattr(CheckpointEncoder, "_encode", counted)
        first = opened(bloom, settings, "bf16")
        first.encode(["water"])
        first.encode(["eau"])
        assert encoded == [40, 40, 1, 1]
        opened(bloom, settings, "bf16").encode(["water"])
        assert encoded[4:] == [1]
        assert len(few_samples) == 1
        opened(bloom, settings, "int8").encode(["water"])
        assert encoded[5:] == [40, 40, 1]
        opened(bloom, settings, "fp32").encode(["water"])
        assert encoded[8:] == [1]

    def test_the_proof_is_of_one_pooling_and_layer(
        self, bloom: Path, settings: Settings, few_samples: list[int]
    ) -> None:
        for pooling, layer in (("mean", None), ("last", None), ("mean", 1)):
            opened(bloom, settings, "bf16", pooling, layer).encode(["water"])
        assert len(few_samples) == 3

    def test_the_samples_are_words_of_every_script(self) -> None:
        texts = precision.sample(checkpoint._samples)
        assert len(texts) == precision.SAMPLE
        for first, last in (("a", "z"), ("ऀ", "ॿ"), ("ಀ", "೿")):
            assert sum(first <= text[0] <= last for text in texts) > 20


class TestDevice:
    def test_a_gpu_that_is_not_there_is_refused(
        self, bloom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import torch

        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        encoder = opened(bloom, Settings(home=tmp_path, device="cuda"))
        tries: tuple[Callable[[], object], ...] = (
            lambda: encoder.spec,
            lambda: encoder.encode(["water"]),
        )
        for attempt in tries:
            with pytest.raises(InvalidInput) as refused:
                attempt()
            assert str(refused.value) == (
                "LEXICON_DEVICE=cuda, but PyTorch finds no GPU; set it to auto or cpu"
            )

    @pytest.mark.parametrize(("there", "device"), [(True, "cuda"), (False, "cpu")])
    def test_auto_takes_the_gpu_that_is_there(
        self,
        bloom: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        there: bool,
        device: str,
    ) -> None:
        import torch

        monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
        assert opened(bloom, Settings(home=tmp_path, device="auto"))._device == device
        assert opened(bloom, Settings(home=tmp_path, device="cpu"))._device == "cpu"

    def test_threads_are_those_of_the_settings(self, bloom: Path, tmp_path: Path) -> None:
        import torch

        before = torch.get_num_threads()
        try:
            _ = opened(bloom, Settings(home=tmp_path, device="cpu", threads=2)).spec
            assert torch.get_num_threads() == 2
        finally:
            torch.set_num_threads(before)
