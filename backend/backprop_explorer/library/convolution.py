"""Convolution and pooling: windows, and what is done with each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.axes import whole_numbers
from backprop_explorer.ops.record import OperandError, Reject, Sample, Shape

Arguments = Mapping[str, Any]
SAME, VALID = "same", "valid"
LENGTHS = {1: "length", 2: "height, width", 3: "depth, height, width"}
PLACES = {1: "x", 2: "yx", 3: "zyx"}
INSIDE = {1: "i", 2: "ij", 3: "ijk"}
PAPER = 'Y. LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", 1989'


def _fitting(arguments: Arguments, kernel: Shape, rank: int) -> None:
    """Whether the kernel fits into what it is moved over; names the parameter that is to blame."""
    shape = arguments["x"]
    stride, dilation = arguments.get("stride"), arguments.get("dilation", 1)
    whole_numbers(1 if stride is None else stride, rank, "stride", 1)
    gaps = whole_numbers(dilation, rank, "dilation", 1)
    padding = arguments["padding"]
    if padding not in (SAME, VALID):
        around = whole_numbers(padding, rank, "padding", 0)
        for axis, (length, window, gap, edge) in enumerate(zip(shape[-rank:], kernel, gaps, around, strict=True)):
            reach = gap * (window - 1) + 1
            if reach > length + 2 * edge:
                raise OperandError(
                    f"a kernel that fits: it reaches over {reach} in axis {axis - rank} of x {shape}, "
                    f"which has {length + 2 * edge} with its padding"
                )


def _convolution_fits(rank: int) -> Callable[[Arguments], None]:
    form = f"(channels, {LENGTHS[rank]})"

    def check(arguments: Arguments) -> None:
        x, weight, groups = arguments["x"], arguments["weight"], arguments["groups"]
        if not isinstance(weight, tuple) or len(weight) != rank + 2:
            raise OperandError(f"weight of shape (out, in, {LENGTHS[rank]}); got {weight}")
        if len(x) not in (rank + 1, rank + 2):
            raise OperandError(f"x of shape {form}, with the batch in front or without; got {x}")
        channels = x[-rank - 1]
        (groups,) = whole_numbers(groups, 1, "groups", 1)
        if channels % groups or weight[0] % groups:
            raise OperandError(
                f"groups that divide the {channels} channels of x and the {weight[0]} of the result; got {groups}"
            )
        if weight[1] * groups != channels:
            raise OperandError(
                f"x's channels ({channels}) to equal weight's axis 1 times groups ({weight[1]} * {groups}); "
                f"got x {x} and weight {weight}"
            )
        if arguments["bias"] not in (None, weight[:1]):
            raise OperandError(f"a bias per channel of the result, of shape {weight[:1]}; got {arguments['bias']}")
        _fitting(arguments, weight[2:], rank)

    return check


def _pooling_fits(arguments: Arguments) -> None:
    if len(arguments["x"]) < 2:
        raise OperandError(f"x with at least two axes, (height, width); got {arguments['x']}")
    kernel = whole_numbers(arguments["kernel_size"], 2, "kernel_size", 1)
    around = whole_numbers(arguments["padding"], 2, "padding", 0)
    if any(2 * edge > window for edge, window in zip(around, kernel, strict=True)):
        raise OperandError(f"padding of at most half of kernel_size {kernel}; got {around}")
    _fitting(arguments, kernel, 2)


def _convolution(rank: int) -> Composite:
    places, inside, ones = PLACES[rank], INSIDE[rank], ", None" * rank
    where = ", ".join(f"{place} + {step}" for place, step in zip(places, inside, strict=True))
    plain = f"c{places}{inside},oc{inside}->"
    sizes = {3: ((2, 3, 4, 3), (3, 2, 2, 3, 2)), 2: ((2, 5, 4), (3, 2, 3, 2)), 1: ((2, 7), (3, 2, 3))}[rank]
    x, weight = sizes
    name, batch = f"conv{rank}d", (2,)
    return Composite(
        text=f"""
def {name}(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    edges = around(padding, weight.shape[2:], dilation, x.ndim)
    padded = pad(x, edges) if edges else x
    split = padded if groups == 1 else reshape(padded, divided(padded.shape, -{rank + 1}, groups))
    cols = windows(split, weight.shape[2:], stride, dilation)
    kernel = weight if groups == 1 else reshape(weight, divided(weight.shape, 0, groups))
    batch = "n" if x.ndim == {rank + 2} else ""
    h = einsum(contraction("{plain}o{places}", batch, "g" if groups > 1 else ""), cols, kernel)
    y = h if groups == 1 else reshape(h, joined(h.shape, -{rank + 2}))
    return y if bias is None else y + bias[:{ones}]
""",
        summary=(
            "Every window of x times the kernel, summed: the weights, of shape (out, in, "
            f"{LENGTHS[rank]}), are the same at every place. "
            'padding="same" keeps the lengths, where stride is 1.'
        ),
        formula=(
            f"y[n, o, {', '.join(places)}] = bias[o] + "
            f"sum(weight[o, c, {', '.join(inside)}] * x[n, c, {where}], (c, {', '.join(inside)}))"
        ),
        symbols=(
            f"n: sample, o: output channel, c: input channel, {', '.join(places)}: place in the output, "
            f"{', '.join(inside)}: place in the kernel; with stride 1, no padding and no dilation"
        ),
        why={
            "x": (
                "An element of `{x}` lies under the kernel at several places, each time under another weight. So "
                "its gradient is the sum over these places: that weight times the incoming gradient there, as if "
                "the kernel were moved over the gradient, turned around."
            ),
            "weight": (
                "The kernel is the same at every place and for every sample. So each of its weights gets a sum "
                "over all samples and places: the element of `{x}` that lay under it there (0 outside the edge) "
                "times the incoming gradient at that place. In code, `einsum` multiplies and sums over the "
                "letters that are missing after the arrow."
            ),
            "bias": (
                "Each output channel has one bias, added at every place of every sample. So its gradient is the "
                "sum of the incoming gradient over samples and places."
            ),
        },
        check=_convolution_fits(rank),
        symbol=name,
        source=f"torch.nn.functional.{name}",
        paper=PAPER,
        samples=(
            Sample(f"{name}(x, w, b)", {"x": batch + x, "w": weight, "b": weight[:1]}),
            Sample(f"{name}(x, w)", {"x": x, "w": weight}),
            Sample(f"{name}(x, w, b, stride=2, padding=1)", {"x": batch + x, "w": weight, "b": weight[:1]}),
            Sample(f"{name}(x, w, dilation=2, padding=2)", {"x": (1, *x), "w": weight}),
            Sample(f"{name}(x, w, groups=2)", {"x": batch + x, "w": (4, 1, *weight[2:])}),
            Sample(f'{name}(x, w, padding="same")', {"x": (1, *x), "w": (1, 2, *(3,) * rank)}),
        ),
        rejects=(
            Reject(f"{name}(x, w)", {"x": (2, *x), "w": (3, 1, *weight[2:])}, "x's channels (2) to equal weight's"),
            Reject(f"{name}(x, w)", {"x": (2, *x), "w": (3, 2, *(9,) * rank)}, "a kernel that fits"),
            Reject(f"{name}(x, w, groups=2)", {"x": (2, *x), "w": (3, 1, *weight[2:])}, "groups that divide"),
            Reject(f"{name}(x, w, stride=-1)", {"x": (2, *x), "w": weight}, "stride to be whole numbers of at least 1"),
            Reject(f"{name}(x, w, stride=0)", {"x": (2, *x), "w": weight}, "stride to be whole numbers of at least 1"),
            Reject(f"{name}(x, w, b)", {"x": (2, *x), "w": weight, "b": (2,)}, "a bias per channel"),
            Reject(f"{name}(x, w)", {"x": (2, *x), "w": weight[1:]}, "weight of shape (out, in"),
        ),
    )


CONV1D = _convolution(1)
CONV2D = _convolution(2)
CONV3D = _convolution(3)


def _transposed_fits(rank: int) -> Callable[[Arguments], None]:
    def check(arguments: Arguments) -> None:
        x, weight, bias = arguments["x"], arguments["weight"], arguments["bias"]
        if not isinstance(weight, tuple) or len(weight) != rank + 2:
            raise OperandError(f"weight of shape (in, out, {LENGTHS[rank]}); got {weight}")
        if len(x) not in (rank + 1, rank + 2):
            raise OperandError(f"x of shape (channels, {LENGTHS[rank]}), with the batch in front or without; got {x}")
        if x[-rank - 1] != weight[0]:
            raise OperandError(f"x's channels ({x[-rank - 1]}) to equal weight's axis 0; got x {x} and weight {weight}")
        (groups,) = whole_numbers(arguments["groups"], 1, "groups", 1)
        if weight[0] % groups:
            raise OperandError(f"groups that divide the {weight[0]} channels of x; got {groups}")
        if bias not in (None, (weight[1] * groups,)):
            raise OperandError(f"a bias per channel of the result, of shape {(weight[1] * groups,)}; got {bias}")
        steps = whole_numbers(arguments["stride"], rank, "stride", 1)
        gaps = whole_numbers(arguments["dilation"], rank, "dilation", 1)
        whole_numbers(arguments["padding"], rank, "padding", 0)
        extra = whole_numbers(arguments["output_padding"], rank, "output_padding", 0)
        if any(more >= max(step, gap) for more, step, gap in zip(extra, steps, gaps, strict=True)):
            raise OperandError(f"output_padding to be less than stride or dilation; got {arguments['output_padding']}")

    return check


def _transposed(rank: int) -> Composite:
    places, inside, ones = PLACES[rank], INSIDE[rank], ", None" * rank
    name, weight = f"conv_transpose{rank}d", (2, 3, *(3, 2, 2)[:rank])
    x = (2, *(3, 2, 2)[:rank])
    wide = {"x": (2, *x), "w": weight, "b": (3,)}
    return Composite(
        text=f"""
def {name}(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    kernel = weight.shape[2:]
    steps = several(stride, {rank})
    gaps = several(dilation, {rank})
    split = x if groups == 1 else reshape(x, divided(x.shape, -{rank + 1}, groups))
    apart = weight if groups == 1 else reshape(weight, divided(weight.shape, 0, groups))
    batch = "n" if x.ndim == {rank + 2} else ""
    group = "g" if groups > 1 else ""
    cols = einsum(contraction("c{places},co{inside}->o{places}{inside}", batch, group), split, apart)
    each = cols if groups == 1 else reshape(cols, joined(cols.shape, -{2 * rank + 2}))
    full = fold(each, spread(each.shape, x.shape, kernel, steps, gaps), kernel, steps, gaps)
    edges = trimmed(full.ndim, several(padding, {rank}), several(output_padding, {rank}))
    cut = full[kept(edges)] if kept(edges) else full
    y = pad(cut, added(edges)) if added(edges) else cut
    return y if bias is None else y + bias[:{ones}]
""",
        summary=(
            "The mirror of a convolution, which makes more places: every element of x times the kernel is added where "
            f"its window would lie. The weights have the shape (in, out, {LENGTHS[rank]}); padding is cut off."
        ),
        formula=(
            f"y[n, o, {', '.join(f'{place} + {step}' for place, step in zip(places, inside, strict=True))}] += "
            f"x[n, c, {', '.join(places)}] * weight[c, o, {', '.join(inside)}]"
        ),
        symbols=(
            f"n: sample, c: input channel, o: output channel, {', '.join(places)}: place in x, {', '.join(inside)}: "
            "place in the kernel; with stride 1, no padding and no dilation"
        ),
        why={
            "x": (
                "An element of `{x}` puts the kernel, multiplied by itself, onto one window of the result. So its"
                " gradient is the sum over that window of weight times incoming gradient: an ordinary "
                "convolution."
            ),
            "weight": (
                "A weight is used once for each element of `{x}`. So its gradient is the sum over all samples and"
                " places: that element times the incoming gradient where the weight put it."
            ),
            "bias": (
                "Each output channel has one bias, added at every place of every sample. So its gradient is the "
                "sum of the incoming gradient over samples and places."
            ),
        },
        check=_transposed_fits(rank),
        symbol=name,
        source=f"torch.nn.functional.{name}",
        paper='M. D. Zeiler, D. Krishnan, G. W. Taylor and R. Fergus, "Deconvolutional Networks", 2010',
        samples=(
            Sample(f"{name}(x, w, b)", wide),
            Sample(f"{name}(x, w)", {"x": x, "w": weight}),
            Sample(f"{name}(x, w, b, stride=2, padding=1, output_padding=1)", wide),
            Sample(f"{name}(x, w, stride=3, output_padding=2, dilation=2)", {"x": x, "w": weight}),
            Sample(f"{name}(x, w, groups=2, padding=1)", {"x": (2, *x), "w": (2, 1, *(3,) * rank)}),
        ),
        rejects=(
            Reject(f"{name}(x, w)", {"x": (2, *x), "w": (3, *weight[1:])}, "x's channels (2) to equal weight's axis 0"),
            Reject(f"{name}(x, w, groups=3)", {"x": (2, *x), "w": weight}, "groups that divide the 2 channels"),
            Reject(f"{name}(x, w, b)", {**wide, "b": (2,)}, "a bias per channel of the result, of shape (3,)"),
            Reject(f"{name}(x, w, output_padding=1)", {"x": x, "w": weight}, "output_padding to be less than stride"),
            Reject(f"{name}(x, w)", {"x": x, "w": weight[1:]}, "weight of shape (in, out"),
        ),
    )


CONV_TRANSPOSE1D = _transposed(1)
CONV_TRANSPOSE2D = _transposed(2)
CONV_TRANSPOSE3D = _transposed(3)


def _pooling(name: str, fold: str, filling: str, summary: str, formula: str, why: str) -> Composite:
    return Composite(
        text=f"""
def {name}(x, kernel_size, stride=None, padding=0):
    size = pair(kernel_size)
    edges = around(padding, size, 1, x.ndim)
    padded = pad(x, edges{filling}) if edges else x
    return {fold}(windows(padded, size, size if stride is None else stride), (-2, -1))
""",
        summary=summary,
        formula=formula,
        why={"x": why},
        symbols="n: sample, c: channel, y, x: place in the output, i, j: place in the window of kernel_size",
        check=_pooling_fits,
        symbol=name,
        source=f"torch.nn.functional.{name}",
        samples=(
            Sample(f"{name}(x, 2)", {"x": (2, 2, 4, 5)}),
            Sample(f"{name}(x, (2, 3), stride=1)", {"x": (2, 3, 4)}),
            Sample(f"{name}(x, 3, stride=2, padding=1)", {"x": (1, 1, 5, 4)}),
        ),
        rejects=(
            Reject(f"{name}(x, 0)", {"x": (1, 1, 4, 4)}, "kernel_size to be whole numbers of at least 1; got 0"),
            Reject(f"{name}(x, 5)", {"x": (1, 1, 4, 4)}, "a kernel that fits"),
            Reject(f"{name}(x, 2, padding=2)", {"x": (1, 1, 4, 4)}, "at most half of kernel_size"),
            Reject(f"{name}(x, 2, stride=-2)", {"x": (1, 1, 4, 4)}, "stride to be whole numbers of at least 1"),
        ),
    )


MAX_POOL2D = _pooling(
    "max_pool2d",
    "max",
    ", constant_values=-np.inf",
    "The greatest element of every window; windows lie side by side unless a stride says otherwise.",
    "y[n, c, y, x] = max(x[n, c, stride * y + i, stride * x + j], (i, j))",
    "Only the greatest element of a window reached the result, so it alone gets the window's gradient: raising any "
    "other by a little would change nothing. Elements that tie share it.",
)
AVG_POOL2D = _pooling(
    "avg_pool2d",
    "mean",
    "",
    "The mean of every window, zeros of the padding among it.",
    "y[n, c, y, x] = mean(x[n, c, stride * y + i, stride * x + j], (i, j))",
    "Each element counts for one n-th of its window's mean, n being the number of elements in a window. So it gets one "
    "n-th of the gradient of every window that lies over it.",
)
