"""Normalisations: over a batch, over axes, over groups or neighbours of channels."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.importing.onnx.values import Call, Operator, Result, are_whole, number
from backprop_explorer.ops.record import Shape

LAST_BY_GROUP = 20
"""Up to this version a group normalisation had a weight for each group, from then on one for each channel."""


def _batch_norm(call: Call) -> Result:
    rank = len(call.shape())
    if rank < 2:
        raise call.refuse("needs an axis of channels")
    epsilon = call.fraction("epsilon", 1e-5)
    if call.option("training_mode", 0):
        normal = f"batch_norm({call[0]}, {call[1]}, {call[2]}, eps={epsilon})"
        return [normal, *_running(call, [axis for axis in range(rank) if axis != 1])]
    call.writer.warn("batch normalisation goes by the means and variances of the file, which are inputs here and stay")
    ones = ", 1" * (rank - 2)
    names = [call[1], call[2], call.tensor(3, fixed=True).name, call.tensor(4, fixed=True).name]
    weight, bias, mean, variance = (f"{name}.reshape(-1{ones})" if ones else name for name in names)
    return f"({call[0]} - {mean}) / sqrt({variance} + {epsilon}) * {weight} + {bias}"


def _running(call: Call, axes: list[int]) -> list[str]:
    """The mean and variance that are kept for inference, where anyone reads them."""
    if not (call.wants(1) or call.wants(2)):
        return []
    old, new = call.fraction("momentum", 0.9), number(round(1 - call.option("momentum", 0.9), 7))
    kept = (call.tensor(position, fixed=True).name for position in (3, 4))
    found = (f"mean({call[0]}, {tuple(axes)})", f"var({call[0]}, {tuple(axes)}, 0)")
    return [f"{old} * {before} + {new} * {now}" for before, now in zip(kept, found, strict=True)]


def _instance_norm(call: Call) -> str:
    places = tuple(range(2, len(call.shape())))
    if not places:
        raise call.refuse("needs axes of places after those of samples and channels")
    ones = ", 1" * len(places)
    weight, bias = (f"{call[position]}.reshape(-1{ones})" for position in (1, 2))
    spread = f"sqrt(var({call[0]}, {places}, 0, True) + {call.fraction('epsilon', 1e-5)})"
    return f"({call[0]} - mean({call[0]}, {places}, True)) / {spread} * {weight} + {bias}"


def _layer_norm(call: Call) -> Result:
    """The normal numbers, and the mean and one over the spread that they were computed by."""
    axes, shape = _last(call)
    bias = f", {call[2]}" if call.has(2) else ""
    epsilon = call.fraction("epsilon", 1e-5)
    if len(axes) == 1 and len(call.shape()) > 1 and call.shape(1) == shape:
        normal = f"layer_norm({call[0]}, {call[1]}{bias}, eps={epsilon})"
    else:
        normal = f"F.layer_norm({call[0]}, {shape}, {call[1]}{bias}, eps={epsilon})"
    spread = f"sqrt(var({call[0]}, {axes}, 0, True) + {epsilon})"
    return [normal, f"mean({call[0]}, {axes}, True)", f"1 / {spread}"][: 1 + 2 * (call.wants(1) or call.wants(2))]


def _rms_norm(call: Call) -> str:
    axes, shape = _last(call)
    epsilon = call.fraction("epsilon", 1e-5)
    if len(axes) == 1 and len(call.shape()) > 1:
        return f"rms_norm({call[0]}, {call[1]}, eps={epsilon})"
    return f"F.rms_norm({call[0]}, {shape}, {call[1]}, eps={epsilon})"


def _last(call: Call) -> tuple[tuple[int, ...], Shape]:
    """The axes from the attribute's on, and their lengths."""
    axis = call.axis(-1)
    return tuple(range(axis, len(call.shape()))), call.shape()[axis:]


def _group_norm(call: Call) -> str:
    groups, shape = call.option("num_groups", 0), call.shape()
    if len(shape) < 2 or groups < 1 or shape[1] % groups:
        raise call.refuse("needs as many channels as fill its groups")
    weight, bias = call[1], call[2]
    if call.opset <= LAST_BY_GROUP and groups != shape[1]:
        weight, bias = (f"repeat({name}, {shape[1] // groups}, 0)" for name in (weight, bias))
    return f"F.group_norm({call[0]}, {groups}, {weight}, {bias}, eps={call.fraction('epsilon', 1e-5)})"


def _neighbours_norm(call: Call) -> str:
    size = call.option("size", 0)
    if size < 1 or size % 2 == 0 or len(call.shape()) < 3:
        raise call.refuse("needs an odd number of neighbouring channels, and axes of places")
    numbers = ", ".join(
        call.fraction(name, usual) for name, usual in (("alpha", 0.0001), ("beta", 0.75), ("bias", 1.0))
    )
    return f"F.local_response_norm({call[0]}, {size}, {numbers})"


def _mean_variance_norm(call: Call) -> str:
    axes = tuple(call.option("axes", [0, 2, 3], are_whole))
    spread = f"(sqrt(var({call[0]}, {axes}, 0, True)) + 1e-9)"
    return f"({call[0]} - mean({call[0]}, {axes}, True)) / {spread}"


def _lp_norm(call: Call) -> str:
    """Where all is 0 it stays so."""
    axis, power = call.axis(-1), call.option("p", 2, (1, 2).__contains__)
    sums = f"sum(abs({call[0]}), {axis}, True)" if power == 1 else f"sum({call[0]} ** 2, {axis}, True)"
    name = call.write("size", sums)
    size = f"where({name} == 0, 1, {name})"
    return f"{call[0]} / {size if power == 1 else f'sqrt({size})'}"


OPERATORS: Mapping[str, Operator] = {
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    "RMSNormalization": _rms_norm,
    "LRN": _neighbours_norm,
    "MeanVarianceNormalization": _mean_variance_norm,
    "LpNormalization": _lp_norm,
}
