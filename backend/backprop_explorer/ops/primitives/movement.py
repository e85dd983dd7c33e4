"""Movement: every element of the result is a copy of one element of an operand. Most are views and cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from backprop_explorer.ops.axes import lengths, normal_axes, normal_axis, size
from backprop_explorer.ops.elementwise import AXIS_LETTERS, aligned_labels, written
from backprop_explorer.ops.indexing import explicit_index, index_code, index_shape, linear_code, reshape_index, view_at
from backprop_explorer.ops.record import REQUIRED, Array, Kink, OperandError, Operation, Reject, Sample, Shape

Shapes = Sequence[Shape]
Parameters = Mapping[str, Any]


def _view(
    name: str,
    shape: Callable[..., Shape],
    forward: Callable[..., Array],
    rule: str,
    code: Any,
    summary: str,
    **rest: Any,
) -> Operation:
    return Operation(
        name,
        "movement",
        ("x",),
        shape=shape,
        forward=forward,
        code=code,
        summary=summary,
        rules={"x": rule} if rule else {},
        view=True,
        result="same",
        symbol=rest.pop("symbol", name),
        **rest,
    )


def _same(shape: Shape, **_: Any) -> Shape:
    return shape


def _same_labels(shapes: Shapes, _: Parameters) -> tuple[str, list[list[str]]]:
    return aligned_labels(shapes)


IDENTITY = _view(
    "identity",
    _same,
    lambda x: x,
    "g",
    "{x}",
    "The tensor itself, under another name.",
    formula="y = x",
    labels=_same_labels,
    internal=True,
)
COPY = Operation(
    "copy",
    "movement",
    ("x",),
    shape=_same,
    forward=lambda x, out=None: x.copy() if out is None else written(x, out),
    code="{x}.copy()",
    summary="The same numbers in a place of their own, so that a change of one leaves the other as it is.",
    why={
        "x": "Every number was copied once, so it gets its copy's gradient.",
    },
    formula="y = x",
    rules={"x": "g"},
    result="same",
    labels=_same_labels,
    origin=lambda shapes, parameters, index: (0, index),
    indexed=lambda shapes, parameters, index, fresh: (list(index), []),
    synonyms=("clone",),
    samples=(Sample("copy(x) * x", {"x": (3, 2)}), Sample("x.copy() ** 2", {"x": (3,)})),
)
DETACH = _view(
    "detach",
    _same,
    lambda x: x,
    "",
    "detach({x})",
    "The same numbers, treated as constants: no gradient flows back.",
    script="def detach(x): return x",
    formula="y = x",
    labels=_same_labels,
    kink=Kink("No gradient flows back.", "detach(x) * x", {"x": [2.0, -1.0]}, {"x": [2.0, -1.0]}),
    source="torch.Tensor.detach",
    samples=(Sample("detach(x) * w", {"x": (3,), "w": (3,)}, blocked=("x",)),),
)


def _transposed(shape: Shape) -> Shape:
    if len(shape) < 2:
        raise OperandError(f"at least two axes; got {{0}} {shape}")
    return (*shape[:-2], shape[-1], shape[-2])


def _transpose_labels(shapes: Shapes, _: Parameters) -> tuple[str, list[list[str]]]:
    letters = AXIS_LETTERS[: len(shapes[0])]
    return letters[:-2] + letters[-1] + letters[-2], [list(letters)]


MATRIX_TRANSPOSE = _view(
    "mT",
    _transposed,
    lambda x: x.mT,
    "g.mT",
    lambda shapes, _: "{x}.T" if len(shapes[0]) == 2 else "{x}.mT",
    "The last two axes change places: rows become columns.",
    why={
        "x": (
            "Rows only became columns: each element is still there, at the mirrored place. So the gradient is "
            "transposed back."
        ),
    },
    formula="y[i, j] = x[j, i]",
    notation="transpose",
    symbol="ᵀ",
    synonyms=("t", "matrix_transpose"),
    labels=_transpose_labels,
    samples=(Sample("x.T", {"x": (3, 2)}), Sample("x.mT", {"x": (2, 3, 2)}), Sample("x.t()", {"x": (3, 2)})),
    rejects=(Reject("x.mT", {"x": (3,)}, "at least two axes"),),
)


def _arrange_axes(args: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    if len(args) > 2:
        return args[:1], {**options, "axes": tuple(args[1:])}
    return args, options


def _explicit_permutation(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    rank, axes = len(shapes[0]), parameters["axes"]
    if axes is None:
        return {"axes": tuple(range(rank))[::-1]}
    order = tuple(normal_axis(axis, rank, "axes") for axis in (axes if isinstance(axes, tuple) else (axes,)))
    if len(order) == 2 < rank:  # PyTorch's transpose(i, j) swaps two axes, where NumPy's would be an error
        swapped = list(range(rank))
        swapped[order[0]], swapped[order[1]] = order[1], order[0]
        order = tuple(swapped)
    if sorted(order) != list(range(rank)):
        raise OperandError(f"axes to name each of {{0}}'s {rank} axes once; got {axes}")
    return {"axes": order}


def _permutation_labels(shapes: Shapes, parameters: Parameters) -> tuple[str, list[list[str]]]:
    letters = AXIS_LETTERS[: len(shapes[0])]
    return "".join(letters[axis] for axis in parameters["axes"]), [list(letters)]


TRANSPOSE = _view(
    "transpose",
    lambda shape, axes: tuple(shape[axis] for axis in axes),
    lambda x, axes: x.transpose(axes),
    "transpose(g, inverse(axes))",
    lambda _, parameters: f"{{x}}.transpose{parameters['axes']}",
    "The axes in another order.",
    why={
        "x": (
            "The axes only changed their order: each element is still there. So the gradient's axes are put back "
            "in the order of `{x}`."
        ),
    },
    formula="y = x.transpose(axes)",
    parameters={"axes": None},
    arrange=_arrange_axes,
    canonical=_explicit_permutation,
    synonyms=("permute", "swapaxes"),
    labels=_permutation_labels,
    samples=(
        Sample("x.transpose(1, 2, 0)", {"x": (2, 3, 4)}),
        Sample("transpose(x)", {"x": (3, 2)}),
        Sample("x.permute(2, 0, 1)", {"x": (2, 3, 4)}),
    ),
    rejects=(Reject("x.transpose(0, 0, 1)", {"x": (2, 3, 4)}, "axes to name each of x's 3 axes once"),),
)


def _explicit_shape(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    given, count = lengths(parameters["shape"]), size(shapes[0])
    known = size(tuple(length for length in given if length != -1))
    if given.count(-1) > 1 or (count % known if -1 in given else count != known):
        raise OperandError(f"a shape with as many elements as {{0}} {shapes[0]} has ({count}); got {given}")
    return {"shape": tuple(count // known if length == -1 else length for length in given)}


def _reshape_code(shapes: Shapes, parameters: Parameters) -> str:
    index = reshape_index(shapes[0], parameters["shape"])
    return (
        f"{{x}}[{index_code(index)}]" if index else f"{{x}}.reshape({', '.join(map(str, parameters['shape'])) or '()'})"
    )


def _arrange_shape(args: list[Any], options: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    if len(args) > 1 and not isinstance(args[1], (tuple, list)):
        return args[:1], {**options, "shape": tuple(args[1:])}
    return args, options


def _reshape_indexed(
    shapes: Shapes, parameters: Parameters, index: Sequence[str], _: Any
) -> tuple[list[str], list[str]] | None:
    """Axes that were taken apart: `x[n, 8 * i + j]`. Axes that were put together would need a division."""
    old, rest = shapes[0], list(zip(parameters["shape"], index, strict=True))
    places: list[str] = []
    for length in old:
        taken: list[tuple[int, str]] = []
        while size(tuple(part for part, _ in taken)) < length and rest:
            taken.append(rest.pop(0))
        lengths_taken = tuple(part for part, _ in taken)
        if size(lengths_taken) != length:
            return None
        steps = [size(lengths_taken[i + 1 :]) for i in range(len(taken))]
        places.append(linear_code([(step, letter) for step, (_, letter) in zip(steps, taken, strict=True)]))
    return places, []


def _new_shape(_: Shape, shape: Shape) -> Shape:
    return shape


RESHAPE = _view(
    "reshape",
    _new_shape,
    lambda x, shape: x.reshape(shape),
    "reshape(g, x.shape)",
    _reshape_code,
    "The same elements, in their order, in another shape; -1 stands for what is left.",
    why={
        "x": (
            "The elements keep their order and only their shape changes. So the gradient is put back into the "
            "shape of `{x}`."
        ),
    },
    formula="y = x.reshape(shape)",
    parameters={"shape": REQUIRED},
    arrange=_arrange_shape,
    canonical=_explicit_shape,
    indexed=_reshape_indexed,
    synonyms=("view",),
    samples=(
        Sample("x.reshape(2, 3)", {"x": (3, 2)}),
        Sample("reshape(x, (-1,))", {"x": (3, 2)}),
        Sample("x.T.reshape(6)", {"x": (3, 2)}),
        Sample("x.view(-1, 3)", {"x": (3, 2)}),
    ),
    rejects=(
        Reject("x.reshape(4, 2)", {"x": (3, 2)}, "as many elements as x (3, 2) has (6)"),
        Reject("x.reshape(0)", {"x": (3, 2)}, "at least 1"),
    ),
)


def _explicit_new_axes(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    axis = parameters["axis"]
    many = len(axis) if isinstance(axis, tuple) else 1
    return {"axis": normal_axes(axis, len(shapes[0]) + many)}


def _expanded(shape: Shape, axis: tuple[int, ...]) -> Shape:
    rest = iter(shape)
    return tuple(1 if i in axis else next(rest) for i in range(len(shape) + len(axis)))


def _expand_code(shapes: Shapes, parameters: Parameters) -> str:
    rank = len(shapes[0]) + len(parameters["axis"])
    return f"{{x}}[{index_code(tuple(None if i in parameters['axis'] else slice(None) for i in range(rank)))}]"


def _expand_labels(shapes: Shapes, parameters: Parameters) -> tuple[str, list[list[str]]]:
    letters = AXIS_LETTERS[: len(shapes[0]) + len(parameters["axis"])]
    return letters, [[letter for i, letter in enumerate(letters) if i not in parameters["axis"]]]


EXPAND_DIMS = _view(
    "expand_dims",
    _expanded,
    lambda x, axis: np.expand_dims(x, axis),
    "reshape(g, x.shape)",
    _expand_code,
    "New axes of length 1 at the places named.",
    why={
        "x": "A new axis of length 1 adds no elements. So the gradient only loses that axis again.",
    },
    formula="y = expand_dims(x, axis)",
    labels=_expand_labels,
    parameters={"axis": REQUIRED},
    canonical=_explicit_new_axes,
    synonyms=("unsqueeze",),
    samples=(Sample("expand_dims(x, 1)", {"x": (3, 2)}), Sample("x.unsqueeze(-1)", {"x": (3,)})),
    rejects=(Reject("expand_dims(x, 3)", {"x": (3,)}, "one that exists"),),
)


def _explicit_squeeze(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    shape = shapes[0]
    axes = normal_axes(parameters["axis"], len(shape))
    if parameters["axis"] is None:
        axes = tuple(axis for axis in axes if shape[axis] == 1)
    long = [axis for axis in axes if shape[axis] != 1]
    if long:
        raise OperandError(f"axes of length 1; got axis {long[0]} of {{0}} {shape}, of length {shape[long[0]]}")
    return {"axis": axes}


SQUEEZE = _view(
    "squeeze",
    lambda shape, axis: tuple(length for i, length in enumerate(shape) if i not in axis),
    lambda x, axis: x.squeeze(axis),
    "reshape(g, x.shape)",
    lambda _, parameters: (
        f"{{x}}.squeeze({parameters['axis'][0] if len(parameters['axis']) == 1 else parameters['axis']})"
    ),
    "Without the axes of length 1: all of them, or those named.",
    why={
        "x": "An axis of length 1 held no further elements. So the gradient only gets that axis back.",
    },
    formula="y = squeeze(x, axis)",
    parameters={"axis": None},
    canonical=_explicit_squeeze,
    samples=(Sample("squeeze(x, 1)", {"x": (3, 1)}), Sample("x.squeeze()", {"x": (1, 3, 1)})),
    rejects=(Reject("squeeze(x, 0)", {"x": (3, 1)}, "axes of length 1"),),
)


def _broadcast_shape(x: Shape, shape: Shape) -> Shape:
    pairs = zip(x[::-1], shape[::-1], strict=False)
    if len(x) > len(shape) or -1 in shape or any(length not in (1, wanted) for length, wanted in pairs):
        raise OperandError(f"a shape that {{0}} {x} can be broadcast to; got {shape}")
    return shape


def _broadcast_labels(shapes: Shapes, parameters: Parameters) -> tuple[str, list[list[str]]]:
    letters, (operand, _) = aligned_labels([shapes[0], parameters["shape"]])
    return letters, [operand]


BROADCAST_TO = _view(
    "broadcast_to",
    _broadcast_shape,
    lambda x, shape: np.broadcast_to(x, shape),
    "g",
    lambda _, parameters: f"broadcast_to({{x}}, {parameters['shape']})",
    "The same elements, repeated along new axes and axes of length 1.",
    why={
        "x": (
            "Each element of `{x}` was repeated, and every copy contributes to the loss. So its gradient is the "
            "sum of its copies' gradients: broadcasting forward means summing backward."
        ),
    },
    formula="y = broadcast_to(x, shape)",
    labels=_broadcast_labels,
    parameters={"shape": REQUIRED},
    canonical=lambda _, parameters: {"shape": lengths(parameters["shape"])},
    synonyms=("expand",),
    samples=(Sample("broadcast_to(x, (3, 2))", {"x": (2,)}), Sample("broadcast_to(x, (3, 2))", {"x": (3, 1)})),
    rejects=(
        Reject("broadcast_to(x, (3, 3))", {"x": (2,)}, "can be broadcast to"),
        Reject("broadcast_to(x, (1, 2))", {"x": (3, 2)}, "can be broadcast to"),
    ),
)
INDEX = _view(
    "index",
    index_shape,
    view_at,
    "reshape(g, x.shape) if whole(index, x.shape) else unindex(g, index, x.shape)",
    lambda _, parameters: f"{{x}}[{index_code(parameters['index'])}]",
    "The elements at whole numbers and slices of the axes.",
    why={
        "x": (
            "The elements that were taken were copied and get their copies' gradients; the others do not reach "
            "`{y}`, so their gradient is 0."
        ),
    },
    formula="y = x[index]",
    parameters={"index": REQUIRED},
    canonical=explicit_index,
    symbol="[ ]",
    samples=(
        Sample("x[:, 0]", {"x": (3, 1)}),
        Sample("x[1]", {"x": (3, 2)}),
        Sample("x[1:, ::-1]", {"x": (3, 2)}),
        Sample("x[..., None, 0]", {"x": (3, 2)}),
        Sample("x[::2]", {"x": (5,)}),
    ),
    rejects=(
        Reject("x[3]", {"x": (3, 2)}, "from -3 to 2 in axis 0 of x (3, 2); got 3"),
        Reject("x[0, 0, 0]", {"x": (3, 2)}, "at most one index per axis"),
        Reject("x[2:2]", {"x": (3, 2)}, "at least one element"),
        Reject("x[::0]", {"x": (3, 2)}, "step other than 0"),
    ),
)
