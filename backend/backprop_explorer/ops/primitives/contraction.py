"""Contractions: sums of products over shared indices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import size
from backprop_explorer.ops.elementwise import AXIS_LETTERS, aligned_labels, broadcast
from backprop_explorer.ops.hazards import SUMS_OF_PRODUCTS
from backprop_explorer.ops.record import PRODUCT, REQUIRED, Array, OperandError, Operation, Reject, Sample, Shape


def _matmul_shape(a: Shape, b: Shape) -> Shape:
    if not a or not b:
        raise OperandError(f"operands with at least one axis, a scalar multiplies with *; got {{0}} {a} and {{1}} {b}")
    if len(b) == 1 and a[-1] != b[0]:
        raise OperandError(f"{{0}}'s last axis ({a[-1]}) to equal {{1}}'s length ({b[0]}); got {a} @ {b}")
    if len(b) > 1 and a[-1] != b[-2]:
        width = "columns" if len(a) > 1 else "length"
        raise OperandError(f"{{0}}'s {width} ({a[-1]}) to equal {{1}}'s rows ({b[-2]}); got {a} @ {b}")
    batch = broadcast(a[:-2], b[:-2])
    return batch + a[-2:-1] + (b[-1:] if len(b) > 1 else ())


def _matmul(a: Array, b: Array, out: Array | None = None) -> Array:
    result: Array = np.asarray(np.matmul(a, b, out=out))
    return result


def _matmul_labels(shapes: Sequence[Shape], _: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    a, b = shapes
    batch, (batch_a, batch_b) = aligned_labels([a[:-2], b[:-2]])
    row, column, shared = "xyz"
    rows = [row] if len(a) > 1 else []
    columns = [column] if len(b) > 1 else []
    left = [*batch_a, *rows, shared]
    right = [*batch_b, shared, *columns]
    return batch + "".join(rows + columns), [left, right]


def _matmul_flop(a: Shape, b: Shape) -> int:
    return 2 * size(_matmul_shape(a, b)) * a[-1]


MATMUL = Operation(
    "matmul",
    "contraction",
    ("a", "b"),
    shape=_matmul_shape,
    forward=_matmul,
    code="{a} @ {b}",
    precedence=PRODUCT,
    symbol="@",
    notation="matrix_product",
    labels=_matmul_labels,
    flop=_matmul_flop,
    synonyms=("mm", "bmm", "dot"),
    summary=(
        "The matrix product: every row of a with every column of b. A 1-D left operand counts as a row, a 1-D right "
        "operand as a column."
    ),
    why={
        "a": (
            "An element of `{a}` contributes to every element in its row of `{y}`, each time multiplied by "
            "another number of `{b}`. Its gradient is the sum over these: the row of the incoming gradient times "
            "the matching row of `{b}`, which is a product with `{b}` transposed."
        ),
        "b": (
            "An element of `{b}` contributes to every element in its column of `{y}`, each time multiplied by "
            "another number of `{a}`. Its gradient is the sum over these: a column of `{a}` times a column of the"
            " incoming gradient, which is a product with `{a}` transposed."
        ),
    },
    formula="y[i, j] = sum(a[i, k] * b[k, j], k)",
    hazards=SUMS_OF_PRODUCTS,
    rules={
        "a": "g @ b.mT if a.ndim > 1 and b.ndim > 1 else g * b if a.ndim == 1 and b.ndim == 1 else b @ g if b.ndim == 2"
        " else (b @ g[..., None])[..., 0] if a.ndim == 1 else g[..., None] * b",
        "b": "a.mT @ g if a.ndim > 1 and b.ndim > 1 else a * g if a.ndim == 1 and b.ndim == 1 else a.T @ g"
        " if a.ndim == 2 else a[:, None] * g[..., None, :] if a.ndim == 1 else a * g[..., None]",
    },
    samples=(
        Sample("x @ w", {"x": (3, 4), "w": (4, 2)}),
        Sample("x @ w", {"x": (4,), "w": (4, 2)}),
        Sample("x @ w", {"x": (3, 4), "w": (4,)}),
        Sample("x @ w", {"x": (4,), "w": (4,)}),
        Sample("x @ w", {"x": (2, 3, 4), "w": (4, 2)}),
        Sample("x @ w", {"x": (2, 3, 4), "w": (2, 4, 2)}),
        Sample("x @ w", {"x": (3, 4), "w": (2, 4, 3)}),
        Sample("x @ w", {"x": (2, 3, 4), "w": (4,)}),
        Sample("x @ w", {"x": (4,), "w": (2, 4, 3)}),
    ),
    rejects=(
        Reject("x @ w", {"x": (6, 10), "w": (9, 2)}, "matmul needs x's columns (10) to equal w's rows (9)"),
        Reject("x @ w", {"x": (6, 10), "w": ()}, "at least one axis"),
        Reject("x @ w", {"x": (3,), "w": (4,)}, "x's last axis (3) to equal w's length (4)"),
    ),
)


MOST_OPERANDS = 16


def _arrange_einsum(args: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    if not args or not isinstance(args[0], str):
        raise OperandError('a specification in quotes as its first argument, such as einsum("ij,jk->ik", a, b)')
    return args[1:], {**options, "spec": args[0]}


def _explicit(shapes: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    """The specification with its result written out and dots replaced by letters."""
    spec = parameters["spec"].replace(" ", "")
    inputs, arrow, output = spec.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise OperandError(f"as many operands as its specification has terms ({len(terms)}); got {len(shapes)}")
    if len(terms) > MOST_OPERANDS:
        raise OperandError(f"at most {MOST_OPERANDS} operands; got {len(terms)}")
    spare = [letter for letter in AXIS_LETTERS if letter not in spec]
    ranks = [
        len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, shapes, strict=True) if "..." in term
    ]
    dots = "".join(spare[: max([0, *ranks])])
    terms = [
        term.replace("...", dots[len(dots) - max(0, len(shape) - len(term) + 3) :]) if "..." in term else term
        for term, shape in zip(terms, shapes, strict=True)
    ]
    letters = "".join(terms)
    once = "".join(sorted(letter for letter in set(letters) - set(dots) if letters.count(letter) == 1))
    return {"spec": f"{','.join(terms)}->{output.replace('...', dots) if arrow else dots + once}"}


def split_spec(spec: str) -> tuple[list[str], str]:
    """The terms of an explicit specification and its result."""
    inputs, _, output = spec.partition("->")
    return inputs.split(","), output


def _lengths(shapes: Sequence[Shape], spec: str) -> dict[str, int]:
    terms, output = split_spec(spec)
    known: dict[str, int] = {}
    for position, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        if not all(letter.isascii() and letter.isalpha() for letter in term) or len(set(term)) < len(term):
            raise OperandError(f"each term of its specification to be letters, each once; got {term!r}")
        if len(term) != len(shape):
            raise OperandError(f"a letter per axis; got {term!r} for {{{position}}} {shape}")
        for letter, length in zip(term, shape, strict=True):
            if known.setdefault(letter, length) != length:
                raise OperandError(f"the axes called {letter} to be equally long; got {known[letter]} and {length}")
    if len(set(output)) < len(output) or not set(output) <= set(known):
        raise OperandError(f"its result to have letters of its terms, each once; got {output!r}")
    return known


def _einsum_shape(*shapes: Shape, spec: str) -> Shape:
    known = _lengths(shapes, spec)
    return tuple(known[letter] for letter in split_spec(spec)[1])


def _einsum(*arrays: Array, spec: str, out: Array | None = None) -> Array:
    result: Array = np.asarray(np.einsum(spec, *arrays, out=out, optimize=len(arrays) > 1))
    return result


def _einsum_statics(operands: Sequence[Any], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Per operand: the others, the specification of its gradient, and the index that gives back axes which nothing
    else has."""
    terms, output = split_spec(parameters["spec"])
    others = tuple((*operands[:i], *operands[i + 1 :]) for i in range(len(operands)))
    specs, spread = [], []
    for i, term in enumerate(terms):
        rest = terms[:i] + terms[i + 1 :]
        kept = [letter for letter in term if letter in output or any(letter in other for other in rest)]
        specs.append(f"{','.join([output, *rest])}->{''.join(kept)}")
        spread.append(tuple(slice(None) if letter in kept else None for letter in term))
    return {"others": others, "specs": tuple(specs), "spread": tuple(spread)}


def _einsum_labels(_: Sequence[Shape], parameters: Mapping[str, Any]) -> tuple[str, list[list[str]]]:
    terms, output = split_spec(parameters["spec"])
    return output, [list(term) for term in terms]


def _einsum_flop(*shapes: Shape, spec: str) -> int:
    return 2 * size(tuple(_lengths(shapes, spec).values()))


EINSUM = Operation(
    "einsum",
    "contraction",
    ("*operands",),
    shape=_einsum_shape,
    forward=_einsum,
    parameters={"spec": REQUIRED},
    code=lambda shapes, parameters: f'einsum("{parameters["spec"]}", {{operands}})',
    symbol="Σ",
    arrange=_arrange_einsum,
    canonical=_explicit,
    derive=_einsum_statics,
    labels=_einsum_labels,
    flop=_einsum_flop,
    summary="Sums of products named by letters: an axis per letter, summed over those that the result lacks.",
    why={
        "operands": (
            "An element contributes to every result with its letters, each time multiplied by the other factors. "
            "So its gradient is again a sum of products: the incoming gradient takes its place, and the letters "
            "that it does not have are summed over."
        ),
    },
    formula='y = einsum("ij,jk->ik", a, b)',
    hazards=SUMS_OF_PRODUCTS,
    rules={"operands": "broadcast_to(einsum(specs[i], g, *others[i])[spread[i]], operands[i].shape)"},
    samples=(
        Sample('einsum("ij,jk->ik", a, b)', {"a": (3, 4), "b": (4, 2)}),
        Sample('einsum("ij->j", a)', {"a": (3, 4)}),
        Sample('einsum("bhid,bhjd->bhij", q, k)', {"q": (2, 2, 3, 2), "k": (2, 2, 2, 2)}),
        Sample('einsum("ij,j,jk->ik", a, b, c)', {"a": (3, 4), "b": (4,), "c": (4, 2)}),
        Sample('einsum("i,j->ij", a, b)', {"a": (3,), "b": (2,)}),
        Sample('einsum("...i,i->...", a, b)', {"a": (2, 3), "b": (3,)}),
        Sample('einsum("ij,kj", a, b)', {"a": (3, 4), "b": (2, 4)}),
    ),
    rejects=(
        Reject(
            'einsum("ij,jk->ik", a, b)', {"a": (3, 4), "b": (5, 2)}, "the axes called j to be equally long; got 4 and 5"
        ),
        Reject('einsum("ii->i", a)', {"a": (3, 3)}, "each once"),
        Reject('einsum("ij->k", a)', {"a": (3, 3)}, "its result"),
        Reject('einsum("ij", a, a)', {"a": (3, 3)}, "as many operands"),
        Reject('einsum("ijk->k", a)', {"a": (3, 3)}, "a letter per axis"),
    ),
)
