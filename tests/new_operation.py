"""An operation that the package does not have: one record, known for as long as a test needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from backprop_explorer.ops import Operation, register, unregister
from backprop_explorer.ops.elementwise import elementwise
from backprop_explorer.ops.record import Kink, Reject, Sample


def _hinge(a: Any, b: Any, out: Any = None) -> Any:
    return np.maximum(np.subtract(a, b, out=out), 0, out=out)


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
    register(record)
    try:
        yield record
    finally:
        unregister(record)
