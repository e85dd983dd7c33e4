"""A column of labels as the document's target wants it: class numbers, one-hot rows, or plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backprop_explorer.engine import Plan, label_bounds
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, listed

MOST_NUMBERED = 6
"""So many classes are told with their numbers."""


@dataclass(frozen=True)
class Labels:
    """The labels in the shape of the target, what the numbers stand for, and what was done, in words."""

    array: Array
    words: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)


def as_labels(plan: Plan, target: str, column: Array, words: tuple[str, ...] | None) -> Labels:
    """A column as the labels of that target; `words` are what its numbers stand for. Words that the target's own
    vocabulary has keep their numbers. Raises a `Problem` where the target has too few classes."""
    document = plan.document
    before = document.tensors[target]
    known = document.vocabulary.get(target)
    if words is not None and known is not None:
        column, words = _by_vocabulary(target, column, words, known), known
    bounds = label_bounds(plan.program.graph.nodes).get(target)
    one_hot = size(before.shape[1:]) > 1 and before.ndim == 2
    if bounds is not None or one_hot:
        classes = before.shape[1] if bounds is None else bounds[1] + 1
        column, words, told = _numbered(target, column, words, classes)
        said = [told] if told else _told(words)
        if bounds is not None:
            return Labels(column.reshape(-1, *before.shape[1:]), words or (), said)
        rows = np.eye(classes)[column.astype(np.int64)]
        return Labels(
            rows, words or (), [*said, f"The labels are one-hot rows, since {target} takes a number for each class"]
        )
    if size(before.shape[1:]) != 1 or before.ndim == 0:
        each = counted(size(before.shape[1:]) if before.ndim else 0, "number")
        raise Problem("wrong_shape", f"{target} takes {each} in each row, and a label is one", tensor=target)
    return Labels(column.reshape(-1, *before.shape[1:]), words or (), _told(words))


def is_one_hot(array: Array) -> bool:
    """Whether each row has a single 1, and 0 elsewhere."""
    return array.ndim == 2 and array.shape[1] > 1 and bool(((array == 0) | (array == 1)).all() and
                                                           (array.sum(1) == 1).all())  # fmt: skip


def _by_vocabulary(target: str, column: Array, words: tuple[str, ...], known: tuple[str, ...]) -> Array:
    unknown = [word for word in words if word not in known]
    if unknown:
        raise Problem(
            "unknown_word",
            f"{listed(unknown)}: no class of {target} is called so; its classes are {listed(known)}",
            tensor=target,
            hint="rename them in the file, or start a new run from it",
        )
    places = np.array([known.index(word) for word in words], np.float64)
    return places[column.astype(np.int64)]


def _numbered(
    target: str, column: Array, words: tuple[str, ...] | None, classes: int
) -> tuple[Array, tuple[str, ...] | None, str | None]:
    """The column with numbers from 0 for so many classes, and a sentence where they were changed."""
    if words is not None and len(words) <= classes:
        return column, words, None
    distinct = np.unique(column)
    if words is not None or len(distinct) > classes:
        count = len(words or distinct)
        raise Problem(
            "too_many_classes",
            f"The labels have {counted(count, 'class').replace('classs', 'classes')}; {target} takes {classes:,}",
            tensor=target,
            hint="start a new run from the file, or leave rows out",
        )
    whole = bool((distinct == np.trunc(distinct)).all())
    if whole and distinct[0] >= 0 and distinct[-1] < classes:
        return column, None, None
    names = tuple(f"{number:g}" for number in distinct)
    said = f"The labels {listed(names)} became the class numbers 0 to {len(names) - 1} of {target}"
    return np.searchsorted(distinct, column).astype(np.float64), names, said


def _told(words: tuple[str, ...] | None) -> list[str]:
    if not words:
        return []
    numbers = listed((f"{word} is {number}" for number, word in enumerate(words)), MOST_NUMBERED)
    return [f"The classes are numbered: {numbers}"]
