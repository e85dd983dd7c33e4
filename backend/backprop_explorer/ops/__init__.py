"""The primitive operations: six families of records."""

from backprop_explorer.ops.record import ATOM, REQUIRED, Array, OperandError, Operation, Shape
from backprop_explorer.ops.registry import OPERATIONS, SYNONYMS, discover, register, unregister

discover(f"{__name__}.primitives")

__all__ = [
    "ATOM",
    "OPERATIONS",
    "REQUIRED",
    "SYNONYMS",
    "Array",
    "OperandError",
    "Operation",
    "Shape",
    "register",
    "unregister",
]
