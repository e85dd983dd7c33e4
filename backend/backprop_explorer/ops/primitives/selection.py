"""Choosing between elements, and numbers made from masks and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.elementwise import AXIS_LETTERS, elementwise
from backprop_explorer.ops.record import (
    COMPARISON,
    REQUIRED,
    Array,
    Kink,
    OperandError,
    Operation,
    Reject,
    Sample,
    Shape,
)


def _where(condition: Array, a: Array, b: Array, out: Array | None = None) -> Array:
    mask = condition if condition.dtype == bool else condition != 0
    if out is None:
        return np.where(mask, a, b)
    np.copyto(out, b)
    np.copyto(out, a, where=mask)
    return out


WHERE = elementwise(
    "where",
    "condition a b",
    _where,
    {"a": "where(condition, g, 0)", "b": "where(condition, 0, g)"},
    symbol="where",
    summary="a where the condition holds, else b.",
    why={
        "a": (
            "Where the condition holds, `{a}` was copied into `{y}` and gets the gradient; elsewhere it did not "
            "reach `{y}` and gets 0."
        ),
        "b": (
            "Where the condition does not hold, `{b}` was copied into `{y}` and gets the gradient; elsewhere it "
            "did not reach `{y}` and gets 0."
        ),
    },
    formula="y = where(condition, a, b)",
    samples=(
        Sample("where(c > 0, a, b)", {"c": (3, 2), "a": (3, 2), "b": (2,)}),
        Sample("where(a > 0, a, 0.1 * a)", {"a": (4,)}),
    ),
    rejects=(Reject("where(c > 0, a, b)", {"c": (3,), "a": (4,), "b": ()}, "differ in the last axis"),),
)
MAXIMUM = elementwise(
    "maximum",
    "a b",
    np.maximum,
    {"a": "((a > b) + 0.5 * (a == b)) * g", "b": "((b > a) + 0.5 * (a == b)) * g"},
    symbol="max",
    summary="The greater of two aligned elements.",
    why={
        "a": (
            "The greater of the two was copied into `{y}` and gets the gradient; the other changes nothing and gets 0."
        ),
        "b": (
            "The greater of the two was copied into `{y}` and gets the gradient; the other changes nothing and gets 0."
        ),
    },
    formula="y = maximum(a, b)",
    synonyms=("clamp_min",),
    kink=Kink(
        "Where both are equal, each gets half of the gradient.",
        "maximum(a, b)",
        {"a": [1.0, 2.0], "b": [1.0, 0.0]},
        {"a": [0.5, 1.0], "b": [0.5, 0.0]},
    ),
    samples=(Sample("maximum(a, b)", {"a": (3, 2), "b": (2,)}), Sample("maximum(a, 0.1)", {"a": (4,)})),
)
MINIMUM = elementwise(
    "minimum",
    "a b",
    np.minimum,
    {"a": "((a < b) + 0.5 * (a == b)) * g", "b": "((b < a) + 0.5 * (a == b)) * g"},
    symbol="min",
    summary="The smaller of two aligned elements.",
    why={
        "a": (
            "The smaller of the two was copied into `{y}` and gets the gradient; the other changes nothing and gets 0."
        ),
        "b": (
            "The smaller of the two was copied into `{y}` and gets the gradient; the other changes nothing and gets 0."
        ),
    },
    formula="y = minimum(a, b)",
    synonyms=("clamp_max",),
    kink=Kink(
        "Where both are equal, each gets half of the gradient.",
        "minimum(a, b)",
        {"a": [1.0, 2.0], "b": [1.0, 0.0]},
        {"a": [0.5, 0.0], "b": [0.5, 1.0]},
    ),
    samples=(Sample("minimum(a, b)", {"a": (3, 2), "b": (2,)}), Sample("minimum(a, 0.1)", {"a": (4,)})),
)


def _one_hot_shape(indices: Shape, n: int, ignore: int | None = None) -> Shape:
    if not isinstance(n, int) or n < 1:
        raise OperandError(f"n, the number of classes, to be a whole number of at least 1; got {n}")
    if ignore is not None and (isinstance(ignore, bool) or not isinstance(ignore, int)):
        raise OperandError(f"ignore, the label that counts as none, to be a whole number; got {ignore}")
    return (*indices, n)


def _one_hot(indices: Array, n: int, ignore: int | None = None, out: Array | None = None) -> Array:
    mask = indices[..., None] == np.arange(n)
    if out is None:
        return np.asarray(mask, dtype=float)
    np.copyto(out, mask)
    return out


def _one_hot_labels(shapes: Sequence[Shape], _: Any) -> tuple[str, list[list[str]]]:
    letters = AXIS_LETTERS[: len(shapes[0]) + 1]
    return letters, [list(letters[:-1])]


def _one_hot_code(_: Sequence[Shape], parameters: Mapping[str, Any]) -> str:
    ignore = parameters["ignore"]
    return f"one_hot({{indices}}, {parameters['n']}{'' if ignore is None else f', ignore={ignore}'})"


ONE_HOT = Operation(
    "one_hot",
    "elementwise",
    ("indices",),
    shape=_one_hot_shape,
    forward=_one_hot,
    code=_one_hot_code,
    parameters={"n": REQUIRED, "ignore": None},
    whole=("indices",),
    element=lambda code, index: (f"{code} == {index[-1]}", COMPARISON),
    script="def one_hot(indices, n, ignore=None): return (indices[..., None] == np.arange(n)).astype(dtype)",
    bounds=lambda _, parameters: (0, parameters["n"] - 1),
    symbol="one_hot",
    labels=_one_hot_labels,
    source="torch.nn.functional.one_hot",
    summary=(
        "A row per label: 1 at the label's place, 0 elsewhere. Labels are whole numbers from 0 to n - 1 and have no "
        "gradient; one that is ignore, if that is no class, has a row of zeros."
    ),
    formula="y[i, c] = (indices[i] == c)",
    samples=(
        Sample("one_hot(labels, 3) * x", {"labels": (4,), "x": (4, 3)}, whole={"labels": 3}),
        Sample("one_hot(labels, 2, ignore=2) * x", {"labels": (4,), "x": (4, 2)}, whole={"labels": 3}),
    ),
    rejects=(Reject("one_hot(labels, 0) * x", {"labels": (4,), "x": (4, 3)}, "at least 1"),),
)


def _as_float(x: Array, out: Array | None = None) -> Array:
    if out is None:
        return x.astype(float)
    np.copyto(out, x)
    return out


FLOAT = elementwise(
    "float",
    "x",
    _as_float,
    {"x": "g"},
    code="{x}.float()",
    symbol="float",
    casts=True,
    script="def float(x): return x.astype(dtype)",
    summary="A mask of true and false as the numbers 1 and 0.",
    formula="y = x",
    source="torch.Tensor.float",
    samples=(Sample("(x > 0).float() * x", {"x": (3, 2)}),),
)
