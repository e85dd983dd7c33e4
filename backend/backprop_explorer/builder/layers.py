"""Every type of layer that has more to it than one function of each number, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_explorer.builder.record import LayerType, Option, Options, Weight, keywords
from backprop_explorer.ops.record import Shape

BIAS = Option("bias", "flag", True, "whether a number is added to each output")
EPS = Option("eps", "number", 1e-5, "keeps the division away from 0", 1e-12, 1.0)

IMAGE = ("channels", "height", "width")


def _flat(shape: Shape, views: Sequence[Shape]) -> Shape:
    return shape


def _image(shape: Shape, views: Sequence[Shape]) -> Shape:
    return next((view for view in (shape, *views) if len(view) == 3), shape)


def _signal(shape: Shape, views: Sequence[Shape]) -> Shape:
    """All features of a sample in a row, as one channel."""
    return (1, *shape) if len(shape) == 1 else shape


def _tokens(shape: Shape, views: Sequence[Shape]) -> Shape:
    """The rows of an image; elsewhere every feature is a token of one number."""
    found = next((view for view in (shape, *views) if len(view) == 2), None)
    return found or (*shape, 1)


def _weight_and_bias(shape: Shape, outputs: int, options: Options) -> tuple[Weight, ...]:
    weight = Weight("w", shape)
    return (weight, Weight("b", (outputs,), "zeros")) if options["bias"] else (weight,)


LINEAR = LayerType(
    type="linear",
    title="Linear",
    group="Linear",
    summary="Every output is a weighted sum of the inputs, and a bias.",
    needs=("matmul",),
    options=(Option("units", "whole", None, "how many outputs; in the last layer as the loss wants", 1, 1024), BIAS),
    weights=lambda shape, options: _weight_and_bias((shape[-1], options["units"]), options["units"], options),
    lines=lambda shape, options: ["{out} = {x} @ {w} + {b}" if options["bias"] else "{out} = {x} @ {w}"],
    view=_flat,
    sized="units",
)
FLATTEN = LayerType(
    type="flatten",
    title="Flatten",
    group="Shape",
    summary="All numbers of a sample in one row, as a linear layer wants them.",
    lines=lambda shape, options: ["{out} = {x}.flatten(1)"],
)


def _convolution(axes: int, title: str, summary: str) -> LayerType:
    name = f"conv{axes}d"

    def weights(shape: Shape, options: Options) -> tuple[Weight, ...]:
        channels, per_group = options["channels"], max(1, shape[0] // options["groups"])
        return _weight_and_bias((channels, per_group, *[options["kernel_size"]] * axes), channels, options)

    def lines(shape: Shape, options: Options) -> Sequence[str]:
        bias = ", {b}" if options["bias"] else ""
        return [f"{{out}} = {name}({{x}}, {{w}}{bias}{keywords(options, stride=1, padding=0, dilation=1, groups=1)})"]

    return LayerType(
        type=name,
        title=title,
        group="Convolution",
        summary=summary,
        options=(
            Option("channels", "whole", 4, "how many patterns are looked for", 1, 256),
            Option("kernel_size", "whole", 3, "how many neighbours meet, along each axis", 1, 64),
            Option("stride", "whole", 1, "how far the kernel moves on", 1, 64),
            Option("padding", "whole", 0, "how many zeros are put around the edge", 0, 64),
            Option("dilation", "whole", 1, "how far the neighbours are apart", 1, 64),
            Option("groups", "whole", 1, "channels meet within their group only", 1, 256),
            BIAS,
        ),
        weights=weights,
        lines=lines,
        view=_signal if axes == 1 else _image,
        form=("channels", "length") if axes == 1 else IMAGE,
    )


CONV1D = _convolution(1, "Convolution along a row", "The same weights look at every stretch of neighbours in a row.")
CONV2D = _convolution(2, "Convolution over an image", "The same weights look at every patch of an image.")


def _pool(name: str, title: str, summary: str) -> LayerType:
    def lines(shape: Shape, options: Options) -> Sequence[str]:
        return [f"{{out}} = {name}({{x}}, {options['kernel_size']}{keywords(options, stride=None, padding=0)})"]

    return LayerType(
        type=name,
        title=title,
        group="Convolution",
        summary=summary,
        options=(
            Option("kernel_size", "whole", 2, "the side of a patch", 1, 64),
            Option("stride", "whole", None, "how far the patch moves on; by default its own side", 1, 64),
            Option("padding", "whole", 0, "how wide a rim is put around the image", 0, 32),
        ),
        lines=lines,
        view=_image,
        form=IMAGE,
    )


MAX_POOL2D = _pool("max_pool2d", "Greatest of a patch", "Of every patch of an image the greatest number.")
AVG_POOL2D = _pool("avg_pool2d", "Mean of a patch", "Of every patch of an image the mean.")


def _norm(name: str, title: str, summary: str, axis: int, letters: str) -> LayerType:
    """A normalisation with a factor, and perhaps a shift, per feature, which stand along that axis of a sample."""

    def weights(shape: Shape, options: Options) -> tuple[Weight, ...]:
        drawn = {"gamma": "ones", "beta": "zeros"}
        return tuple(Weight(letter, (shape[axis],), drawn[letter]) for letter in letters.split())

    def lines(shape: Shape, options: Options) -> Sequence[str]:
        names = ", ".join(f"{{{letter}}}" for letter in letters.split())
        return [f"{{out}} = {name}({{x}}, {names}{keywords(options, eps=EPS.default)})"]

    return LayerType(
        type=name,
        title=title,
        group="Normalisation",
        summary=summary,
        options=(EPS,),
        weights=weights,
        lines=lines,
    )


LAYER_NORM = _norm(
    "layer_norm", "Layer norm", "The features of each sample get the mean 0 and the variance 1.", -1, "gamma beta"
)
RMS_NORM = _norm("rms_norm", "RMS norm", "The features of each sample get the mean square 1.", -1, "gamma")
BATCH_NORM = _norm(
    "batch_norm", "Batch norm", "Each feature gets the mean 0 and the variance 1 over the batch.", 0, "gamma beta"
)
DROPOUT = LayerType(
    type="dropout",
    title="Dropout",
    group="Regularisation",
    summary="Some numbers, drawn by the seed, become 0; the others grow so that their mean stays.",
    options=(Option("p", "number", 0.5, "the share that becomes 0", 0, 0.95),),
    lines=lambda shape, options: [f"{{out}} = dropout({{x}}, {options['p']!r})"],
)


def _attention_weights(shape: Shape, options: Options) -> tuple[Weight, ...]:
    width = options["width"] or shape[-1]
    return tuple(Weight(letter, (shape[-1], width)) for letter in ("wq", "wk", "wv"))


ATTENTION = LayerType(
    type="attention",
    title="Self-attention",
    group="Attention",
    summary="Every token becomes a mean of all, weighted by how well their keys fit its query.",
    needs=("scaled_dot_product_attention",),
    options=(
        Option("width", "whole", None, "the length of queries, keys and values; by default that of a token", 1, 1024),
        Option("is_causal", "flag", False, "whether a token sees only itself and those before it"),
    ),
    weights=_attention_weights,
    locals=("q", "k", "v"),
    lines=lambda shape, options: [
        "{q} = {x} @ {wq}",
        "{k} = {x} @ {wk}",
        "{v} = {x} @ {wv}",
        f"{{out}} = scaled_dot_product_attention({{q}}, {{k}}, {{v}}{keywords(options, is_causal=False)})",
    ],
    view=_tokens,
    form=("tokens", "features"),
)


def _over_classes(name: str, title: str, summary: str) -> LayerType:
    return LayerType(
        type=name,
        title=title,
        group="Activation",
        summary=summary,
        lines=lambda shape, options: [f"{{out}} = {name}({{x}})"],
    )


SOFTMAX = _over_classes("softmax", "Softmax", "Positive numbers that add up to 1 along the last axis.")
LOG_SOFTMAX = _over_classes("log_softmax", "Log softmax", "The logarithm of softmax.")

LAYERS = (
    LINEAR, FLATTEN, CONV1D, CONV2D, MAX_POOL2D, AVG_POOL2D, LAYER_NORM, RMS_NORM, BATCH_NORM, DROPOUT, ATTENTION,
    SOFTMAX, LOG_SOFTMAX,
)  # fmt: skip
