"""The graph gives what the trained model gives, as far as eight bits allow."""

from pathlib import Path

import numpy as np
import pytest

from nli.embedded.build.base import Base
from nli.embedded.build.export import eight_bits, export
from nli.embedded.build.stages import special
from nli.embedded.build.training import logits
from nli.embedded.build.vocabulary import Vocabulary
from tests.nli.embedded.small import TEXTS


@pytest.fixture(scope="module")
def path(base: Base, vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = base.model(vocabulary.rows, seed=1)
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    found = tmp_path_factory.mktemp("export") / "model.onnx"
    export(state, vocabulary.rows, vocabulary.row, base.config(), found)
    return found


def run(path: Path, ids: list[int], segments: list[int]) -> np.ndarray:
    import onnxruntime  # type: ignore[import-untyped]

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs = {"input_ids": ids, "token_type_ids": segments}
    arrays = {name: np.array([values], dtype=np.int64) for name, values in inputs.items()}
    found: np.ndarray = session.run(None, arrays)[0]
    return found


def test_it_agrees_with_the_trained_model(base: Base, vocabulary: Vocabulary, path: Path) -> None:
    model = base.model(vocabulary.rows, seed=1)
    for premise, hypothesis in TEXTS:
        encoding = vocabulary.tokenizer.encode(premise, hypothesis)
        pair = vocabulary.read(premise), vocabulary.read(hypothesis)
        exact = logits(model, [pair], special(vocabulary, 64))
        found = run(path, encoding.ids, encoding.type_ids)
        assert found.shape == (1, 3)
        np.testing.assert_allclose(found, exact, atol=0.02)


def test_silent_tokens_change_nothing(vocabulary: Vocabulary, path: Path) -> None:
    with_ne = vocabulary.tokenizer.encode("il ne mange pas", "il mange")
    without = vocabulary.tokenizer.encode("il mange pas", "il mange")
    assert len(with_ne.ids) == len(without.ids) + 1
    np.testing.assert_array_equal(
        run(path, with_ne.ids, with_ne.type_ids), run(path, without.ids, without.type_ids)
    )


def test_large_matrices_are_kept_in_eight_bits(path: Path, vocabulary: Vocabulary) -> None:
    import onnx

    held = {tensor.name: tensor for tensor in onnx.load(path).graph.initializer}
    wide = {
        name
        for name, tensor in held.items()
        if tensor.data_type == onnx.TensorProto.FLOAT
        and len(tensor.dims) == 2
        and min(tensor.dims) > 3
    }
    assert wide == {"place_rows"}
    assert tuple(held["rows"].dims) == vocabulary.rows.shape


def test_eight_bits_are_the_nearest() -> None:
    rows = np.array([[0.5, -1.0, 0.3], [0.0, 0.0, 0.0]], dtype=np.float32)
    numbers, scale = eight_bits(rows)
    np.testing.assert_allclose(numbers * scale, rows, atol=0.5 / 127)
    assert numbers[0].tolist() == [64, -127, 38]
