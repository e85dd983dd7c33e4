"""An operation that the package does not have: one record, known for as long as a test needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from backprop_explorer.ops import Operation, register, unregister
from backprop_explorer.ops.elementwise import elementwise
from backprop_explorer.ops.record import Kink, Reject, Sample


def _hinge(a: Any, b: Any, out: Any = None) -> Any:
    return np.maximum(np.subtract(a, b, out=out), 0, out=out)


def cube(**changes: Any) -> Operation:
    """The record that README adds, or a change of it."""
    record = elementwise(
        "cube", "x", lambda x, out=None: np.power(x, 3, out=out), {"x": "3 * x ** 2 * g"},
        summary="The number times itself times itself.", formula="y = x ** 3",
        samples=(Sample("cube(x)", {"x": (3, 2)}),),
    )  # fmt: skip
    return replace(record, **changes)


@contextmanager
def registered(record: Operation) -> Iterator[Operation]:
    """The record, known for as long as the context lasts."""
    register(record)
    try:
        yield record
    finally:
        unregister(record)


@contextmanager
def hinge() -> Iterator[Operation]:
    """`hinge(a, b)`, how far a is above b."""
    record = elementwise(
        "hinge",
        "a b",
        _hinge,
        {"a": "(a > b) * g", "b": "-((a > b) * g)"},
        summary="How far a is above b.",
        formula="y = maximum(a - b, 0)",
        script="def hinge(a, b): return np.maximum(a - b, 0)",
        symbol="hinge",
        synonyms=("above",),
        kink=Kink("Where both are equal the gradient is 0.", "hinge(a, 1)", {"a": [1.0, 2.0]}, {"a": [0.0, 1.0]}),
        samples=(Sample("hinge(a, b)", {"a": (3, 2), "b": (3, 2)}),),
        rejects=(Reject("hinge(a, b)", {"a": (3,), "b": (4,)}, "differ in the last axis"),),
    )
    with registered(record):
        yield record
