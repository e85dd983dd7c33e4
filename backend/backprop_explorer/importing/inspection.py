"""What a file of data holds, and what may be done with it: before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal, TypedDict

import numpy as np

from backprop_explorer.answers import Extent
from backprop_explorer.engine import Budget, Plan, compile_document
from backprop_explorer.importing.pictures import sizes_of
from backprop_explorer.importing.placement import column_of
from backprop_explorer.importing.record import Arrangement, Choices, Content
from backprop_explorer.importing.replacement import replacement
from backprop_explorer.importing.starting import MODELS, guessed_label, has_classes, starting_document, title_of
from backprop_explorer.importing.text import tokens_of
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, ProblemDetail
from backprop_explorer.wording import counted, listed

SHOWN = 5
"""So many rows are shown."""
CHARACTERS = 400


class DataColumn(TypedDict):
    """A column of a table, and how many different values it has."""

    name: str
    kind: Literal["words", "whole", "number"]
    distinct: int


class DataTensor(TypedDict):
    """A tensor of the run that gets the file's data: its shape before and after."""

    name: str
    before: Extent
    after: Extent


class DataPlace(TypedDict):
    """What putting the file into the run would do."""

    tensors: list[DataTensor]
    label: Annotated[str | None, "the column of the label"]
    warnings: list[str]


class DataModel(TypedDict):
    """A document that the file could begin: its program, and what would be told about it."""

    name: str
    title: str
    program: str
    warnings: list[str]


class DataInspection(TypedDict):
    """What a file of data holds, where it fits into a run, and what could begin with it."""

    holds: Annotated[Arrangement | Literal["program"], "named: tensors with names; single: one array"]
    summary: str
    columns: list[DataColumn]
    head: Annotated[list[list[str]], "the first rows of a table, as texts"]
    label: Annotated[str | None, "the column that most likely is the label"]
    predict: Annotated[Literal["classes", "numbers"] | None, "what a new document would predict"]
    text: Annotated[str | None, "how the text begins"]
    fits: Annotated[DataPlace | None, "null where it does not fit into the run, or none was named"]
    problem: Annotated[ProblemDetail | None, "why it does not fit"]
    models: list[DataModel]
    no_model: Annotated[ProblemDetail | None, "why none could begin with it"]
    warnings: list[str]


def inspected(content: Content, plan: Plan | None, choices: Choices, budget: Budget) -> DataInspection:
    """What the file holds and where it fits: nothing is changed. Raises a `Problem` for a choice that is none."""
    columns = content.tensors if content.arrangement == "table" else {}
    label = guessed_label(columns, content.words) if columns else None
    chosen = label if choices.label is None or not columns else column_of(columns, choices.label)
    if content.document is not None:
        plan = None
    fits, problem = _fits(content, plan, choices, label, budget)
    models, no_model = _models(content, choices, budget) if content.document is None else ([], None)
    column = columns.get(chosen or "")
    classes = column is not None and has_classes(column, content.words.get(chosen or ""))
    return {
        "holds": "program" if content.document is not None else content.arrangement,
        "summary": _summary(content),
        "columns": [_column(name, one, content) for name, one in columns.items()],
        "head": list(_head(content)),
        "label": label,
        "predict": choices.predict or ("classes" if classes else "numbers" if column is not None else None),
        "text": content.text[:CHARACTERS] or None,
        "fits": fits,
        "problem": problem,
        "models": models,
        "no_model": no_model,
        "warnings": content.warnings,
    }


def _summary(content: Content) -> str:
    if content.document is not None:
        return "A document with a program, which POST /import opens"
    match content.arrangement:
        case "table":
            rows = len(next(iter(content.tensors.values())))
            return f"A table of {counted(rows, 'row')} and {counted(len(content.tensors), 'column')}"
        case "single":
            (array,) = content.tensors.values()
            return f"An array of the shape {array.shape}"
        case "pictures":
            folders = {one.folder for one in content.pictures}
            within = f", in {len(folders)} folders" if len(folders) > 1 else ""
            return f"{sizes_of(content.pictures)}{within}"
        case "text":
            text = content.text
            different = len(set(text))
            words = len(tokens_of(text, "words").words) if text.strip() else 0
            return f"A text of {len(text):,} characters ({different:,} different ones; {words:,} different words)"
    return f"{counted(len(content.tensors), 'tensor')}: {listed(content.tensors)}"


def _column(name: str, array: Array, content: Content) -> DataColumn:
    distinct = len(np.unique(array))
    whole = bool((array == np.trunc(array)).all())
    return {
        "name": name,
        "kind": "words" if name in content.words else "whole" if whole else "number",
        "distinct": distinct,
    }


def _head(content: Content) -> Iterator[list[str]]:
    if content.arrangement != "table":
        return
    columns = list(content.tensors.items())
    for row in range(min(SHOWN, len(columns[0][1]))):
        yield [_cell(content.words.get(name), array[row]) for name, array in columns]


def _cell(words: tuple[str, ...] | None, number: float) -> str:
    return f"{number + 0.0:.6g}" if words is None else words[int(number)]


def _fits(
    content: Content, plan: Plan | None, choices: Choices, label: str | None, budget: Budget
) -> tuple[DataPlace | None, ProblemDetail | None]:
    """What it would do to the run: with the label that was chosen, else with the first likely one that fits."""
    if plan is None:
        return None, None
    likely = [choices.label] if choices.label is not None or label is None else [label, None]
    first: Problem | None = None
    for one in likely:
        try:
            return _place(content, plan, replace(choices, label=one), budget), None
        except Problem as problem:
            first = first or problem
    return None, first.to_json() if first else None


def _place(content: Content, plan: Plan, choices: Choices, budget: Budget) -> DataPlace:
    found = replacement(plan, content, budget, choices)
    document = plan.document
    after = compile_document(document.replace(**found.changes, budget=budget), budget).document
    tensors: list[DataTensor] = [
        {"name": name, "before": list(document.tensors[name].shape), "after": list(after.tensors[name].shape)}
        for name in found.replaced
    ]
    return {"tensors": tensors, "label": choices.label, "warnings": found.warnings}


def _models(content: Content, choices: Choices, budget: Budget) -> tuple[list[DataModel], ProblemDetail | None]:
    found: list[DataModel] = []
    for name in MODELS:
        try:
            document, told = starting_document(content, choices, name, budget)
        except Problem as problem:
            return found, problem.to_json()
        found.append({"name": name, "title": title_of(name, content), "program": document["program"], "warnings": told})
    return found, None
