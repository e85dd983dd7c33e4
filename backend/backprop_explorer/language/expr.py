"""Pieces of a formula: a shape with how tightly it binds, and the rules that join them."""

from __future__ import annotations

import re
from math import isinf
from typing import NamedTuple

from backprop_explorer.language.typeset import Digits, Fence, Ink, MathNode, Name, Row, Script, Sign

# How tightly a piece binds to the eye. A leading minus may open a product but not follow a sign; what stands behind ∑
# reaches to the end of its product; a product without a sign binds more tightly than one with.
SUM, LEADING_MINUS, BIG, PRODUCT, MATRIX, FRACTION, POWER, ATOM = range(8)


class Expr(NamedTuple):
    """A shape, how tightly it binds, and whether it has axes (a number has none)."""

    shape: MathNode
    level: int = ATOM
    tensor: bool = True

    def inside(self, needed: int) -> MathNode:
        """The shape where at least this level is needed: between parentheses when it binds less tightly."""
        return self.shape if self.level >= needed else Fence(self.shape)


def symbol(name: str, ink: Ink) -> MathNode:
    """A tensor's name: w1 is w with the subscript 1, a version h__2 has its number in parentheses."""
    base, _, version = name.partition("__")
    match = re.fullmatch(r"([^\W\d_]+)(\d+)", base)
    letter: MathNode = Name(match[1], ink) if match else Name(base, ink)
    below: MathNode | None = Digits(match[2]) if match else None
    above: MathNode | None = Fence(Digits(version)) if version else None
    return Script(letter, below, above) if below or above else letter


def number(value: int | float) -> Expr:
    """A number in Python's shortest form, with a power of ten for an exponent."""
    if isinf(value):
        return Expr(Sign("∞"), tensor=False)
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return Expr(Digits(mantissa), tensor=False)
    size = Digits(str(abs(int(exponent))))
    power = Script(Digits("10"), above=Row((Sign("−"), size)) if int(exponent) < 0 else size)
    if mantissa == "1":
        return Expr(power, POWER, tensor=False)
    return Expr(Row((Digits(mantissa), Sign("·"), power)), PRODUCT, tensor=False)


def negative(piece: Expr) -> Expr:
    """Minus a piece."""
    level = LEADING_MINUS if piece.level != BIG else SUM
    return Expr(Row((Sign("−"), piece.inside(BIG))), level, piece.tensor)


def product(left: Expr, right: Expr) -> Expr:
    """⊙ between tensors, a dot where one of them is a number."""
    level = LEADING_MINUS if left.level == LEADING_MINUS else PRODUCT
    sign = Sign("⊙" if left.tensor and right.tensor else "·")
    return Expr(Row((left.inside(level), sign, right.inside(MATRIX))), level, left.tensor or right.tensor)


def raised(base: Expr, above: MathNode) -> Expr:
    """A power or a transposition; that of w1 stands above its subscript."""
    shape = base.inside(ATOM)
    if isinstance(shape, Script) and shape.above is None:
        return Expr(Script(shape.base, shape.below, above), POWER, base.tensor)
    return Expr(Script(Fence(shape) if isinstance(shape, Script) else shape, above=above), POWER, base.tensor)


def indexed(base: Expr, places: MathNode) -> Expr:
    """A base with an index below; w1 gets parentheses, or the index would read as a part of its 1."""
    shape = base.inside(ATOM)
    if isinstance(shape, Script) and shape.below is not None:
        shape = Fence(shape)
    return Expr(Script(shape, places), POWER, base.tensor)


def partial(name: str) -> MathNode:
    """∂ and a tensor's name, one half of a gradient."""
    return Row((Sign("∂"), symbol(name, "gradient")))
