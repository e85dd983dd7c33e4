"""Windows that move over axes of places, and convolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backprop_explorer.importing.onnx.values import Call, Operator, are_whole

PLACES = (1, 2, 3)
"""How many axes of places there may be."""


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
    def gaps(self) -> bool:
        """Whether there are gaps in the window."""
        return any(gap != 1 for gap in self.dilations)

    @property
    def padding(self) -> list[int]:
        """The padding at either end, where it is even."""
        return [before for before, _ in self.pads]


def window_of(call: Call, kernel: Sequence[int]) -> Window:
    """How the window of an operator moves. Raises a `Problem` where its attributes do not fit."""
    places = call.shape()[2:]
    if len(places) not in PLACES or len(kernel) != len(places):
        raise call.refuse(f"moves over {len(places)} axes; the language knows {', '.join(map(str, PLACES))}")
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
    window = window_of(call, call.shape(1)[2:])
    x = call[0] if window.even else padded(call, window, "0")
    options = {
        "stride": short(window.strides, 1),
        "padding": short(window.padding, 0) if window.even else "",
        "dilation": short(window.dilations, 1),
        "groups": short([call.option("group", 1)], 1),
    }
    given = "".join(f", {name}={value}" for name, value in options.items() if value)
    bias = f", {call.tensor(2).name}" if call.has(2) else ""
    return f"conv{len(window.kernel)}d({x}, {call.tensor(1).name}{bias}{given})"


def _conv_transpose(call: Call) -> str:
    """The mirror of a convolution. Padding that is uneven is cut off afterwards."""
    kernel, places = call.shape(1)[2:], call.shape()[2:]
    window = window_of(call, kernel)
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
        "stride": short(window.strides, 1),
        "padding": short([before for before, _ in pads], 0) if even else "",
        "output_padding": short(extra, 0),
        "groups": short([call.option("group", 1)], 1),
        "dilation": short(window.dilations, 1),
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


def short(lengths: Sequence[int], usual: int) -> str:
    """One number where all are the same, none where it is the usual one."""
    if len(set(lengths)) > 1:
        return str(tuple(lengths))
    return "" if lengths[0] == usual else str(lengths[0])


def padded(call: Call, window: Window, filling: str) -> str:
    """The first operand with a number around its places."""
    pads = tuple((before, after) for before, after in ((0, 0), (0, 0), *window.pads))
    return f"pad({call[0]}, {pads}{f', constant_values={filling}' if filling != '0' else ''})"


OPERATORS: Mapping[str, Operator] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
}
