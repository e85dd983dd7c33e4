"""Files of answers graded at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from backprop_explorer.cli.files import files_in, read_object
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.practice import Require, Task, graded, gradients_of
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

CORRECT, WRONG, UNSOUND = 0, 1, 2
"""Exit codes."""


def check_files(paths: Iterable[Path], settings: Settings, exercise: str | None, require: str | None) -> dict[str, Any]:
    """What is printed: per file what it was graded on, what is missing, the verdicts, or the problem in it.

    Raises a `Problem` for an exercise that is none.
    """
    task = None if exercise is None else _task(exercise, settings)
    own = None if exercise is None else Path(exercise)
    needed = _required(require)
    results = [result for path in paths for result in _results(path, own, settings, task, needed)]
    return {"correct": all(result.get("correct", False) for result in results), "files": results}


def exit_code(found: dict[str, Any]) -> int:
    """0 all are correct, 1 one is not, 2 there is a problem in a file."""
    unsound = any("problem" in result for result in found["files"])
    return UNSOUND if unsound else CORRECT if found["correct"] else WRONG


def _results(
    path: Path, own: Path | None, settings: Settings, task: Task | None, require: Require
) -> Iterator[dict[str, Any]]:
    files = list(files_in([path], own))
    for file in files:
        try:
            yield {"file": str(file), **_graded(read_object(file, settings), settings, task, require)}
        except Problem as problem:
            yield {"file": str(file), "problem": _told(problem)}
    if not files:
        empty = Problem("no_files", "has no files that end in .json")
        yield {"file": str(path), "problem": _told(empty)}


def _graded(content: dict[str, Any], settings: Settings, task: Task | None, require: Require) -> dict[str, Any]:
    title = content.get("title")
    known: dict[str, Any] = {"exercise": None, "title": title if isinstance(title, str) else None, "missing": []}
    if task is None:
        return {**known, **graded(content, settings.budget, require=require)}
    gradients = gradients_of(content)
    ignored = task.set_aside(content)
    return {**known, **task.graded(gradients, require=require), **({"ignored": ignored} if ignored else {})}


def _task(exercise: str, settings: Settings) -> Task:
    """That of an exercise or example by its name, or of a file with a document."""
    if exercise in exercises or exercise in examples:
        return Task.named("exercise" if exercise in exercises else "example", exercise, settings.budget)
    file = Path(exercise)
    if not file.exists():
        names = ", ".join(exercises)
        raise Problem("unknown_exercise", f"there is no file or exercise {exercise[:200]!r}", hint=f"there are {names}")
    try:
        content = read_object(file, settings)
        document = content.get("document", content)
        if not isinstance(document, dict):
            raise Problem("bad_document", "its document is none: an object with a program, inputs and parameters")
        document = {key: value for key, value in document.items() if key != "gradients"}
        return replace(Task.of(document, settings.budget), kind="exercise", name=str(file))
    except Problem as problem:
        problem.detail = f"{file}: {problem.detail}"
        raise


def _required(require: str | None) -> Require:
    if require is None or require in ("all", "none"):
        return require
    return [name.strip() for name in require.split(",") if name.strip()]


def _told(problem: Problem) -> dict[str, Any]:
    return {**problem.told}
