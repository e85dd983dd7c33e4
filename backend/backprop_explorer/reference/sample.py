"""A record's sample as a document that can be opened: numbers that are easy to read, and a loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import numpy as np

from backprop_explorer.engine import compile_document
from backprop_explorer.ops.record import Array, Sample, Shape

OPTIMIZER = {"name": "sgd", "lr": 0.1}


class ShownDocument(TypedDict):
    """A document that shows something and can be opened."""

    title: str
    program: str
    inputs: NotRequired[dict[str, Any]]
    parameters: dict[str, Any]
    optimizer: NotRequired[Mapping[str, Any]]
    batch: NotRequired[Mapping[str, Any]]
    validation: NotRequired[Mapping[str, Any]]


def sample_document(title: str, sample: Sample) -> ShownDocument:
    """The sample and a loss after it: the sample's value where it is one number, else the sum of its squares, whose
    gradient differs from place to place. Whatever gets a gradient is a parameter, so that training moves it."""
    tensors = numbers(sample.shapes, sample.whole, sample.domain)
    name = next(name for name in ("y", "out", "result") if name not in tensors)
    probe = compile_document({"program": f"{name} = {sample.code}\nloss = sum({name} * {name})", "inputs": tensors})
    single = probe[name].shape == ()
    reached = [key for key in tensors if probe.program.forward.leaves[key] in probe.program.backward.reached]
    return {
        "title": title,
        "program": f"loss = {sample.code}" if single else f"{name} = {sample.code}\nloss = sum({name} ** 2)",
        "inputs": {key: value for key, value in tensors.items() if key not in reached},
        "parameters": {key: value for key, value in tensors.items() if key in reached},
        "optimizer": OPTIMIZER,
    }


def numbers(
    shapes: Mapping[str, Shape], whole: Mapping[str, int], domain: tuple[float, float] = (-2.0, 2.0)
) -> dict[str, Any]:
    """Tensors as nested lists: no two numbers are equal and none is 0, with as few digits as that allows; labels
    below their bound."""
    random = np.random.default_rng(0)
    floats = [name for name in shapes if name not in whole]
    spread = random.permutation(_spread(sum(math.prod(shapes[name]) for name in floats), *domain))
    ends = np.cumsum([math.prod(shapes[name]) for name in floats])
    parts: dict[str, Array] = dict(zip(floats, np.split(spread, ends[:-1]) if floats else [], strict=True))
    parts |= {name: random.integers(0, whole[name], math.prod(shapes[name])) for name in shapes if name in whole}
    return {name: parts[name].reshape(shape).tolist() for name, shape in shapes.items()}


def _spread(count: int, low: float, high: float) -> Array:
    exact = np.linspace(low, high, count + 2)[1:-1] + 0.003 * (high - low)
    for digits in range(1, 5):
        rounded: Array = np.round(exact, digits)
        if len(np.unique(rounded)) == count and rounded.all():
            return rounded
    return exact
