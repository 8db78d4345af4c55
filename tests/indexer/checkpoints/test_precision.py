"""Which numbers a checkpoint runs in, and when fewer bits are good enough."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.checkpoints import precision
from indexer.checkpoints.precision import (
    PRECISIONS,
    Proofs,
    gate,
    gate_probabilities,
    resolve,
    sample,
)
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput, PrecisionRefused


def processor(patch: pytest.MonkeyPatch, flags: str | OSError) -> None:
    """As if the processor said that of itself."""
    read = Path.read_text

    def said(self: Path, *args: Any, **kwargs: Any) -> str:
        if str(self) != "/proc/cpuinfo":
            return read(self, *args, **kwargs)
        if isinstance(flags, OSError):
            raise flags
        return f"processor : 0\nflags : fpu sse2 {flags} avx\nmodel name : some bf16x\n"

    patch.setattr(Path, "read_text", said)


class TestResolve:
    @pytest.mark.parametrize(
        ("flags", "expected"),
        [
            ("avx512_bf16", "bf16"),
            ("amx_bf16 amx_tile", "bf16"),
            ("bf16", "bf16"),
            ("avx512f", "fp32"),
            ("avx512_bf16_not", "fp32"),
            ("", "fp32"),
            (FileNotFoundError("no /proc here"), "fp32"),
            (PermissionError("locked"), "fp32"),
        ],
    )
    def test_auto_asks_the_processor(
        self, monkeypatch: pytest.MonkeyPatch, flags: str | OSError, expected: str
    ) -> None:
        processor(monkeypatch, flags)
        assert resolve("auto", "cpu") == expected

    @pytest.mark.parametrize(("emulated", "expected"), [(False, "bf16"), (True, "fp32")])
    def test_auto_asks_the_gpu_and_takes_no_emulation(
        self, monkeypatch: pytest.MonkeyPatch, emulated: bool, expected: str
    ) -> None:
        import torch

        def supported(including_emulation: bool = True) -> bool:
            return including_emulation or not emulated

        monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
        processor(monkeypatch, "avx512f")
        assert resolve("auto", "cuda") == expected

    @pytest.mark.parametrize("wanted", ["fp32", "bf16", "int8"])
    def test_what_is_named_is_taken_on_a_cpu(
        self, monkeypatch: pytest.MonkeyPatch, wanted: str
    ) -> None:
        processor(monkeypatch, "")
        assert resolve(wanted, "cpu") == wanted

    @pytest.mark.parametrize("wanted", ["fp32", "bf16", "fp16"])
    def test_what_is_named_is_taken_on_a_gpu(self, wanted: str) -> None:
        assert resolve(wanted, "cuda") == wanted

    @pytest.mark.parametrize(
        ("wanted", "device", "said"),
        [
            ("fp16", "cpu", "precision fp16 does not run on cpu; use fp32, bf16 or int8"),
            ("int8", "cuda", "precision int8 does not run on cuda; use fp32, bf16 or fp16"),
            ("fp8", "cpu", "unknown precision 'fp8'; known: auto, fp32, bf16, fp16, int8"),
            ("", "cuda", "unknown precision ''; known: auto, fp32, bf16, fp16, int8"),
            ("FP32", "cpu", "unknown precision 'FP32'; known: auto, fp32, bf16, fp16, int8"),
        ],
    )
    def test_what_does_not_run_is_refused(self, wanted: str, device: str, said: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            resolve(wanted, device)
        assert str(refused.value) == said

    def test_it_is_never_auto(self, monkeypatch: pytest.MonkeyPatch) -> None:
        processor(monkeypatch, "")
        assert "auto" not in {resolve(wanted, "cpu") for wanted in PRECISIONS if wanted != "fp16"}


def pair(*cosines: float) -> tuple[Vectors, Vectors]:
    """Unit rows with these cosines."""
    found = np.array([[c, (1 - c * c) ** 0.5] for c in cosines], dtype=np.float32)
    return np.tile(np.array([[1, 0]], dtype=np.float32), (len(cosines), 1)), found


class TestGate:
    @pytest.mark.parametrize(
        "cosines",
        [
            (1.0,),
            (0.9991, 0.9991),
            # .9951 at worst, and enough of the others to keep the mean.
            (0.9951, *[1.0] * 9),
        ],
    )
    def test_close_ones_pass(self, cosines: tuple[float, ...]) -> None:
        gate("encoder 'm'", "bf16", *pair(*cosines))

    @pytest.mark.parametrize(
        ("cosines", "mean", "least"),
        [
            ((0.9989,), "0.9989", "0.9989"),
            ((0.9949, *[1.0] * 99), "0.9999", "0.9949"),
            ((0.9960, 0.9960, 1.0), "0.9973", "0.9960"),
            ((-1.0, 1.0), "0.0000", "-1.0000"),
        ],
    )
    def test_one_far_or_all_a_little_is_refused(
        self, cosines: tuple[float, ...], mean: str, least: str
    ) -> None:
        with pytest.raises(PrecisionRefused) as refused:
            gate("encoder 'm'", "int8", *pair(*cosines))
        assert str(refused.value) == (
            f"encoder 'm' in int8 is not close enough to fp32 (cosine {mean} on average, {least} "
            f"at worst over {len(cosines)} texts; at least 0.999 and 0.995 are needed); "
            "use --precision fp32"
        )

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_what_is_no_number_is_refused(self, bad: float) -> None:
        exact, found = pair(1.0, 1.0, 1.0)
        found[1] = bad
        with pytest.raises(PrecisionRefused):
            gate("encoder 'm'", "bf16", exact, found)

    @pytest.mark.parametrize("name", ["MEAN_COSINE", "LEAST_COSINE"])
    def test_the_limits_themselves_pass_and_anything_above_does_not(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        exact, found = pair(1.0, 1.0)
        monkeypatch.setattr(precision, name, 1.0)
        gate("encoder 'm'", "bf16", exact, found)
        monkeypatch.setattr(precision, name, 1.01)
        with pytest.raises(PrecisionRefused):
            gate("encoder 'm'", "bf16", exact, found)


def shares(*rows: tuple[float, float, float]) -> Any:
    return np.array(rows)


class TestGateOfProbabilities:
    EXACT = shares(*[(0.5, 0.3, 0.2)] * 100)

    def test_close_ones_pass(self) -> None:
        gate_probabilities("nli 'm'", "bf16", self.EXACT, self.EXACT)
        gate_probabilities("nli 'm'", "bf16", self.EXACT, np.add(self.EXACT, [0.009, -0.009, 0]))
        found = self.EXACT.copy()
        found[0] = [0.549, 0.26, 0.191]
        gate_probabilities("nli 'm'", "bf16", self.EXACT, found)

    @pytest.mark.parametrize(
        ("row", "count", "said"),
        [
            ((0.52, 0.29, 0.19), 100, "probabilities 0.0133 apart on average, 0.0200 at worst"),
            ((0.56, 0.24, 0.2), 1, "0.0004 apart on average, 0.0600 at worst, another label for 0"),
            ((float("nan"), 0.5, 0.5), 1, "probabilities nan apart on average, nan at worst"),
        ],
    )
    def test_one_far_or_all_a_little_is_refused(
        self, row: tuple[float, float, float], count: int, said: str
    ) -> None:
        found = self.EXACT.copy()
        found[:count] = row
        with pytest.raises(PrecisionRefused) as refused:
            gate_probabilities("nli 'm'", "int8", self.EXACT, found)
        assert str(refused.value).startswith("nli 'm' in int8 is not close enough to fp32 (")
        assert said in str(refused.value)
        assert str(refused.value).endswith(
            "of 100 pairs; 0.01, 0.05 and none are allowed); use --precision fp32"
        )

    @pytest.mark.parametrize(("lead", "passes"), [(0.01, True), (0.03, False)])
    def test_another_label_is_a_fault_where_there_was_no_tie(
        self, lead: float, passes: bool
    ) -> None:
        exact, found = self.EXACT.copy(), self.EXACT.copy()
        exact[7] = (0.4 + lead, 0.4, 0.2 - lead)
        found[7] = (0.4, 0.4 + lead, 0.2 - lead)
        if passes:
            gate_probabilities("nli 'm'", "bf16", exact, found)
            return
        with pytest.raises(PrecisionRefused, match=r"another label for 1 of 100 pairs"):
            gate_probabilities("nli 'm'", "bf16", exact, found)


class TestProofs:
    def test_what_is_added_is_there_for_the_next(self, tmp_path: Path) -> None:
        file = tmp_path / "a" / "precision.json"
        assert not Proofs(file).has("one")
        Proofs(file).add("one")
        Proofs(file).add("two")
        Proofs(file).add("one")
        assert json.loads(file.read_text()) == ["one", "two"]
        assert Proofs(file).has("one")
        assert not Proofs(file).has("on")
        assert [path.name for path in file.parent.iterdir()] == ["precision.json"]

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"3", b"null", b'{"one": 1}', b"[3]"])
    def test_a_broken_file_is_no_proof_and_is_replaced(
        self, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "precision.json"
        file.write_bytes(content)
        proofs = Proofs(file)
        assert not proofs.has("two")
        proofs.add("two")
        assert Proofs(file).has("two")

    def test_a_file_in_the_way_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("in the way")
        proofs = Proofs(tmp_path / "cache" / "precision.json")
        proofs.add("one")
        assert not proofs.has("one")


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 511, 512, 10_000])
def test_samples_are_spread_over_all_texts(count: int) -> None:
    texts = [str(number) for number in range(count)]
    made = sample(lambda: texts)
    assert len(made) == min(count, 256)
    assert made == sorted(set(made), key=int)
    if count >= 512:
        assert int(made[-1]) > count * 0.99
