"""Windows: what a convolution or a pooling looks at, as a view; and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from backprop_explorer.ops.axes import lengths, whole_numbers
from backprop_explorer.ops.axes import size as elements
from backprop_explorer.ops.indexing import linear_code
from backprop_explorer.ops.record import REQUIRED, Array, Call, OperandError, Operation, Reject, Sample, Shape

Shapes = Sequence[Shape]
Parameters = Mapping[str, Any]


def _explicit_windows(shape: Shape, parameters: Parameters) -> dict[str, Any]:
    size = parameters["size"]
    rank = len(size) if isinstance(size, tuple) else 1
    if rank > len(shape):
        raise OperandError(f"at most one window length per axis; got {size} for shape {shape}")
    result = {name: whole_numbers(parameters[name], rank, name, 1) for name in ("size", "stride", "dilation")}
    for axis, (length, window, step) in enumerate(
        zip(shape[len(shape) - rank :], result["size"], result["dilation"], strict=True), len(shape) - rank
    ):
        reach = step * (window - 1) + 1
        if reach > length:
            raise OperandError(f"windows that fit: a window reaches over {reach}, axis {axis} of {shape} has {length}")
    return result


def _counts(shape: Shape, size: Shape, stride: Shape, dilation: Shape) -> Shape:
    """How many places a window has along each of its axes."""
    axes = zip(shape[len(shape) - len(size) :], size, stride, dilation, strict=True)
    return tuple((length - (window - 1) * step - 1) // jump + 1 for length, window, jump, step in axes)


def _windows_shape(shape: Shape, size: Shape, stride: Shape, dilation: Shape) -> Shape:
    return (*shape[: len(shape) - len(size)], *_counts(shape, size, stride, dilation), *size)


def _windows(x: Array, size: Shape, stride: Shape, dilation: Shape) -> Array:
    lead = x.ndim - len(size)
    places = tuple(step * jump for step, jump in zip(x.strides[lead:], stride, strict=True))
    inside = tuple(step * gap for step, gap in zip(x.strides[lead:], dilation, strict=True))
    return as_strided(x, _windows_shape(x.shape, size, stride, dilation), (*x.strides[:lead], *places, *inside))


def _windows_indexed(
    shapes: Shapes, parameters: Parameters, index: Sequence[str], _: Any
) -> tuple[list[str], list[str]] | None:
    rank = len(parameters["size"])
    lead = len(index) - 2 * rank
    steps = zip(
        parameters["stride"], parameters["dilation"], index[lead : lead + rank], index[lead + rank :], strict=True
    )
    return [*index[:lead], *(linear_code([(jump, place), (gap, i)]) for jump, gap, place, i in steps)], []


def _options(parameters: Parameters) -> str:
    """The arguments as a person writes them: equal numbers once, defaults not at all."""

    def one(value: Shape) -> str:
        return str(value[0]) if len(set(value)) == 1 else str(value)

    size = str(parameters["size"]) if len(parameters["size"]) > 1 else str(parameters["size"][0])
    named = [f"{name}={one(parameters[name])}" for name in ("stride", "dilation") if set(parameters[name]) != {1}]
    return ", ".join([size, *named])


WINDOW_PARAMETERS = {"size": REQUIRED, "stride": 1, "dilation": 1}
WINDOWS = Operation(
    "windows",
    "movement",
    ("x",),
    shape=_windows_shape,
    forward=_windows,
    canonical=lambda shapes, parameters: _explicit_windows(shapes[0], parameters),
    indexed=_windows_indexed,
    view=True,
    result="same",
    parameters=WINDOW_PARAMETERS,
    rules={"x": "fold(g, x.shape, size, stride, dilation)"},
    code=lambda _, parameters: f"windows({{x}}, {_options(parameters)})",
    script=(
        "def windows(x, size, stride=1, dilation=1):\n"
        "    size = np.atleast_1d(size)\n"
        "    stride, dilation = np.broadcast_to(stride, len(size)), np.broadcast_to(dilation, len(size))\n"
        "    axes = tuple(range(x.ndim - len(size), x.ndim))\n"
        "    view = np.lib.stride_tricks.sliding_window_view(x, tuple(dilation * (size - 1) + 1), axes)\n"
        "    lead = (slice(None),) * axes[0]\n"
        "    return view[(*lead, *(np.s_[::s] for s in stride), *(np.s_[::d] for d in dilation))]"
    ),
    symbol="windows",
    summary=(
        "Every window over the last axes, one per length in size, as new last axes: what a convolution multiplies "
        "with its kernel and a pooling folds. Elements are repeated where windows overlap; nothing is copied."
    ),
    why={
        "x": (
            "An element is copied into every window that lies over it. So its gradient is the sum of its copies' "
            "gradients: the windows are added back at their places."
        ),
    },
    formula="y[p, k] = x[stride * p + dilation * k]",
    source="numpy.lib.stride_tricks.sliding_window_view",
    samples=(
        Sample("windows(x, 2)", {"x": (4,)}),
        Sample("windows(x, (2, 2))", {"x": (3, 4)}),
        Sample("windows(x, (2, 3), stride=2)", {"x": (2, 4, 5)}),
        Sample("windows(x, 2, stride=1, dilation=2)", {"x": (2, 5)}),
    ),
    rejects=(
        Reject("windows(x, 0)", {"x": (3,)}, "size to be whole numbers of at least 1; got 0"),
        Reject("windows(x, 2, stride=-1)", {"x": (3,)}, "stride to be whole numbers of at least 1; got -1"),
        Reject("windows(x, 4)", {"x": (3,)}, "a window reaches over 4, axis 0 of (3,) has 3"),
        Reject("windows(x, (1, 1))", {"x": (3,)}, "at most one window length per axis"),
    ),
)


def _explicit_fold(shapes: Shapes, parameters: dict[str, Any]) -> dict[str, Any]:
    shape = lengths(parameters["shape"])
    found = _explicit_windows(shape, parameters)
    if _windows_shape(shape, **found) != shapes[0]:
        raise OperandError(f"the windows of a tensor of shape {shape}; got {{0}} {shapes[0]}")
    return {"shape": shape, **found}


def _slices(shape: Shape, size: Shape, stride: Shape, dilation: Shape) -> Iterator[tuple[Any, Any]]:
    """Per element of the window: where its copies come from, and where they stand among the windows."""
    counts = _counts(shape, size, stride, dilation)
    for offset in product(*map(range, size)):
        starts = (place * gap for place, gap in zip(offset, dilation, strict=True))
        along = tuple(
            slice(start, start + jump * (count - 1) + 1, jump)
            for start, jump, count in zip(starts, stride, counts, strict=True)
        )
        yield (..., *along), (..., *offset)


def _fold(x: Array, shape: Shape, size: Shape, stride: Shape, dilation: Shape, out: Array | None = None) -> Array:
    result = np.empty(shape, x.dtype) if out is None else out
    result.fill(0)
    for there, here in _slices(shape, size, stride, dilation):
        result[there] += x[here]
    return result


def _fold_kernel(
    arrays: Sequence[Array], out: Array, _: Sequence[float | None], shape: Shape, **windows: Shape
) -> list[Call]:
    calls: list[Call] = [partial(out.fill, 0)]
    for there, here in _slices(shape, **windows):
        calls.append(partial(np.add, out[there], arrays[0][here], out[there]))
    return calls


def _fold_origins(shapes: Shapes, parameters: Parameters, index: Shape, _: Any) -> Iterator[tuple[int, Shape]]:
    """The elements of the windows that were copied from this place, in the order of the places."""
    size, stride, dilation = (parameters[name] for name in ("size", "stride", "dilation"))
    rank = len(size)
    lead, here = index[: len(index) - rank], index[len(index) - rank :]
    counts = shapes[0][len(lead) : len(lead) + rank]
    along = [_ways(here[i], counts[i], size[i], stride[i], dilation[i]) for i in range(rank)]
    for pairs in product(*along):
        yield 0, (*lead, *(place for place, _ in pairs), *(window for _, window in pairs))


def _ways(at: int, count: int, size: int, stride: int, dilation: int) -> list[tuple[int, int]]:
    """Along one axis: the windows that hold the element, and as which of theirs."""
    found = ((place, *divmod(at - place * stride, dilation)) for place in range(count))
    return [(place, window) for place, window, rest in found if rest == 0 and 0 <= window < size]


def _fold_indexed(
    _: Shapes, parameters: Parameters, index: Sequence[str], fresh: Callable[[int], str]
) -> tuple[list[str], list[str]] | None:
    if set(parameters["stride"]) != {1}:
        return None  # only every so many places have a window that begins there
    rank = len(parameters["size"])
    inside = [fresh(length) for length in parameters["size"]]
    lead, here = index[: len(index) - rank], index[len(index) - rank :]
    places = [
        linear_code([(1, at), (-gap, i)]) for at, gap, i in zip(here, parameters["dilation"], inside, strict=True)
    ]
    return [*lead, *places, *inside], [letter for letter in inside if not letter.isdecimal()]


FOLD = Operation(
    "fold",
    "scatter",
    ("x",),
    shape=lambda _, shape, **__: shape,
    forward=_fold,
    kernel=_fold_kernel,
    canonical=_explicit_fold,
    origins=_fold_origins,
    indexed=_fold_indexed,
    flop=lambda x, **_: elements(x),
    parameters={"shape": REQUIRED, **WINDOW_PARAMETERS},
    rules={"x": "windows(g, size, stride, dilation)"},
    code=lambda _, parameters: f"fold({{x}}, {parameters['shape']}, {_options(parameters)})",
    script=(
        "def fold(x, shape, size, stride=1, dilation=1):\n"
        "    y = np.zeros(shape, x.dtype)\n"
        "    places = windows(np.arange(y.size).reshape(shape), size, stride, dilation)\n"
        "    np.add.at(y.reshape(-1), places, x)\n"
        "    return y"
    ),
    symbol="fold",
    summary="The mirror of windows: every element of a window is added to the place that it was copied from.",
    why={
        "x": "Each element was added at one place, so it gets the gradient of that place.",
    },
    formula="y[stride * p + dilation * k] += x[p, k]",
    source="torch.nn.functional.fold",
    samples=(
        Sample("fold(x, (4,), 2)", {"x": (3, 2)}),
        Sample("fold(x, (3, 4), (2, 2), stride=(1, 2))", {"x": (2, 2, 2, 2)}),
    ),
    rejects=(Reject("fold(x, (4,), 2)", {"x": (4, 2)}, "the windows of a tensor of shape (4,)"),),
)
