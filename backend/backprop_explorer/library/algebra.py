"""Products and lengths that both libraries' words are made of."""

from __future__ import annotations

from backprop_explorer.library.record import Composite

ADDED = Composite(
    text="""
def summed_up(x, product, beta=1, alpha=1):
    return rescaled(product, alpha) if beta == 0 else rescaled(x, beta) + rescaled(product, alpha)
""",
    summary="beta times a tensor, plus alpha times a product; with beta 0 the tensor is not looked at.",
    formula="y = beta * x + alpha * product",
    internal=True,
)
INNER_PRODUCT = Composite(
    text="""
def inner_product(a, b):
    return (
        a * b if axis_count(a) == 0 or axis_count(b) == 0 else a @ b if b.ndim == 1 else a @ b.mT if b.ndim == 2
        else einsum(pairing(a.shape, b.shape, -1, -1), a, b)
    )
""",
    summary="Sums of products over the last axis of both.",
    formula="y[i, j] = sum(a[i, k] * b[j, k], k)",
    internal=True,
)
KRONECKER = Composite(
    text="""
def kronecker(a, b):
    shapes = interleaved(a.shape, b.shape)
    return reshape(reshape(a, shapes[0]) * reshape(b, shapes[1]), shapes[2])
""",
    summary="Every element of one times the whole of the other.",
    formula="y = kron(a, b)",
    internal=True,
)
NAMED_SUM = Composite(
    text="""
def named_sum(call=()):
    plan = plain_einsum(call[0], [part.shape for part in call[1]])
    parts = [
        collapsed(collected(call[1][i], plan[1][i]), plan[2][i]) for i in range(len(call[1]))
    ]
    return einsum(plan[0], *parts)
""",
    summary="Sums of products named by letters, of which a term may repeat one.",
    formula="y = einsum(spec, operands)",
    internal=True,
)
COLLECTED = Composite(
    text="""
def collected(x, term=""):
    return x if twice(term) is None else collected(banded(x, 0, twice(term)[0], twice(term)[1]), once_less(term))
""",
    summary="The diagonals of the axes whose letters a term repeats.",
    formula="y = diagonal(x)",
    internal=True,
)
COLLAPSED = Composite(
    text="""
def collapsed(x, shape=()):
    return x if x.shape == shape else reshape(x, shape)
""",
    summary="A tensor in another shape, unless it has it.",
    formula="y = x",
    internal=True,
)
CROSSED = Composite(
    text="""
def crossed(a, b, axis=-1):
    u = [a[along(a.ndim, axis, i)] for i in range(3)]
    v = [b[along(b.ndim, axis, i)] for i in range(3)]
    return stack((u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]), axis)
""",
    summary="The vector that is perpendicular to both, along axes of length 3.",
    formula="y = cross(a, b)",
    internal=True,
)
TO_END = Composite(
    text="""
def to_end(x, axis=-1):
    return x if place(axis, x.ndim) == x.ndim - 1 else transpose(x, moved(x.ndim, axis, -1))
""",
    summary="A tensor with an axis moved to the end.",
    formula="y = moveaxis(x, axis, -1)",
    internal=True,
)
CHAINED = Composite(
    text="""
def chained(parts=()):
    result = parts[0]
    for i in range(1, len(parts)):
        result = result @ parts[i]
    return result
""",
    summary="The product of several matrices in their order.",
    formula="y = a @ b @ c",
    internal=True,
)
POWERED = Composite(
    text="""
def powered(x, n=1):
    base = inv(x) if n < 0 else x
    result = base if n else broadcast_to(eye(x.shape[-1]), x.shape)
    for i in range(1, magnitude(n)):
        result = result @ base
    return result
""",
    summary="A square matrix times itself, n times; its inverse for n below 0.",
    formula="y = x @ x @ x",
    internal=True,
)
LENGTH_OF = Composite(
    text="""
def length_of(x, p=2, axis=None, keepdims=False):
    if x.ndim == 0:
        return abs(x) if p != 0 else float(x != 0)
    if p == 1:
        return sum(abs(x), axis, keepdims)
    if p == 0:
        return sum(float(x != 0), axis, keepdims)
    if p == infinite():
        return max(abs(x), axis, keepdims)
    if p == -infinite():
        return min(abs(x), axis, keepdims)
    if p == 2:
        squares = sum(x ** 2, axis, keepdims)
        return where(squares == 0, 0, sqrt(where(squares == 0, 1, squares)))
    blank = 0 if p > 0 else infinite()
    powers = sum(where(x == 0, blank, where(x == 0, 1, abs(x)) ** p), axis, keepdims)
    return where(powers == blank, 0, where(powers == blank, 1, powers) ** (1 / p))
""",
    summary="The p-norm of the numbers along axes. Where it is 0, its gradient is 0.",
    formula="y = sum(abs(x) ** p) ** (1 / p)",
    internal=True,
)
MATRIX_LENGTH = Composite(
    text="""
def matrix_length(x, p="fro", axes=(-2, -1), keepdims=False):
    if p == "fro":
        return length_of(x, 2, axes, keepdims)
    if p == 1 or p == -1 or p == infinite() or p == -infinite():
        inner_axis = place(axes[0] if p == 1 or p == -1 else axes[1], x.ndim)
        outer_axis = place(axes[1] if p == 1 or p == -1 else axes[0], x.ndim)
        sums = sum(abs(x), inner_axis, True)
        found = max(sums, outer_axis, True) if p > 0 else min(sums, outer_axis, True)
        return found if keepdims else squeeze(found, (inner_axis, outer_axis))
    return refuse("A matrix norm that needs singular values", 'use ord="fro", 1, -1, inf or -inf')
""",
    summary="The norm of matrices: Frobenius, or the greatest or smallest sum of a column (1) or row (inf).",
    formula='y = norm(x, "fro")',
    internal=True,
)
SOLVED = Composite(
    text="""
def solved(a, b):
    return solve(a, b[..., None])[..., 0] if b.ndim == 1 or b.shape == a.shape[:-1] else solve(a, b)
""",
    summary="What a maps to b: vectors, or matrices.",
    formula="y = inv(a) @ b",
    internal=True,
)
