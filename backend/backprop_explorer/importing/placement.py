"""Which of a document's tensors the columns of a table, or an array without a name, are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, batched_names
from backprop_explorer.importing.classes import as_labels, is_one_hot
from backprop_explorer.importing.names import name_of
from backprop_explorer.importing.raw_data import pictures_for, text_for
from backprop_explorer.importing.record import Choices, Content
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened, suggestion
from backprop_explorer.wording import counted, listed

LABELS = ("label", "labels", "target", "targets", "class", "y")
"""What the column of the labels is called where no input is called so and none was chosen."""


@dataclass(frozen=True)
class Placed:
    """The file's tensors by names of the document where they have none, what was made of them, in words, and what
    their whole numbers stand for."""

    tensors: Mapping[str, Array]
    warnings: list[str] = field(default_factory=list)
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def placed(plan: Plan, content: Content, choices: Choices, budget: Budget) -> Placed:
    """Which tensors the file's data is for: the `label` is the name or number of a table's column, the `tensor` gets
    the other columns, the single array, the pictures or the text. Raises a `Problem` where nothing fits, or more than
    one does."""
    document = plan.document
    _check_choices(document, content, choices)
    match content.arrangement:
        case "table":
            return _Table(plan, content, choices).placed()
        case "single":
            (array,) = content.tensors.values()
            return Placed({choices.tensor or _fitting_name(document, array): array})
        case "pictures":
            return Placed(*pictures_for(plan, content.pictures, choices))
        case "text":
            return Placed(*text_for(plan, content.text, choices, budget))
    return Placed(content.tensors)


def _check_choices(document: Document, content: Content, choices: Choices) -> None:
    if choices.label is not None and content.arrangement not in ("table", "pictures"):
        raise Problem("no_table", "label chooses a column, and this file is no table", hint="leave label out")
    if choices.leave and content.arrangement != "table":
        raise Problem("no_table", "leave leaves columns out, and this file is no table", hint="leave it out")
    if choices.tokens is not None and content.arrangement != "text":
        raise Problem("no_text", "tokens says how text is cut, and this file is no text", hint="leave it out")
    for tensor in (choices.tensor, choices.target):
        if tensor is not None and content.arrangement == "named":
            raise Problem("names_given", "The file's tensors have names, and go by them", hint="leave tensor out")
        if tensor is not None and tensor not in document.tensors:
            hint = suggestion(tensor, document.tensors) or f"its tensors are {listed(document.tensors)}"
            raise Problem("unknown_tensor", f"the run has no input or parameter {shortened(tensor)!r}", hint=hint)


def _fitting_name(document: Document, array: Array) -> str:
    """The one tensor of the array's shape, else the one input whose rows are such."""
    own = document.tensors
    same = [name for name, one in own.items() if one.shape == array.shape]
    rows = [name for name, one in document.inputs.items() if one.ndim and one.shape[1:] == array.shape[1:]]
    found = same or (rows if array.ndim else [])
    if len(found) == 1:
        return found[0]
    shapes = listed(f"{name} {own[name].shape}" for name in (found or own))
    why = "more than one tensor has" if found else "fits none"
    raise Problem(
        "ambiguous_tensor" if found else "no_tensor_fits",
        f"The array has the shape {array.shape}, which {why}: {shapes}",
        hint=f"say which one gets it, such as ?tensor={(found or [*own])[0]}",
    )


class _Table:
    """A table's columns on their way to the inputs of a document."""

    def __init__(self, plan: Plan, content: Content, choices: Choices) -> None:
        self.plan, self.document, self.choices = plan, plan.document, choices
        self.words = content.words
        self.label = _label_of(content.tensors, choices.label)
        self.left = [column_of(content.tensors, one) for one in choices.leave]
        given = {name: array for name, array in content.tensors.items() if name not in self.left}
        self._given = given
        self.columns = {name: array for name, array in given.items() if name == self.label or name not in self.words}
        self.worded = [name for name in given if name not in self.columns]
        self.widths = {name: size(array.shape[1:]) for name, array in self.document.inputs.items() if array.ndim}
        self.long = batched_names(self.document.inputs)
        self.found: dict[str, list[str]] = {}

    def placed(self) -> Placed:
        """The columns of each input as one array of the shape of its rows."""
        self._find_named()
        target = self.label if self.label is not None else self._usual_label()
        labelled = None
        if target is not None:
            labelled = self.choices.target or self._labelled(target)
            self.found[labelled] = [target]
        taken = {column for columns in self.found.values() for column in columns}
        rest = [column for column in self.columns if column not in taken]
        if rest and (self.choices.tensor is not None or self._free()):
            self.found[self.choices.tensor or self._wide(rest)] = rest
        left = [column for column in self.columns if column not in {*taken, *rest}]
        tensors = {name: self._array(name, columns) for name, columns in self.found.items() if name != labelled}
        labels = None
        if labelled is not None and target is not None:
            labels = as_labels(self.plan, labelled, self.columns[target], self.words.get(target))
            tensors[labelled] = labels.array
        said = f"The columns {listed(self.worded)} have words: left out" if len(self.worded) > 1 else None
        if len(self.worded) == 1:
            said = f"The column {self.worded[0]} has words: left out"
        warnings = [*([said] if said else []), *(labels.warnings if labels else [])]
        vocabulary = {labelled: labels.words} if labels and labelled and labels.words else {}
        return Placed(tensors | {column: self.columns[column] for column in left}, warnings, vocabulary)

    def _find_named(self) -> None:
        """Columns that are called like an input with one number in each row."""
        chosen = (self.choices.tensor, self.choices.target)
        for column in [*self.columns, *self.worded]:
            name = column if column in self.widths else name_of(column)
            if self.widths.get(name) != 1 or name in (*self.found, *chosen) or column == self.label:
                continue
            if column not in self.worded:
                self.found[name] = [column]
            elif self.label is None:
                self.label = column
                self.worded.remove(column)
                self.columns[column] = self._given[column]

    def _usual_label(self) -> str | None:
        """The only column that is called as labels are."""
        taken = {column for columns in self.found.values() for column in columns}
        usual = [column for column in self.columns if column.lower() in LABELS and column not in taken]
        return usual[0] if len(usual) == 1 and len(self.columns) > 1 else None

    def _free(self) -> list[str]:
        return [name for name in self.widths if name not in self.found]

    def _labelled(self, column: str) -> str:
        """The input that gets the labels: the one of its name, else the one with a number in each row, else the one
        whose rows are one-hot."""
        if self.widths.get(column) == 1:
            return column
        free = [name for name in self._free() if name != self.choices.tensor]
        fitting = [name for name in free if self.widths[name] == 1]
        flat = [name for name in fitting if self.document.inputs[name].ndim == 1]
        whole = [name for name in flat if name in self.document.whole]
        marked = [] if fitting else [name for name in free if is_one_hot(self.document.inputs[name])]
        long = [name for name in fitting if name in self.long]
        for found in (fitting, long, flat, whole, marked):
            if len(found) == 1:
                return found[0]
        said = f"more than one input could be ({listed(fitting)})" if fitting else "no input has one number in each row"
        raise Problem(
            "no_tensor_fits",
            f"The column {shortened(column)!r} is to be the label, and {said}",
            hint="call the column as the input that it is for",
        )

    def _wide(self, rest: list[str]) -> str:
        """The input with as many numbers in each row as there are columns."""
        free = self._free()
        fitting = [name for name in free if self.widths[name] == len(rest)]
        for found in (fitting, [name for name in fitting if name in self.long]):
            if len(found) == 1:
                return found[0]
        if fitting:
            said = f"{listed(fitting)} each take so many"
            hint = f"say which one gets them, such as ?tensor={fitting[0]}"
        else:
            said = f"the inputs take another number in each row: {listed(f'{one} {self.widths[one]}' for one in free)}"
            hint = (
                "?label= with a column's name or number takes that one apart; a column called like an input goes there"
            )
        whose = f"{counted(len(rest), 'column')} ({listed(rest)})"
        raise Problem("no_tensor_fits", f"The table has {whose} for an input, but {said}", hint=hint)

    def _array(self, name: str, columns: list[str]) -> Array:
        before = self.document.tensors[name]
        wanted = size(before.shape[1:]) if before.ndim else 0
        if wanted != len(columns):
            said = f"{name} takes {counted(wanted, 'number')} in each row, and the table has {len(columns):,} for it"
            raise Problem("wrong_shape", f"{said}: {listed(columns)}", tensor=name)
        return np.stack([self.columns[column] for column in columns], 1).reshape(-1, *before.shape[1:])


def _label_of(columns: Mapping[str, Array], label: str | None) -> str | None:
    return None if label is None else column_of(columns, label)


def column_of(columns: Mapping[str, Array], given: str) -> str:
    """The name of a table's column by its name or its number from 1. Raises a `Problem` where there is none."""
    if given in columns:
        return given
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0
    if 1 <= number <= len(columns):
        return [*columns][number - 1]
    hint = suggestion(given, columns) or f"its columns are {listed(columns)}"
    raise Problem("unknown_column", f"The table has no column {shortened(given)!r}", hint=hint)
