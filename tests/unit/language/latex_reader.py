"""Reads a formula's LaTeX the way a person does, and computes it, to find a pair of parentheses too few.

The rules of the eye: powers and indices bind first, then factors side by side, then · and ⊙, then a leading minus, then
+ and −; what stands behind ∑ reaches to the end of its product. Numbers are 2×2 matrices of remainders, exact and
without commuting products; functions are arbitrary tables.
"""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]
PRIME = 10_007
TOKENS = re.compile(r"\\left\|?|\\right\|?|\\mathrm\{[^}]*\}|\\texttt\{[^}]*\}|\\[a-z]+|\\,|[A-Za-z]|\d+|\S")


def number(value: int) -> Matrix:
    return np.full((2, 2), value % PRIME, dtype=np.int64)


def inverse(matrix: Matrix) -> Matrix:
    return power(matrix, PRIME - 2)


def power(matrix: Matrix, exponent: int) -> Matrix:
    return np.array([[pow(int(entry), exponent, PRIME) for entry in row] for row in matrix], dtype=np.int64)


def table(salt: int) -> Callable[[Matrix], Matrix]:
    """A function without any algebra: f(-x) and f(x + y) follow from nothing."""
    return lambda matrix: (matrix**3 % PRIME * 7 + matrix**2 * salt + 11 * salt) % PRIME


FUNCTIONS: dict[str, Callable[[Matrix], Matrix]] = {
    "exp": table(3),
    "sqrt": table(5),
    "abs": table(8),
    "relu": table(13),
    "sum": lambda matrix: number(int(matrix.sum())),
}


def compare(left: Matrix, right: Matrix) -> Matrix:
    return np.asarray(left > right, dtype=np.int64)


class Reader:
    """A recursive descent over the tokens of one formula."""

    def __init__(self, text: str, names: dict[str, Matrix]) -> None:
        self.tokens, self.names, self.place = TOKENS.findall(text), names, 0

    def read(self) -> Matrix:
        value = self.sum()
        assert self.peek() is None, f"{self.peek()} was left over"
        return value

    def peek(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        assert token is not None
        assert expected is None or token == expected, f"{token} instead of {expected}"
        self.place += 1
        return token

    def sum(self) -> Matrix:
        value = self.signed()
        while self.peek() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            assert self.peek() != "-", "a sign follows a sign"
            value = (value + sign * self.product()) % PRIME
        return value

    def signed(self) -> Matrix:
        if self.peek() != "-":
            return self.product()
        self.take()
        assert self.peek() != "-", "a sign follows a sign"
        return -self.product() % PRIME

    def product(self) -> Matrix:
        if self.peek() == r"\sum":
            self.take()
            return FUNCTIONS["sum"](self.product())
        value = self.side_by_side()
        while self.peek() in (r"\cdot", r"\odot"):
            self.take()
            value = value * self.side_by_side() % PRIME
        return value

    def side_by_side(self) -> Matrix:
        value = self.power()
        while self.peek() == r"\,":
            self.take()
            value = value @ self.power() % PRIME
        return value

    def power(self) -> Matrix:
        value = self.atom()
        while self.peek() in ("^", "_"):
            assert self.take() == "^"
            self.take("{")
            value = value.T if self.peek() == r"\top" else power(value, int(self.take()))
            if self.peek() == r"\top":
                self.take()
            self.take("}")
        return value

    def braces(self) -> Matrix:
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def atom(self) -> Matrix:
        token = self.take()
        if token.isdigit():
            return number(int(token))
        if token == r"\frac":
            return self.braces() * inverse(self.braces()) % PRIME
        if token == r"\sqrt":
            return FUNCTIONS["sqrt"](self.braces())
        if token == r"\left|":
            return self.closed(r"\right|", "abs")
        if token == r"\left":
            return self.bracket()
        if token.startswith(r"\mathrm"):
            name = token.removeprefix(r"\mathrm{").removesuffix("}")
            self.take(r"\left")
            return FUNCTIONS[name](self.bracket())
        if token == "{":
            self.place -= 1
            return self.braces()
        return self.letter(token)

    def letter(self, token: str) -> Matrix:
        if token == "e":
            self.take("^")
            return FUNCTIONS["exp"](self.braces())
        if self.peek() == "_":
            self.take()
            self.take("{")
            token += self.take()
            self.take("}")
        return self.names[token]

    def closed(self, end: str, function: str) -> Matrix:
        value = FUNCTIONS[function](self.sum())
        self.take(end)
        return value

    def bracket(self) -> Matrix:
        opening = self.take()
        value = self.sum()
        if opening == "[":
            self.take(">")
            value = compare(value, self.sum())
        self.take(r"\right")
        self.take({"(": ")", "[": "]"}[opening])
        return value
