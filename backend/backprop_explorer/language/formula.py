"""Program text as a formula: one walk over the syntax tree, written out as LaTeX or MathML.

How an operation is written (a root, bars, a fraction …) is a word in its record; the caller passes these words by name.
Nothing is evaluated: `ast.parse` reads the text, and what has no notation stays code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.language.typeset import Digits, Fence, Fraction, Ink, Name, Root, Row, Script, Shape, Sign, Words

Shapes = Mapping[str, tuple[int, ...]]
Piece = tuple[Shape, int]
"""A shape and how tightly it binds."""

COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = 3, 4, 5, 6, 7, 9
MAX_CHARACTERS = 2_000

_SUMS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "−"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Gt: ">", ast.Lt: "<", ast.GtE: "≥", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠",
}  # fmt: skip


def latex(code: str, notations: Mapping[str, str] | None = None, shapes: Shapes | None = None) -> str:
    """A statement or expression as LaTeX for math mode; `shapes` tells numbers from tensors in products."""
    return _shape(code, notations, shapes).latex()


def mathml(code: str, notations: Mapping[str, str] | None = None, shapes: Shapes | None = None) -> str:
    """A statement or expression as a `<math>` element; names have the class `value` or `gradient`."""
    return f'<math display="block">{_shape(code, notations, shapes).mathml()}</math>'


def _shape(code: str, notations: Mapping[str, str] | None, shapes: Shapes | None) -> Shape:
    try:
        if len(code) > MAX_CHARACTERS:
            raise ValueError
        statement = ast.parse(code).body[0]
        return _Walk(notations or {}, shapes or {}).statement(statement)
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return Words(code)


def dotted(tree: ast.expr) -> str | None:
    """`w1.g` for the attribute g of the name w1; None for anything but names and dots."""
    if isinstance(tree, ast.Name):
        return tree.id
    if isinstance(tree, ast.Attribute) and (inner := dotted(tree.value)) is not None:
        return f"{inner}.{tree.attr}"
    return None


def symbol(name: str, ink: Ink) -> Shape:
    """A tensor's name: w1 is w with the subscript 1, a version h__2 has its number in parentheses."""
    base, _, version = name.partition("__")
    match = re.fullmatch(r"([^\W\d_]+)(\d+)", base)
    letter: Shape = Name(match[1], ink) if match else Name(base, ink)
    below: Shape | None = Digits(match[2]) if match else None
    above: Shape | None = Fence(Digits(version)) if version else None
    return Script(letter, below, above) if below or above else letter


class _Walk:
    def __init__(self, notations: Mapping[str, str], shapes: Shapes) -> None:
        self.notations, self.shapes = notations, shapes

    def statement(self, statement: ast.stmt) -> Shape:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            return Row((self.piece(statement.targets[0])[0], Sign("="), self.piece(statement.value)[0]))
        if isinstance(statement, ast.Expr):
            return self.piece(statement.value)[0]
        raise ValueError

    def piece(self, tree: ast.expr) -> Piece:
        handler = _HANDLERS.get(type(tree))
        return handler(self, tree) if handler else (Words(ast.unparse(tree)), ATOM)

    def inside(self, tree: ast.expr, needed: int) -> Shape:
        shape, precedence = self.piece(tree)
        return shape if precedence >= needed else Fence(shape)

    def constant(self, tree: ast.Constant) -> Piece:
        number = isinstance(tree.value, (int, float)) and not isinstance(tree.value, bool)
        return (Digits(repr(tree.value)) if number else Words(str(tree.value))), ATOM

    def name(self, tree: ast.Name) -> Piece:
        return symbol(tree.id, "value"), ATOM

    def attribute(self, tree: ast.Attribute) -> Piece:
        if tree.attr in ("T", "mT"):
            return Script(self.inside(tree.value, ATOM), above=Sign("⊤")), POWER
        whole = dotted(tree)
        if whole is None:
            return Words(ast.unparse(tree)), ATOM
        base, _, last = whole.rpartition(".")
        word, _, number = last.partition("__")
        if word not in ("g", "grad"):
            return Name(whole, "value"), ATOM
        gradient = Fraction(_partial(Name("L", "gradient")), _partial(symbol(base, "gradient")), "gradient")
        return (Script(Fence(gradient), Digits(number)) if number else gradient), PRODUCT + 1

    def unary(self, tree: ast.UnaryOp) -> Piece:
        if not isinstance(tree.op, ast.USub):
            return Words(ast.unparse(tree)), ATOM
        return Row((Sign("−"), self.inside(tree.operand, PRODUCT))), SUM + 1

    def binary(self, tree: ast.BinOp) -> Piece:
        operator = type(tree.op)
        if operator in _SUMS:
            return Row((self.inside(tree.left, SUM), Sign(_SUMS[operator]), self.inside(tree.right, SUM + 1))), SUM
        if operator is ast.Div:
            return Fraction(self.piece(tree.left)[0], self.piece(tree.right)[0]), PRODUCT + 1
        if operator is ast.Pow:
            return Script(self.inside(tree.left, ATOM), above=self.piece(tree.right)[0]), POWER
        sign = (
            "\u2062"
            if operator is ast.MatMult
            else "⊙"
            if self._tensor(tree.left) and self._tensor(tree.right)
            else "·"
        )
        if operator not in (ast.Mult, ast.MatMult):
            return Words(ast.unparse(tree)), ATOM
        return Row((self.inside(tree.left, PRODUCT), Sign(sign), self.inside(tree.right, PRODUCT + 1))), PRODUCT

    def _tensor(self, tree: ast.expr) -> bool:
        """Whether an expression has axes: a number, or what is made of numbers, has none."""
        whole = dotted(tree)
        if whole is not None:
            return self.shapes.get(whole, (0,)) != ()
        if isinstance(tree, ast.Constant):
            return False
        return any(self._tensor(child) for child in ast.iter_child_nodes(tree) if isinstance(child, ast.expr))

    def compare(self, tree: ast.Compare) -> Piece:
        sign = _COMPARISONS.get(type(tree.ops[0]))
        if sign is None or len(tree.ops) > 1:
            return Words(ast.unparse(tree)), ATOM
        row = Row((self.inside(tree.left, SUM), Sign(sign), self.inside(tree.comparators[0], SUM)))
        return Fence(row, "[", "]"), ATOM

    def subscript(self, tree: ast.Subscript) -> Piece:
        return Script(self.inside(tree.value, ATOM), Words(ast.unparse(tree.slice).strip("()"))), POWER

    def sequence(self, tree: ast.Tuple | ast.List) -> Piece:
        return Fence(_listed([self.piece(item)[0] for item in tree.elts])), ATOM

    def call(self, tree: ast.Call) -> Piece:
        function, arguments = tree.func, list(tree.args)
        if isinstance(function, ast.Attribute):
            name = function.attr
            arguments.insert(0, function.value)
        else:
            name = function.id if isinstance(function, ast.Name) else ""
        written = _NOTATIONS.get(self.notations.get(name, "function"))
        if written is not None and arguments:
            return written(self, name, arguments, tree.keywords)
        named = [Row((Words(f"{option.arg}="), self.piece(option.value)[0])) for option in tree.keywords]
        return Row((Name(name), Fence(_listed([*(self.piece(argument)[0] for argument in arguments), *named])))), POWER

    def exponential(self, _: str, arguments: list[ast.expr], __: list[ast.keyword]) -> Piece:
        return Script(Name("e"), above=self.piece(arguments[0])[0]), POWER

    def root(self, _: str, arguments: list[ast.expr], __: list[ast.keyword]) -> Piece:
        return Root(self.piece(arguments[0])[0]), ATOM

    def bars(self, _: str, arguments: list[ast.expr], __: list[ast.keyword]) -> Piece:
        return Fence(self.piece(arguments[0])[0], "|", "|"), ATOM

    def fold(self, name: str, arguments: list[ast.expr], options: list[ast.keyword]) -> Piece:
        """A sum, mean or extreme along axes, which stand below the sign."""
        axes = [*arguments[1:2], *(option.value for option in options if option.arg in ("axis", "dim"))]
        sign: Shape = Sign("∑") if self.notations[name] == "sum" else Name(name)
        if axes:
            sign = Script(sign, Words(f"axis {ast.unparse(axes[0])}"), under=True)
        return Row((sign, self.inside(arguments[0], PRODUCT))), PRODUCT


def _partial(shape: Shape) -> Shape:
    return Row((Sign("∂"), shape))


def _listed(items: list[Shape]) -> Shape:
    parts: list[Shape] = []
    for item in items:
        parts += [Sign(","), item] if parts else [item]
    return Row(tuple(parts))


_HANDLERS: dict[type[ast.expr], Callable[[_Walk, Any], Piece]] = {
    ast.Constant: _Walk.constant, ast.Name: _Walk.name, ast.Attribute: _Walk.attribute, ast.UnaryOp: _Walk.unary,
    ast.BinOp: _Walk.binary, ast.Compare: _Walk.compare, ast.Subscript: _Walk.subscript, ast.Tuple: _Walk.sequence,
    ast.List: _Walk.sequence, ast.Call: _Walk.call,
}  # fmt: skip

_NOTATIONS: dict[str, Callable[[_Walk, str, list[ast.expr], list[ast.keyword]], Piece]] = {
    "exponential": _Walk.exponential, "root": _Walk.root, "bars": _Walk.bars,
    "sum": _Walk.fold, "mean": _Walk.fold, "max": _Walk.fold, "min": _Walk.fold,
}  # fmt: skip
