"""How much work a request asks for, as far as it can be known before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from backprop_explorer.engine.program import Program

FLOP = 300
"""So many operations of a matrix product take as long as computing one number on the way of an iteration."""


def drawn_elements(document: object) -> int:
    """How many numbers the tensors of a document have that are drawn, about; what is no document has none."""
    if not isinstance(document, Mapping):
        return 0
    groups = (document.get(key) for key in ("inputs", "parameters"))
    return sum(_drawn(entry) for group in groups if isinstance(group, Mapping) for entry in group.values())


def _drawn(entry: Any) -> int:
    shape = entry.get("shape") if isinstance(entry, Mapping) else None
    if not isinstance(shape, list) or not all(type(length) is int and length > 0 for length in shape):
        return 0
    return prod(shape[:8])


def work_of(program: Program) -> float:
    """About as how many numbers one iteration of the program counts."""
    meter = program.graph.meter
    return meter.elements + meter.flop / FLOP
