"""Tensors that are made of nothing but parameters, and random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from backprop_explorer.ops.elementwise import elementwise, written
from backprop_explorer.ops.record import REQUIRED, Array, OperandError, Operation, Reject, Sample, Shape


def _explicit_range(_: Sequence[Shape], parameters: dict[str, Any]) -> dict[str, Any]:
    """NumPy's three spellings: arange(stop), arange(start, stop), arange(start, stop, step)."""
    start, stop, step = parameters["start"], parameters["stop"], parameters["step"]
    if stop is None:
        start, stop = 0, start
    if any(isinstance(number, bool) or not isinstance(number, int) for number in (start, stop, step)):
        raise OperandError(f"whole numbers that are known before the program runs; got {start}, {stop}, {step}")
    if step == 0 or not len(range(start, stop, step)):
        raise OperandError(f"a range with at least one number; got arange({start}, {stop}, {step})")
    return {"start": start, "stop": stop, "step": step}


def _numbers(start: int, stop: int, step: int, out: Array | None = None) -> Array:
    return written(np.arange(start, stop, step), out)


def _range_code(_: Sequence[Shape], parameters: Mapping[str, Any]) -> str:
    start, stop, step = parameters["start"], parameters["stop"], parameters["step"]
    shown = [stop] if (start, step) == (0, 1) else [start, stop] if step == 1 else [start, stop, step]
    return f"arange({', '.join(map(str, shown))})"


ARANGE = Operation(
    "arange",
    "movement",
    (),
    shape=lambda start, stop, step: (len(range(start, stop, step)),),
    forward=_numbers,
    canonical=_explicit_range,
    parameters={"start": REQUIRED, "stop": None, "step": 1},
    result="open",
    extent=lambda _, parameters: _extent(range(parameters["start"], parameters["stop"], parameters["step"])),
    code=_range_code,
    symbol="0 1 2 …",
    summary="The whole numbers from start up to, and without, stop.",
    formula="y[i] = start + i * step",
    samples=(Sample("arange(3) * x", {"x": (3,)}), Sample("arange(6, 1, -2) * x", {"x": (2, 3)})),
    rejects=(
        Reject("arange(0) * x", {"x": (3,)}, "at least one number"),
        Reject("arange(1.5) * x", {"x": (3,)}, "whole numbers that are known before"),
    ),
)


def _extent(numbers: range) -> tuple[int, int]:
    return min(numbers[0], numbers[-1]), max(numbers[0], numbers[-1])


def redrawn(x: Array, out: Array | None = None) -> Array:
    """Random numbers between 0 and 1 that follow from the present ones alone, so that a replay draws them again."""
    seed = sha256(np.ascontiguousarray(x, np.float64).tobytes()).digest()
    numbers = np.random.default_rng(np.frombuffer(seed, np.uint32)).random(x.shape)
    return written(np.asarray(numbers, x.dtype), out)


REDRAW = elementwise(
    "redraw",
    "x",
    redrawn,
    {},
    internal=True,
    script=(
        "from hashlib import sha256\n\n"
        "def redraw(x):\n"
        "    seed = sha256(np.ascontiguousarray(x, np.float64).tobytes()).digest()\n"
        "    return np.random.default_rng(np.frombuffer(seed, np.uint32)).random(x.shape).astype(x.dtype)"
    ),
    symbol="redraw",
    summary="New random numbers between 0 and 1, the same ones wherever the current ones are the same.",
    formula="y = random(x.shape)",
)
