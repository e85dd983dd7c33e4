"""Methods that change a tensor in place: `x.add_(1)`, `w.copy_(numbers)`, `w.zero_()`."""

from __future__ import annotations

import ast
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.builtin import Call
from backprop_explorer.language.draws import drawn_into
from backprop_explorer.language.scope import LEGACY
from backprop_explorer.language.values import Known
from backprop_explorer.library.spellings import method_of
from backprop_explorer.ops import OPERATIONS


def in_place(tensor: Node, call: Call) -> Any:
    """The tensor after a method whose name ends with `_`; NotImplemented for other methods."""
    name = call.name
    if name == "requires_grad_":
        wanted = [*call.arguments, *call.options.values()]
        if wanted and wanted[0] is False:
            return call.evaluator.given.freeze(tensor)
        return call.evaluator.given.require(tensor)
    if not name.endswith("_") or name.startswith("_") or call.scope.dialect == LEGACY:
        return NotImplemented
    tensor = call.evaluator.seen(tensor)
    new = _changed(tensor, call)
    if new is NotImplemented:
        return new
    call.evaluator.check_changeable(tensor, call.tree)
    call.evaluator.memory.change(tensor, new)
    return new


def _changed(tensor: Node, call: Call) -> Any:
    evaluator, name = call.evaluator, call.name[:-1]
    if name in ("zero", "fill", "copy"):
        given: Any = Number.of(0) if name == "zero" else call.arguments[0] if call.arguments else None
        value = evaluator.operand(evaluator.node(given, call.name), call.name)
        if value.shape == tensor.shape:
            return evaluator.graph.make(OPERATIONS["multiply"], [value, evaluator.graph.constant(Number.of(1))])
        return evaluator.graph.make(OPERATIONS["broadcast_to"], [value], {"shape": tensor.shape})
    drawn = drawn_into(tensor, call)
    if drawn is not NotImplemented:
        return drawn
    if method_of(name, "torch") is None and not evaluator.calls.has(name):
        return NotImplemented
    written = call.tree.func if isinstance(call.tree, ast.Call) else None
    if not isinstance(written, ast.Attribute):
        return NotImplemented
    plain = ast.copy_location(ast.Attribute(written.value, name, ast.Load()), written)
    new = evaluator.apply(Known(plain, name, (tensor,)), call.arguments, call.options, call.tree, call.scope)
    if not isinstance(new, Node) or new.shape != tensor.shape:
        shape = new.shape if isinstance(new, Node) else "another form"
        raise call.problem(f"keeps the shape {tensor.shape}, and the result would have {shape}", f"write {name}, and =")
    return new
