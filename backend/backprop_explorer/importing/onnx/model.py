"""An ONNX file as plain data. The one module that knows the package `onnx`, which is an extra."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing.embedded_document import numbers
from backprop_explorer.importing.onnx.outside import WHAT, Outside
from backprop_explorer.importing.record import bad_file
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto

OWN_DOMAINS = ("", "ai.onnx")
LEARNED = "ai.onnx.ml"
"""The domain of scikit-learn's models."""
OLDEST = 7
"""The first version of the operators that broadcasts as NumPy does."""
TYPES = (
    "FLOAT",
    "DOUBLE",
    "FLOAT16",
    "BFLOAT16",
    "INT64",
    "INT32",
    "INT16",
    "INT8",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "BOOL",
)
"""The types of tensors that can be read."""


@dataclass(frozen=True)
class Given:
    """An input of the network: lengths that the file leaves open are None; its numbers are "float", "whole" or
    "bool"."""

    name: str
    shape: tuple[int | None, ...]
    kind: str


@dataclass(frozen=True)
class Operation:
    """A node: its operator, what it reads and makes ("" where an optional one is left out), its attributes."""

    kind: str
    label: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    options: dict[str, Any]

    def problem(self, code: str, reason: str, hint: str | None = None) -> Problem:
        """A problem with this node."""
        return Problem(code, f"the node {self.label[:60]!r} ({self.kind[:40]}) {reason}", hint=hint)


@dataclass(frozen=True)
class Model:
    """A network. `opset` is the version of the operators; `double` whether it computes in float64."""

    opset: int
    inputs: list[Given]
    outputs: list[str]
    constants: dict[str, Array]
    operations: list[Operation]
    double: bool


@dataclass(frozen=True)
class _Source:
    """What tensors are read by: how large they may be, and the files that came with the network."""

    budget: Budget
    outside: Outside


def load(content: bytes, budget: Budget, outside: Outside | None = None) -> Model:
    """The model, and numbers of it from `outside`. Raises a `Problem` for a file that is broken, lacks one that it
    belongs to, or is too large."""
    from onnx import TensorProto

    proto = _parsed(content)
    graph = proto.graph
    if not graph.node:
        raise bad_file(WHAT, "it has no nodes")
    source = _Source(budget, outside or Outside())
    constants = {_word(tensor.name): _array(tensor, source) for tensor in graph.initializer}
    if graph.sparse_initializer:
        raise bad_file(WHAT, "it has sparse tensors, which cannot be read")
    inputs = [_given(value) for value in graph.input if _word(value.name) not in constants]
    double = any(tensor.data_type == tensor.DOUBLE for tensor in graph.initializer) or any(
        value.type.tensor_type.elem_type == TensorProto.DOUBLE for value in graph.input
    )
    outputs = [_word(value.name) for value in graph.output]
    operations = [_operation(node, position, source) for position, node in enumerate(graph.node)]
    return Model(_opset(proto), inputs, outputs, constants, operations, double)


def _parsed(content: bytes) -> ModelProto:
    import onnx  # takes long to load

    try:
        return onnx.load_model_from_string(content)
    except Exception as error:  # that of Google's decoder derives from nothing else
        raise bad_file(WHAT, str(error)[:200] or "it cannot be decoded", "is it whole? export it again") from None


def _opset(proto: ModelProto) -> int:
    versions = [entry.version for entry in proto.opset_import if entry.domain in OWN_DOMAINS]
    if not versions or max(versions) < OLDEST:
        got = f"got {max(versions)}" if versions else "the file names none"
        raise bad_file(
            WHAT, f"the version of its operators (opset) must be {OLDEST} or newer; {got}", "export it again"
        )
    return int(max(versions))


def _given(value: ValueInfoProto) -> Given:
    from onnx import TensorProto

    kind = value.type.tensor_type
    name = TensorProto.DataType.Name(kind.elem_type) if _is_known(kind.elem_type) else ""
    if not value.type.HasField("tensor_type") or not kind.HasField("shape") or name not in TYPES:
        raise bad_file(WHAT, f"its input {_word(value.name)[:60]!r} is no tensor of numbers with a shape")
    lengths = (entry.dim_value for entry in kind.shape.dim)  # 0 where it is open, as a number below is taken to be
    shape = tuple(length if length > 0 else None for length in lengths)
    holds = "float" if "FLOAT" in name or name == "DOUBLE" else "bool" if name == "BOOL" else "whole"
    return Given(_word(value.name), shape, holds)


def _operation(node: NodeProto, position: int, source: _Source) -> Operation:
    from onnx import AttributeProto, helper

    label = _word(node.name) or f"number {position + 1}"
    bare = Operation(_word(node.op_type), label, tuple(map(_word, node.input)), tuple(map(_word, node.output)), {})
    if node.domain not in (*OWN_DOMAINS, LEARNED):
        raise bare.problem("unknown_operator", f"is an operator of {node.domain[:60]!r}, which is none of ONNX's own")
    options: dict[str, Any] = {}
    for attribute in node.attribute:
        if attribute.type == AttributeProto.TENSOR:
            options[_word(attribute.name)] = _array(attribute.t, source)
            continue
        try:
            options[_word(attribute.name)] = helper.get_attribute_value(attribute)
        except ValueError:
            raise bare.problem(
                "bad_attribute", f"has an attribute {_word(attribute.name)[:60]!r} without a value"
            ) from None
    return Operation(bare.kind, label, bare.inputs, bare.outputs, options)


def _array(tensor: TensorProto, source: _Source) -> Array:
    """A tensor of the file, or of one that came with it."""
    from onnx import numpy_helper

    name = _word(tensor.name) or "of a node"
    known = tensor.DataType.Name(tensor.data_type) if _is_known(tensor.data_type) else "no type"
    if known not in TYPES:
        raise bad_file(WHAT, f"the tensor {name[:60]} has the type {known}; known are {', '.join(TYPES)}")
    elements = size(tuple(tensor.dims)) if _sound(tensor.dims) else -1
    source.budget.check("tensor_elements", elements, f"the {elements:,} elements of {name[:60]}")
    if elements > 0 and (tensor.data_location == tensor.EXTERNAL or tensor.external_data):
        tensor = _brought(tensor, name, elements, source.outside)
    try:
        array = np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError, RuntimeError, OverflowError) as error:
        raise bad_file(WHAT, f"the tensor {name[:60]}: {str(error)[:200]}") from None
    if array.size != elements:
        raise bad_file(WHAT, f"the tensor {name[:60]} of {elements:,} elements holds {array.size:,}")
    if known in ("FLOAT16", "BFLOAT16"):
        array = array.astype(np.float32)
    if not array.size:
        return array.astype(np.float32 if array.dtype.kind == "f" else np.int64)
    return numbers(array, array.shape, name, WHAT)


def _brought(tensor: TensorProto, name: str, elements: int, outside: Outside) -> TensorProto:
    """The tensor with the numbers that stand in another file."""
    from onnx import TensorProto, helper

    place = {_word(entry.key): _word(entry.value) for entry in tensor.external_data}
    width = helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    raw = outside.part(name, place, elements * width)
    return TensorProto(data_type=tensor.data_type, dims=tensor.dims, raw_data=raw)


def _word(given: str | bytes) -> str:
    """A name; the decoder leaves bytes that are no UTF-8 as they are."""
    return given if isinstance(given, str) else given.decode(errors="replace")


def _sound(lengths: Iterable[int]) -> bool:
    return all(length >= 0 for length in lengths)


def _is_known(number: int) -> bool:
    from onnx import TensorProto

    return number in TensorProto.DataType.values()
