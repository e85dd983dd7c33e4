"""Explanations: where an element of any value or gradient comes from."""

from backprop_explorer.explain.explanation import explain
from backprop_explorer.explain.place import Field

__all__ = ["Field", "explain"]
