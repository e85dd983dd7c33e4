"""Operators: arithmetic and comparisons of tensors, and Python's own on what is known without running."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number, arithmetic, negated
from backprop_explorer.language import masked
from backprop_explorer.language.bounds import check_items, check_text
from backprop_explorer.language.iteration import contains
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Function, Scope
from backprop_explorer.language.texts import formatted
from backprop_explorer.language.values import Known, Masked, Once, Word, equal, kind_of, raw
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.problem import Problem, shortened

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "remainder",
}
ARITHMETIC = ("add", "subtract", "multiply", "divide", "power")
"""Operators of numbers whose text is kept."""
_SIGNS: dict[type[ast.operator], str] = {
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_BITS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
COMPARISON: dict[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.Lt: "less",
    ast.GtE: "greater_equal",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
_STATIC_COMPARISON: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
WHERE = "use where(condition, a, b)"
JOINED = "multiply or add comparisons, or join masks by & and |"


def unary(evaluator: Reader, tree: ast.UnaryOp, scope: Scope) -> Any:
    """A sign, `not` of what is known, `~` of a mask."""
    value = evaluator.evaluate(tree.operand, scope)
    if isinstance(tree.op, ast.Not):
        if scope.internal:
            return not raw(value)
        return not truth(evaluator, value, tree.operand, "not", "~ turns a mask around")
    if isinstance(tree.op, ast.UAdd):
        return value
    if isinstance(tree.op, ast.Invert):
        return _inverted(evaluator, value, tree)
    if isinstance(value, bool):
        value = Number.of(int(value))
    if isinstance(value, Number):
        return negated(value)
    if isinstance(value, Masked):
        return masked.applied(evaluator, value, lambda node: evaluator.graph.make(OPERATIONS["negative"], [node]))
    return evaluator.graph.make(OPERATIONS["negative"], [evaluator.operand(value, "the minus sign")])


def _inverted(evaluator: Reader, value: Any, tree: ast.UnaryOp) -> Any:
    if isinstance(value, Number) and isinstance(value.value, int):
        return Number.of(~value.value)
    if isinstance(value, Node) and value.kind.name == "bool":
        zero = evaluator.graph.constant(Number(0, "0"))
        return evaluator.graph.make(OPERATIONS["equal"], [evaluator.operand(value, "~"), zero])
    raise evaluator.problem(
        "not_in_language", f"~ turns a mask around, and this is {kind_of(value)}", tree, "write x == 0, or 1 - x"
    )


def binary(evaluator: Reader, tree: ast.BinOp, scope: Scope) -> Any:
    """Two values and the operator between them."""
    left, right = evaluator.evaluate(tree.left, scope), evaluator.evaluate(tree.right, scope)
    if scope.internal:
        name = BINARY[type(tree.op)]
        if isinstance(left, Number) and isinstance(right, Number) and name != "matmul":
            return (
                arithmetic(name, left, right)
                if name in ARITHMETIC
                else operate(evaluator, type(tree.op), left, right, tree)
            )
        if not isinstance(left, Node) and not isinstance(right, Node):
            return operate(evaluator, type(tree.op), left, right, tree)
        return evaluator.graph.make(OPERATIONS[name], [evaluator.node(left, name), evaluator.node(right, name)])
    for value, part in ((left, tree.left), (right, tree.right)):
        if isinstance(value, Known):
            evaluator.check_no_function(value, part)
    return operate(evaluator, type(tree.op), left, right, tree)


def operate(evaluator: Reader, sign: type[ast.operator], left: Any, right: Any, tree: ast.AST) -> Any:
    """The result of an operator, as a user's program means it."""
    tensors = isinstance(left, (Node, Masked)) or isinstance(right, (Node, Masked))
    if tensors and not (isinstance(left, str) and sign is ast.Mod):
        return _of_tensors(evaluator, sign, left, right, tree)
    if isinstance(left, (Number, bool)) and isinstance(right, (Number, bool)):
        return _of_numbers(evaluator, sign, left, right, tree)
    if sign is ast.Mod and isinstance(left, str):
        return formatted(left, right)
    if sign is ast.Add and type(left) is type(right) and isinstance(left, (str, list, tuple)):
        _check_length(len(left) + len(right), left, evaluator)
        return left + right
    if sign is ast.Mult:
        if isinstance(right, (str, list, tuple)):
            left, right = right, left
        if isinstance(left, (str, list, tuple)) and isinstance(right, (Number, bool)) and isinstance(raw(right), int):
            _check_length(len(left) * max(0, raw(right)), left, evaluator)
            return left * raw(right)
    if sign is ast.BitOr and isinstance(left, dict) and isinstance(right, dict):
        _check_length(len(left) + len(right), left, evaluator)
        return left | right
    word = BINARY.get(sign) or _SIGNS[sign]
    evaluator.node(left, word), evaluator.node(right, word)  # says which of them is no tensor and no number
    raise evaluator.problem("not_a_tensor", f"{word} cannot join {kind_of(left)} and {kind_of(right)}", tree)


def _check_length(length: int, like: Any, evaluator: Reader) -> None:
    check_text(length) if isinstance(like, str) else check_items(length, kind_of(like))
    evaluator.graph.meter.work(length)


def _of_tensors(evaluator: Reader, sign: type[ast.operator], left: Any, right: Any, tree: ast.AST) -> Any:
    if isinstance(left, Masked) or isinstance(right, Masked):
        return masked.joined(evaluator, left, right, lambda a, b: _of_tensors(evaluator, sign, a, b, tree))
    if sign in _BITS:
        return _of_masks(evaluator, sign, left, right, tree)
    name = BINARY.get(sign)
    if name is None:
        raise evaluator.problem(
            "not_in_language", f"the operator {_SIGNS[sign]} is not part of the language for tensors", tree
        )
    if name in OPERATIONS:
        nodes = [evaluator.operand(left, name), evaluator.operand(right, name)]
        return evaluator.graph.make(OPERATIONS[name], nodes)
    if evaluator.calls.has(name):
        return evaluator.calls.call(name, [evaluator.operand(left, name), evaluator.operand(right, name)], {}, Scope())
    raise evaluator.problem(
        "not_in_language",
        f"the operator {_SIGNS[sign]} is not part of the language for tensors",
        tree,
        "numbers of the program have it, such as x.shape[0] // 2",
    )


def _of_masks(evaluator: Reader, sign: type[ast.operator], left: Any, right: Any, tree: ast.AST) -> Node:
    """Masks joined by and, or, either: by their numbers 1 and 0."""
    nodes = [evaluator.operand(left, "a mask"), evaluator.operand(right, "a mask")]
    plain = [isinstance(one, bool) or node.kind.name == "bool" for node, one in zip(nodes, (left, right), strict=True)]
    if not all(plain):
        raise evaluator.problem(
            "not_in_language",
            f"the operator {_SIGNS[sign]} joins masks, such as (x > 0) {_SIGNS[sign]} (x < 1)",
            tree,
            "put comparisons in parentheses",
        )
    make = evaluator.graph.make
    if sign is ast.BitXor:
        return make(OPERATIONS["not_equal"], nodes)
    both = make(OPERATIONS["multiply" if sign is ast.BitAnd else "add"], nodes)
    return make(OPERATIONS["greater"], [both, evaluator.graph.constant(Number(0, "0"))])


def _of_numbers(evaluator: Reader, sign: type[ast.operator], left: Any, right: Any, tree: ast.AST) -> Any:
    if sign in _BITS and isinstance(raw(left), int) and isinstance(raw(right), int):
        result = _BITS[sign](raw(left), raw(right))
        return result if isinstance(result, bool) else Number.of(result)
    first, second = (one if isinstance(one, Number) else Number.of(int(one)) for one in (left, right))
    name = BINARY.get(sign)
    if sign in (ast.FloorDiv, ast.Mod):
        try:
            return Number.of(first.value // second.value if sign is ast.FloorDiv else first.value % second.value)
        except (ZeroDivisionError, OverflowError):
            text = f"{first.text} {_SIGNS[sign]} {second.text}"
            raise Problem("not_finite", f"{text} is not a finite real number") from None
    if name is None or sign is ast.MatMult:
        word = _SIGNS.get(sign, "@")
        raise evaluator.problem("not_in_language", f"the operator {word} is not part of the language for numbers", tree)
    return arithmetic(name, first, second)


def compare(evaluator: Reader, tree: ast.Compare, scope: Scope) -> Any:
    """A comparison: a mask for tensors, true or false for what is known; of several, whether all hold."""
    left = evaluator.evaluate(tree.left, scope)
    if scope.internal:
        return _internal(evaluator, type(tree.ops[0]), left, evaluator.evaluate(tree.comparators[0], scope))
    result: Any = True
    for sign, part in zip(tree.ops, tree.comparators, strict=True):
        right = evaluator.evaluate(part, scope)
        result = _compared(evaluator, type(sign), left, right, tree)
        if len(tree.ops) > 1 and not isinstance(result, bool):
            raise evaluator.problem(
                "not_in_language",
                "chained comparisons of tensors are not part of the language",
                tree,
                "multiply two comparisons: (a < b) * (b < c)",
            )
        if result is False:
            break
        left = right
    return result


def _internal(evaluator: Reader, sign: type[ast.cmpop], left: Any, right: Any) -> Any:
    static = not isinstance(left, Node) and not isinstance(right, Node)
    if static or sign in (ast.Is, ast.IsNot) or not {type(left), type(right)} <= {Node, Number}:
        return _STATIC_COMPARISON[sign](raw(left), raw(right))
    if sign is ast.Eq and isinstance(left, Node) and left.constant is not None and not isinstance(right, Node):
        return left.constant == raw(right)
    name = COMPARISON[sign]
    return evaluator.graph.make(OPERATIONS[name], [evaluator.node(left, name), evaluator.node(right, name)])


def _compared(evaluator: Reader, sign: type[ast.cmpop], left: Any, right: Any, tree: ast.AST) -> Any:
    if sign in (ast.Is, ast.IsNot):
        return _same(evaluator, left, right, tree) == (sign is ast.Is)
    if sign in (ast.In, ast.NotIn):
        return contains(evaluator, right, left, tree) == (sign is ast.In)
    if isinstance(left, Masked) or isinstance(right, Masked):
        return masked.joined(evaluator, left, right, lambda a, b: _compared(evaluator, sign, a, b, tree))
    name = COMPARISON[sign]
    if isinstance(left, Node) or isinstance(right, Node):
        if left is None or right is None:
            raise evaluator.problem(
                "not_in_language", "a tensor is compared with None by is", tree, "write x is None, or x is not None"
            )
        return evaluator.graph.make(OPERATIONS[name], [evaluator.operand(left, name), evaluator.operand(right, name)])
    if sign in (ast.Eq, ast.NotEq):
        return equal(left, right) == (sign is ast.Eq)
    try:
        return bool(_STATIC_COMPARISON[sign](raw(left), raw(right)))
    except TypeError:
        raise evaluator.problem(
            "not_in_language", f"{kind_of(left)} and {kind_of(right)} have no order", tree, "compare numbers"
        ) from None


def _same(evaluator: Reader, left: Any, right: Any, tree: ast.AST) -> bool:
    """`is`, where Python's answer does not depend on how Python keeps its values."""
    if any(one is None or one is Ellipsis or isinstance(one, bool) for one in (left, right)):
        return left is right
    if isinstance(left, (Number, str, tuple)) and type(left) is type(right):
        raise evaluator.problem("not_in_language", f"is does not compare {kind_of(left)}", tree, "write ==")
    return left is right


def truth(evaluator: Reader, value: Any, tree: ast.AST, construct: str, hint: str = WHERE) -> bool:
    """Whether a condition holds. Raises a `Problem` for one that depends on the numbers of given tensors."""
    if isinstance(value, Node):
        known = evaluator.numbers(value)
        if known is not None and known.size == 1:
            return bool(known.item())
        told = "has several elements" if known is not None else "is a tensor, whose numbers are not"
        raise evaluator.problem(
            "not_in_language",
            f"{construct} needs what is known before the program runs, and {shortened(ast.unparse(tree))} {told}",
            tree,
            hint,
        )
    if isinstance(value, Masked):
        raise masked.refused(evaluator, construct, tree)
    if isinstance(value, (Function, Known, Once, Word)):
        return True
    return bool(raw(value)) if isinstance(value, Number) else bool(value)


def choice(evaluator: Reader, tree: ast.IfExp, scope: Scope) -> Any:
    """`a if condition else b`; only what is chosen is evaluated."""
    condition = evaluator.evaluate(tree.test, scope)
    holds = raw(condition) if scope.internal else truth(evaluator, condition, tree.test, "if")
    return evaluator.evaluate(tree.body if holds else tree.orelse, scope)


def logic(evaluator: Reader, tree: ast.BoolOp, scope: Scope) -> Any:
    """`and`, `or`: as in Python the value that decides."""
    if scope.internal:
        results = (bool(raw(evaluator.evaluate(value, scope))) for value in tree.values)
        return all(results) if isinstance(tree.op, ast.And) else any(results)
    stops, word = (False, "and") if isinstance(tree.op, ast.And) else (True, "or")
    value: Any = None
    for position, part in enumerate(tree.values, 1):
        value = evaluator.evaluate(part, scope)
        last = position == len(tree.values)
        if not last and truth(evaluator, value, part, word, JOINED) is stops:
            break
    return value
