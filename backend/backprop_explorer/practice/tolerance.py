"""How far a gradient may be from the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_explorer.engine.plan import Plan
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

BY_TYPE = {"float64": 1e-9, "float32": 1e-4}
"""The part of each element, and of 1, by which it may be off, by the type of the document."""

Bounds = tuple[float | None, float | None]
"""Somebody's own rtol and atol, None for one that was not given."""

KEYS = ("rtol", "atol")


@dataclass(frozen=True)
class Tolerance:
    """An element may be off by `atol` and `rtol` of its magnitude; by default, by `default` of the greater of that and
    1."""

    default: float
    rtol: float | None = None
    atol: float | None = None

    @classmethod
    def of(cls, plan: Plan, bounds: Bounds = (None, None)) -> Tolerance:
        """That of a document's type, or the one that is given; half a one is of zero besides."""
        return cls(BY_TYPE[plan.program.graph.dtype.name], *bounds)

    @property
    def given(self) -> bool:
        """Whether somebody chose it."""
        return self.rtol is not None or self.atol is not None

    def room(self, expected: Array) -> Array:
        """How far each element may be away."""
        size = np.nan_to_num(np.abs(expected), posinf=1.0)
        if self.given:
            return np.asarray((self.atol or 0.0) + (self.rtol or 0.0) * size)
        return np.asarray(self.default * np.maximum(1.0, size))


def checked_tolerance(content: object) -> Bounds:
    """The rtol and atol that somebody sent. Raises a `Problem` for anything else."""
    hint = 'such as {"tolerance": {"rtol": 1e-6, "atol": 1e-8}}'
    if content is None:
        return None, None
    if not isinstance(content, dict):
        raise Problem("bad_tolerance", "Tolerance must be an object with rtol, atol or both", hint=hint)
    for key, value in content.items():
        if key not in KEYS:
            raise Problem("bad_tolerance", f"Tolerance has no key {str(key)[:60]!r}", hint=hint)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < np.inf:
            raise Problem("bad_tolerance", f"{key} must be a number that is not negative; got {str(value)[:60]}")
    rtol, atol = (float(content[key]) if key in content else None for key in KEYS)
    return rtol, atol
