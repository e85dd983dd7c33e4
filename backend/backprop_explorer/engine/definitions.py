"""What a script calls: the text that defines each function, for operations as for composites."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from backprop_explorer.engine.interpreter import interpret
from backprop_explorer.engine.program import CompileKey, Program, compile_program
from backprop_explorer.graph.code import operation_code
from backprop_explorer.graph.node import Node
from backprop_explorer.language.statics import SHAPES, source_of_shape
from backprop_explorer.language.words import DRAW
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import by_definition
from backprop_explorer.ops import ATOM, OPERATIONS, REQUIRED, Operation
from backprop_explorer.ops.record import Array, Sample
from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of

COUNT = """def count(x, axis=None):
    return x.size if axis is None else int(np.prod([x.shape[i] for i in np.atleast_1d(axis)]))"""

STATIC_SCRIPTS = {
    "is_mask": 'def is_mask(x):\n    return x.dtype.kind in "bi"',
    "is_tensor": "def is_tensor(x):\n    return isinstance(x, (np.ndarray, np.generic))",
    "over": "def over(x, dim):\n    return None if dim == () or (is_tensor(x) and not x.ndim) else dim",
    "inverse": "def inverse(axes):\n    return tuple(axes.index(i) for i in range(len(axes)))",
    "kind_of": ('def kind_of(x):\n    return {"b": "bool", "f": "float"}.get(np.asarray(x).dtype.kind, "whole")'),
    "asked": (
        "def asked(args, dtype=None, number=None):\n"
        "    for one in (dtype, *args):\n"
        '        name = kind_of(one) if is_tensor(one) else getattr(one, "__name__", "")\n'
        '        if name in ("float", "int", "bool", "whole"):\n'
        '            return "whole" if name == "int" else name\n'
        "    return None if number is None or is_tensor(number) else kind_of(number)"
    ),
    "known_numbers": "def known_numbers(x):\n    return np.asarray(x).tolist()",
    "is_static": (
        "def is_static(data):\n"
        "    return all(map(is_static, data)) if isinstance(data, (tuple, list)) else not is_tensor(data)"
    ),
    "is_written": "def is_written(index):\n    return not is_tensor(index) or bool(np.min(index) < 0)",
    "room": "def room(count, value):\n    return value",
    "refuse": "def refuse(detail, hint=None):\n    raise ValueError(detail)",
}
"""Static functions as a script has them, which knows arrays in the place of nodes."""


def definitions(lines: Iterable[str]) -> list[str]:
    """The functions that lines of code call, and those that these call: NumPy's own, an operation's script, a
    composite's text. Raises a `Problem` for an operation of which nothing says how NumPy calculates it."""
    found: dict[str, str] = {}
    imported: set[str] = set()
    stack = [name for line in lines for name in _called(line)]
    while stack:
        name = stack.pop()
        if name in found or name in imported:
            continue
        text = _definition(name)
        if text is None:
            imported.add(name)
        else:
            found[name] = text
            stack.extend(_called(text))
    known = sorted(name for name in imported if name in OPERATIONS or hasattr(np, name) and not hasattr(builtins, name))
    return [
        *([f"from numpy import {', '.join(known)}"] if known else []),
        *("\n" + text for text in reversed(found.values())),
    ]


def _called(text: str) -> list[str]:
    calls = (node.func for node in ast.walk(tree_of(text)) if isinstance(node, ast.Call))
    return [function.id for function in calls if isinstance(function, ast.Name)]


def _definition(name: str) -> str | None:
    """The text that defines a function; None for what NumPy or Python has by that name."""
    if name == "count":
        return COUNT
    if name in STATIC_SCRIPTS:
        return STATIC_SCRIPTS[name]
    if name in SHAPES:
        return source_of_shape(name)
    if name == DRAW:
        return "def random(shape): return next(draws)"
    if name in by_definition():
        return by_definition()[name].text
    if name in COMPOSITES:
        return COMPOSITES[name].text.strip()
    return _script(OPERATIONS[name]) if name in OPERATIONS else None


def _script(operation: Operation) -> str | None:
    if operation.script:
        return operation.script
    if _is_numpys(operation):
        return None
    text = formula_text(operation)
    if text is not None and _agrees(operation)[0]:
        return text
    raise Problem(
        "no_script",
        f"{operation.name} cannot be written as a NumPy script: its record does not say how NumPy calculates it",
        hint=f'add script="def {operation.name}({", ".join(operation.operands)}): return …" to its record, or a '
        "formula y = … over its operands, and a sample that proves it",
    )


def formula_text(operation: Operation) -> str | None:
    """The operation's formula as a function, where it is an expression of the operands and parameters."""
    try:
        [statement] = tree_of(operation.formula).body
    except (SyntaxError, ValueError):
        return None
    given = [*operation.operands, *operation.parameters]
    if operation.variadic or not isinstance(statement, ast.Assign):
        return None
    if [ast.unparse(target) for target in statement.targets] != ["y"]:
        return None
    names = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
    functions = set(_called(ast.unparse(statement.value)))
    if operation.name in names or not names <= {*given, *functions}:
        return None
    defaults = {key: value for key, value in operation.parameters.items() if value is not REQUIRED}
    words = [f"{key}={defaults[key]!r}" if key in defaults else key for key in given]
    return f"def {operation.name}({', '.join(words)}):\n    return {ast.unparse(statement.value)}"


def differentiable_text(operation: Operation) -> str | None:
    """The operation's formula as a function, where both its values and its derivative are the record's: what another
    library may differentiate by itself."""
    text = formula_text(operation)
    return text if text is not None and all(_agrees(operation)) else None


@lru_cache(maxsize=256)
def _is_numpys(operation: Operation) -> bool:
    """Whether NumPy's function of the operation's name calculates the same: proved by the record's samples."""
    function = getattr(np, operation.name, None)
    steps = [step for sample in operation.samples for step in _steps(operation, sample)]
    return callable(function) and bool(steps) and all(_same(function, *step) for step in steps)


def _same(function: Any, call: str, tensors: dict[str, Array], expected: Array) -> bool:
    tree = tree_of(call, mode="eval").body
    if not isinstance(tree, ast.Call):
        return True  # printed as an operator or a method, so that a script calls nothing by the name
    names = {"__builtins__": {}, ast.unparse(tree.func): function, **tensors}
    try:
        found = eval(call, names)  # noqa: S307 - a call that our own record prints
    except Exception:  # NumPy's function by that name takes something else
        return False
    return _equal(found, expected)


@lru_cache(maxsize=256)
def _agrees(operation: Operation) -> tuple[bool, bool]:
    """Whether the formula gives the record's values, and its derivative the record's: proved by the samples."""
    text = formula_text(operation)
    steps = [step for sample in operation.samples for step in _steps(operation, sample)]
    if text is None or not steps:
        return False, False
    proved = [_proved(operation, text, *step) for step in steps]
    return all(value for value, _ in proved), all(gradient for _, gradient in proved)


def _proved(
    operation: Operation, text: str, call: str, tensors: dict[str, Array], expected: Array
) -> tuple[bool, bool]:
    inputs = {**tensors, "probe": np.random.default_rng(1).normal(size=expected.shape)}
    loss = "\nloss = sum(result * probe)"
    own = f"{operation.name}_by_formula"
    renamed = text.replace(f"def {operation.name}(", f"def {own}(", 1)
    called = call.replace(f"{operation.name}(", f"{own}(", 1)
    try:
        record = _calculated(f"result = {call}{loss}", inputs)
        formula = _calculated(f"{renamed}\nresult = {called}{loss}", inputs)
    except Problem:  # the formula is none of the language
        return False, False
    gradients = [
        {name for name in (f"{tensor}.g" for tensor in tensors) if name in known} for known in (record, formula)
    ]
    same = gradients[0] == gradients[1] and all(_equal(formula[name], record[name]) for name in gradients[0])
    return _equal(formula["result"], record["result"]), same


def _steps(operation: Operation, sample: Sample) -> list[tuple[str, dict[str, Array], Array]]:
    """Each use of the operation in a sample: its code over tensors `operand_0`, …, these, and the result."""
    random = np.random.default_rng(0)
    tensors = {
        name: random.integers(0, sample.whole[name], shape)
        if name in sample.whole
        else random.uniform(*sample.domain, shape)
        for name, shape in sample.shapes.items()
    }
    program, values = _interpreted(f"result = {sample.code}\nloss = sum(result * result)", tensors)
    nodes = [node for node in program.graph.nodes if node.operation is operation and node.phase == "forward"]
    return [_step(operation, node, values) for node in nodes]


def _step(operation: Operation, node: Node, values: Mapping[Node, Array]) -> tuple[str, dict[str, Array], Array]:
    names = [f"operand_{position}" for position in range(len(node.operands))]
    numbers = [values.get(operand, np.array(operand.constant)) for operand in node.operands]
    call = operation_code(operation, node, [(name, ATOM) for name in names])[0]
    return call, dict(zip(names, numbers, strict=True)), values[node]


def _calculated(text: str, inputs: Mapping[str, Array]) -> dict[str, Array]:
    program, values = _interpreted(text, inputs)
    return {name: values[node] for name, node in program.nodes.items() if node in values}


def _interpreted(text: str, inputs: Mapping[str, Array]) -> tuple[Program, dict[Node, Array]]:
    leaves = tuple(
        (name, array.shape, "open" if array.dtype.kind == "i" else "float") for name, array in inputs.items()
    )
    program = compile_program(CompileKey(text, leaves, loss="loss"))
    with np.errstate(all="ignore"):
        return program, interpret(program, inputs)


def _equal(found: Any, expected: Array) -> bool:
    return np.shape(found) == expected.shape and bool(np.allclose(found, expected, 1e-9, 1e-12, equal_nan=True))
