"""Explanations: where an element of any value or gradient comes from, where it goes, and why."""

from backprop_explorer.explain.answered import answered_plan
from backprop_explorer.explain.check import check
from backprop_explorer.explain.draft import draft
from backprop_explorer.explain.explanation import explain
from backprop_explorer.explain.gradcheck import gradcheck, loss_curve
from backprop_explorer.explain.grading import Require, Task, complete, graded, gradients_of
from backprop_explorer.explain.hint import hint
from backprop_explorer.explain.jacobian import jacobian
from backprop_explorer.explain.place import Field
from backprop_explorer.explain.practice import is_found, practice, still_found, to_find
from backprop_explorer.explain.trial import Trial, Weight, checked_weight
from backprop_explorer.explain.uses import uses
from backprop_explorer.explain.why import why_step, why_tensor

__all__ = [
    "Field",
    "Require",
    "Task",
    "Trial",
    "Weight",
    "answered_plan",
    "check",
    "checked_weight",
    "complete",
    "draft",
    "explain",
    "gradcheck",
    "graded",
    "gradients_of",
    "hint",
    "is_found",
    "jacobian",
    "loss_curve",
    "practice",
    "still_found",
    "to_find",
    "uses",
    "why_step",
    "why_tensor",
]
