"""A graph of operators as a program: statement by statement, each tried out at once, so that its shape is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.importing.names import Names
from backprop_explorer.importing.onnx.folding import folded
from backprop_explorer.importing.onnx.loss import Loss, fitting_loss
from backprop_explorer.importing.onnx.model import Given, Model, Operation
from backprop_explorer.importing.onnx.operators import written
from backprop_explorer.importing.onnx.values import Call, Known, Tensor, Value, kind_of
from backprop_explorer.importing.record import bad_file
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.source import parsed
from backprop_explorer.language.statements import run
from backprop_explorer.language.targets import Pair
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem
from backprop_explorer.wording import listed

SAMPLES, OPEN_LENGTH = 4, 8
"""How long the first axis of an input is where the file leaves it open, and how long another one."""
OPTIMIZER = {"name": "sgd", "lr": 0.01}
OUTPUT = "out"
CHOOSING = ("ArgMax", "ArgMin")
DIALECT = "numpy"
UNFIT = (ValueError, IndexError, TypeError, ArithmeticError, MemoryError)
"""What NumPy raises where axes, lengths or indices of a broken file do not fit."""
_MADE_UP = re.compile(r"(val|_val|scalar_tensor_default|onnx::[A-Za-z]+)_?\d*")
"""Names that PyTorch's exporters give to numbers out of the code."""
_SUFFIX = re.compile(r"(_output_\d+)$")


class _Unwatched:
    """Nobody wants to know what statements did: they are told to the one who compiles the document."""

    def begins(self, statement: ast.stmt) -> None: ...

    def ran(self, statement: ast.stmt, pairs: list[Pair]) -> None: ...

    def round(self, loop: ast.stmt, count: int | None) -> None: ...


class Network:
    """The document of a model, and in words what was made up for it. Raises a `Problem` that names the node which the
    language cannot express."""

    def __init__(self, model: Model, budget: Budget) -> None:
        self.dtype = "float64" if model.double else "float32"
        self.warnings: list[str] = []
        self._names = Names()
        self._names.taken.add(OUTPUT)
        self._lines: list[str] = []
        self._inputs: dict[str, Any] = {}
        self._parameters: dict[str, Array] = {}
        self._graph = Graph(self.dtype, budget)
        self._evaluator = Evaluator(self._graph)
        self._scope = Scope(dialect=DIALECT)
        self._makers: dict[str, Call] = {}
        self._left_out: set[str] = set()
        self._values: dict[str, Value] = {name: _known(name, array) for name, array in model.constants.items()}
        for given in model.inputs:
            self._give(given)
        self._output_name = model.outputs[0] if model.outputs else ""
        for operation in model.operations:
            self._write(operation, model.opset)
        self._loss = self._finish(model.outputs)

    def document(self) -> dict[str, Any]:
        """The network with its weights, numbers for its inputs, a loss and an optimizer."""
        return {
            "title": "A network from an ONNX file",
            "program": "\n".join([*self._lines, *self._loss.lines]),
            "inputs": {**self._inputs, **self._loss.targets},
            "parameters": self._parameters,
            "loss": self._loss.name,
            "dtype": self.dtype,
            "dialect": DIALECT,
            "seed": 0,
            "optimizer": dict(OPTIMIZER),
        }

    def value(self, name: str) -> Value | None:
        """What stands for an input or output of the network, or anything between; None for what is left out."""
        return self._values.get(name)

    def tensor(self, name: str, *, fixed: bool) -> Tensor:
        """The known numbers of that name as a tensor of the program: a parameter, or an input where they are fixed or
        no weights."""
        value = self._values[name]
        if isinstance(value, Tensor):
            return value
        own = self._names.give(name, reported=value.weight)
        array = value.numbers
        if not array.size:
            raise bad_file("ONNX file", f"the tensor {name[:60]} has no elements")
        is_parameter = value.weight and not fixed
        (self._parameters if is_parameter else self._inputs)[own] = array
        tensor = self._leaf(own, array.shape, kind_of(array))
        self._values[name] = tensor
        return tensor

    def name(self, wanted: str) -> str:
        """A name like that one that nothing else has."""
        return self._names.give(wanted)

    def parameter(self, wanted: str, array: Array, *, fixed: bool = False) -> Tensor:
        """Numbers of an attribute as a parameter, or as an input where they are fixed."""
        name = self._names.give(wanted)
        (self._inputs if fixed else self._parameters)[name] = array
        return self._leaf(name, array.shape, kind_of(array))

    def check_shape(self, shape: Shape) -> None:
        """Raises a `Problem` for a tensor that is over the budget, before its numbers are made."""
        Graph(self.dtype, self._graph.meter.budget).leaf("the input", shape, Kind("float"))

    def run(self, text: str, call: Call) -> None:
        """Adds statements to the program. A `Problem` names the node where they do not fit."""
        try:
            run(self._evaluator, self._parsed(text), self._scope, _Unwatched())
        except Problem as problem:
            raise _of_node(call, text, problem) from None
        self._lines += text.split("\n")

    def warn(self, warning: str) -> None:
        """Adds a warning, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _give(self, given: Given) -> None:
        """An input of the network: numbers are made up for it."""
        lengths = [OPEN_LENGTH if axis else SAMPLES for axis in range(len(given.shape))]
        shape = tuple(length or usual for length, usual in zip(given.shape, lengths, strict=True))
        name = self._names.give(given.name, reported=True)
        self.check_shape(shape)
        zeros = np.zeros(shape, np.int64) if given.kind != "float" else None
        self._inputs[name] = {"shape": list(shape), "init": "normal"} if zeros is None else zeros
        left_open = ", where the file leaves lengths open" if None in given.shape else ""
        what = "random numbers" if zeros is None else "zeros"
        self.warn(f"the input {name} is {what} of shape {shape}{left_open}: the file has no data")
        self._values[given.name] = self._leaf(name, shape, given.kind)

    def _leaf(self, name: str, shape: Shape, kind: str) -> Tensor:
        self._scope.names[name] = self._graph.leaf(name, shape, Kind("float" if kind == "float" else "open"))
        return Tensor(name, shape, kind)

    def _write(self, operation: Operation, opset: int) -> None:
        if self._left_out.intersection(operation.inputs):
            self._left_out.update(operation.outputs)
            return
        operands = [self._operand(operation, name) for name in operation.inputs]
        call = Call(operation, operands, opset, self)
        try:
            known = folded(call)
            result = written(call) if known is None else known
        except UNFIT as error:
            raise call.refuse(f"has numbers that do not fit together: {str(error)[:120]}") from None
        results = result if isinstance(result, list) else [result]
        outputs = [name for name in operation.outputs if name] if len(results) == 1 else operation.outputs
        if not outputs:
            raise operation.problem("bad_node", "makes nothing")
        for place, (name, one) in enumerate(zip(outputs, results, strict=False)):
            if one is None or not name:
                self._left_out.update({name} - {""})
                continue
            if name in self._values:
                raise operation.problem("bad_node", f"makes {name[:60]!r}, which is there already")
            self._values[name] = self._assigned(place, one, call) if isinstance(one, str) else one

    def _parsed(self, text: str) -> list[ast.stmt]:
        self._evaluator.text, self._evaluator.lines = text, text.encode().splitlines()
        return parsed(text)

    def _operand(self, operation: Operation, name: str) -> Value | None:
        if name and name not in self._values:
            raise operation.problem("bad_node", f"reads {name[:60]!r}, which no node before it makes")
        return self._values[name] if name else None

    def _assigned(self, place: int, text: str, call: Call) -> Value:
        """A statement of the program. What is another name of a tensor, or of a number, needs none."""
        try:
            node = self._evaluator.evaluate(self._parsed(text)[0].value, self._scope)  # type: ignore[attr-defined]
        except Problem as problem:
            raise _of_node(call, text, problem) from None
        if isinstance(node, Number):
            return Known(np.asarray(node.value, np.int64 if isinstance(node.value, int) else self.dtype))
        if not isinstance(node, Node):
            raise call.refuse("computes no tensor")
        kind = call.kind(place)
        if text in self._scope.names:
            return Tensor(text, node.shape, kind)
        output = call.operation.outputs[place]
        name = OUTPUT if output == self._output_name else self._names.give(_SUFFIX.sub("", output))
        self._lines.append(f"{name} = {text}")
        self._scope.names[name] = node
        self._makers[name] = call
        return Tensor(name, node.shape, kind)

    def _finish(self, outputs: list[str]) -> Loss:
        values = [value for name in outputs if isinstance(value := self._values.get(name), Tensor)]
        if not values:
            raise bad_file("ONNX file", "its output does not depend on its inputs")
        first = next((value for value in values if value.kind == "float"), values[0])
        if len(outputs) > 1:
            self.warn(f"of its outputs {listed(outputs)} {first.name} goes into the loss")
        maker = self._makers.get(first.name)
        if maker and maker.operation.kind in CHOOSING:
            first = maker.tensor(0)
            self.warn(f"the output is a place in {first.name}, without a gradient: the loss is of {first.name} itself")
        loss = fitting_loss(first, self._makers, self._names)
        self.warnings += loss.warnings
        self.warn(f"the optimizer is {OPTIMIZER['name']} with a learning rate of {OPTIMIZER['lr']}: the file has none")
        for one, other in _twins(self._parameters):
            self.warn(
                f"{one} and {other} hold the same numbers: a weight that is used twice is written twice by exporters, "
                "and here each is trained by itself"
            )
        changed = [f"{old[:60]} is {new}" for old, new in self._names.changed.items()]
        if changed:
            self.warn(f"renamed, to be names of the language: {_few(changed)}")
        return loss


def _known(name: str, array: Array) -> Known:
    """Numbers of the file: weights, unless they are whole, or a single number out of the code."""
    from_code = array.ndim == 0 or array.size == 1 and _MADE_UP.fullmatch(name) is not None
    return Known(array, weight=array.dtype.kind == "f" and not from_code)


def _twins(parameters: Mapping[str, Array]) -> list[tuple[str, str]]:
    """Matrices of the same numbers, or of the same turned over."""
    known: dict[tuple[Shape, bytes], str] = {}
    found = []
    for name, array in parameters.items():
        if array.ndim != 2 or (array == array.flat[0]).all():
            continue
        keys = [(one.shape, sha256(np.ascontiguousarray(one).tobytes()).digest()) for one in (array, array.T)]
        twin = next((known[key] for key in keys if key in known), None)
        if twin is not None:
            found.append((twin, name))
        known.setdefault(keys[0], name)
    return found


def _of_node(call: Call, text: str, problem: Problem) -> Problem:
    """The problem that a node has as that text of the program."""
    reason = f"does not fit, as {text[:80]}: {problem.detail}"
    placed = call.operation.problem(problem.code, reason, problem.hint)
    placed.status = problem.status
    return placed


def _few(sentences: Iterable[str], most: int = 12) -> str:
    every = list(sentences)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
