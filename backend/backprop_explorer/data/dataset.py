"""Data sets by name and field, read or generated when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, TypedDict

from backprop_explorer.answers import Extent, Finite
from backprop_explorer.data import sets
from backprop_explorer.data.record import Array, Choice, Dataset
from backprop_explorer.problem import Problem, suggestion

DATASETS: dict[str, Dataset] = {
    record.name: record
    for name in sorted(module.name for module in iter_modules(sets.__path__))
    for record in vars(import_module(f"{sets.__name__}.{name}")).values()
    if isinstance(record, Dataset)
}
"""Every data set by its name: a new one is a record in a module of `sets`."""


@lru_cache(maxsize=32)
def _fields(name: str, options: tuple[tuple[str, Any], ...]) -> dict[str, Array]:
    return DATASETS[name].load(**dict(options))


def dataset(name: Any, field: Any, count: Any = None, options: Mapping[str, Any] | None = None) -> Array:
    """A copy of the first `count` samples of a field (all by default); a generated set may be given options.

    Raises a `Problem` that says what there is for an unknown name, field or option, or a count that is not there.
    """
    record = dataset_named(name)
    if not isinstance(field, str) or field not in record.fields:
        raise _unknown(f"{name} has no field {str(field)[:40]!r}", f"its fields are {', '.join(record.fields)}")
    if count is None:
        count = record.count
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= record.count:
        raise _unknown(f"count of {name} must be a whole number from 1 to {record.count}; got {str(count)[:40]}")
    chosen = {option: _chosen(record, option, value) for option, value in (options or {}).items()}
    return _fields(record.name, tuple(sorted(chosen.items())))[field][:count].copy()


def dataset_named(name: Any) -> Dataset:
    """The record of that name; a `Problem` with the nearest name where there is none."""
    if not isinstance(name, str) or name not in DATASETS:
        near = suggestion(str(name), DATASETS)
        hint = f"{near} " if near else ""
        raise _unknown(f"there is no data set called {str(name)[:40]!r}", f"{hint}there are {', '.join(DATASETS)}")
    return DATASETS[name]


def _chosen(record: Dataset, option: str, value: Any) -> float:
    choice = record.options.get(option)
    if choice is None:
        known = ", ".join(("dataset", "field", "count", *record.options))
        hint = suggestion(option, record.options) or f"its options are {known}"
        raise _unknown(f"{record.name} has no option {option[:40]!r}", hint)
    if not _fits(choice, value):
        kind = "whole number" if choice.whole else "number"
        raise _unknown(
            f"{option} of {record.name} must be a {kind} from {choice.least} to {choice.most}; got {str(value)[:40]}"
        )
    return int(value) if choice.whole else float(value)


def _fits(choice: Choice, value: Any) -> bool:
    number = isinstance(value, int) or (isinstance(value, float) and not choice.whole)
    return number and not isinstance(value, bool) and choice.least <= value <= choice.most


def _unknown(detail: str, hint: str | None = None) -> Problem:
    return Problem("unknown_dataset", detail, hint=hint)


class DatasetField(TypedDict):
    """An array of a data set."""

    shape: Annotated[Extent, "of one sample"]
    views: Annotated[list[Extent], "other shapes in which a sample can be read"]
    whole: Annotated[bool, "whether it holds labels"]
    summary: str


class DatasetChoice(TypedDict):
    """A number that a generated data set depends on."""

    default: Finite
    least: Finite
    most: Finite
    whole: bool
    summary: str


class DatasetEntry(TypedDict):
    """A data set; a tensor is one of its fields: {"dataset", "field", "count"} and the options."""

    name: str
    title: str
    count: int
    fields: dict[str, DatasetField]
    classes: list[str]
    options: dict[str, DatasetChoice]
    source: str
    licence: str


def listing() -> list[DatasetEntry]:
    """Every data set, ready for JSON."""
    return [
        {
            "name": record.name,
            "title": record.title,
            "count": record.count,
            "fields": {
                name: {
                    "shape": list(field.shape),
                    "views": [list(view) for view in field.views],
                    "whole": field.whole,
                    "summary": field.summary,
                }
                for name, field in record.fields.items()
            },
            "classes": list(record.classes),
            "options": {name: _choice(choice) for name, choice in record.options.items()},
            "source": record.source,
            "licence": record.licence,
        }
        for record in DATASETS.values()
    ]


def _choice(choice: Choice) -> DatasetChoice:
    return {
        "default": choice.default,
        "least": choice.least,
        "most": choice.most,
        "whole": choice.whole,
        "summary": choice.summary,
    }
