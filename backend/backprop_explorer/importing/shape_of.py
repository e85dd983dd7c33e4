"""The shape of a tensor that a text uses and does not give, as far as it follows from its use."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Literal, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine import Document
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.program import Program
from backprop_explorer.importing.code.importer import document_of_source
from backprop_explorer.importing.code.source import Source
from backprop_explorer.importing.record import Rules
from backprop_explorer.language.source import parsed
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem

MOST_MISSING = 16
MOST_TRIALS = 300
"""So many shapes are tried."""
LONGEST_AXIS = 512
"""A number in the text up to this may be a length."""
MOST_AXES = 16
TYPES = {"int64": np.int64, "bool": np.bool_}

Role = Literal["inputs", "parameters"]


class MissingShape(TypedDict):
    """A shape, and whether the numbers have to be whole."""

    shape: Extent
    whole: bool


class MissingShapes(TypedDict):
    """The shape that a tensor has as an input, and as a parameter; null where more than one would do, or none."""

    input: MissingShape | None
    parameter: MissingShape | None


def shapes_of(
    text: str, name: str, tensors: Mapping[Role, Mapping[str, Any]], dialect: str | None, rules: Rules
) -> MissingShapes:
    """The shapes of the tensor `name`, which the text uses and the `tensors` lack. These may be given as in a document,
    or as their shape and type: `{"shape": [6, 10], "dtype": "float64"}`.

    The lengths that there are, of the tensors and in the text, are tried: a shape follows where one of them needs less
    broadcasting than all others. A parameter that is added to rows is one row. Raises a `Problem` for tensors that are
    none.
    """
    given: dict[Role, dict[str, Any]] = {
        kind: {one: _standing_in(entry, rules) for one, entry in tensors.get(kind, {}).items() if one != name}
        for kind in ("inputs", "parameters")
    }
    known = Document.parse({"program": "", **given}, rules.budget).tensors
    trials = _Trials(text, name, given, dialect, rules)
    lengths = _lengths(text, known)
    parameter = trials.best("parameters", lengths, whole=False)
    found = trials.best("inputs", lengths, whole=False)
    whole = False
    if found is None and not trials.fitted:
        found, whole = trials.best("inputs", lengths, whole=True), True
    return {
        "input": None if found is None else {"shape": list(found), "whole": whole},
        "parameter": None if parameter is None else {"shape": list(parameter), "whole": False},
    }


def _standing_in(entry: Any, rules: Rules) -> Any:
    """Zeros in the place of numbers that were not sent."""
    if isinstance(entry, Mapping) and "dtype" in entry:
        shape = entry.get("shape")
        if not isinstance(shape, list) or not all(type(one) is int and 0 <= one < 2**31 for one in shape):
            raise Problem("bad_document", f"A shape is a list of whole numbers; got {str(shape)[:40]}")
        if len(shape) > MOST_AXES:
            raise Problem("bad_document", f"A tensor has at most {MOST_AXES} axes; got {len(shape):,}")
        rules.budget.check("tensor_elements", size(tuple(shape)), f"a tensor of the shape {tuple(shape)}")
        return np.broadcast_to(np.zeros((), TYPES.get(str(entry["dtype"]), np.float64)), tuple(shape))
    return entry


def _lengths(text: str, known: Mapping[str, Array]) -> list[int]:
    """Every length of an axis that there is, and every whole number or length of a list in the text that may be one."""
    nodes = [node for statement in parsed(text) for node in ast.walk(statement)]
    written = [node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int]
    listed = [len(node.elts) for node in nodes if isinstance(node, ast.List)]
    named = {length for length in (*written, *listed) if 2 <= length <= LONGEST_AXIS}
    return sorted({length for array in known.values() for length in array.shape} | named)


def _candidates(lengths: list[int]) -> Iterator[list[Shape]]:
    """Shapes of up to two axes, then those of three, as far as there are not too many."""
    few = [shape for axes in range(3) for shape in product(lengths, repeat=axes)]
    if len(few) <= MOST_TRIALS:
        yield few
        if len(lengths) ** 3 <= MOST_TRIALS:
            yield list(product(lengths, repeat=3))


class _Trials:
    """The text with one shape or another for the tensor that it lacks."""

    def __init__(
        self, text: str, name: str, given: Mapping[Role, Mapping[str, Any]], dialect: str | None, rules: Rules
    ) -> None:
        self.text, self.name, self.given, self.rules = text, name, given, rules
        self.options: dict[str, Any] = {} if dialect is None else {"dialect": dialect}
        self.fitted = False
        self.others: list[str] = []
        """Further names that are missing: numbers without axes in their place, which fit most uses."""
        while (other := self._missing()) is not None and len(self.others) < MOST_MISSING:
            self.others.append(other)

    def _missing(self) -> str | None:
        """The next name that the text misses besides."""
        try:
            document_of_source(Source(self.text, self._tensors("parameters", np.zeros(())), self.options), self.rules)
        except Problem as problem:
            named = problem.code == "missing_tensor" and problem.tensor not in (None, self.name, *self.others)
            return problem.tensor if named else None
        return None

    def _tensors(self, role: Role, zeros: Array) -> dict[str, dict[str, Any]]:
        tensors: dict[str, dict[str, Any]] = {kind: dict(entries) for kind, entries in self.given.items()}
        tensors["parameters"] |= dict.fromkeys(self.others, 0.0)
        tensors[role][self.name] = zeros
        return tensors

    def best(self, role: Role, lengths: list[int], *, whole: bool) -> Shape | None:
        """The shape that needs least broadcasting; None where none fits, or several need as little."""
        for shapes in _candidates(lengths):
            found = {}
            for shape in shapes:
                program = self._program(role, shape, whole=whole)
                if program is not None:
                    found[shape] = _stretched(program)
            if found:
                self.fitted = True
                return _chosen(found, role)
        return None

    def _program(self, role: Role, shape: Shape, *, whole: bool) -> Program | None:
        zeros = np.broadcast_to(np.zeros((), np.int64 if whole else np.float64), shape)
        try:
            made = document_of_source(Source(self.text, self._tensors(role, zeros), self.options), self.rules)
            document = Document.parse(made, self.rules.budget)
            return program_of(document, self.rules.budget, measuring=True)
        except Problem:
            return None


def _chosen(found: Mapping[Shape, int], role: Role) -> Shape | None:
    least = min(found.values())
    best = [shape for shape, stretched in found.items() if stretched == least]
    if len(best) != 1:
        return None
    (shape,) = best
    row = shape[-1:]
    return row if role == "parameters" and row in found else shape


def _stretched(program: Program) -> int:
    """Along how many axes broadcasting repeats numbers of a tensor."""
    return sum(
        sum(length != own for length, own in zip(node.shape[::-1], operand.shape[::-1], strict=False))
        + len(node.shape)
        - len(operand.shape)
        for node in program.graph.nodes
        if node.operation.family == "elementwise"
        for operand in node.operands
        if operand.shape or operand.phase == "leaf"
    )
