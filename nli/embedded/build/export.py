"""The trained model as an ONNX graph, written node by node: weights in eight bits, sums in 32.

ONNX Runtime's dynamic quantisation also brings activations to eight bits, which is twice as fast
and changes one label in twenty; weights alone change one in a few hundred.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nli.embedded.build.base import Rows

OPSET = 17
IR = 9
INPUTS = ("input_ids", "token_type_ids")
OUTPUT = "logits"

State = Mapping[str, NDArray[np.float32]]


def eight_bits(rows: Rows) -> tuple[NDArray[np.int8], Rows]:
    """``rows`` as whole numbers up to 127, and (rows, 1) what each is to be multiplied by.

    >>> eight_bits(np.array([[1.0, -2.0]], dtype=np.float32))[0].tolist()
    [[64, -127]]
    """
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-12) / 127
    return np.rint(rows / scale).astype(np.int8), scale.astype(np.float32)


def tables(rows: Rows, row: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """All of the graph that depends on the vocabulary, by name."""
    numbers, scale = eight_bits(rows)
    return {"rows": numbers, "scale": scale, "row": row}


def with_tables(path: Path, rows: Rows, row: NDArray[np.int32]) -> Any:
    """The ONNX model at ``path`` with another vocabulary; what was trained is the same."""
    from onnx import load_model, numpy_helper

    model = load_model(path)
    new = tables(rows, row)
    for tensor in model.graph.initializer:
        if tensor.name in new:
            tensor.CopyFrom(numpy_helper.from_array(new[tensor.name], tensor.name))
    return model


class Graph:
    """Nodes in the order in which they are added; every method returns the name of a result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        if all(held.name != name for held in self.weights):
            self.weights.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def weight(self, state: State, name: str) -> str:
        """The transposed matrix, eight bits an element; the runtime widens it once, on loading."""
        numbers, scale = eight_bits(state[name])
        wide = self.add("Cast", self.constant(name, numbers.T), to=1)
        return self.add("Mul", wide, self.constant(f"{name}.scale", scale.T))

    def dense(self, value: str, state: State, name: str) -> str:
        weight = self.weight(state, f"{name}.weight")
        bias = self.constant(f"{name}.bias", state[f"{name}.bias"])
        return self.add("Add", self.add("MatMul", value, weight), bias)

    def normal(self, value: str, state: State, name: str, epsilon: float) -> str:
        weight = self.constant(f"{name}.weight", state[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", state[f"{name}.bias"])
        return self.add("LayerNormalization", value, weight, bias, axis=-1, epsilon=epsilon)

    def gelu(self, value: str) -> str:
        root = self.constant("root_of_two", np.array(np.sqrt(2), dtype=np.float32))
        one = self.constant("one", np.array(1, dtype=np.float32))
        half = self.constant("half", np.array(0.5, dtype=np.float32))
        share = self.add("Add", self.add("Erf", self.add("Div", value, root)), one)
        return self.add("Mul", self.add("Mul", value, share), half)


def embeddings(
    graph: Graph, state: State, rows: Rows, row: NDArray[np.int32], epsilon: float
) -> str:
    """(1, tokens, width): the sum of a token's row, its place's and its text's, normalised.
    Tokens without a row are left out."""
    held = {name: graph.constant(name, value) for name, value in tables(rows, row).items()}
    every = graph.add("Gather", held["row"], "input_ids")
    least = graph.constant("least", np.array(0, dtype=np.int32))
    says = graph.add(
        "Squeeze",
        graph.add("GreaterOrEqual", every, least),
        graph.constant("pair", np.array([0], dtype=np.int64)),
    )
    ids = graph.add("Compress", every, says, axis=1)
    segments = graph.add("Compress", "token_type_ids", says, axis=1)
    table = "bert.embeddings"
    token = graph.add("Gather", held["rows"], ids)
    length = graph.add("Gather", held["scale"], ids)
    token = graph.add("Mul", graph.add("Cast", token, to=1), length)
    segment = graph.add(
        "Gather",
        graph.constant("segment_rows", state[f"{table}.token_type_embeddings.weight"]),
        segments,
    )
    count = graph.add("Shape", ids, start=1, end=2)
    place = graph.add(
        "Slice",
        graph.constant("place_rows", state[f"{table}.position_embeddings.weight"]),
        graph.constant("nought", np.array([0], dtype=np.int64)),
        count,
    )
    total = graph.add("Add", graph.add("Add", token, segment), place)
    return graph.normal(total, state, f"{table}.LayerNorm", epsilon)


def layer(
    graph: Graph, value: str, state: State, name: str, heads: int, width: int, epsilon: float
) -> str:
    apart = graph.constant("apart", np.array([0, 0, heads, width // heads], dtype=np.int64))
    whole = graph.constant("whole", np.array([0, 0, width], dtype=np.int64))

    def per_head(part: str, order: list[int]) -> str:
        dense = graph.dense(value, state, f"{name}.attention.self.{part}")
        return graph.add("Transpose", graph.add("Reshape", dense, apart), perm=order)

    query, key = per_head("query", [0, 2, 1, 3]), per_head("key", [0, 2, 3, 1])
    size = graph.constant("head_root", np.array(np.sqrt(width // heads), dtype=np.float32))
    score = graph.add("Softmax", graph.add("Div", graph.add("MatMul", query, key), size), axis=-1)
    read = graph.add("MatMul", score, per_head("value", [0, 2, 1, 3]))
    read = graph.add("Reshape", graph.add("Transpose", read, perm=[0, 2, 1, 3]), whole)
    read = graph.dense(read, state, f"{name}.attention.output.dense")
    value = graph.normal(
        graph.add("Add", read, value), state, f"{name}.attention.output.LayerNorm", epsilon
    )
    inner = graph.gelu(graph.dense(value, state, f"{name}.intermediate.dense"))
    outer = graph.dense(inner, state, f"{name}.output.dense")
    return graph.normal(graph.add("Add", outer, value), state, f"{name}.output.LayerNorm", epsilon)


def graph_of(state: State, rows: Rows, row: NDArray[np.int32], config: Mapping[str, Any]) -> Any:
    """The ONNX model of one pair: token ids and segments, (1, tokens), to logits (1, 3). ``row``
    is the place in ``rows`` of every token, -1 for those that say nothing."""
    from onnx import TensorProto, checker, helper

    graph = Graph()
    epsilon = float(config["layer_norm_eps"])
    heads, width = int(config["num_attention_heads"]), int(config["hidden_size"])
    value = embeddings(graph, state, rows, row, epsilon)
    for number in range(int(config["num_hidden_layers"])):
        name = f"bert.encoder.layer.{number}"
        value = layer(graph, value, state, name, heads, width, epsilon)
    first = graph.add("Gather", value, graph.constant("first", np.array(0, dtype=np.int64)), axis=1)
    pooled = graph.add("Tanh", graph.dense(first, state, "bert.pooler.dense"))
    graph.dense(pooled, state, "classifier")
    graph.nodes[-1].output[0] = OUTPUT
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "embedded-nli",
            [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "t"]) for name in INPUTS],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, 3])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
    )
    checker.check_model(made)
    return made


def export(
    state: State, rows: Rows, row: NDArray[np.int32], config: Mapping[str, Any], path: Path
) -> None:
    from onnx import save_model

    save_model(graph_of(state, rows, row, config), path)
