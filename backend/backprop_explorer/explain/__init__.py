"""Explanations: where an element of any value or gradient comes from, where it goes, and why.

`terms` has what a number is computed from, `why` the rule of a step in words, `jacobian` its derivative as a matrix.
"""

from backprop_explorer.explain.jacobian.jacobian import jacobian
from backprop_explorer.explain.terms.explanation import explain
from backprop_explorer.explain.terms.place import Field
from backprop_explorer.explain.terms.uses import uses
from backprop_explorer.explain.why.why import why_step, why_tensor

__all__ = ["Field", "explain", "jacobian", "uses", "why_step", "why_tensor"]
