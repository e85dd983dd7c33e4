"""ONNX's recurrent layers, transposed convolutions, resizings and scikit-learn's linear models: the same numbers as
ONNX's own evaluator, or as PyTorch where that evaluator cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

import backprop_explorer as bx
from backprop_explorer.problem import Problem
from tests.amount import count, every
from tests.together import each
from tests.unit.importing.changed import replaced
from tests.unit.importing.networks import GAPS, IMAGE, assert_read_or_refused, drawn, imported, model, node, one, whole
from tests.unit.importing.test_onnx import assert_same

SEQUENCE = (5, 2, 3)
"""Times, samples, columns."""
HIDDEN = 4
OUTPUTS = {"LSTM": "y h c", "GRU": "y h", "RNN": "y h"}


def layer(kind: str, gates: int, output: str = "y", sides: int = 1, *others: str, **options: Any) -> onnx.ModelProto:
    """A recurrent layer; `others` are those operands that it has besides the sequence and its weights."""
    weights = {
        "s": np.ones(3, np.float32),
        "w": drawn(sides, gates * HIDDEN, 3),
        "r": drawn(sides, gates * HIDDEN, HIDDEN),
        "b": drawn(sides, 2 * gates * HIDDEN),
        "h0": drawn(sides, 2, HIDDEN),
        "c0": drawn(sides, 2, HIDDEN),
        "p": drawn(sides, 3 * HIDDEN),
        "n": np.array([5, 5], np.int32),
    }
    operands = ["scaled", "w", "r", *others]
    layered = helper.make_node(
        kind, [one.strip("-") for one in operands], OUTPUTS[kind].split(), hidden_size=HIDDEN, name="layer", **options
    )
    if options.get("layout"):
        weights |= {"h0": drawn(2, sides, HIDDEN), "c0": drawn(2, sides, HIDDEN)}
    used = {name: array for name, array in weights.items() if name in {"s", *operands}}
    return model([node("Mul", "x s", "scaled"), layered], used, SEQUENCE, output=output)


BOTH = {"direction": "bidirectional"}
RECURRENT = {
    "LSTM": layer("LSTM", 4, "y", 1, "b"),
    "LSTM without bias": layer("LSTM", 4),
    "LSTM, last output": layer("LSTM", 4, "h", 1, "b"),
    "LSTM, what it remembers": layer("LSTM", 4, "c", 1, "b", "-", "h0", "c0"),
    "LSTM with peepholes": layer("LSTM", 4, "y", 1, "b", "-", "h0", "c0", "p"),
    "LSTM of lengths that are all of it": layer("LSTM", 4, "y", 1, "b", "n"),
    "LSTM backwards": layer("LSTM", 4, "y", 1, "b", direction="reverse"),
    "LSTM both ways": layer("LSTM", 4, "y", 2, "b", "-", "h0", "c0", **BOTH),
    "LSTM both ways, last outputs": layer("LSTM", 4, "h", 2, "b", **BOTH),
    "GRU": layer("GRU", 3, "y", 1, "b", "-", "h0"),
    "GRU as PyTorch's": layer("GRU", 3, "y", 1, "b", linear_before_reset=1),
    "GRU without bias": layer("GRU", 3),
    "GRU both ways": layer("GRU", 3, "y", 2, "b", linear_before_reset=1, **BOTH),
    "GRU backwards, last output": layer("GRU", 3, "h", 1, "b", direction="reverse"),
    "RNN": layer("RNN", 1, "y", 1, "b", "-", "h0"),
    "RNN both ways": layer("RNN", 1, "h", 2, "b", activations=["Tanh", "Tanh"], **BOTH),
    "RNN backwards": layer("RNN", 1, "y", 1, "b", direction="reverse"),
}


@each("name", every(2, RECURRENT))
def test_layers_over_a_sequence(name: str) -> None:
    content = assert_same(RECURRENT[name])
    assert {"w", "r"} <= dict(content.document or {})["parameters"].keys()


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_samples_first(kind: str) -> None:
    """Judged by the same layer with times first: ONNX's evaluator turns the states twice."""
    gates = {"LSTM": 4, "GRU": 3}[kind]
    first = layer(kind, gates, "y", 2, "b", layout=1, **BOTH)
    first.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", TensorProto.FLOAT, (2, 5, 3)))
    plan = bx.compile(dict(imported(first).document or {}))
    plan.run()
    later = onnx.ModelProto()
    later.CopyFrom(first)
    later.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", TensorProto.FLOAT, SEQUENCE))
    options = later.graph.node[1].attribute
    options.remove(next(one for one in options if one.name == "layout"))
    [wanted] = ReferenceEvaluator(later).run(None, {"x": np.ascontiguousarray(plan["x"].transpose(1, 0, 2))})
    np.testing.assert_allclose(plan["out"], wanted.transpose(2, 0, 1, 3), rtol=1e-4, atol=1e-5)


def test_a_layer_is_a_loop_of_the_program() -> None:
    program = dict(imported(RECURRENT["LSTM"]).document or {})["program"].splitlines()
    assert program[3:9] == [
        "outputs = []",
        "for time in range(scaled.shape[0]):",
        "    gates = scaled[time] @ w[0].T + h @ r[0].T + b[0, 0:16] + b[0, 16:32]",
        "    c = sigmoid(gates[:, 8:12]) * c + sigmoid(gates[:, 0:4]) * tanh(gates[:, 12:16])",
        "    h = sigmoid(gates[:, 4:8]) * tanh(c)",
        "    outputs.append(h)",
    ]


def test_data_of_other_lengths_goes_through_a_layer() -> None:
    plan = bx.compile(dict(imported(RECURRENT["LSTM both ways"]).document or {}))
    longer = {"x": drawn(7, 2, 3), "target": np.zeros((7, 2, 2, 4))}
    changed = {**plan.document.to_json_dict(), "inputs": {**plan.document.inputs, **longer}}
    after = bx.compile(changed)
    after.run()
    [wanted] = ReferenceEvaluator(RECURRENT["LSTM both ways"]).run(None, {"x": longer["x"]})
    np.testing.assert_allclose(after["out"], wanted, rtol=1e-4, atol=1e-5)


def resized(*lengths: int, **options: Any) -> onnx.ModelProto:
    weights = {"s": np.ones(6, np.float32), "lengths": whole(*lengths)}
    return model([node("Mul", "x s", "scaled"), helper.make_node("Resize", ["scaled", "", "", "lengths"], ["y"],
                                                                 **options)], weights, IMAGE)  # fmt: skip


VOLUME = (1, 2, 3, 4, 5)
PICTURES = {
    "ConvTranspose": one("ConvTranspose", drawn(4, 3, 3, 3), drawn(3), shape=IMAGE),
    "ConvTranspose with steps": one(
        "ConvTranspose", drawn(4, 3, 3, 2), drawn(3), shape=IMAGE, strides=[2, 3], output_padding=[1, 2]
    ),
    "ConvTranspose with edges": one("ConvTranspose", drawn(4, 3, 3, 3), shape=IMAGE, pads=[1, 2, 1, 2], strides=[2, 2]),
    "ConvTranspose, uneven edges": one("ConvTranspose", drawn(4, 3, 3, 3), shape=IMAGE, pads=[1, 0, 0, 2]),
    "ConvTranspose with gaps": one("ConvTranspose", drawn(4, 3, 2, 2), shape=IMAGE, dilations=[2, 3]),
    "ConvTranspose of one axis": one("ConvTranspose", drawn(4, 3, 3), shape=(2, 4, 6), strides=[2]),
    "ConvTranspose, twice the size": one(
        "ConvTranspose", drawn(4, 3, 3, 3), shape=IMAGE, strides=[2, 2], auto_pad="SAME_UPPER"
    ),
    "MaxPool of three axes": one("MaxPool", shape=VOLUME, kernel_shape=[2, 2, 2], strides=[1, 2, 1]),
    "MaxPool with gaps": one("MaxPool", shape=IMAGE, **GAPS),
    "MaxPool with gaps that sticks out": one("MaxPool", shape=IMAGE, strides=[2, 2], ceil_mode=1, **GAPS),
    "AveragePool of three axes": one("AveragePool", shape=VOLUME, kernel_shape=[2, 2, 2], pads=[1, 0, 0, 1, 1, 0]),
    "AveragePool with gaps": one("AveragePool", shape=IMAGE, pads=[1, 1, 1, 1], **GAPS),
    "AveragePool that sticks out": one(
        "AveragePool", shape=IMAGE, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, pads=[0, 0, 1, 1]
    ),
    "AveragePool that sticks out of the edges that count": one(
        "AveragePool", shape=IMAGE, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, pads=[1, 1, 1, 1],
        count_include_pad=1,
    ),
    "LpPool": one("LpPool", shape=IMAGE, kernel_shape=[2, 3], strides=[2, 1]),
    "LpPool of cubes": one("LpPool", shape=IMAGE, kernel_shape=[2, 2], p=3, pads=[1, 1, 0, 0]),
    "Conv of three axes": one("Conv", drawn(3, 4, 2, 2, 2), shape=(2, 4, 3, 3, 4)),
    "Resize": one("Resize", *(np.zeros(0, np.float32), np.array([1, 1, 2, 3], np.float32)), shape=IMAGE,
                  mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    "Resize as it is by default": one(
        "Resize", np.zeros(0, np.float32), np.array([1, 1, 2, 3], np.float32), shape=IMAGE
    ),
    "Resize between": one("Resize", np.zeros(0, np.float32), np.array([1, 1, 2, 1.5], np.float32), shape=IMAGE,
                          mode="linear"),
    "Resize between corners": one("Resize", np.zeros(0, np.float32), np.array([1, 1, 2, 2], np.float32), shape=IMAGE,
                                  mode="linear", coordinate_transformation_mode="align_corners"),
    "Resize by curves": one("Resize", np.zeros(0, np.float32), np.array([1, 1, 2, 2], np.float32), shape=IMAGE,
                            mode="cubic"),
    "Resize of some axes": one("Resize", np.zeros(0, np.float32), np.array([2, 3], np.float32), shape=IMAGE,
                               axes=[2, 3]),
    "Resize by an odd factor": one("Resize", np.zeros(0, np.float32), np.array([1, 1, 0.6, 0.6], np.float32),
                                   shape=IMAGE, mode="linear"),
    "Resize to an odd length": resized(2, 4, 9, 4, mode="nearest"),
    "Resize of corners between places": one(
        "Resize", np.zeros(0, np.float32), np.array([1, 1, 0.6, 0.6], np.float32), shape=IMAGE, mode="linear",
        coordinate_transformation_mode="align_corners",
    ),
    "Resize to one place by PyTorch's older rule": resized(
        2, 4, 3, 1, mode="linear", coordinate_transformation_mode="pytorch_half_pixel"
    ),
    "Resize of channels": resized(2, 5, 9, 4, mode="linear"),
    "Clip": one("Clip", np.float32(2), np.float32(1)),
    "Clip at one end": one("Clip", np.float32(0.5)),
    "Clip to one number": one("Clip", np.float32(0.5), np.float32(0.5)),
}  # fmt: skip


@each("name", every(2, PICTURES))
def test_pictures(name: str) -> None:
    assert_same(PICTURES[name])


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "linear"},
        {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"},
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        {"mode": "cubic", "coordinate_transformation_mode": "align_corners"},
    ],
)
def test_pictures_of_wanted_lengths(options: dict[str, Any]) -> None:
    assert_same(resized(2, 4, 9, 4, **options))


def test_upsample_of_older_files() -> None:
    weights = {"s": np.ones(6, np.float32), "scales": np.array([1, 1, 2, 3], np.float32)}
    proto = model([node("Mul", "x s", "scaled"), node("Upsample", "scaled scales")], weights, IMAGE, opset=9)
    plan = bx.compile(dict(imported(proto).document or {}))
    plan.run()
    np.testing.assert_array_equal(plan["out"], plan["x"].repeat(2, 2).repeat(3, 3))


def test_transposed_convolutions_in_groups() -> None:
    weight = drawn(4, 3, 2, 2)
    proto = one("ConvTranspose", weight, shape=IMAGE, group=2)
    plan = bx.compile(dict(imported(proto).document or {}))
    plan.run()
    halves = [model([node("ConvTranspose", "x w")], {"w": weight[at : at + 2]}, (2, 2, 7, 6)) for at in (0, 2)]
    parts = [ReferenceEvaluator(half).run(None, {"x": plan["x"][:, at : at + 2]})[0]
             for half, at in zip(halves, (0, 2), strict=True)]  # fmt: skip
    np.testing.assert_allclose(plan["out"], np.concatenate(parts, 1), rtol=1e-4, atol=1e-5)


def test_transposed_convolutions_to_wanted_lengths() -> None:
    """Judged by the edges that these lengths mean: ONNX's evaluator does not know them."""
    weight, steps = drawn(4, 3, 3, 3), [3, 2]
    plan = bx.compile(
        dict(imported(one("ConvTranspose", weight, shape=IMAGE, strides=steps, output_shape=[22, 11])).document or {})
    )
    plan.run()
    edges = {"strides": steps, "output_padding": [1, 0], "pads": [0, 1, 0, 1]}
    [wanted] = ReferenceEvaluator(one("ConvTranspose", weight, shape=IMAGE, **edges)).run(None, {"x": plan["x"]})
    np.testing.assert_allclose(plan["out"], wanted, rtol=1e-4, atol=1e-5)


def learned(*nodes: onnx.NodeProto, output: str) -> onnx.ModelProto:
    """A model of scikit-learn's, over a table of three columns."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, (4, 3))
    out = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph([*nodes], "model", [x], [out])
    versions = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=versions, ir_version=8)


def ml(kind: str, inputs: str, outputs: str, **options: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), outputs.split(), domain="ai.onnx.ml", **options)


COEFFICIENTS = [0.5, -1.0, 2.0, 0.25, 1.5, -0.75]
CLASSES: Any = {"coefficients": COEFFICIENTS, "intercepts": [0.5, -0.25], "classlabels_ints": [0, 1]}
SCALED = ml("Scaler", "x", "scaled", offset=[0.5, -1.0, 2.0], scale=[2.0, 0.5, 1.5])
LEARNED = {
    "LinearRegressor": [ml("LinearRegressor", "x", "y", coefficients=COEFFICIENTS, intercepts=[1.0, 2.0], targets=2)],
    "Scaler": [SCALED, ml("LinearRegressor", "scaled", "y", coefficients=COEFFICIENTS[:3], intercepts=[1.0])],
    "Scaler of one number": [ml("Scaler", "x", "a", offset=[0.5], scale=[2.0]),
                             ml("LinearRegressor", "a", "y", coefficients=COEFFICIENTS[:3], intercepts=[1.0])],
    **{f"Normalizer {norm}": [ml("LinearRegressor", "x", "a", coefficients=COEFFICIENTS, intercepts=[1.0, 2.0],
                                 targets=2), ml("Normalizer", "a", "y", norm=norm)] for norm in ("MAX", "L1", "L2")},
    **{f"LinearClassifier {after}": [ml("LinearClassifier", "x", "label y", post_transform=after, **CLASSES)]
       for after in ("NONE", "LOGISTIC", "SOFTMAX")},
    "LinearClassifier of two classes": [ml("LinearClassifier", "x", "label y", coefficients=COEFFICIENTS[:3],
                                           intercepts=[0.5], classlabels_ints=[0, 1], post_transform="LOGISTIC")],
}  # fmt: skip


@each("name", LEARNED)
def test_models_of_scikit_learn(name: str) -> None:
    assert_same(learned(*LEARNED[name], output="y"))


def test_a_pipeline_as_scikit_learn_s_is_exported() -> None:
    nodes = [
        SCALED,
        ml("LinearClassifier", "scaled", "label scores", post_transform="SOFTMAX", **CLASSES),
        helper.make_node("Cast", ["label"], ["predicted"], to=TensorProto.INT64),
        ml("Normalizer", "scores", "normed", norm="L1"),
        ml("ZipMap", "normed", "probabilities", classlabels_int64s=[0, 1]),
    ]
    proto = learned(*nodes, output="predicted")
    proto.graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, None))
    document = dict(imported(proto).document or {})
    assert [*document["parameters"]] == ["coefficients", "intercepts"]
    assert {"offset", "scale"} <= document["inputs"].keys()
    plan = bx.compile(document)
    plan.run()
    [wanted] = ReferenceEvaluator(learned(*nodes[:2], nodes[3], output="normed")).run(None, {"x": plan["x"]})
    np.testing.assert_allclose(plan["normed"], wanted, rtol=1e-5)
    before = plan.run()
    for _ in range(5):
        plan.step()
        plan.run()
    assert plan.run() < before


REFUSED = {
    "sequences of other lengths": (layer("LSTM", 4, "y", 1, "b", "n"), "different lengths"),
    "an unusual gate": (layer("GRU", 3, activations=["Sigmoid", "Relu"]), "applies Sigmoid, Relu"),
    "limits": (layer("LSTM", 4, clip=1.0), "clip"),
    "weights of other gates": (layer("LSTM", 3), "for 4 gates"),
    "other numbers": (learned(ml("LinearRegressor", "x", "y", coefficients=[1.0] * 4), output="y"), "4 coefficients"),
    "a tree": (learned(ml("TreeEnsembleRegressor", "x", "y"), output="y"), "no counterpart"),
}  # fmt: skip
REFUSED["sequences of other lengths"][0].graph.initializer[-1].CopyFrom(
    onnx.numpy_helper.from_array(np.array([5, 3], np.int32), "n")
)


@each("name", REFUSED)
def test_what_has_no_counterpart_says_why(name: str) -> None:
    proto, words = REFUSED[name]
    with pytest.raises(Problem) as raised:
        imported(proto)
    assert words in raised.value.detail


FILES = [
    proto.SerializeToString()
    for proto in (
        *(RECURRENT["LSTM with peepholes"], RECURRENT["GRU both ways"], RECURRENT["RNN both ways"]),
        *PICTURES.values(),
        *(learned(*nodes, output="y") for nodes in LEARNED.values()),
    )
]


@settings(max_examples=count(80, 500), deadline=None)
@given(st.sampled_from(FILES).flatmap(replaced))
def test_bytes_that_were_changed_are_read_or_refused(file: bytes) -> None:
    assert_read_or_refused(file)
