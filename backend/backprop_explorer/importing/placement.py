"""Which of a document's tensors the columns of a table, or an array without a name, are for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backprop_explorer.engine import Document
from backprop_explorer.importing.names import name_of
from backprop_explorer.importing.record import Content
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened, suggestion
from backprop_explorer.wording import counted, listed

LABELS = ("label", "labels", "target", "targets", "class", "y")
"""What the column of the labels is called where no input is called so and none was chosen."""


def placed(
    document: Document, content: Content, label: str | None = None, tensor: str | None = None
) -> Mapping[str, Array]:
    """The file's tensors by names of the document where they have none: the `label` is the name or number of a
    table's column, the `tensor` gets the other columns, or the single array. Raises a `Problem` where nothing fits, or
    more than one does."""
    if label is not None and content.arrangement != "table":
        raise Problem("no_table", "label chooses a column, and this file is no table", hint="leave label out")
    if tensor is not None and content.arrangement == "named":
        raise Problem("names_given", "The file's tensors have names, and go by them", hint="leave tensor out")
    if tensor is not None and tensor not in document.tensors:
        hint = suggestion(tensor, document.tensors) or f"its tensors are {listed(document.tensors)}"
        raise Problem("unknown_tensor", f"the run has no input or parameter {shortened(tensor)!r}", hint=hint)
    if content.arrangement == "table":
        return _Table(document, content.tensors).placed(label, tensor)
    if content.arrangement == "single":
        (array,) = content.tensors.values()
        return {tensor or _fitting_name(document, array): array}
    return content.tensors


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

    def __init__(self, document: Document, columns: Mapping[str, Array]) -> None:
        self.document, self.columns = document, columns
        self.widths = {name: size(array.shape[1:]) for name, array in document.inputs.items() if array.ndim}
        self.found: dict[str, list[str]] = {}

    def placed(self, label: str | None, tensor: str | None) -> dict[str, Array]:
        """The columns of each input as one array of the shape of its rows."""
        for column in self.columns:
            name = column if column in self.widths else name_of(column)
            if self.widths.get(name) == 1 and name not in (*self.found, tensor) and column != label:
                self.found[name] = [column]
        target = self._label(label)
        if target is not None:
            self.found[self._labelled(target, tensor)] = [target]
        taken = {column for columns in self.found.values() for column in columns}
        rest = [column for column in self.columns if column not in taken]
        if rest and (tensor is not None or self._free(None)):
            self.found[tensor or self._wide(rest)] = rest
        left = [column for column in self.columns if column not in {*taken, *rest}]
        return {name: self._array(name, columns) for name, columns in self.found.items()} | {
            column: self.columns[column] for column in left
        }

    def _label(self, label: str | None) -> str | None:
        """The column of the labels by its name or number, by default the only one that is called as labels are."""
        if label is None:
            taken = {column for columns in self.found.values() for column in columns}
            usual = [column for column in self.columns if column.lower() in LABELS and column not in taken]
            return usual[0] if len(usual) == 1 and len(self.columns) > 1 else None
        if label in self.columns:
            return label
        number = int(label) if label.isascii() and label.isdecimal() and len(label) < 8 else 0
        if 1 <= number <= len(self.columns):
            return [*self.columns][number - 1]
        hint = suggestion(label, self.columns) or f"its columns are {listed(self.columns)}"
        raise Problem("unknown_column", f"The table has no column {shortened(label)!r}", hint=hint)

    def _free(self, tensor: str | None) -> list[str]:
        return [name for name in self.widths if name not in self.found and name != tensor]

    def _labelled(self, column: str, tensor: str | None) -> str:
        """The input that gets the labels: the one of its name, else the one with a number in each row."""
        if self.widths.get(column) == 1:
            return column
        fitting = [name for name in self._free(tensor) if self.widths[name] == 1]
        flat = [name for name in fitting if self.document.inputs[name].ndim == 1]
        whole = [name for name in flat if name in self.document.whole]
        for found in (fitting, flat, whole):
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
        free = self._free(None)
        fitting = [name for name in free if self.widths[name] == len(rest)]
        if len(fitting) == 1:
            return fitting[0]
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
