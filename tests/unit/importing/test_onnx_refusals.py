"""ONNX files that cannot be a document: each is refused in words that name the node or the tensor."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from backprop_explorer.problem import Problem
from tests.together import each
from tests.unit.importing.networks import IMAGE, ONES, drawn, ending, imported, model, node, one


def external() -> onnx.ModelProto:
    proto = model(ending(), ONES)
    proto.graph.initializer[0].data_location = TensorProto.EXTERNAL
    return proto


def of_another_domain() -> onnx.ModelProto:
    proto = model(ending(), ONES)
    proto.graph.node[0].domain = "com.microsoft"
    return proto


def changed(change: Callable[[Any], object]) -> onnx.ModelProto:
    proto = model(ending(), ONES)
    change(proto)
    return proto


REFUSED = {
    "numbers elsewhere": (external(), "external_data", "the tensor s keeps its numbers in another file"),
    "an unknown operator": (one("Unique"), "unknown_operator", "the node 'the_Unique' (Unique) has no counterpart"),
    "somebody's operator": (of_another_domain(), "unknown_operator", "com.microsoft"),
    "no nodes": (changed(lambda proto: proto.graph.ClearField("node")), "bad_file", "no nodes"),
    "an old version": (changed(lambda proto: proto.opset_import[0].MergeFrom(helper.make_opsetid("", 6))),
                       "bad_file", "must be 7 or newer; got 6"),
    "no version": (changed(lambda proto: proto.ClearField("opset_import")), "bad_file", "names none"),
    "words": (one("Add", np.array(["a", "b"])), "bad_file", "the type STRING"),
    "complex numbers": (one("Add", np.ones(6, complex)), "bad_file", "the type COMPLEX128"),
    "fewer numbers than announced": (changed(lambda proto: proto.graph.initializer[0].dims.append(2)), "bad_file", "s"),
    "2**60 numbers": (changed(lambda proto: proto.graph.initializer[0].dims.append(2**60)), "over_budget", "of s"),
    "a length below 0": (changed(lambda proto: proto.graph.initializer[0].dims.append(-1)), "bad_file", "s"),
    "an input without a shape": (changed(lambda proto: proto.graph.input[0].type.tensor_type.ClearField("shape")),
                                 "bad_file", "its input 'x' is no tensor of numbers with a shape"),
    "an input too large": (model(ending(), ONES, (2**40, 6)), "over_budget", "tensor_elements"),
    "a name that is not there": (model(ending(node("Relu", "y")), ONES), "bad_node", "reads 'y', which no node"),
    "a name twice": (model(ending(node("Relu", "scaled", "x")), ONES), "bad_node", "makes 'x', which is there"),
    "shapes that do not fit": (one("MatMul", drawn(5, 3)), "wrong_shape", "'the_MatMul' (MatMul) does not fit"),
    "a kernel that does not fit": (one("Conv", drawn(6, 4, 9, 9), shape=IMAGE), "wrong_shape", "a kernel that fits"),
    "four axes of places": (one("MaxPool", shape=(1, 1, 2, 2, 2, 2), kernel_shape=[2] * 4), "unsupported_operator",
                            "moves over 4 axes"),
    "a shape out of the data": (model(ending(node("Reshape", "x scaled")), ONES), "unsupported_operator",
                                "computes its input 2 from the data"),
    "a wrong attribute": (one("Softmax", axis=0.5), "bad_attribute", "its attribute axis"),
    "an axis that is not there": (one("Softmax", axis=5), "unsupported_operator", "the axis 5"),
    "no such operand": (model(ending(node("Add", "scaled")), ONES), "bad_node", "lacks its input 2"),
    "code in an equation": (one("Einsum", equation='a", x) + f("'), "bad_attribute", "equation"),
    "an output that is fixed": (model([node("Shape", "x")], {}), "bad_file", "does not depend on its inputs"),
}  # fmt: skip


@each(("proto", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_expressed_is_refused_by_name(proto: onnx.ModelProto, code: str, words: str) -> None:
    with pytest.raises(Problem) as raised:
        imported(proto)
    assert raised.value.code == code, raised.value.detail
    assert words in raised.value.detail


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(Problem) as raised:
        imported(one("Relu"))
    assert raised.value.hint is not None
    assert "backprop-explorer[onnx]" in raised.value.hint
