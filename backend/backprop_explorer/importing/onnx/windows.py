"""Convolution and pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backprop_explorer.importing.onnx.values import Call, Operator, are_whole

PLACES = (1, 2)
"""How many axes of places poolings may have here, and below convolutions."""
CONVOLVED = (1, 2, 3)


@dataclass(frozen=True)
class Window:
    """How a window moves: one number for each axis of places; pads are (before, after)."""

    kernel: Sequence[int]
    strides: Sequence[int]
    dilations: Sequence[int]
    pads: Sequence[tuple[int, int]]

    @property
    def even(self) -> bool:
        """Whether there is as much padding in front as behind."""
        return all(before == after for before, after in self.pads)

    @property
    def padded(self) -> bool:
        """Whether there is padding at all."""
        return any(before or after for before, after in self.pads)

    @property
    def padding(self) -> list[int]:
        """The padding at either end, where it is even."""
        return [before for before, _ in self.pads]


def _window(call: Call, kernel: Sequence[int], known: Sequence[int] = PLACES) -> Window:
    places = call.shape()[2:]
    if len(places) not in known or len(kernel) != len(places):
        raise call.refuse(f"moves over {len(places)} axes; the language knows {' and '.join(map(str, known))}")
    strides, dilations = (_lengths(call, name, len(places)) for name in ("strides", "dilations"))
    flat = call.option("pads", [0] * 2 * len(places), are_whole)
    if len(flat) != 2 * len(places) or min(flat) < 0:
        raise call.refuse("has a wrong number of pads, or negative ones")
    pads = list(zip(flat[: len(places)], flat[len(places) :], strict=True))
    automatic = call.option("auto_pad", "NOTSET")
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        reaches = [gap * (size - 1) + 1 for gap, size in zip(dilations, kernel, strict=True)]
        totals = [
            max((-(-length // stride) - 1) * stride + reach - length, 0)
            for length, stride, reach in zip(places, strides, reaches, strict=True)
        ]
        pads = [(total // 2, total - total // 2) for total in totals]
        pads = [(after, before) for before, after in pads] if automatic == "SAME_LOWER" else pads
    return Window(kernel, strides, dilations, pads)


def _lengths(call: Call, name: str, count: int) -> list[int]:
    given: list[int] = call.option(name, [1] * count, are_whole)
    if len(given) != count or min(given) < 1:
        raise call.refuse(f"has a wrong number of {name}, or some below 1")
    return given


def _conv(call: Call) -> str:
    window = _window(call, call.shape(1)[2:], CONVOLVED)
    x = call[0] if window.even else _padded(call, window, "0")
    options = {
        "stride": _short(window.strides, 1),
        "padding": _short(window.padding, 0) if window.even else "",
        "dilation": _short(window.dilations, 1),
        "groups": _short([call.option("group", 1)], 1),
    }
    given = "".join(f", {name}={value}" for name, value in options.items() if value)
    bias = f", {call.tensor(2).name}" if call.has(2) else ""
    return f"conv{len(window.kernel)}d({x}, {call.tensor(1).name}{bias}{given})"


def _conv_transpose(call: Call) -> str:
    """The mirror of a convolution. Padding that is uneven is cut off afterwards."""
    kernel, places = call.shape(1)[2:], call.shape()[2:]
    window = _window(call, kernel, CONVOLVED)
    extra: list[int] = call.option("output_padding", [0] * len(places), are_whole)
    if len(extra) != len(places) or min(extra) < 0:
        raise call.refuse("has a wrong number of output_padding, or some below 0")
    reached = [
        stride * (length - 1) + gap * (size - 1) + 1
        for length, stride, gap, size in zip(places, window.strides, window.dilations, kernel, strict=True)
    ]
    extra, pads = _edges(call, window, reached, extra)
    even = all(before == after for before, after in pads)
    options = {
        "stride": _short(window.strides, 1),
        "padding": _short([before for before, _ in pads], 0) if even else "",
        "output_padding": _short(extra, 0),
        "groups": _short([call.option("group", 1)], 1),
        "dilation": _short(window.dilations, 1),
    }
    given = "".join(f", {name}={value}" for name, value in options.items() if value)
    bias = f", {call.tensor(2).name}" if call.has(2) else ""
    y = f"conv_transpose{len(kernel)}d({call[0]}, {call.tensor(1).name}{bias}{given})"
    if even:
        return y
    lengths = [length + more for length, more in zip(reached, extra, strict=True)]
    cuts = ", ".join(f"{before}:{length - after}" for (before, after), length in zip(pads, lengths, strict=True))
    return f"{y}[:, :, {cuts}]"


def _edges(
    call: Call, window: Window, reached: Sequence[int], extra: list[int]
) -> tuple[list[int], Sequence[tuple[int, int]]]:
    """How much is put on behind, and how much is cut off in front and behind, as the attributes say or as the lengths
    ask for that are wanted."""
    automatic = call.option("auto_pad", "NOTSET")
    wanted: list[int] = call.option("output_shape", [], are_whole)[-len(reached) :]
    if not wanted and automatic in ("SAME_UPPER", "SAME_LOWER"):
        wanted = [length * stride for length, stride in zip(call.shape()[2:], window.strides, strict=True)]
    if not wanted:
        return extra, [(0, 0)] * len(reached) if automatic == "VALID" else window.pads
    if len(wanted) != len(reached) or min(wanted) < 1:
        raise call.refuse("has a wrong number of lengths in output_shape, or some below 1")
    totals = [length + more - one for length, more, one in zip(reached, extra, wanted, strict=True)]
    extra = [more + max(-total, 0) for more, total in zip(extra, totals, strict=True)]
    halves = [(max(total, 0) // 2, max(total, 0) - max(total, 0) // 2) for total in totals]
    return extra, halves if automatic == "SAME_UPPER" else [(after, before) for before, after in halves]


def _short(lengths: Sequence[int], usual: int) -> str:
    """One number where all are the same, none where it is the usual one."""
    if len(set(lengths)) > 1:
        return str(tuple(lengths))
    return "" if lengths[0] == usual else str(lengths[0])


def _padded(call: Call, window: Window, filling: str) -> str:
    pads = tuple((before, after) for before, after in ((0, 0), (0, 0), *window.pads))
    return f"pad({call[0]}, {pads}{f', constant_values={filling}' if filling != '0' else ''})"


def _max_pool(call: Call) -> str:
    if len(call.operation.outputs) > 1 and call.operation.outputs[1]:
        raise call.refuse("answers the places of its maxima, too, which the language cannot")
    window = _rounded_up(call, _pooling_window(call))
    if window.even and all(2 * edge <= size for edge, size in zip(window.padding, window.kernel, strict=True)):
        return _pooled("max_pool2d", call[0], window, window.padding)
    return _pooled("max_pool2d", _padded(call, window, "-np.inf"), window, [0] * len(window.kernel))


def _average_pool(call: Call) -> str:
    window = _pooling_window(call)
    if _rounded_up(call, window) != window:
        raise call.refuse("has windows that stick out at the end (ceil_mode), which the language does not know")
    none = [0] * len(window.kernel)
    if not window.padded:
        return _pooled("avg_pool2d", call[0], window, none)
    x = _padded(call, window, "0")
    pooled = _pooled("avg_pool2d", x, window, none)
    if call.option("count_include_pad", 0):
        return pooled
    ones = x.replace(f"pad({call[0]},", f"pad(ones({(1, 1, *call.shape()[2:])}),", 1)
    return f"{pooled} / {_pooled('avg_pool2d', ones, window, none)}"


def _pooling_window(call: Call) -> Window:
    window = _window(call, call.option("kernel_shape", [0], are_whole))
    if min(window.kernel) < 1 or any(gap != 1 for gap in window.dilations):
        raise call.refuse("has windows with gaps, which the language's pooling does not know")
    return window


def _rounded_up(call: Call, window: Window) -> Window:
    """With `ceil_mode`, as much more padding at the end as the last window needs that begins inside."""
    if not call.option("ceil_mode", 0):
        return window
    pads = []
    for length, size, stride, (before, after) in zip(
        call.shape()[2:], window.kernel, window.strides, window.pads, strict=True
    ):
        total = length + before + after
        steps = -(-(total - size) // stride)
        steps -= steps * stride >= length + before
        pads.append((before, after + max(steps * stride + size - total, 0)))
    return replace(window, pads=pads)


def _pooled(name: str, x: str, window: Window, padding: Sequence[int]) -> str:
    """The pooling of two axes of places; one alone is taken for two."""
    one = len(window.kernel) == 1
    kernel, strides, edges = (
        [filling, *lengths] if one else list(lengths)
        for filling, lengths in ((1, window.kernel), (1, window.strides), (0, padding))
    )
    options = f"{_short(kernel, 0)}"
    options += "" if kernel == strides else f", stride={_short(strides, 0)}"
    options += f", padding={_short(edges, -1)}" if any(edges) else ""
    return f"{name}({x}[:, :, None], {options})[:, :, 0]" if one else f"{name}({x}, {options})"


def _over_places(name: str) -> Operator:
    def pooled(call: Call) -> str:
        axes = tuple(range(2, len(call.shape())))
        if not axes:
            raise call.refuse("needs axes of places after those of samples and channels")
        return f"{name}({call[0]}, {axes}, True)"

    return pooled


OPERATORS: Mapping[str, Operator] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": _over_places("mean"),
    "GlobalMaxPool": _over_places("max"),
}
