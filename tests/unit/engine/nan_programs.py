"""A hundred programs with a number that is not finite, each planted at a place that a seed chooses.

What is to be found is known from where it was planted, and from arithmetic: the program's line, the operation, the
numbers that it met, forward or backward, the element; and a word of the cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SEEDS = range(4)


@dataclass(frozen=True)
class Planted:
    """A program, the element that is asked about, and the birth that is to be named: its `numbers` are the operands in
    order, None where what is written out depends on how the derivative is written."""

    document: dict[str, Any]
    asked: tuple[str, str, tuple[int, ...]]
    line: int
    phase: str
    says: str
    op: str | None = None
    numbers: tuple[float, ...] | None = None
    index: tuple[int, ...] | None = None
    cures: str = ""
    ends: str | None = None
    iteration: int = field(default=0)


class Seeded:
    """Tensors with a place chosen by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng([15, seed])
        self.rows, self.columns = (int(one) for one in self.random.integers(2, 6, 2))
        self.row, self.column = int(self.random.integers(self.rows)), int(self.random.integers(self.columns))
        self.at = self.row, self.column

    def numbers(self, *shape: int) -> np.ndarray[Any, Any]:
        """Positive numbers with few digits."""
        return np.round(self.random.uniform(0.5, 2.0, shape or (self.rows, self.columns)), 2)

    def planted(self, value: float) -> list[Any]:
        """The same with a number at the place."""
        array = self.numbers()
        array[self.at] = value
        return array.tolist()

    def row_of(self, value: float) -> list[Any]:
        """The same with a row of it."""
        array = self.numbers()
        array[self.row] = value
        return array.tolist()


def made(program: str, **parameters: Any) -> dict[str, Any]:
    return {"program": program, "parameters": parameters}


def log_of_0(of: Seeded) -> Planted:
    document = made("h = log(x)\nloss = sum(h)", x=of.planted(0))
    return Planted(document, ("loss", "value", ()), 1, "forward", "log of 0", "log", (0,), of.at, "log(x + 1e-12)")


def log_of_a_negative_number(of: Seeded) -> Planted:
    value = float(-of.numbers(1)[0])
    document = made("a = 2 * x\nh = a * log(x)\nloss = sum(h)", x=of.planted(value))
    return Planted(document, ("h", "value", of.at), 2, "forward", "negative", "log", (value,), of.at, "maximum(x")


def log_of_a_probability(of: Seeded) -> Planted:
    z = np.zeros((of.rows, of.columns))
    z[of.at] = -900  # e ** -900 is 0 as a float
    program = "p = softmax(z)\nloss = -sum(log(p))"
    return Planted(made(program, z=z.tolist()), ("loss", "value", ()), 2, "forward", "log of 0", "log", (0,), of.at,
                   "log_softmax")  # fmt: skip


def saturated_sigmoid(of: Seeded) -> Planted:
    program = "p = sigmoid(z)\nq = 1 - p\nloss = -mean(y * log(p) + (1 - y) * log(q))"
    document = made(program, z=of.planted(40.0)) | {"inputs": {"y": np.ones((of.rows, of.columns)).tolist()}}
    return Planted(document, ("loss", "value", ()), 3, "forward", "log of 0", "log", (0,), of.at, "log(q + 1e-12)",
                   "multiply")  # fmt: skip


def zero_by_zero(of: Seeded) -> Planted:
    document = made("q = a / b\nloss = sum(q)", a=of.planted(0), b=of.planted(0))
    return Planted(document, ("q", "value", of.at), 1, "forward", "0 divided by 0", "divide", (0, 0), of.at,
                   "a / (b + 1e-12)")  # fmt: skip


def by_zero(of: Seeded) -> Planted:
    value = float(of.numbers(1)[0])
    document = made("b = x - x.min()\nloss = sum(c / b)", x=[3.0, 1.0, 2.0], c=[1.0, value, 1.0])
    return Planted(document, ("loss", "value", ()), 2, "forward", "division by 0", "divide", (value, 0), (1,), "eps")


def root_of_a_negative_number(of: Seeded) -> Planted:
    value = float(-of.numbers(1)[0])
    document = made("b = sqrt(x)\nloss = sum(b * b)", x=of.planted(value))
    return Planted(document, ("x", "gradient", of.at), 1, "forward", "root of a negative number", "sqrt", (value,),
                   of.at, "sqrt(maximum(x, 0)")  # fmt: skip


def slope_of_the_root(of: Seeded) -> Planted:
    document = made("b = sqrt(x)\nloss = sum(b)", x=of.planted(0))
    return Planted(document, ("x", "gradient", of.at), 1, "backward", "slope of the root at 0", None, None, of.at,
                   "sqrt(x + 1e-12)")  # fmt: skip


def overflow_of_exp(of: Seeded) -> Planted:
    value = 710.0 + of.row
    document = made("e = exp(x)\nloss = sum(e)", x=of.planted(value))
    return Planted(document, ("loss", "value", ()), 1, "forward", "overflow of exp", "exp", (value,), of.at,
                   "max(x, axis=-1, keepdims=True)")  # fmt: skip


def softmax_by_hand(of: Seeded) -> Planted:
    value = 800.0 + of.row
    program = "e = exp(x)\np = e / e.sum(1, keepdims=True)\nloss = sum(p * p)"
    return Planted(made(program, x=of.planted(value)), ("p", "value", of.at), 1, "forward", "overflow of exp", "exp",
                   (value,), of.at, "row's maximum", "divide")  # fmt: skip


def infinity_less_infinity(of: Seeded) -> Planted:
    a, b = 900.0, 1000.0
    program = "u = exp(a)\nv = exp(b)\nd = u - v\nloss = sum(d)"
    document = made(program, a=of.planted(a), b=of.planted(b))
    return Planted(document, ("d", "value", of.at), 1, "forward", "overflow of exp", "exp", (a,), of.at, "maximum",
                   "subtract")  # fmt: skip


def empty_row(of: Seeded) -> Planted:
    m = np.ones((of.rows, of.columns))
    m[of.row] = 0
    program = "s = where(m > 0, z, -np.inf)\np = softmax(s)\nloss = sum(p * p)"
    document = made(program, z=of.numbers().tolist()) | {"inputs": {"m": m.tolist()}}
    return Planted(document, ("loss", "value", ()), 2, "forward", "infinity less infinity", "subtract",
                   (-np.inf, -np.inf), (of.row, 0), "unmasked")  # fmt: skip


def empty_row_by_hand(of: Seeded) -> Planted:
    m = np.ones((of.rows, of.columns))
    m[of.row] = 0
    program = "s = where(m > 0, z, -np.inf)\nd = s - s.max(1, keepdims=True)\ne = exp(d)\nloss = sum(e)"
    document = made(program, z=of.numbers().tolist()) | {"inputs": {"m": m.tolist()}}
    return Planted(document, ("e", "value", of.at), 2, "forward", "infinity less infinity", "subtract",
                   (-np.inf, -np.inf), of.at, "unmasked")  # fmt: skip


def where_and_the_root(of: Seeded) -> Planted:
    document = made("h = where(x > 0, sqrt(x), 0)\nloss = sum(h)", x=of.planted(0))
    return Planted(document, ("x", "gradient", of.at), 1, "backward", "slope of the root at 0", None, None, of.at,
                   "double where): `sqrt(where(x > 0, x, 1))`")  # fmt: skip


def where_and_the_logarithm(of: Seeded) -> Planted:
    document = made("h = where(x == 0, 0, x * log(x))\nloss = sum(h)", x=of.planted(0))
    return Planted(document, ("x", "gradient", of.at), 1, "forward", "log of 0", "log", (0,), of.at,
                   "double where): `log(where(x == 0, 1, x))`", "multiply")  # fmt: skip


def where_and_a_negative_number(of: Seeded) -> Planted:
    value = float(-of.numbers(1)[0])
    document = made("h = where(x > 0, sqrt(x), x)\nloss = sum(h)", x=of.planted(value))
    return Planted(document, ("x", "gradient", of.at), 1, "forward", "root of a negative number", "sqrt", (value,),
                   of.at, "double where")  # fmt: skip


def norm_of_nothing(of: Seeded) -> Planted:
    program = "n = sqrt(sum(x ** 2, 1, True))\nu = x / n\nloss = sum(u)"
    return Planted(made(program, x=of.row_of(0)), ("u", "value", of.at), 2, "forward", "0 divided by 0", "divide",
                   (0, 0), of.at, "x / (n + 1e-12)")  # fmt: skip


def slope_of_a_norm(of: Seeded) -> Planted:
    program = "n = sqrt(sum(x ** 2, 1))\nloss = sum(n)"
    return Planted(made(program, x=of.row_of(0)), ("x", "gradient", of.at), 1, "backward", "slope of the root at 0",
                   None, None, of.at, "(x ** 2).sum(1) + 1e-12", "multiply")  # fmt: skip


def spread_of_equal_numbers(of: Seeded) -> Planted:
    document = made("s = std(x, 1)\nloss = sum(s)", x=of.row_of(2))
    return Planted(document, ("x", "gradient", of.at), 1, "backward", "slope of the root at 0", cures="eps")


def normalised_column(of: Seeded) -> Planted:
    x = of.numbers()
    x[:, of.column] = 2
    program = "d = x - mean(x, 0)\nv = mean(d ** 2, 0)\nn = d / sqrt(v)\nloss = sum(n ** 2)"
    return Planted(made(program, x=x.tolist()), ("n", "value", of.at), 3, "forward", "0 divided by 0", "divide",
                   (0, 0), of.at, "d / (sqrt(v) + 1e-12)")  # fmt: skip


def root_as_a_power(of: Seeded) -> Planted:
    document = made("b = x ** 0.5\nloss = sum(b)", x=of.planted(0))
    return Planted(document, ("x", "gradient", of.at), 1, "backward", "slope of a power", None, None, of.at,
                   "(x + 1e-12) ** 0.5")  # fmt: skip


def angle_of_too_much(of: Seeded) -> Planted:
    value = 1.0 + float(of.numbers(1)[0])
    document = made("c = arccos(x / 1)\nloss = sum(c)", x=(np.asarray(of.planted(2 * value)) / 2).clip(0, 0.9).tolist())
    document["parameters"]["x"][of.row][of.column] = value
    return Planted(document, ("loss", "value", ()), 1, "forward", "outside of -1 to 1", "arccos", (value,), of.at,
                   "clip")  # fmt: skip


def overflow_of_a_product(of: Seeded) -> Planted:
    program = "y = x @ w\nloss = sum(y)"
    x = np.zeros((of.rows, of.columns))
    x[of.at] = 1e200
    document = made(program, w=np.full((of.columns, 2), 1e150).tolist()) | {"inputs": {"x": x.tolist()}}
    return Planted(document, ("loss", "value", ()), 1, "forward", "more than float64 can hold", "matmul",
                   (1e200, 1e150), (of.row, 0), "learning rate")  # fmt: skip


def similarity_of_nothing(of: Seeded) -> Planted:
    program = "d = sum(a * b, 1)\nn = sqrt(sum(a * a, 1)) * sqrt(sum(b * b, 1))\nloss = sum(d / n)"
    document = made(program, a=of.row_of(0), b=of.numbers().tolist())
    return Planted(document, ("loss", "value", ()), 3, "forward", "0 divided by 0", "divide", (0, 0), (of.row,),
                   "d / (n + 1e-12)")  # fmt: skip


def in_the_course_of_a_training(of: Seeded) -> Planted:
    """Each iteration takes a quarter off, until one is below 0."""
    document = made("h = sqrt(w)\nloss = sum(w) + sum(0 * h)", w=[9.0, 0.5 * of.rows + 0.125, 8.0])
    document["optimizer"] = {"name": "sgd", "lr": 0.25}
    return Planted(document, ("w", "value", (1,)), 1, "forward", "root of a negative number", "sqrt", (-0.125,), (1,),
                   "sqrt(maximum(w, 0)", iteration=2 * of.rows + 1)  # fmt: skip


KINDS: tuple[Callable[[Seeded], Planted], ...] = (
    log_of_0, log_of_a_negative_number, log_of_a_probability, saturated_sigmoid, zero_by_zero, by_zero,
    root_of_a_negative_number, slope_of_the_root, overflow_of_exp, softmax_by_hand, infinity_less_infinity, empty_row,
    empty_row_by_hand, where_and_the_root, where_and_the_logarithm, where_and_a_negative_number, norm_of_nothing,
    slope_of_a_norm, spread_of_equal_numbers, normalised_column, root_as_a_power, angle_of_too_much,
    overflow_of_a_product, similarity_of_nothing, in_the_course_of_a_training,
)  # fmt: skip


def programs() -> Iterator[tuple[str, Planted]]:
    """All of them, by name."""
    for kind in KINDS:
        for seed in SEEDS:
            yield f"{kind.__name__}-{seed}", kind(Seeded(seed))
