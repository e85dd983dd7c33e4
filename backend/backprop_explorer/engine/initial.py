"""Initial numbers of a parameter: `{"shape": [...], "init": "kaiming_normal", ...}`, drawn from a seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

import numpy as np

from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem, suggestion

Draw = Callable[[np.random.Generator, Shape, float, int, int], Array]
"""Generator, shape, scale, number of inputs and of outputs of a unit."""


def _normal(spread: Callable[[int, int], float]) -> Draw:
    return lambda generator, shape, scale, fan_in, fan_out: (
        generator.standard_normal(shape) * (scale * spread(fan_in, fan_out))
    )


def _uniform(spread: Callable[[int, int], float]) -> Draw:
    # A uniform distribution over (-b, b) has the standard deviation b / sqrt(3).
    return lambda generator, shape, scale, fan_in, fan_out: (
        generator.uniform(-1, 1, shape) * (scale * math.sqrt(3) * spread(fan_in, fan_out))
    )


def _kaiming(fan_in: int, _: int) -> float:
    return math.sqrt(2 / fan_in)


def _xavier(fan_in: int, fan_out: int) -> float:
    return math.sqrt(2 / (fan_in + fan_out))


INITIALISERS: dict[str, Draw] = {
    "zeros": lambda _, shape, *__: np.zeros(shape),
    "ones": lambda _, shape, scale, *__: np.full(shape, scale),
    "normal": _normal(lambda *_: 1.0),
    "uniform": _uniform(lambda *_: 1 / math.sqrt(3)),
    "kaiming_normal": _normal(_kaiming),
    "kaiming_uniform": _uniform(_kaiming),
    "xavier_normal": _normal(_xavier),
    "xavier_uniform": _uniform(_xavier),
}
"""By name. He et al. 2015 (kaiming, for relu) and Glorot and Bengio 2010 (xavier), as torch.nn.init defines them."""

_OPTIONS = ("shape", "init", "scale", "seed", "layout")


def initial_numbers(name: str, entry: Mapping[str, Any], seed: int) -> Array:
    """Draws a tensor. The generator depends on the seed and the tensor's name, not on what else the document holds."""
    for option in entry:
        if option not in _OPTIONS:
            raise _bad(
                name,
                f"there is no option {option[:40]!r}",
                suggestion(option, _OPTIONS) or f"the options are {', '.join(_OPTIONS)}",
            )
    shape = initial_shape(name, entry)
    init = entry.get("init", "zeros")
    if not isinstance(init, str) or init not in INITIALISERS:
        raise _bad(
            name,
            f"there is no initialiser {str(init)[:40]!r}",
            suggestion(str(init), INITIALISERS) or f"one of {', '.join(INITIALISERS)}",
        )
    own, scale = entry.get("seed"), entry.get("scale", 1.0)
    if isinstance(scale, bool) or not isinstance(scale, (int, float)) or not math.isfinite(scale):
        raise _bad(name, "scale must be a finite number")
    if own is not None and (isinstance(own, bool) or not isinstance(own, int) or own < 0):
        raise _bad(name, "seed must be a whole number of at least 0")
    fans = _fans(name, init, shape, entry.get("layout", "in_out"))
    generator = np.random.default_rng([seed, crc32(name.encode())] if own is None else [own])
    return np.asarray(INITIALISERS[init](generator, shape, float(scale), *fans), dtype=float)


def initial_shape(name: str, entry: Mapping[str, Any]) -> Shape:
    """The shape of a tensor to be drawn, checked."""
    shape = entry.get("shape")
    if (
        not isinstance(shape, (list, tuple))
        or len(shape) > 8
        or any(isinstance(length, bool) or not isinstance(length, int) or length < 1 for length in shape)
    ):
        raise _bad(name, f"shape must be a list of up to 8 whole numbers of at least 1; got {str(shape)[:60]}")
    return tuple(shape)


def _fans(name: str, init: str, shape: Shape, layout: Any) -> tuple[int, int]:
    """How many numbers a unit takes in and gives out, by the tensor's own layout."""
    if layout not in ("in_out", "out_in"):
        raise _bad(name, 'layout must be "in_out" or "out_in"')
    if len(shape) < 2:
        if init.startswith(("kaiming", "xavier")):
            raise _bad(
                name,
                f"{init} needs a weight with at least two axes; got the shape {shape}",
                "use zeros, normal or uniform",
            )
        return 1, 1
    if len(shape) > 2:
        field = size(shape[2:])
        return shape[1] * field, shape[0] * field
    return (shape[0], shape[1]) if layout == "in_out" else (shape[1], shape[0])


def _bad(name: str, detail: str, hint: str | None = None) -> Problem:
    return Problem("bad_tensor", f"{name}: {detail}", tensor=name, hint=hint)
