"""Small ONNX networks, made by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import Content, Rules, read
from backprop_explorer.problem import Problem

RULES = Rules(json.loads, 1_000_000, Budget())
OPSET = 20
random = np.random.default_rng(7)


def drawn(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def node(kind: str, inputs: str, outputs: str = "", **options: Any) -> onnx.NodeProto:
    """A node; names are separated by blanks, and its result is named after it unless told otherwise."""
    return helper.make_node(kind, inputs.split(), (outputs or f"{kind}_1").split(), name=f"the_{kind}", **options)


def model(
    nodes: list[onnx.NodeProto], weights: dict[str, Any], shape: Any = (4, 6), *, output: str = "", opset: int = OPSET,
    kind: int = TensorProto.FLOAT,
) -> onnx.ModelProto:  # fmt: skip
    """A network with one input, x."""
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in weights.items()]
    x = helper.make_tensor_value_info("x", kind, shape)
    out = helper.make_tensor_value_info(output or nodes[-1].output[0], TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "network", [x], [out], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def imported(proto: onnx.ModelProto) -> Content:
    format, content = read(proto.SerializeToString(), RULES)
    assert format == "onnx"
    return content


ONES = {"s": np.ones(6, np.float32)}


def ending(*nodes: onnx.NodeProto) -> list[onnx.NodeProto]:
    """The nodes behind a weight, so that there is something to train."""
    return [node("Mul", "x s", "scaled"), *nodes]


def one(kind: str, *weights: Any, shape: Any = (4, 6), **options: Any) -> onnx.ModelProto:
    """One operator whose other operands are numbers of the file."""
    names = {f"p.{place}": weight for place, weight in enumerate(weights)}
    scale = np.ones(shape[-1], np.float32)
    nodes = [node("Mul", "x s", "scaled"), node(kind, " ".join(["scaled", *names]), **options)]
    return model(nodes, {"s": scale, **names}, shape)


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


IMAGE = (2, 4, 7, 6)
EDGES: Any = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
GAPS: Any = {"kernel_shape": [2, 2], "dilations": [2, 2]}


def assert_read_or_refused(file: bytes) -> None:
    """Within small limits the file becomes a document, or is refused in words."""
    small = Budget(tensor_elements=10_000, trace_elements=100_000, iteration_flop=10_000_000, primitives=200)
    try:
        _, content = read(file, Rules(json.loads, 1000, small), "onnx")
        assert content.document is not None
    except Problem:
        pass
