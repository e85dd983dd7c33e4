"""Practice: a learner's own gradients, as formulae or numbers, checked, diagnosed and trained with."""

from backprop_explorer.practice.check import check
from backprop_explorer.practice.draft import Draft, draft
from backprop_explorer.practice.gradcheck import Gradcheck, LossCurve, gradcheck, loss_curve
from backprop_explorer.practice.grading import Require, Task, complete, graded, gradients_of
from backprop_explorer.practice.hint import Hint, hint
from backprop_explorer.practice.overrides import plan_with_overrides
from backprop_explorer.practice.practice import Practice, is_found, practice, still_found, to_find
from backprop_explorer.practice.renewal import renewed, variant
from backprop_explorer.practice.report import Report, assert_gradients
from backprop_explorer.practice.report import check as report
from backprop_explorer.practice.tolerance import Bounds, checked_tolerance
from backprop_explorer.practice.trial import Trial, Weight, checked_weight
from backprop_explorer.practice.verdict import CheckAnswer

__all__ = [
    "Bounds",
    "CheckAnswer",
    "Draft",
    "Gradcheck",
    "Hint",
    "LossCurve",
    "Practice",
    "Report",
    "Require",
    "Task",
    "Trial",
    "Weight",
    "assert_gradients",
    "check",
    "checked_tolerance",
    "checked_weight",
    "complete",
    "draft",
    "gradcheck",
    "graded",
    "gradients_of",
    "hint",
    "is_found",
    "loss_curve",
    "plan_with_overrides",
    "practice",
    "renewed",
    "report",
    "still_found",
    "to_find",
    "variant",
]
