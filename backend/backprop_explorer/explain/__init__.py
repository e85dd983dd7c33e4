"""Explanations: where an element of any value or gradient comes from."""

from backprop_explorer.explain.explanation import Field, explain

__all__ = ["Field", "explain"]
