"""Which classes are taken for which."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from backprop_explorer.answers import Counts
from backprop_explorer.engine import Plan
from backprop_explorer.ops.record import Array
from backprop_explorer.plots.limits import MOST_CLASSES
from backprop_explorer.plots.prediction import classes_of, not_applicable, on_all_rows, prediction_of
from backprop_explorer.plots.record import Options, Plot, Subject
from backprop_explorer.wording import counted, percent


class ConfusionPlot(TypedDict):
    """For classifiers: how many samples of each class (row) are taken for each class (column)."""

    tensor: str
    classes: list[str]
    counts: Counts
    right: int
    count: int
    threshold: float | None
    text: str


def confusion(plan: Plan) -> ConfusionPlot:
    """How many samples of each class (row) are taken for each (column). A `Problem` for what is no classifier."""
    plan = on_all_rows(plan)
    prediction = prediction_of(plan.program)
    classes = classes_of(plan, prediction)
    count = len(classes.names)
    if count > MOST_CLASSES:
        raise not_applicable(f"{count:,} classes are too many for a table; the most are {MOST_CLASSES}")
    counts = np.zeros((count, count), int)
    np.add.at(counts, (classes.truth, classes.said), 1)
    right = int(np.trace(counts))
    return {
        "tensor": prediction.name,
        "classes": classes.names,
        "counts": counts,
        "right": right,
        "count": int(counts.sum()),
        "threshold": classes.threshold,
        "text": _sentence(counts, classes.names, right),
    }


def _sentence(counts: Array, names: list[str], right: int) -> str:
    total = int(counts.sum())
    told = f"{right:,} of {counted(total, 'sample')} ({percent(right / total)}) are classified correctly"
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return f"{told}."
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    times = counted(int(wrong.max()), "time")
    return f"{told}; most common mistake: {names[row]} predicted as {names[column]} ({times})."


def _of_run(subject: Subject, options: Options) -> ConfusionPlot:
    return confusion(subject.plan)


def _is_classifier(plan: Plan) -> None:
    classes_of(plan, prediction_of(plan.program))


CONFUSION = Plot("confusion", "Confusion matrix", 8, ConfusionPlot, _of_run, _is_classifier)
