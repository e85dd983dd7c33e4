"""ONNX networks as documents: the same numbers as ONNX's own evaluator."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator

import backprop_explorer as bx
from backprop_explorer.importing import Content
from tests.amount import count
from tests.together import each
from tests.unit.importing.changed import replaced
from tests.unit.importing.networks import (
    IMAGE,
    ONES,
    assert_read_or_refused,
    drawn,
    ending,
    imported,
    model,
    node,
    one,
    whole,
)


def assert_same(proto: onnx.ModelProto) -> Content:
    """The document computes what ONNX's evaluator does, and can be trained."""
    content = imported(proto)
    plan = bx.compile(dict(content.document or {}))
    plan.run()
    x = np.asarray(plan["x"])
    [expected] = ReferenceEvaluator(proto).run(None, {"x": x.astype(np.int64) if x.dtype.kind == "i" else x})
    out = plan["out" if "out" in plan.tensors else "scaled"]  # what only passes on has no name of its own
    assert out.shape == expected.shape
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)
    plan.step()
    return content


PERCEPTRON = model(
    [
        node("Gemm", "x 0.weight 0.bias", "/0/Gemm_output_0", transB=1), node("Relu", "/0/Gemm_output_0", "7"),
        node("Gemm", "7 2.weight 2.bias", "11", transB=1),
    ],
    {"0.weight": drawn(5, 6), "0.bias": drawn(5), "2.weight": drawn(3, 5), "2.bias": drawn(3)},
    ("batch", 6),
)  # fmt: skip
CONVOLUTIONS = model(
    [
        node("Conv", "x c.weight c.bias", "c", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]),
        node("BatchNormalization", "c n.weight n.bias n.running_mean n.running_var", "n"), node("Relu", "n"),
        node("MaxPool", "Relu_1", kernel_shape=[2, 2], strides=[2, 2]),
        node("AveragePool", "MaxPool_1", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1], count_include_pad=0),
        node("Shape", "AveragePool_1"), node("Constant", "", "zero", value=numpy_helper.from_array(np.array(0))),
        node("Gather", "Shape_1 zero", "count", axis=0), node("Unsqueeze", "count zeros", "counts"),
        node("Concat", "counts rest", "shape", axis=0), node("Reshape", "AveragePool_1 shape"),
        node("MatMul", "Reshape_1 w"), node("Add", "MatMul_1 b"), node("Softmax", "Add_1", "probabilities", axis=1),
    ],
    {
        "c.weight": drawn(4, 2, 3, 3), "c.bias": drawn(4), "n.weight": drawn(4), "n.bias": drawn(4),
        "n.running_mean": drawn(4), "n.running_var": drawn(4) ** 2, "zeros": np.array([0]), "rest": np.array([-1]),
        "w": drawn(4 * 9, 3), "b": drawn(3),
    },
    ("n", 2, 6, 6),
)  # fmt: skip


def test_a_perceptron_as_pytorch_exports_it() -> None:
    content = assert_same(PERCEPTRON)
    document = dict(content.document or {})
    assert document["program"].splitlines() == [
        'Gemm_0 = linear(x, weight_0, bias_0, layout="out_in")',
        "t7 = relu(Gemm_0)",
        'out = linear(t7, weight_2, bias_2, layout="out_in")',
        "loss = cross_entropy(out, labels)",
    ]
    assert document["inputs"]["x"] == {"shape": [4, 6], "init": "normal"}
    assert [*document["parameters"]] == ["weight_0", "bias_0", "weight_2", "bias_2"]
    assert document["dtype"] == "float32"
    told = "\n".join(content.warnings)
    for words in (
        "x is random numbers of shape (4, 6), where",
        "(out, labels) is made up",
        "sgd",
        "0.weight is weight_0",
    ):
        assert words in told


def test_convolutions_and_the_shapes_that_pytorch_computes() -> None:
    content = assert_same(CONVOLUTIONS)
    document = dict(content.document or {})
    assert "t_Reshape" not in document["program"]
    assert "Reshape_1 = AveragePool_1.reshape(-1, 36)" in document["program"]
    assert document["program"].endswith("loss = cross_entropy(Add_1, labels)")
    assert {"n_running_mean", "n_running_var"} <= document["inputs"].keys()
    assert {"n_weight", "n_bias"} <= document["parameters"].keys()


def test_a_weight_that_was_written_twice_is_told() -> None:
    w = drawn(6, 6)
    nodes = [node("MatMul", "x w", "h"), node("MatMul", "h copy", "y")]
    told = imported(model(nodes, {"w": w, "copy": np.ascontiguousarray(w.T)})).warnings
    assert any(one.startswith("w and copy_0 hold the same numbers") for one in told), told
    for first, other in ((w, drawn(6, 6)), (np.ones((6, 6), np.float32), np.ones((6, 6), np.float32))):
        told = imported(model(nodes, {"w": first, "copy": other})).warnings
        assert not any("hold the same numbers" in warning for warning in told)


def test_of_a_network_that_answers_classes_the_scores_go_into_the_loss() -> None:
    nodes = [node("MatMul", "x w", "scores"), node("ArgMax", "scores", "classes", axis=1, keepdims=0)]
    content = imported(model(nodes, {"w": drawn(6, 3)}, output="classes"))
    document = dict(content.document or {})
    assert document["program"].splitlines()[-1] == "loss = cross_entropy(scores, labels)"
    assert any("the loss is of scores itself" in one for one in content.warnings)
    plan = bx.compile(document)
    plan.run()
    assert np.asarray(plan["w.g"]).any()


def test_labels_are_one_hot_rows_and_labels_of_the_loss_at_once() -> None:
    """As PyTorch writes F.one_hot: labels compared with 0, 1, 2 … in turn."""
    nodes = [
        node("Unsqueeze", "x last", "column"), node("Equal", "column every", "hit"),
        node("Cast", "hit", "rows", to=TensorProto.FLOAT), node("MatMul", "rows w", "scores"),
        node("SoftmaxCrossEntropyLoss", "scores x", "y"),
    ]  # fmt: skip
    weights = {"w": drawn(3, 3), "last": whole(-1), "every": whole(0, 1, 2)}
    proto = model(nodes, weights, (4,), kind=TensorProto.INT64)
    document = dict(imported(proto).document or {})
    labels = np.array([0, 2, 1, 1])
    plan = bx.compile({**document, "inputs": {**document["inputs"], "x": labels}})
    [wanted] = ReferenceEvaluator(proto).run(None, {"x": labels})
    assert abs(plan.run() - wanted) < 1e-6


UNARY = (
    *("Relu", "Sigmoid", "Tanh", "Exp", "Abs", "Neg", "Sin", "Cos", "Erf", "Softplus", "Softsign", "HardSwish", "Mish"),
    *("Gelu", "Selu", "Elu", "LeakyRelu", "HardSigmoid", "Softmax", "Flatten", "Identity", "Transpose", "Dropout"),
    *("LogSoftmax", "Reciprocal", "Celu", "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2"),
    *("ReduceProd", "ReduceSumSquare", "ReduceLogSumExp", "Tan", "Atan", "Sinh", "Cosh", "Asinh", "ThresholdedRelu"),
    *("Shrink", "LpNormalization"),
)


@each("kind", UNARY)
def test_operators_of_one_tensor(kind: str) -> None:
    assert_same(model(ending(node(kind, "scaled")), ONES))


OPERATORS = {
    "Gemm": one("Gemm", drawn(6, 3), drawn(3), alpha=0.5, beta=2.0),
    "Gemm transposed": one("Gemm", drawn(4, 3), transA=1),
    "MatMul": one("MatMul", drawn(3, 6, 2), shape=(3, 4, 6)),
    "Add": one("Add", drawn(6)),
    "Sub a number": one("Sub", np.float32(-0.1)),
    "Mul": one("Mul", drawn(4, 1)),
    "Div": one("Div", drawn(6)),
    "Pow": one("Pow", np.float32(2)),
    "Max": one("Max", drawn(6), drawn(4, 1)),
    "Min": one("Min", drawn(6)),
    "Sum": one("Sum", drawn(6), drawn(6)),
    "PRelu": one("PRelu", drawn(6)),
    "Clip": one("Clip", np.float32(-0.5), np.float32(1)),
    "Mean": one("Mean", drawn(6), drawn(4, 1)),
    "Mod": one("Mod", np.float32(0.7), fmod=1),
    "CumSum": one("CumSum", np.array(-1)),
    "GatherElements": one("GatherElements", np.array([[0, 2, 1, 5, 3, 0]] * 4), axis=1),
    "Shrink": one("Shrink", lambd=0.3, bias=0.1),
    "LpNormalization of sizes": model(  # ONNX's evaluator adds up signed numbers, so these are above 0
        ending(node("Exp", "scaled"), node("LpNormalization", "Exp_1", axis=0, p=1)), ONES
    ),
    "Det": one("Det", shape=(2, 3, 3)),
    "DepthToSpace": one("DepthToSpace", shape=IMAGE, blocksize=2),
    "DepthToSpace by columns": one("DepthToSpace", shape=IMAGE, blocksize=2, mode="CRD"),
    "Einsum": one("Einsum", drawn(6, 3), equation="bi, io -> bo"),
    "Softmax of another axis": one("Softmax", axis=0),
    "LayerNormalization": one("LayerNormalization", drawn(6), drawn(6), epsilon=0.01),
    "BatchNormalization of rows": one("BatchNormalization", drawn(6), drawn(6), drawn(6), drawn(6) ** 2),
    "Gelu by tanh": one("Gelu", approximate="tanh"),
    "ReduceMean": one("ReduceMean", whole(-1), keepdims=0),
    "InstanceNormalization": one("InstanceNormalization", drawn(4), drawn(4), shape=IMAGE, epsilon=0.01),
    "Trilu": one("Trilu", np.array(1), upper=0),
    "Reshape": one("Reshape", whole(2, -1, 3)),
    "Reshape that copies": one("Reshape", whole(0, 3, 2)),
    "Flatten": one("Flatten", axis=2, shape=(2, 3, 4)),
    "Flatten to rows": one("Flatten", axis=0),
    "Transpose": one("Transpose", perm=[2, 0, 1], shape=(2, 3, 4)),
    "Squeeze": one("Squeeze", whole(1), shape=(4, 1, 6)),
    "Unsqueeze": one("Unsqueeze", whole(1)),
    "Concat": one("Concat", drawn(2, 6), axis=0),
    "Slice": one("Slice", whole(1, -1), whole(2**63 - 1, 0), whole(0, 1), whole(1, -2)),
    "Gather a column": one("Gather", np.array(-2), axis=1),
    "Gather rows": one("Gather", whole(2, 0, 0), axis=0),
    "Expand": one("Expand", whole(3, 1, 6)),
    "Pad": one("Pad", whole(0, 1, 0, 2), np.float32(0.5)),
    "Cast": one("Cast", to=TensorProto.DOUBLE),
    "Conv": one("Conv", drawn(6, 2, 3, 3), drawn(6), shape=IMAGE, group=2, strides=[2, 1], dilations=[1, 2]),
    "Conv, uneven edges": one("Conv", drawn(3, 4, 2, 2), shape=IMAGE, pads=[0, 1, 1, 0]),
    "Conv, the same size": one("Conv", drawn(3, 4, 2, 3), shape=IMAGE, auto_pad="SAME_UPPER"),
    "Conv of one axis": one("Conv", drawn(3, 4, 2), drawn(3), shape=(2, 4, 6), pads=[1, 1]),
    "MaxPool": one("MaxPool", shape=IMAGE, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0]),
    "MaxPool, uneven edges": one("MaxPool", shape=IMAGE, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1]),
    "MaxPool that rounds up": one("MaxPool", shape=IMAGE, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1),
    "MaxPool of one axis": one("MaxPool", shape=(2, 4, 6), kernel_shape=[2], strides=[2]),
    "AveragePool": one("AveragePool", shape=IMAGE, kernel_shape=[2, 2], strides=[2, 2]),
    "AveragePool with edges": one(
        "AveragePool", shape=IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1
    ),
    "AveragePool without edges": one("AveragePool", shape=IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    "GlobalAveragePool": one("GlobalAveragePool", shape=IMAGE),
    "GlobalMaxPool": one("GlobalMaxPool", shape=IMAGE),
}


@each("name", OPERATORS)
def test_operators_with_numbers_and_attributes(name: str) -> None:
    assert_same(OPERATORS[name])


@pytest.mark.parametrize("kind", ["Asin", "Acos", "Atanh"])
def test_operators_of_what_is_small(kind: str) -> None:
    nodes = ending(node("Tanh", "scaled"), node("Mul", "Tanh_1 half"), node(kind, "Mul_1"))
    assert_same(model(nodes, {**ONES, "half": np.float32(0.5)}))


@pytest.mark.parametrize("kind", ["Floor", "Ceil", "Round"])
def test_steps_pass_no_gradient_but_are_added(kind: str) -> None:
    assert_same(model(ending(node(kind, "scaled"), node("Add", f"{kind}_1 scaled")), ONES))


@pytest.mark.parametrize("kind", ["And", "Or", "Xor"])
def test_masks_are_joined(kind: str) -> None:
    nodes = ending(
        node("Greater", "scaled zero", "a"), node("Less", "scaled one", "b"), node("Not", "b", "c"),
        node(kind, "a c"), node("Where", f"{kind}_1 scaled zero"),
    )  # fmt: skip
    assert_same(model(nodes, {**ONES, "zero": np.float32(0), "one": np.float32(1)}))


def test_rms_normalization() -> None:
    nodes = ending(node("RMSNormalization", "scaled g", epsilon=0.01))
    assert_same(model(nodes, {**ONES, "g": drawn(6)}, opset=23))


def test_a_document_says_whose_words_it_is_in() -> None:
    assert dict(imported(PERCEPTRON).document or {})["dialect"] == "numpy"


def test_parts_comparisons_and_choices() -> None:
    nodes = ending(
        node("Split", "scaled", "a b", axis=1, num_outputs=2), node("Greater", "a b"),
        node("Where", "Greater_1 a zero"), node("Sum", "Where_1 b"),
    )  # fmt: skip
    assert_same(model(nodes, {**ONES, "zero": np.float32(0)}))


def test_tokens_are_looked_up() -> None:
    nodes = [node("Gather", "table x", axis=0), node("ReduceMean", "Gather_1 axes", keepdims=0)]
    proto = model(nodes, {"table": drawn(5, 3), "axes": whole(1)}, (4, 2), kind=TensorProto.INT64)
    content = assert_same(proto)
    assert dict(content.document or {})["parameters"].keys() == {"table"}


def test_a_network_that_has_its_loss() -> None:
    nodes = ending(node("Pow", "scaled two"), node("ReduceMean", "Pow_1", keepdims=0))
    content = assert_same(model(nodes, {**ONES, "two": np.float32(2)}))
    assert dict(content.document or {})["loss"] == "out"


def test_names_that_the_language_does_not_know() -> None:
    weights = {"w": drawn(6), "w.": drawn(6), "λ": drawn(6), "if": drawn(6), "__": drawn(6), "relu": drawn(6)}
    nodes = [node("Mul", f"x {name}" if not at else f"m{at - 1} {name}", f"m{at}") for at, name in enumerate(weights)]
    content = assert_same(model(nodes, weights))
    assert [*dict(content.document or {})["parameters"]] == ["w", "w_2", "λ", "if_2", "t_0", "relu_0"]
    assert "w. is w_2" in content.warnings[-1]


FILES = [proto.SerializeToString() for proto in (PERCEPTRON, CONVOLUTIONS, *OPERATORS.values())]


@settings(max_examples=count(80, 500), deadline=None)
@given(st.sampled_from(FILES).flatmap(replaced))
def test_bytes_that_were_changed_are_read_or_refused(file: bytes) -> None:
    assert_read_or_refused(file)
