"""Explanations: where an element of any value or gradient comes from, where it goes, and why.

`terms` has what a number is computed from, `why` the rule of a step in words, `jacobian` its derivative as a matrix.
"""

from backprop_explorer.engine.program import Aim
from backprop_explorer.explain.jacobian.jacobian import Jacobian, jacobian
from backprop_explorer.explain.terms.explanation import Explanation, explain
from backprop_explorer.explain.terms.uses import Uses, uses
from backprop_explorer.explain.why.why import Why, why_step, why_tensor

__all__ = ["Aim", "Explanation", "Jacobian", "Uses", "Why", "explain", "jacobian", "uses", "why_step", "why_tensor"]
