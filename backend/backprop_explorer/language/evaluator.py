"""Expressions to nodes: dispatch on the exact type of each syntax node; no text is ever run by Python, no array's
attribute is reached."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number, arithmetic, negated
from backprop_explorer.language.calls import Callee, Calls
from backprop_explorer.language.names import GRADIENT_ATTRIBUTES
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.source import column_of
from backprop_explorer.language.values import Dtype, Fields, kind_of, raw, written
from backprop_explorer.library.spellings import MODULES, place
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Requirement
from backprop_explorer.problem import Problem, suggestion

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
}
_COMPARISON: dict[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.Lt: "less",
    ast.GtE: "greater_equal",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
_STATIC_COMPARISON: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: lambda a, b: a > b,
    ast.Lt: lambda a, b: a < b,
    ast.GtE: lambda a, b: a >= b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}

MODULE_VALUES: dict[str, Any] = {
    "newaxis": None,
    "inf": Number(math.inf, "np.inf"),
    "pi": Number(math.pi, "np.pi"),
    "e": Number(math.e, "np.e"),
    "nan": Number(math.nan, "np.nan"),
    **dict.fromkeys(("float", "double", "half", "float16", "float32", "float64", "bfloat16"), Dtype("float")),
    **dict.fromkeys(("int", "long", "short", "int8", "int16", "int32", "int64", "uint8"), Dtype("whole")),
    **dict.fromkeys(("bool", "bool_"), Dtype("bool")),
}
"""What may be written as np.pi or torch.float64."""
TYPES = ("float", "int", "bool")
"""Types that Python itself has."""


@lru_cache(maxsize=4096)
def rule_tree(text: str) -> ast.expr:
    """The syntax tree of a rule of ours; not for users' text, which `source.parsed` bounds first."""
    return ast.parse(text, mode="eval").body


class Evaluator:
    """Evaluates expressions over a graph: every operation met becomes a node."""

    def __init__(self, graph: Graph, text: str = "", *, open_boxes: bool = False) -> None:
        self.graph = graph
        self.text = text
        self.lines = text.encode().splitlines()
        self.calls = Calls(self, open_boxes=open_boxes)

    def evaluate(self, tree: ast.expr, scope: Scope) -> Any:
        """The value of an expression: a node, a number, a tuple, a string, a slice, None or `...`."""
        handler = _HANDLERS.get(type(tree))
        if handler is None:
            raise self.problem("not_in_language", f"{_describe(tree)} is not part of the language", tree)
        try:
            return handler(self, tree, scope)
        except Problem as problem:
            raise (
                problem if scope.internal else problem.at(getattr(tree, "lineno", None), column_of(self.text, tree))
            ) from None

    def rule(self, text: str, scope: Scope) -> Any:
        """The value of a rule's text."""
        return self.evaluate(rule_tree(text), scope)

    def problem(self, code: str, detail: str, tree: ast.AST, hint: str | None = None) -> Problem:
        """A problem at a place of the program."""
        return Problem(code, detail, hint=hint, line=getattr(tree, "lineno", None), column=column_of(self.text, tree))

    def check_written(self, tree: ast.AST) -> None:
        """Raises a `Problem` for an expression that is never one of the language, whatever its names stand for."""
        for part in ast.walk(tree):
            if isinstance(part, ast.expr) and type(part) not in _HANDLERS:
                raise self.problem("not_in_language", f"{_describe(part)} is not part of the language", part)
            if isinstance(part, ast.Call) and not isinstance(part.func, (ast.Name, ast.Attribute)):
                raise self.problem("not_in_language", "only functions can be called", part)

    def node(self, value: Any, wanted: str) -> Node:
        """The value as a tensor: a number becomes a constant."""
        if isinstance(value, Node):
            return value
        if isinstance(value, Number):
            return self.graph.constant(value)
        if isinstance(value, bool):
            return self.graph.constant(Number(int(value), str(int(value))))
        raise Problem("not_a_tensor", f"{wanted} needs a tensor or a number; got {kind_of(value)}")

    def constant(self, tree: ast.Constant, scope: Scope) -> Any:
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
        return Number(value, repr(value) if scope.internal else self._source_of(tree))

    def _source_of(self, tree: ast.Constant) -> str:
        """A number as the user wrote it. Numbers stand on one line and are ASCII, but what stands before them need
        not be."""
        return self.lines[tree.lineno - 1][tree.col_offset : tree.end_col_offset].decode()

    def name(self, tree: ast.Name, scope: Scope) -> Any:
        if tree.id in scope.names:
            return scope.names[tree.id]
        if tree.id in TYPES:
            return MODULE_VALUES[tree.id]
        known = [*scope.names, *self.calls.known(scope)]
        hint = suggestion(tree.id, known) or (
            f"known here: {', '.join(list(scope.names)[:12])}" if scope.names else None
        )
        if tree.id in MODULES or tree.id in self.calls.known(scope):
            raise self.problem(
                "unknown_name", f"{tree.id} is a function, not a tensor", tree, "call it with parentheses"
            )
        raise self.problem("unknown_name", f"there is no tensor called {tree.id}", tree, hint)

    def sequence(self, tree: ast.Tuple | ast.List, scope: Scope) -> tuple[Any, ...]:
        items: list[Any] = []
        for item in tree.elts:
            if isinstance(item, ast.Starred) and scope.internal:
                items.extend(self.evaluate(item.value, scope))
            else:
                items.append(self.evaluate(item, scope))
        return tuple(items)

    def section(self, tree: ast.Slice, scope: Scope) -> slice:
        return slice(
            *(None if part is None else self.evaluate(part, scope) for part in (tree.lower, tree.upper, tree.step))
        )

    def unary(self, tree: ast.UnaryOp, scope: Scope) -> Any:
        value = self.evaluate(tree.operand, scope)
        if scope.internal and isinstance(tree.op, ast.Not):
            return not raw(value)
        if isinstance(tree.op, ast.UAdd):
            return value
        if not isinstance(tree.op, ast.USub):
            raise self.problem(
                "not_in_language", f"the operator {type(tree.op).__name__} is not part of the language", tree
            )
        if isinstance(value, Number):
            return negated(value)
        return self.graph.make(OPERATIONS["negative"], [self.node(value, "the minus sign")])

    def binary(self, tree: ast.BinOp, scope: Scope) -> Any:
        name = _BINARY.get(type(tree.op))
        if name is None:
            raise self.problem(
                "not_in_language", f"the operator {type(tree.op).__name__} is not part of the language", tree
            )
        left, right = self.evaluate(tree.left, scope), self.evaluate(tree.right, scope)
        if isinstance(left, Number) and isinstance(right, Number) and name != "matmul":
            return arithmetic(name, left, right)
        return self.graph.make(OPERATIONS[name], [self.node(left, name), self.node(right, name)])

    def compare(self, tree: ast.Compare, scope: Scope) -> Any:
        if len(tree.ops) > 1:
            raise self.problem(
                "not_in_language",
                "chained comparisons are not part of the language",
                tree,
                "multiply two comparisons: (a < b) * (b < c)",
            )
        operator = type(tree.ops[0])
        left, right = self.evaluate(tree.left, scope), self.evaluate(tree.comparators[0], scope)
        static = not isinstance(left, Node) and not isinstance(right, Node)
        if scope.internal and (
            static or operator in (ast.Is, ast.IsNot) or not {type(left), type(right)} <= {Node, Number}
        ):
            return _STATIC_COMPARISON[operator](raw(left), raw(right))
        if (
            scope.internal
            and operator is ast.Eq
            and isinstance(left, Node)
            and left.constant is not None
            and not isinstance(right, Node)
        ):
            return left.constant == raw(right)
        name = _COMPARISON.get(operator)
        if name is None:
            raise self.problem(
                "not_in_language", f"the comparison {operator.__name__} is not part of the language", tree
            )
        return self.graph.make(OPERATIONS[name], [self.node(left, name), self.node(right, name)])

    def choice(self, tree: ast.IfExp, scope: Scope) -> Any:
        if not scope.internal:
            raise self.problem("not_in_language", "if is not part of the language", tree, "use where(condition, a, b)")
        return self.evaluate(tree.body if raw(self.evaluate(tree.test, scope)) else tree.orelse, scope)

    def logic(self, tree: ast.BoolOp, scope: Scope) -> Any:
        if not scope.internal:
            raise self.problem(
                "not_in_language", "and / or are not part of the language", tree, "multiply or add comparisons"
            )
        results = (bool(raw(self.evaluate(value, scope))) for value in tree.values)
        return all(results) if isinstance(tree.op, ast.And) else any(results)

    def attribute(self, tree: ast.Attribute, scope: Scope) -> Any:
        if self._path(tree, scope) is not None:
            if tree.attr in MODULE_VALUES:
                return MODULE_VALUES[tree.attr]
            raise self.problem(
                "unknown_name",
                f"{ast.unparse(tree)[:60]} is not a value of the language",
                tree,
                suggestion(tree.attr, self.calls.known(scope)),
            )
        value = self.evaluate(tree.value, scope)
        if isinstance(value, Fields) and tree.attr in value.names:
            return value[value.names.index(tree.attr)]
        if not isinstance(value, Node):
            raise self.problem("not_a_tensor", f".{tree.attr} needs a tensor; got {kind_of(value)}", tree)
        return self._attribute_of(value, tree, scope)

    def _attribute_of(self, node: Node, tree: ast.Attribute, scope: Scope) -> Any:
        if tree.attr in ("shape", "ndim", "size"):
            return written(getattr(node, tree.attr))
        if tree.attr == "mT" or (tree.attr == "T" and node.ndim == 2):
            return self.graph.make(OPERATIONS["mT"], [node])
        if tree.attr == "T":
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
        known = ["T", "mT", "shape", "ndim", "size", *self.calls.known(scope)]
        raise self.problem(
            "unknown_attribute",
            f"a tensor has no attribute {tree.attr[:40]!r}",
            tree,
            suggestion(tree.attr, known) or "write methods with parentheses, such as x.sum(0)",
        )

    def subscript(self, tree: ast.Subscript, scope: Scope) -> Any:
        if scope.backward and ast.unparse(tree.value) == "np.s_":  # an index by itself, as backward code shows it
            return self.evaluate(tree.slice, scope)
        value, index = self.evaluate(tree.value, scope), raw(self.evaluate(tree.slice, scope))
        if isinstance(value, tuple):
            try:
                return value[index]
            except (IndexError, TypeError, ValueError):
                raise self.problem(
                    "bad_index", f"index {index!r} does not fit a tuple of length {len(value)}", tree
                ) from None
        if not isinstance(value, Node):
            raise self.problem("not_a_tensor", f"an index needs a tensor; got {kind_of(value)}", tree)
        if isinstance(index, Node):
            return self._looked_up(value, index, tree)
        if isinstance(index, tuple) and any(isinstance(entry, Node) for entry in index):
            raise self.problem(
                "bad_index",
                "an index is made of whole numbers, slices, None and ..., or is one tensor of whole numbers",
                tree,
                "sum(one_hot(labels, classes) * x, -1) takes one element of each row",
            )
        return self.graph.make(OPERATIONS["index"], [value], {"index": index})

    def _looked_up(self, value: Node, index: Node, tree: ast.Subscript) -> Node:
        if index.kind.name == "bool":
            raise self.problem(
                "bad_index", "the shape of x[mask] depends on the numbers", tree, "multiply by the mask, or use where"
            )
        return self.graph.make(OPERATIONS["gather"], [value, index])

    def call(self, tree: ast.Call, scope: Scope) -> Any:
        callee, arguments = self._function(tree, scope)
        for argument in tree.args:
            if isinstance(argument, ast.Starred) and scope.internal:
                arguments.extend(self.evaluate(argument.value, scope))
            else:
                arguments.append(self.evaluate(argument, scope))
        options = {}
        for option in tree.keywords:
            if option.arg is None:
                raise self.problem("not_in_language", "** in a call is not part of the language", tree)
            options[option.arg] = self.evaluate(option.value, scope)
        try:
            return self.calls.call(callee, arguments, options, scope)
        except Requirement as requirement:
            nodes = [argument for argument in arguments if isinstance(argument, Node)]
            raise self.graph.refusal(callee.name, nodes, requirement) from None

    def _function(self, tree: ast.Call, scope: Scope) -> tuple[Callee, list[Any]]:
        """The called function as it is named, and the receiver of a method as its first argument."""
        function = tree.func
        if isinstance(function, ast.Name):
            return Callee(scope.imports.get(function.id, function.id)), []
        if not isinstance(function, ast.Attribute):
            raise self.problem("not_in_language", "only functions can be called", tree)
        path = self._path(function, scope)
        if path is not None:
            return Callee(path), []
        return Callee(function.attr, method=True), [self.evaluate(function.value, scope)]

    def _path(self, tree: ast.Attribute, scope: Scope) -> str | None:
        """The dotted path of what a module has; None where it is an attribute of a value."""
        words: list[str] = []
        root: ast.expr = tree
        while isinstance(root, ast.Attribute):
            words.append(root.attr)
            root = root.value
        if not isinstance(root, ast.Name) or root.id in scope.names:
            return None
        path = ".".join([scope.imports.get(root.id, root.id), *reversed(words)])
        return path if place(path) is not None else None


def _describe(tree: ast.AST) -> str:
    names = {
        "Lambda": "lambda",
        "ListComp": "a comprehension",
        "GeneratorExp": "a comprehension",
        "SetComp": "a comprehension",
        "Dict": "a dict",
        "DictComp": "a comprehension",
        "JoinedStr": "an f-string",
        "NamedExpr": ":=",
        "Await": "await",
        "Yield": "yield",
        "Set": "a set",
        "Starred": "*",
    }
    return names.get(type(tree).__name__, type(tree).__name__)


_HANDLERS: dict[type[ast.AST], Callable[[Evaluator, Any, Scope], Any]] = {
    ast.Constant: Evaluator.constant,
    ast.Name: Evaluator.name,
    ast.Tuple: Evaluator.sequence,
    ast.List: Evaluator.sequence,
    ast.Slice: Evaluator.section,
    ast.UnaryOp: Evaluator.unary,
    ast.BinOp: Evaluator.binary,
    ast.Compare: Evaluator.compare,
    ast.IfExp: Evaluator.choice,
    ast.BoolOp: Evaluator.logic,
    ast.Attribute: Evaluator.attribute,
    ast.Subscript: Evaluator.subscript,
    ast.Call: Evaluator.call,
}
