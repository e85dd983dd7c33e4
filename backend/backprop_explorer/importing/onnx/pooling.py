"""Pooling: the greatest element, the mean or the norm of every window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backprop_explorer.importing.onnx.values import Call, Operator, Result, are_whole
from backprop_explorer.importing.onnx.windows import Window, padded, short, window_of


def _max_pool(call: Call) -> Result:
    window = _rounded_up(call, _pooling_window(call))
    if call.wants(1):
        return _with_places(call, window)
    edges = window.even and all(2 * edge <= size for edge, size in zip(window.padding, window.kernel, strict=True))
    if len(window.kernel) > 2 or window.gaps:
        x = call[0] if edges else padded(call, window, "-np.inf")
        padding = f", padding={short(window.padding, -1)}" if edges and window.padded else ""
        gaps = f", dilation={short(window.dilations, 1)}" if window.gaps else ""
        moved = f"{short(window.kernel, 0)}, stride={short(window.strides, 0)}{padding}{gaps}"
        return f"F.max_pool{len(window.kernel)}d({x}, {moved})"
    if edges:
        return _pooled("max_pool2d", call[0], window, window.padding)
    return _pooled("max_pool2d", padded(call, window, "-np.inf"), window, [0] * len(window.kernel))


def _with_places(call: Call, window: Window) -> Result:
    """The maxima, and where they stand in the whole tensor: row by row, or with `storage_order` column by column."""
    rank, shape = len(window.kernel), call.shape()
    if not window.even or any(2 * edge > size for edge, size in zip(window.padding, window.kernel, strict=True)):
        raise call.refuse("answers the places of maxima in windows that are padded unevenly")
    if call.option("storage_order", 0):
        raise call.refuse("counts places column by column (storage_order)")
    options = [f"stride={short(window.strides, 0)}", f"dilation={short(window.dilations, 0)}", "return_indices=True"]
    options += [f"padding={short(window.padding, -1)}"] if window.padded else []
    name = call.writer.name
    values, places = name("values"), name("places")
    pooled = f"F.max_pool{rank}d({call[0]}, {short(window.kernel, 0)}, {', '.join(options)})"
    call.writer.run(f"{values}, {places} = {pooled}", call)
    ones = ", None" * rank
    each = "*".join(map(str, shape[2:]))
    return [values, f"{places} + {each} * arange({shape[0] * shape[1]}).reshape({shape[0]}, {shape[1]})[:, :{ones}]"]


def _average_pool(call: Call) -> str:
    first = _pooling_window(call)
    window = _rounded_up(call, first)
    none = [0] * len(window.kernel)
    if len(window.kernel) < 3 and not window.gaps and window == first:
        if not window.padded:
            return _pooled("avg_pool2d", call[0], window, none)
        x = padded(call, window, "0")
        pooled = _pooled("avg_pool2d", x, window, none)
        if call.option("count_include_pad", 0):
            return pooled
        ones = x.replace(f"pad({call[0]},", f"pad(ones({(1, 1, *call.shape()[2:])}),", 1)
        return f"{pooled} / {_pooled('avg_pool2d', ones, window, none)}"
    axes = tuple(range(-len(window.kernel), 0))
    total = f"sum({_windows(padded(call, window, '0') if window.padded else call[0], window)}, {axes})"
    return f"{total} / {_counted(call, first, window)}"


def _counted(call: Call, first: Window, window: Window) -> str:
    """How many elements count in every window: those of the padding do where the attribute says so, but never what was
    put on only for the last window."""
    if not window.padded:
        return str(_product(window.kernel))
    inside = call.shape()[2:]
    edges: Sequence[tuple[int, int]] = window.pads
    if call.option("count_include_pad", 0):
        inside = tuple(before + length + after for length, (before, after) in zip(inside, first.pads, strict=True))
        edges = [(0, all_after - after) for (_, all_after), (_, after) in zip(window.pads, first.pads, strict=True)]
    ones = f"ones({(1, 1, *inside)})"
    if any(before or after for before, after in edges):
        ones = f"pad({ones}, {((0, 0), (0, 0), *edges)})"
    return f"sum({_windows(ones, window)}, {tuple(range(-len(window.kernel), 0))})"


def _product(lengths: Sequence[int]) -> int:
    total = 1
    for length in lengths:
        total *= length
    return total


def _norm_pool(call: Call) -> str:
    """Of every window the root of the sum of powers."""
    window, power = _rounded_up(call, _pooling_window(call)), call.option("p", 2)
    if power < 1:
        raise call.refuse("takes a root of a number below 1")
    x = padded(call, window, "0") if window.padded else call[0]
    each, axes = _windows(x, window), tuple(range(-len(window.kernel), 0))
    if power == 1:
        return f"sum(abs({each}), {axes})"
    return f"sqrt(sum({each} ** 2, {axes}))" if power == 2 else f"sum(abs({each}) ** {power}, {axes}) ** {1 / power}"


def _windows(x: str, window: Window) -> str:
    sizes = ", ".join(str(tuple(one)) for one in (window.kernel, window.strides, window.dilations))
    return f"windows({x}, {sizes})"


def _pooling_window(call: Call) -> Window:
    window = window_of(call, call.option("kernel_shape", [0], are_whole))
    if min(window.kernel) < 1:
        raise call.refuse("has windows without elements")
    return window


def _rounded_up(call: Call, window: Window) -> Window:
    """With `ceil_mode`, as much more padding at the end as the last window needs that begins inside."""
    if not call.option("ceil_mode", 0):
        return window
    pads = []
    for length, size, stride, gap, (before, after) in zip(
        call.shape()[2:], window.kernel, window.strides, window.dilations, window.pads, strict=True
    ):
        reach, total = gap * (size - 1) + 1, length + before + after
        steps = -(-(total - reach) // stride)
        steps -= steps * stride >= length + before
        pads.append((before, after + max(steps * stride + reach - total, 0)))
    return replace(window, pads=pads)


def _pooled(name: str, x: str, window: Window, padding: Sequence[int]) -> str:
    """The pooling of two axes of places; one alone is taken for two."""
    one = len(window.kernel) == 1
    kernel, strides, edges = (
        [filling, *lengths] if one else list(lengths)
        for filling, lengths in ((1, window.kernel), (1, window.strides), (0, padding))
    )
    options = f"{short(kernel, 0)}"
    options += "" if kernel == strides else f", stride={short(strides, 0)}"
    options += f", padding={short(edges, -1)}" if any(edges) else ""
    return f"{name}({x}[:, :, None], {options})[:, :, 0]" if one else f"{name}({x}, {options})"


def _over_places(text: str) -> Operator:
    def pooled(call: Call) -> str:
        axes = tuple(range(2, len(call.shape())))
        if not axes:
            raise call.refuse("needs axes of places after those of samples and channels")
        return text.format(call[0], axes)

    return pooled


def _global_norm(call: Call) -> str:
    power = call.option("p", 2)
    if power < 1:
        raise call.refuse("takes a root of a number below 1")
    return str(_over_places(f"sum(abs({{0}}) ** {power}, {{1}}, True) ** {1 / power}")(call))  # type: ignore[operator]


OPERATORS: Mapping[str, Operator] = {
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "LpPool": _norm_pool,
    "GlobalAveragePool": _over_places("mean({0}, {1}, True)"),
    "GlobalMaxPool": _over_places("max({0}, {1}, True)"),
    "GlobalLpPool": _global_norm,
}
