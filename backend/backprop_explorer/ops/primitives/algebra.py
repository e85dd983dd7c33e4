"""Linear algebra of square matrices: the last two axes are rows and columns, those before them a batch.

What has no answer, such as the inverse of a singular matrix, is NaN in all its elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import size
from backprop_explorer.ops.elementwise import AXIS_LETTERS, aligned_labels, broadcast, written
from backprop_explorer.ops.record import Array, Kink, OperandError, Operation, Reject, Sample, Shape

SMALL = (-0.8, 0.8)


def _square(shape: Shape) -> Shape:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise OperandError(f"square matrices in the last two axes; got {{0}} {shape}")
    return shape


def _determinants(shape: Shape) -> Shape:
    return _square(shape)[:-2]


def _matrix_labels(shapes: Sequence[Shape], _: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    """Each element of the result is made of all of its matrix."""
    batch = AXIS_LETTERS[: len(shapes[0]) - 2]
    return f"{batch}xy", [[*batch, "z", "w"]]


def _number_labels(shapes: Sequence[Shape], _: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    batch = AXIS_LETTERS[: len(shapes[0]) - 2]
    return batch, [[*batch, "z", "w"]]


def _calculated(function: Callable[..., Array], arrays: Sequence[Array], axes: Sequence[int], shape: Shape) -> Array:
    """What a function of NumPy's gives; one matrix at a time where it gives up at any, with NaN for that one. `axes`
    are how many of each array's axes it takes at once, `shape` is the result's."""
    try:
        return np.asarray(function(*arrays))
    except np.linalg.LinAlgError:
        pass
    batch = broadcast(*(array.shape[: array.ndim - taken] for array, taken in zip(arrays, axes, strict=True)))
    wide = [
        np.broadcast_to(array, batch + array.shape[array.ndim - taken :])
        for array, taken in zip(arrays, axes, strict=True)
    ]
    result = np.full(shape, np.nan, arrays[0].dtype)
    for index in np.ndindex(batch):
        try:
            result[index] = function(*(array[index] for array in wide))
        except np.linalg.LinAlgError:
            continue
    return result


def _of_matrices(
    name: str,
    function: Callable[[Array], Array],
    rule: str,
    summary: str,
    samples: Sequence[str],
    *,
    number: bool = False,
    **rest: Any,
) -> Operation:
    """The record of a function of square matrices that gives one of each, or a `number` of each."""
    shape: Callable[..., Shape] = _determinants if number else _square

    def forward(x: Array, out: Array | None = None) -> Array:
        return written(_calculated(function, [x], [2], shape(x.shape)), out)

    return Operation(
        name,
        "axiswise",
        ("x",),
        shape=shape,
        forward=forward,
        code=f"{name}({{x}})",
        rules={"x": rule} if rule else {},
        labels=_number_labels if number else _matrix_labels,
        flop=lambda x: size(x) * x[-1],
        summary=summary,
        symbol=name,
        samples=tuple(Sample(code, {"x": x}, SMALL) for code in samples for x in ((3, 3), (4, 3, 3))),
        rejects=() if rest.get("internal") else (Reject(f"{name}(x)", {"x": (3, 2)}, "square matrices"),),
        **rest,
    )


INV = _of_matrices(
    "inv",
    np.linalg.inv,
    "-y.mT @ g @ y.mT",
    "The inverse of each matrix: their product is the identity. NaN for a singular one.",
    ("inv(x + 2 * eye(3))",),
    why={
        "x": (
            "`{x} @ {y}` is the identity whatever `{x}` is. So a change d of `{x}` must be undone by a change of "
            "`{y}`, which is `-{y} @ d @ {y}`: both factors stand transposed around the incoming gradient."
        ),
    },
    formula="y = inv(x)",
    source="numpy.linalg.inv",
    script="def inv(x): return np.linalg.inv(x)",
)


def _cofactors(x: Array) -> Array:
    """By singular values, of which each pair's cofactor is the product of the others: exact also where one is 0."""
    u, values, v = np.linalg.svd(x)
    kept = np.where(np.eye(x.shape[-1], dtype=bool), 1, values[..., None, :]).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(v)
    return np.asarray(sign[..., None, None] * ((u * kept[..., None, :]) @ v))


COFACTORS = _of_matrices(
    "cofactors",
    _cofactors,
    "(sum(g * y, (-2, -1), True) * y - y @ g.mT @ y) / det(x)[..., None, None]",
    "What each element of a matrix is multiplied by in its determinant.",
    (),
    formula="y = det(x) * inv(x).mT",
    internal=True,
    script=(
        "def cofactors(x):\n"
        "    u, values, v = np.linalg.svd(x)\n"
        "    kept = np.where(np.eye(x.shape[-1], dtype=bool), 1, values[..., None, :]).prod(-1)\n"
        "    sign = np.linalg.det(u) * np.linalg.det(v)\n"
        "    return sign[..., None, None] * ((u * kept[..., None, :]) @ v)"
    ),
)
DET = _of_matrices(
    "det",
    np.linalg.det,
    "g * cofactors(x) if g.ndim == 0 else g[..., None, None] * cofactors(x)",
    "The determinant of each matrix.",
    ("det(x)",),
    number=True,
    why={
        "x": (
            "The determinant is a sum in which each element is multiplied by its cofactor and in which nothing "
            "else contains it. So the cofactor is its derivative."
        ),
    },
    formula="y = det(x)",
    source="numpy.linalg.det",
    kink=Kink(
        "A singular matrix has cofactors like any other, and they are its gradient.",
        "det(x)",
        {"x": [[1.0, 2.0], [2.0, 4.0]]},
        {"x": [[4.0, -2.0], [-2.0, 1.0]]},
    ),
    script="def det(x): return np.linalg.det(x)",
)
LOGABSDET = _of_matrices(
    "logabsdet",
    lambda x: np.asarray(np.linalg.slogdet(x).logabsdet),
    "g * inv(x).mT if g.ndim == 0 else g[..., None, None] * inv(x).mT",
    "The logarithm of the determinant's distance from 0, also where the determinant itself would overflow.",
    ("logabsdet(x + 2 * eye(3))",),
    number=True,
    why={
        "x": (
            "The derivative of a logarithm is one over its argument, and that of the determinant is the "
            "cofactors. The cofactors over the determinant are the transposed inverse."
        ),
    },
    formula="y = log(abs(det(x)))",
    source="numpy.linalg.slogdet",
    script="def logabsdet(x): return np.linalg.slogdet(x)[1]",
)
SIGNDET = _of_matrices(
    "signdet",
    lambda x: np.asarray(np.linalg.slogdet(x).sign),
    "",
    "The determinant's sign: 1, 0 or -1. A step function: its derivative is 0 wherever it has one.",
    ("signdet(x)[..., None, None] * x",),
    number=True,
    formula="y = sign(det(x))",
    source="numpy.linalg.slogdet",
    script="def signdet(x): return np.linalg.slogdet(x)[0]",
)
CHOLESKY = _of_matrices(
    "cholesky",
    np.linalg.cholesky,
    "solve(y.mT, solve(y.mT, (tril(y.mT @ g) + tril(y.mT @ g, -1).mT) / 2).mT)",
    "The lower triangle that gives each symmetric matrix when it is multiplied with its transpose. NaN for a matrix "
    "that is not positive definite.",
    ("cholesky(x @ x.mT + eye(3))",),
    why={
        "x": (
            "`{y} @ {y}.T` must stay equal to `{x}`. A change of `{x}` is solved for the change of the triangle "
            "from both sides, and only the lower triangle can take it."
        ),
    },
    formula="x = y @ y.mT",
    source="torch.linalg.cholesky",
    kink=Kink(
        "Only the lower triangle is read, and the gradient is that of a symmetric matrix: both triangles share it.",
        "cholesky(x)[1, 0]",
        {"x": [[4.0, 2.0], [2.0, 5.0]]},
        {"x": [[-0.125, 0.25], [0.25, 0.0]]},
    ),
    script="def cholesky(x): return np.linalg.cholesky(x)",
)


def _solved_shape(a: Shape, b: Shape) -> Shape:
    rows = _square(a)[-1]
    if not b or b[-2:][0] != rows:
        raise OperandError(f"as many rows in {{1}} as {{0}} {a} has ({rows}); got {{1}} {b}")
    return (*broadcast(a[:-2], b[:-2]), *b[-2:])


def _solve(a: Array, b: Array, out: Array | None = None) -> Array:
    return written(_calculated(np.linalg.solve, [a, b], [2, min(b.ndim, 2)], _solved_shape(a.shape, b.shape)), out)


def _solve_labels(shapes: Sequence[Shape], _: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    """Each element of the result is made of all of a, and of its column of b."""
    a, b = shapes
    batch, (batch_a, batch_b) = aligned_labels([a[:-2], b[:-2]])
    column = ["y"] if len(b) > 1 else []
    return "".join([batch, "x", *column]), [[*batch_a, "z", "w"], [*batch_b, "v", *column]]


SOLVE = Operation(
    "solve",
    "axiswise",
    ("a", "b"),
    shape=_solved_shape,
    forward=_solve,
    code="solve({a}, {b})",
    rules={
        "a": "-solve(a.mT, g) @ y.mT if b.ndim > 1 else -solve(a.mT, g[..., None]) * y[..., None, :]",
        "b": "solve(a.mT, g) if b.ndim > 1 else solve(a.mT, g[..., None])[..., 0]",
    },
    labels=_solve_labels,
    flop=lambda a, b: size(a) * a[-1] + 2 * size(_solved_shape(a, b)) * a[-1],
    summary="What each matrix must be multiplied by to give b: a column, or several. NaN for a singular matrix.",
    why={
        "a": (
            "`{a} @ {y}` must stay equal to `{b}`. So a change d of `{a}` changes `{y}` by `-solve({a}, d @ "
            "{y})`: the gradient of `{b}`, times the solution, with a minus."
        ),
        "b": (
            "`{y}` is `inv({a}) @ {b}`, linear in `{b}`. Like every product with a matrix it goes back through "
            "the transposed one: another system is solved, with `{a}.T`."
        ),
    },
    formula="y = inv(a) @ b",
    source="numpy.linalg.solve",
    symbol="solve",
    script="def solve(a, b): return np.linalg.solve(a, b)",
    samples=(
        Sample("solve(a + 2 * eye(3), b)", {"a": (3, 3), "b": (3, 2)}, SMALL),
        Sample("solve(a + 2 * eye(3), b)", {"a": (3, 3), "b": (3,)}, SMALL),
        Sample("solve(a + 2 * eye(3), b)", {"a": (2, 3, 3), "b": (3,)}, SMALL),
        Sample("solve(a + 2 * eye(2), b)", {"a": (2, 2, 2), "b": (2, 3)}, SMALL),
        Sample("solve(a + 2 * eye(2), b)", {"a": (2, 2), "b": (3, 2, 1)}, SMALL),
    ),
    rejects=(
        Reject("solve(a, b)", {"a": (3, 2), "b": (3,)}, "square matrices in the last two axes; got a (3, 2)"),
        Reject("solve(a, b)", {"a": (3, 3), "b": (2, 3)}, "as many rows in b as a (3, 3) has (3); got b (2, 3)"),
        Reject("solve(a, b)", {"a": (3, 3), "b": ()}, "as many rows in b"),
    ),
)
