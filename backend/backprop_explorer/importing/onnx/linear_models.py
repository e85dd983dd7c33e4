"""The linear models and scalers of `ai.onnx.ml`, as scikit-learn's are exported. Their numbers are attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop_explorer.importing.onnx.values import Call, Operator, Result
from backprop_explorer.ops.record import Array

SMALLEST = "1e-30"
"""What a norm is at least, so that nothing is divided by 0."""
NORMS = {
    "MAX": "max(abs({0}), 1, True)",
    "L1": "sum(abs({0}), 1, True)",
    "L2": "sqrt(sum({0} ** 2, 1, True))",
}
AFTER = {"NONE": "{0}", "LOGISTIC": "sigmoid({0})", "SOFTMAX": "softmax({0})"}
"""What scores become probabilities by."""


def _floats(call: Call, name: str) -> Array:
    def are_numbers(given: Any) -> bool:
        return isinstance(given, list) and all(isinstance(one, int | float) for one in given)

    return np.array(call.option(name, [], are_numbers), np.float32)


def _scores(call: Call, count: int | None) -> tuple[str, int]:
    """The scores of each row, and how many there are."""
    if len(call.shape()) != 2:
        raise call.refuse("needs a table: two axes, of rows and columns")
    given, columns = _floats(call, "coefficients"), call.shape()[1]
    rows = given.size // columns
    if not rows or rows * columns != given.size or (count is not None and rows != count):
        raise call.refuse(f"has {given.size:,} coefficients for {columns:,} columns")
    weight = call.writer.parameter("coefficients", given.reshape(rows, columns))
    intercepts = _floats(call, "intercepts")
    if intercepts.size not in (0, rows):
        raise call.refuse(f"has {intercepts.size:,} intercepts for {rows:,} scores")
    bias = f", {call.writer.parameter('intercepts', intercepts).name}" if intercepts.size else ""
    return f'linear({call[0]}, {weight.name}{bias}, layout="out_in")', rows


def _after(call: Call) -> str:
    return AFTER[call.option("post_transform", "NONE", AFTER.__contains__)]


def _regressor(call: Call) -> str:
    scores, _ = _scores(call, call.option("targets", 1))
    return _after(call).format(scores)


def _classifier(call: Call) -> Result:
    """The classes, which are left out, and the scores."""
    scores, rows = _scores(call, None)
    given = call.operation.options
    classes = max(len(given.get(name, [])) for name in ("classlabels_ints", "classlabels_strings"))
    if rows == 1 and classes == 2:
        name = call.writer.name("scores")
        call.writer.run(f"{name} = {scores}", call)
        scores = f"concatenate((-{name}, {name}), 1)"
    return [None, _after(call).format(scores)]


def _scaler(call: Call) -> str:
    given = {name: _floats(call, name) for name in ("offset", "scale")}
    columns = call.shape()[-1] if call.shape() else 0
    if any(one.size not in (1, columns) for one in given.values()):
        raise call.refuse(f"has other numbers of offsets and scales than its {columns:,} columns")
    call.writer.warn("a scaler goes by the offsets and scales of the file, which are inputs here and stay")
    offset, scale = (call.writer.parameter(name, one, fixed=True).name for name, one in given.items())
    return f"({call[0]} - {offset}) * {scale}"


def _normalizer(call: Call) -> str:
    norm = NORMS[call.option("norm", "MAX", NORMS.__contains__)]
    return f"{call[0]} / maximum({norm.format(call[0])}, {SMALLEST})"


def _left_out(call: Call) -> Result:
    """Classes as such have no gradient, and nothing that comes of them has."""
    call.writer.warn("the classes that it predicts are left out: they have no gradient")
    return [None] * max(1, len(call.operation.outputs))


OPERATORS: Mapping[str, Operator] = {
    "LinearRegressor": _regressor,
    "LinearClassifier": _classifier,
    "Scaler": _scaler,
    "Normalizer": _normalizer,
    "ZipMap": "{0}",
    "ArrayFeatureExtractor": _left_out,
}
