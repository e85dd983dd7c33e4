"""Normalisation: away with mean and size, then a scale and a shift that are learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.library.record import Composite
from backprop_explorer.ops.record import OperandError, Reject, Sample


def _per_feature(axis: int, words: str) -> Callable[[Mapping[str, Any]], None]:
    def check(arguments: Mapping[str, Any]) -> None:
        x = arguments["x"]
        if len(x) < (2 if axis > 0 else 1):
            raise OperandError(f"x with {words}; got {x}")
        length = x[axis]
        for name in ("weight", "bias"):
            if arguments.get(name) not in (None, (length,)):
                raise OperandError(f"a {name} per {words}, of shape ({length},); got {arguments[name]}")

    return check


STANDARDIZE = Composite(
    text="""
def standardize(x, axis=-1, eps=1e-5):
    s = sqrt(var(x, axis, 0, True) + eps)
    return (x - mean(x, axis, True)) / s
""",
    summary="Along the axes mean 0 and variance 1; eps keeps what hardly varies from being blown up.",
    why={
        "x": (
            "Every number of a {line} is in the mean and in the standard deviation of that {line}, so it moves "
            "all results of the {line}. Shifting or stretching the whole {line} changes nothing. So `{g}` loses "
            "what would only shift (its mean) and what would only stretch (its part along `{y}`); the rest is "
            "divided by the standard deviation."
        ),
    },
    formula="y = (x - mean(x)) / sqrt(var(x) + eps)",
    symbols="mean and var run along axis and divide by the number of elements",
    gradients={"x": "(g - mean(g, axis, True) - y * mean(g * y, axis, True)) / s"},
    symbol="standardize",
    source="torch.nn.functional.layer_norm",
    samples=(Sample("standardize(x)", {"x": (3, 4)}), Sample("standardize(x, (0, 2), 0.1)", {"x": (2, 3, 2)})),
    rejects=(Reject("standardize(x, 2)", {"x": (3, 4)}, "one that exists"),),
)
LAYER_NORM = Composite(
    text="""
def layer_norm(x, weight=None, bias=None, eps=1e-5):
    n = standardize(x, -1, eps)
    scaled = n if weight is None else n * weight
    return scaled if bias is None else scaled + bias
""",
    summary="Each sample by itself: along the last axis mean 0 and variance 1, then scaled and shifted by feature.",
    why={
        "x": (
            "Every number of a sample is in that sample's mean and standard deviation, so it moves all results of"
            " its row. Shifting or stretching the whole row changes nothing. So the gradient loses what would "
            "only shift (its mean over the row) and what would only stretch; the rest is divided by the standard "
            "deviation."
        ),
        "weight": (
            "Each feature has one scale, used by every sample. So its gradient is a sum over the samples: the "
            "standardized number times the incoming gradient."
        ),
        "bias": (
            "Each feature has one shift, added for every sample. So its gradient is the sum of the incoming "
            "gradient over the samples."
        ),
    },
    formula="y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias",
    symbols="mean and var run along the last axis; weight and bias have its length",
    check=_per_feature(-1, "element of its last axis"),
    symbol="layer norm",
    source="torch.nn.functional.layer_norm",
    paper='J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization", 2016',
    samples=(
        Sample("layer_norm(x, w, b)", {"x": (3, 4), "w": (4,), "b": (4,)}),
        Sample("layer_norm(x, w, b, eps=0.1)", {"x": (2, 3, 4), "w": (4,), "b": (4,)}),
        Sample("layer_norm(x)", {"x": (3, 4)}),
        Sample("layer_norm(x, w, b)", {"x": (4,), "w": (4,), "b": (4,)}),
    ),
    rejects=(
        Reject("layer_norm(x, w)", {"x": (3, 4), "w": (3,)}, "a weight per element of its last axis"),
        Reject("layer_norm(x)", {"x": ()}, "x with element of its last axis"),
    ),
)
RMS = Composite(
    text="""
def rms(x, axis=-1, eps=1e-5):
    return sqrt(mean(x ** 2, axis, True) + eps)
""",
    summary="The root of the mean square along the axes, which stay as axes of length 1.",
    why={
        "x": (
            "The result grows with the square of each number, so a number counts in proportion to its size: its "
            "derivative is the number itself over n times the result."
        ),
    },
    formula="y = sqrt(mean(x ** 2) + eps)",
    symbols="mean runs along axis",
    gradients={"x": "x / (count(x, axis) * y) * g"},
    symbol="rms",
    source="torch.nn.functional.rms_norm",
    samples=(Sample("rms(x)", {"x": (3, 4)}), Sample("rms(x, 0, 0.1)", {"x": (2, 3)})),
    rejects=(Reject("rms(x, 2)", {"x": (3, 4)}, "one that exists"),),
)
RMS_NORM = Composite(
    text="""
def rms_norm(x, weight=None, eps=1e-5):
    n = x / rms(x, -1, eps)
    return n if weight is None else n * weight
""",
    summary="Each sample by itself: along the last axis the root of the mean square is 1, then scaled by feature.",
    why={
        "x": (
            "Every number of a row is in the row's root mean square, so it moves all results of the row. "
            "Stretching the whole row changes nothing. So the gradient loses its part along the result; the rest "
            "is divided by the root mean square."
        ),
        "weight": (
            "Each feature has one scale, used by every sample. So its gradient is a sum over the samples: the "
            "normalized number times the incoming gradient."
        ),
    },
    formula="y = x / sqrt(mean(x ** 2) + eps) * weight",
    symbols="mean runs along the last axis; weight has its length",
    check=_per_feature(-1, "element of its last axis"),
    symbol="rms norm",
    source="torch.nn.functional.rms_norm",
    paper='B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization", 2019',
    samples=(
        Sample("rms_norm(x, w)", {"x": (3, 4), "w": (4,)}),
        Sample("rms_norm(x, w, eps=0.1)", {"x": (2, 3, 4), "w": (4,)}),
        Sample("rms_norm(x)", {"x": (3, 4)}),
        Sample("rms_norm(x, w)", {"x": (4,), "w": (4,)}),
    ),
    rejects=(Reject("rms_norm(x, w)", {"x": (3, 4), "w": (3,)}, "a weight per element of its last axis"),),
)
BATCH_NORM = Composite(
    text="""
def batch_norm(x, weight=None, bias=None, eps=1e-5):
    n = standardize(x, others(x.ndim, 1), eps)
    scale = weight if weight is None or x.ndim == 2 else reshape(weight, channelwise(x.ndim))
    shift = bias if bias is None or x.ndim == 2 else reshape(bias, channelwise(x.ndim))
    scaled = n if weight is None else n * scale
    return scaled if bias is None else scaled + shift
""",
    summary=(
        "Each channel (axis 1) by itself: over the batch and all places mean 0 and variance 1, then scaled and shifted "
        "by channel. The statistics are those of this batch, as in training."
    ),
    why={
        "x": (
            "A channel's mean and standard deviation are taken over the whole batch, so every sample moves the "
            "results of all samples in that channel. Shifting or stretching the whole channel changes nothing. So"
            " the gradient loses what would only shift (its mean over the batch) and what would only stretch; the"
            " rest is divided by the standard deviation."
        ),
        "weight": (
            "Each channel has one scale, used by every sample. So its gradient is a sum over the batch: the "
            "standardized number times the incoming gradient."
        ),
        "bias": (
            "Each channel has one shift, added for every sample. So its gradient is the sum of the incoming "
            "gradient over the batch."
        ),
    },
    formula="y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias",
    symbols=(
        "x (samples, channels, …); mean and var run over all axes but the channels, weight and bias are (channels,)"
    ),
    check=_per_feature(1, "channel (axis 1)"),
    symbol="batch norm",
    source="torch.nn.functional.batch_norm",
    paper=(
        'S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing '
        'Internal Covariate Shift", 2015'
    ),
    samples=(
        Sample("batch_norm(x, w, b)", {"x": (5, 3), "w": (3,), "b": (3,)}),
        Sample("batch_norm(x, w, b, eps=0.1)", {"x": (2, 3, 2, 2), "w": (3,), "b": (3,)}),
        Sample("batch_norm(x)", {"x": (4, 2, 3)}),
    ),
    rejects=(
        Reject("batch_norm(x, w)", {"x": (3, 4), "w": (3,)}, "a weight per channel"),
        Reject("batch_norm(x)", {"x": (3,)}, "x with channel (axis 1)"),
    ),
)
BY_CHANNEL = Composite(
    text="""
def by_channel(x, weight=None, bias=None):
    scaled = x if weight is None else x * reshape(weight, channelwise(x.ndim))
    return scaled if bias is None else scaled + reshape(bias, channelwise(x.ndim))
""",
    summary="x scaled and shifted by channel, which is axis 1.",
    formula="y = x * weight + bias",
    internal=True,
)
SETTLED = Composite(
    text="""
def settled(x, mean, var, eps=1e-5):
    m = reshape(detach(mean), channelwise(x.ndim))
    return (x - m) / sqrt(reshape(detach(var), channelwise(x.ndim)) + eps)
""",
    summary="x by given means and variances of the channels, axis 1; these get no gradient.",
    formula="y = (x - mean) / sqrt(var + eps)",
    internal=True,
)
NORM_ALONG = Composite(
    text="""
def norm_along(x, p=2, axis=-1, keepdims=False):
    along = None if x.ndim == 0 else axis
    if p == 1:
        return sum(abs(x), along, keepdims)
    if p == np.inf:
        return max(abs(x), along, keepdims)
    if p == -np.inf:
        return min(abs(x), along, keepdims)
    if p == 0:
        return sum(x != 0, along, keepdims)
    s = sum(x ** 2 if p == 2 else where(x == 0, 0, where(x == 0, 1, abs(x)) ** p), along, keepdims)
    root = sqrt(where(s == 0, 1, s)) if p == 2 else where(s == 0, 1, s) ** (1 / p)
    return where(s == 0, 0, root)
""",
    summary="The length of vectors along an axis; where it is 0 the gradient is 0.",
    formula="y = sum(abs(x) ** p) ** (1 / p)",
    internal=True,
)
