"""Program text as a formula: one walk over the syntax tree, written out as LaTeX or MathML.

How a call is written is a word in the operation's record; the caller passes these words by name:

    function      f(x, y), what everything without a word of its own is
    exponential   e with the argument above        root   √
    bars          |x|                              norm   ‖x‖
    sum           ∑ with the axis below            mean, max, min   the name with the axis below

Words that it does not know (an operator's: the syntax tells how that is written) mean `function`, and so does a known
one where a call has arguments that its notation has no place for. Nothing is evaluated: `ast.parse` reads the text, and
what has no notation stays code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.language.expr import (
    BIG,
    FRACTION,
    MATRIX,
    POWER,
    SUM,
    Expr,
    indexed,
    negative,
    number,
    partial,
    product,
    raised,
    symbol,
)
from backprop_explorer.language.names import GRADIENT_ATTRIBUTES, PARAMETER_SYNONYMS, PREFIXES
from backprop_explorer.language.typeset import (
    APPLY,
    TIMES,
    Cases,
    Digits,
    Fence,
    Fraction,
    Listed,
    MathNode,
    Name,
    Root,
    Row,
    Script,
    Sign,
    Words,
)
from backprop_explorer.syntax import parse

Shapes = Mapping[str, tuple[int, ...]]

MAX_CHARACTERS = 2_000

_SUMS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "−"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Gt: ">",
    ast.Lt: "<",
    ast.GtE: "≥",
    ast.LtE: "≤",
    ast.Eq: "=",
    ast.NotEq: "≠",
}


def latex(code: str, notations: Mapping[str, str] | None = None, shapes: Shapes | None = None) -> str:
    """A statement or expression as LaTeX for math mode.

    `notations` are the words above by operation, `shapes` those of the tensors by name: with them a product with a
    number gets a dot where one of two tensors gets ⊙. A name without a shape is taken for a tensor.
    """
    return written(code, notations, shapes)[0]


def mathml(code: str, notations: Mapping[str, str] | None = None, shapes: Shapes | None = None) -> str:
    """The same as a `<math>` element; names have the class `value` or `gradient`."""
    return written(code, notations, shapes)[1]


def written(code: str, notations: Mapping[str, str] | None = None, shapes: Shapes | None = None) -> tuple[str, str]:
    """Both, of which the code is read once."""
    try:
        if len(code) > MAX_CHARACTERS:
            raise ValueError
        return _both(_Walk(notations or {}, shapes or {}).statement(parse(code.strip()).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _both(Words(code))


def _both(shape: MathNode) -> tuple[str, str]:
    return shape.latex(), f'<math display="block">{shape.mathml()}</math>'


def dotted(tree: ast.expr) -> str | None:
    """`w1.g` for the attribute g of the name w1; None for anything but names and dots."""
    if isinstance(tree, ast.Name):
        return tree.id
    if isinstance(tree, ast.Attribute) and (inner := dotted(tree.value)) is not None:
        return f"{inner}.{tree.attr}"
    return None


class _Walk:
    def __init__(self, notations: Mapping[str, str], shapes: Shapes) -> None:
        self.notations, self.shapes = notations, shapes
        self.indexing = False

    def statement(self, body: list[ast.stmt]) -> MathNode:
        match body:
            case [ast.Assign(targets=[target], value=value)]:
                return Row((self.piece(target).shape, Sign("="), self.piece(value).shape))
            case [ast.AugAssign(target=target, op=ast.Add(), value=value)]:
                return Row((self.piece(target).shape, Sign("+="), self.piece(value).shape))
            case [ast.Expr(value=value)]:
                return self.piece(value).shape
        raise ValueError

    def piece(self, tree: ast.expr) -> Expr:
        handler = _HANDLERS.get(type(tree))
        return handler(self, tree) if handler else _code(tree)

    def constant(self, tree: ast.Constant) -> Expr:
        if isinstance(tree.value, str):
            return Expr(Words(tree.value))
        if isinstance(tree.value, int | float) and not isinstance(tree.value, bool):
            return number(tree.value)
        return _code(tree)

    def name(self, tree: ast.Name) -> Expr:
        if self.indexing and len(tree.id) == 1 and tree.id not in self.shapes:
            return Expr(Name(tree.id), tensor=False)  # a letter for a number, as below a sum
        return Expr(symbol(tree.id, "value"), tensor=self._has_axes(tree.id))

    def _has_axes(self, name: str) -> bool:
        return self.shapes.get(name) != ()

    def attribute(self, tree: ast.Attribute) -> Expr:
        if tree.attr in ("T", "mT") and dotted(tree) not in self.shapes:
            return raised(self.piece(tree.value), Sign("⊤"))
        whole = dotted(tree)
        if whole is None:
            return _code(tree)
        base, contribution = _gradient_of(tree)
        if not base:
            return Expr(Name(whole, "value"), tensor=self._has_axes(whole))
        return _derivative(partial(base), contribution, self._has_axes(whole) and self._has_axes(base))

    def unary(self, tree: ast.UnaryOp) -> Expr:
        if not isinstance(tree.op, ast.USub):
            return _code(tree)
        return negative(self.piece(tree.operand))

    def binary(self, tree: ast.BinOp) -> Expr:
        left, right = self.piece(tree.left), self.piece(tree.right)
        tensor = left.tensor or right.tensor
        match tree.op:
            case ast.Add() | ast.Sub():
                sign = Sign(_SUMS[type(tree.op)])
                return Expr(Row((left.inside(SUM), sign, right.inside(BIG))), SUM, tensor)
            case ast.Mult():
                return product(left, right)
            case ast.MatMult():
                return Expr(Row((left.inside(MATRIX), Sign(TIMES), right.inside(FRACTION))), MATRIX, tensor)
            case ast.Div() if isinstance(tree.left, ast.UnaryOp) and isinstance(tree.left.op, ast.USub):
                above = self.piece(tree.left.operand)
                return negative(Expr(Fraction(above.shape, right.shape), FRACTION, tensor))
            case ast.Div():
                return Expr(Fraction(left.shape, right.shape), FRACTION, tensor)
            case ast.Pow():
                return raised(left, right.shape)._replace(tensor=tensor)
        return _code(tree)

    def compare(self, tree: ast.Compare) -> Expr:
        sign = _COMPARISONS.get(type(tree.ops[0]))
        if sign is None or len(tree.ops) > 1:
            return _code(tree)
        left, right = self.piece(tree.left), self.piece(tree.comparators[0])
        row = Row((left.inside(SUM), Sign(sign), right.inside(SUM)))
        return Expr(Fence(row, "[", "]"), tensor=left.tensor or right.tensor)

    def choice(self, tree: ast.IfExp) -> Expr:
        """`a if c else b if d else e`: a row for each, the condition as code."""
        rows: list[tuple[MathNode, str]] = []
        rest: ast.expr = tree
        while isinstance(rest, ast.IfExp):
            rows.append((self.piece(rest.body).shape, ast.unparse(rest.test)))
            rest = rest.orelse
        return Expr(Cases(tuple(rows), self.piece(rest).shape), SUM)

    def subscript(self, tree: ast.Subscript) -> Expr:
        places = list(tree.slice.elts) if isinstance(tree.slice, ast.Tuple) and tree.slice.elts else [tree.slice]
        index = Listed(tuple(self.place(place) for place in places))
        shape = self.shapes.get(dotted(tree.value) or "")
        element = all(map(_whole, places)) and (shape is None or len(shape) == len(places))
        base, contribution = _gradient_of(tree.value)
        if element and base:  # the derivative by one element, rather than one element of a gradient
            below = indexed(Expr(symbol(base, "gradient")), index).shape
            return _derivative(Row((Sign("∂"), below)), contribution)
        return indexed(self.piece(tree.value), index)._replace(tensor=not element)

    def place(self, tree: ast.expr) -> MathNode:
        """What stands in an index, where a name that is no tensor is a letter for a number."""
        before, self.indexing = self.indexing, True
        try:
            return self.piece(tree).shape
        finally:
            self.indexing = before

    def sequence(self, tree: ast.Tuple | ast.List) -> Expr:
        brackets = ("[", "]") if isinstance(tree, ast.List) else ("(", ")")
        items = [self.piece(item) for item in tree.elts]
        return Expr(Fence(Listed(tuple(item.shape for item in items)), *brackets))

    def call(self, tree: ast.Call) -> Expr:
        name, arguments = _called(tree)
        options = {PARAMETER_SYNONYMS.get(str(option.arg), option.arg): option.value for option in tree.keywords}
        if name is None or None in options:
            return _code(tree)
        notation = self.notations.get(name, "function")
        if notation in _AROUND and len(arguments) == 1 and not options:
            argument = self.piece(arguments[0])
            return _AROUND[notation](argument.shape)._replace(tensor=argument.tensor)
        if notation in _FOLDS and len(arguments) in (1, 2) and options.keys() <= {"axis", "keepdims"}:
            return self._fold(name, notation, arguments, options)
        return self._function(name, arguments, options)

    def _function(self, name: str, arguments: list[ast.expr], options: Mapping[Any, ast.expr]) -> Expr:
        pieces = [self.piece(argument) for argument in arguments]
        named = [Row((Words(f"{key}="), self.piece(value).shape)) for key, value in options.items()]
        inner = Listed((*(piece.shape for piece in pieces), *named))
        return Expr(Row((Name(name), Sign(APPLY), Fence(inner))), POWER, any(piece.tensor for piece in pieces))

    def _fold(self, name: str, notation: str, arguments: list[ast.expr], options: Mapping[Any, ast.expr]) -> Expr:
        """A sum, mean or extreme along axes, which stand below the sign."""
        axis, operand = [*arguments[1:], options.get("axis")][0], self.piece(arguments[0])
        below = self._below(axis)
        if below and notation == "sum":
            return Expr(Row((Script(Sign("∑"), below, under=True), operand.inside(BIG))), BIG)
        if below:
            title: MathNode = Script(Name(name), below, under=True)
            return Expr(Row((title, Sign(APPLY), Fence(operand.shape))), POWER)
        along = _axes(axis, options.get("keepdims"))
        if notation == "sum":
            sign = Script(Sign("∑"), Words(along), under=True) if along else Sign("∑")
            return Expr(Row((sign, operand.inside(BIG))), BIG, operand.tensor and bool(along))
        title = Script(Name(name), Words(along)) if along else Name(name)
        return Expr(Row((title, Sign(APPLY), Fence(operand.shape))), POWER, operand.tensor and bool(along))

    def _below(self, axis: ast.expr | None) -> MathNode | None:
        """What stands below the sign in index form: letters, or a condition on one, `sum(x[i], i <= j)`."""
        if isinstance(axis, ast.Compare):
            left, right = self.place(axis.left), self.place(axis.comparators[0])
            return Row((left, Sign(_COMPARISONS[type(axis.ops[0])]), right))
        letters = _letters(axis)
        return Listed(letters) if letters else None


def _code(tree: ast.expr) -> Expr:
    return Expr(Words(ast.unparse(tree)))


def _whole(tree: ast.expr) -> bool:
    """Whether an index is a whole number, or a letter that stands for one, which takes its axis away."""
    if isinstance(tree, ast.UnaryOp):
        tree = tree.operand
    if isinstance(tree, ast.BinOp):
        return _whole(tree.left) and _whole(tree.right)
    return isinstance(tree, ast.Name) or isinstance(tree, ast.Constant) and type(tree.value) is int


def _called(tree: ast.Call) -> tuple[str | None, list[ast.expr]]:
    """The operation's name and its arguments, that of a method in front; no name where a call has an unusual form."""
    function = tree.func
    if any(isinstance(argument, ast.Starred) for argument in tree.args):
        return None, []
    if isinstance(function, ast.Name):
        return function.id, tree.args
    if not isinstance(function, ast.Attribute):
        return None, []
    if (dotted(function.value) or "").split(".")[0] in PREFIXES:
        return function.attr, tree.args
    return function.attr, [function.value, *tree.args]


def _gradient_of(tree: ast.expr) -> tuple[str, str]:
    """The tensor whose gradient a name is, and which contribution to it: `w1.g` is `w1` and none, `w1.g__2` its 2nd."""
    base, _, last = (dotted(tree) or "").rpartition(".")
    word, _, contribution = last.partition("__")
    return (base, contribution) if word in GRADIENT_ATTRIBUTES else ("", "")


def _derivative(below: MathNode, contribution: str, tensor: bool = False) -> Expr:
    """∂L by something; a contribution to it has its number below."""
    piece = Expr(Fraction(partial("L"), below, "gradient"), FRACTION, tensor)
    return indexed(piece, Digits(contribution)) if contribution else piece


def _letters(axis: ast.expr | None) -> tuple[MathNode, ...]:
    """The letters of a sum in index form, `sum(a[i, k] * b[k], k)`; none where axes are numbers."""
    items = axis.elts if isinstance(axis, ast.Tuple) else [axis]
    return tuple(Name(item.id) for item in items if isinstance(item, ast.Name)) if items else ()


def _axes(axis: ast.expr | None, kept: ast.expr | None) -> str:
    """`axis 0`, `axes 0, 2` or, where a fold goes over everything, nothing."""
    if axis is None or isinstance(axis, ast.Constant) and axis.value is None:
        return ""
    several = isinstance(axis, ast.Tuple) and len(axis.elts) > 1
    text = ast.unparse(axis)
    words = f"axes {text.strip('()')}" if several else f"axis {text}"
    return f"{words}, kept" if isinstance(kept, ast.Constant) and kept.value is True else words


_HANDLERS: dict[type[ast.expr], Callable[[_Walk, Any], Expr]] = {
    ast.Constant: _Walk.constant,
    ast.Name: _Walk.name,
    ast.Attribute: _Walk.attribute,
    ast.UnaryOp: _Walk.unary,
    ast.BinOp: _Walk.binary,
    ast.Compare: _Walk.compare,
    ast.IfExp: _Walk.choice,
    ast.Subscript: _Walk.subscript,
    ast.Tuple: _Walk.sequence,
    ast.List: _Walk.sequence,
    ast.Call: _Walk.call,
}

_AROUND: dict[str, Callable[[MathNode], Expr]] = {
    "exponential": lambda shape: Expr(Script(Name("e"), above=shape), POWER),
    "root": lambda shape: Expr(Root(shape)),
    "bars": lambda shape: Expr(Fence(shape, "|", "|")),
    "norm": lambda shape: Expr(Fence(shape, "‖", "‖")),
}
_FOLDS = ("sum", "mean", "max", "min")
