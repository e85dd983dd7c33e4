"""Expressions to nodes: dispatch on the exact type of each syntax node; no text is ever run by Python, no array's
attribute is reached."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.graph import Graph, Warned
from backprop_explorer.graph.node import CONSTANT, LEAF, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.language import (
    calling,
    displays,
    elements,
    foreign,
    functions,
    masked,
    modules,
    objects,
    operators,
    targets,
    texts,
)
from backprop_explorer.language.bounds import MAX_KNOWN
from backprop_explorer.language.builtin import PYTHONS
from backprop_explorer.language.calls import Calls
from backprop_explorer.language.given import Given
from backprop_explorer.language.mathematics import MATH_VALUES
from backprop_explorer.language.memory import Memory
from backprop_explorer.language.names import GRADIENT_ATTRIBUTES, PREFIXES
from backprop_explorer.language.scope import LEGACY, MISSING, Class, Function, Instance, Scope
from backprop_explorer.language.source import column_of
from backprop_explorer.language.statements import KNOWN
from backprop_explorer.language.values import TYPES, Dtype, Fields, Known, Masked, Word, kind_of, written
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, suggestion
from backprop_explorer.syntax import tree_of

MODULE_VALUES: dict[str, Any] = {
    "newaxis": None,
    "inf": Number(math.inf, "np.inf"),
    "pi": Number(math.pi, "np.pi"),
    "e": Number(math.e, "np.e"),
    "nan": Number(math.nan, "np.nan"),
    **TYPES,
}
"""What may be written as np.pi or torch.float64."""
WORDS = frozenset(("Tensor", "ndarray"))
"""Names of modules that stand for nothing to calculate with."""


@lru_cache(maxsize=4096)
def rule_tree(text: str) -> ast.expr:
    """The syntax tree of a rule of ours; not for users' text, which `source.parsed` bounds first."""
    return tree_of(text, mode="eval").body


class Evaluator:
    """Evaluates expressions over a graph: every operation met becomes a node."""

    def __init__(self, graph: Graph, text: str = "", *, open_boxes: bool = False) -> None:
        self.graph = graph
        self.text = text
        self.lines = text.encode().splitlines()
        self.calls = Calls(self, open_boxes=open_boxes)
        self.memory = Memory(graph)
        self.given = Given(graph)
        self.modules: dict[str, Class] = {}
        """The classes of torch.nn that the program uses."""
        self.notes: list[Warned] = []
        self.detached: dict[Node, Node] | None = None
        """Inside of `with torch.no_grad()`: tensors from outside, and what stands for them."""
        self.detached_from = 0
        self._numbers: dict[Node, Array] = {}

    statements = KNOWN
    """The kinds of statements that the language has."""

    @property
    def expressions(self) -> frozenset[type[ast.AST]]:
        """The kinds of expressions that it has, and those that stand inside of such."""
        return frozenset((*_HANDLERS, ast.Starred, ast.FormattedValue))

    def evaluate(self, tree: ast.expr, scope: Scope) -> Any:
        """The value of an expression: a node, a number, a string, a list, a function, None or `...`."""
        handler = _HANDLERS.get(type(tree))
        if handler is None:
            raise foreign.foreign(self, tree)
        if scope.internal:
            return handler(self, tree, scope)
        self.graph.meter.work(1)
        if scope.ours:
            return handler(self, tree, scope)
        try:
            return handler(self, tree, scope)
        except Problem as problem:
            raise problem.at(getattr(tree, "lineno", None), column_of(self.text, tree)) from None

    def rule(self, text: str, scope: Scope) -> Any:
        """The value of a rule's text."""
        return self.evaluate(rule_tree(text), scope)

    def problem(self, code: str, detail: str, tree: ast.AST, hint: str | None = None) -> Problem:
        """A problem at a place of the program."""
        return Problem(code, detail, hint=hint, line=getattr(tree, "lineno", None), column=column_of(self.text, tree))

    def left_out(self, tree: ast.AST, message: str) -> None:
        """Notes once that a line of the program is left out."""
        note: Warned = {"line": getattr(tree, "lineno", None), "code": "left_out", "message": message}
        if note not in self.notes[-1000:]:
            self.notes.append(note)

    def forget(self, first: int) -> None:
        """Takes back what was made from a node's id on."""
        self.graph.forget(first)
        self.memory.forget(first)
        self.given.forget(first)
        for known in (self._numbers, self.detached or {}):
            for node in [node for node in known if node.id >= first]:
                del known[node]

    # -- tensors

    def node(self, value: Any, wanted: str) -> Node:
        """The value as a tensor: a number becomes a constant."""
        if isinstance(value, Node):
            return value
        if isinstance(value, Number):
            return self.graph.constant(value)
        if isinstance(value, bool):
            return self.graph.constant(Number(int(value), str(int(value))))
        self.check_no_function(value)
        raise Problem("not_a_tensor", f"{wanted} needs a tensor or a number; got {kind_of(value)}")

    def check_no_function(self, value: Any, tree: ast.AST | None = None) -> None:
        """Raises a `Problem` for a function where a tensor is wanted."""
        if isinstance(value, (Known, Function)):
            name = value.text if isinstance(value, Known) else value.name
            problem = Problem(
                "unknown_name", f"{name[:40]} is a function, not a tensor", hint="call it with parentheses"
            )
            raise problem if tree is None else problem.at(getattr(tree, "lineno", None), column_of(self.text, tree))

    def operand(self, value: Any, wanted: str) -> Node:
        """The value as a tensor that something is calculated with: what it has become, and without its gradient where
        the program says so."""
        node = self.memory.current(self.node(value, wanted))
        if self.detached is None or node.id < 0 or node.id >= self.detached_from or not node.differentiable:
            return node
        if node not in self.detached:
            self.detached[node] = self.graph.make(OPERATIONS["detach"], [node])
        return self.detached[node]

    def seen(self, value: Any) -> Any:
        """A value as the program reads it: a tensor that was changed in place is what it has become."""
        return self.memory.current(value) if isinstance(value, Node) else value

    def check_changeable(self, node: Node, tree: ast.AST) -> None:
        """Raises a `Problem` for a change in place of what must stay as it is."""
        if self.given.changes:
            return
        if self.detached is not None and node.id < self.detached_from and node.differentiable:
            raise self.problem(
                "not_in_language",
                "a tensor that has a gradient cannot be changed in place under torch.no_grad()",
                tree,
                "write the new numbers into the document, or change it outside of the with",
            )

    def numbers(self, node: Node) -> Array | None:
        """The numbers of a tensor that is made of constants alone, None for all others. Raises a `Problem` where that
        would be too much to calculate while the program is read."""
        if node.operation is CONSTANT:
            return np.array(node.parameters["value"])
        if node.given or node in self._numbers:
            return self._numbers.get(node)
        needed = list(ancestors(node, among=lambda one: one not in self._numbers and one.operation is not CONSTANT))
        if any(one.operation is LEAF for one in needed):
            return None  # random numbers
        if sum(one.size for one in needed) > MAX_KNOWN:
            raise Problem("too_large", f"more than {MAX_KNOWN:,} elements would have to be known to read the program")
        self.graph.meter.work(sum(one.size for one in needed))
        order = sorted(needed, key=lambda one: one.id)
        self._numbers |= calculate(order, self._numbers, self.graph.dtype)
        return self._numbers[node]

    # -- calls

    def callee(self, function: ast.expr, scope: Scope) -> calling.Called:
        """What a call calls."""
        return calling.callee(self, function, scope)

    def arguments(self, tree: ast.Call, scope: Scope) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call by position and by name."""
        return calling.arguments_of(self, tree, scope)

    def apply(self, called: Any, given: list[Any], options: dict[str, Any], tree: ast.AST, scope: Scope) -> Any:
        """The result of a function for arguments."""
        return calling.apply(self, called, given, options, tree, scope)

    # -- names and constants

    def bind(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Gives a target of a comprehension its value."""
        targets.assign(self, target, value, scope)

    def defined(self, definition: ast.FunctionDef, scope: Scope) -> Function:
        """The function of a def or a lambda."""
        return functions.define(self, definition, scope)

    def constant(self, tree: ast.Constant, scope: Scope) -> Any:
        """A number, a string, true, false, None or `...`."""
        value = tree.value
        if value is None or value is Ellipsis or isinstance(value, (bool, str)):
            return value
        if not isinstance(value, (int, float)):
            raise self.problem("not_in_language", f"{type(value).__name__} {value!r} is not part of the language", tree)
        try:
            finite = math.isfinite(float(value))
        except OverflowError:
            finite = False
        if not finite:
            raise self.problem("not_finite", "the number is too large", tree)
        return Number.of(value) if scope.internal or scope.ours else Number(value, self._source_of(tree))

    def _source_of(self, tree: ast.Constant) -> str:
        """A number as the user wrote it. Numbers stand on one line and are ASCII, but what stands before them need
        not be."""
        return self.lines[tree.lineno - 1][tree.col_offset : tree.end_col_offset].decode()

    def name(self, tree: ast.Name, scope: Scope) -> Any:
        """What a name stands for; a function of the language as a value, too."""
        value = scope.names[tree.id] if tree.id in scope.names else scope.get(tree.id)
        if value is not MISSING:
            return value if scope.internal else self.seen(value)
        if scope.is_local(tree.id):
            raise self.problem(
                "unknown_name",
                f"{tree.id} has no value yet: the function gives it one only later",
                tree,
                "give it a value before, or give what the function makes another name",
            )
        brought = self.module(tree, scope)
        if brought is not None:
            return brought
        if tree.id in PYTHONS or self.calls.has(tree.id):
            return Known(tree, tree.id)
        if tree.id in PREFIXES:
            raise self.problem(
                "unknown_name", f"{tree.id} is a module, not a tensor", tree, f"write {tree.id}.relu(x), or relu(x)"
            )
        names = list(scope.known)
        hint = suggestion(tree.id, [*names, *self.calls.known(scope)])
        if hint is None and names:
            hint = f"known here: {', '.join(names[:12])}"
        raise self.problem("unknown_name", f"there is no tensor called {tree.id}", tree, hint)

    def method(self, value: Instance, name: str) -> Function | None:
        """The method of an object; None where its class has none of that name."""
        found = objects.bound(value, value.of.get(name))
        return found if isinstance(found, Function) else None

    def module(self, tree: ast.Name | ast.Attribute, scope: Scope) -> Class | None:
        """The class of torch.nn's that a name with a module in front, an imported one, stands for."""
        if scope.dialect == LEGACY:
            return None
        path = calling.path_of(tree, scope)
        if scope.ours and isinstance(tree, ast.Name):
            path = f"torch.nn.{path}"
        found = modules.module_class(self, path)
        if found is None and modules.is_module_path(path) and path not in modules.FUNCTIONS and not scope.ours:
            raise modules.unknown_module(path).at(getattr(tree, "lineno", None), column_of(self.text, tree))
        return found

    def attribute(self, tree: ast.Attribute, scope: Scope) -> Any:
        """`np.pi`, `torch.relu` as a value, `x.shape`."""
        root = tree.value
        known = isinstance(root, ast.Name) and scope.get(root.id) is not MISSING
        if isinstance(root, ast.Name) and not known:
            path = scope.imports.get(root.id, root.id)
            if path == "math" and tree.attr in MATH_VALUES:
                return MATH_VALUES[tree.attr]
        if not known and calling.is_prefixed(tree, scope):
            brought = self.module(tree, scope)
            if brought is not None:
                return brought
            if tree.attr in MODULE_VALUES:
                return MODULE_VALUES[tree.attr]
            if tree.attr in WORDS:
                return Word(tree.attr)
            if calling.is_function(self, tree, scope):
                return Known(tree, ast.unparse(tree))
            raise self.problem(
                "unknown_name",
                f"{ast.unparse(root)}.{tree.attr} is not a value of the language",
                tree,
                suggestion(tree.attr, self.calls.known(scope)),
            )
        value = self.evaluate(root, scope)
        if isinstance(value, (Instance, Class)):
            return objects.attribute_of(self, value, tree.attr, tree, scope)
        if isinstance(value, Masked):
            return masked.attribute(self, value, tree)
        if isinstance(value, Fields) and tree.attr in value.names:
            return value[value.names.index(tree.attr)]
        if not isinstance(value, Node):
            raise self.problem("not_a_tensor", f".{tree.attr} needs a tensor; got {kind_of(value)}", tree)
        return self._attribute_of(value, tree, scope)

    def _attribute_of(self, node: Node, tree: ast.Attribute, scope: Scope) -> Any:
        if tree.attr in ("shape", "ndim", "size"):
            return written(getattr(node, tree.attr))
        if tree.attr in ("T", "mT", "H", "mH"):  # real numbers are their own conjugates
            if not scope.internal:
                node = self.operand(node, tree.attr)
            if tree.attr in ("mT", "mH") or node.ndim == 2:
                return self.graph.make(OPERATIONS["mT"], [node])
            return node if node.ndim < 2 else self.graph.make(OPERATIONS["transpose"], [node], {"axes": None})
        if tree.attr in GRADIENT_ATTRIBUTES:
            if scope.gradient is None:
                raise self.problem(
                    "no_gradient_here",
                    "gradients do not exist yet while the forward program runs",
                    tree,
                    "use them in a formula for a gradient",
                )
            return scope.gradient(node)
        if tree.attr == "dtype":
            return Dtype({"open": "whole"}.get(node.kind.name, node.kind.name))
        if tree.attr == "device":
            return Word("cpu")
        if tree.attr == "data":
            return self.graph.make(OPERATIONS["detach"], [self.operand(node, tree.attr)])
        known = ["T", "mT", "shape", "ndim", "size", "dtype", *self.calls.known(scope)]
        raise self.problem(
            "unknown_attribute",
            f"a tensor has no attribute {tree.attr[:40]!r}",
            tree,
            suggestion(tree.attr, known) or "write methods with parentheses, such as x.sum(0)",
        )


_HANDLERS: dict[type[ast.AST], Callable[[Evaluator, Any, Scope], Any]] = {
    ast.Constant: Evaluator.constant,
    ast.Name: Evaluator.name,
    ast.Attribute: Evaluator.attribute,
    ast.Tuple: displays.sequence,
    ast.List: displays.sequence,
    ast.Dict: displays.dictionary,
    ast.ListComp: displays.listed,
    ast.GeneratorExp: displays.generated,
    ast.DictComp: displays.keyed,
    ast.Lambda: displays.anonymous,
    ast.Slice: elements.section,
    ast.Subscript: elements.subscript,
    ast.UnaryOp: operators.unary,
    ast.BinOp: operators.binary,
    ast.Compare: operators.compare,
    ast.IfExp: operators.choice,
    ast.BoolOp: operators.logic,
    ast.JoinedStr: texts.joined_text,
    ast.Call: calling.call,
}
