"""Files of answers graded at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from backprop_explorer.cli.files import files_in, read_object
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.examples.named import kind_of
from backprop_explorer.graph.budget import Budget
from backprop_explorer.practice import CheckAnswer, Require, Task, gradients_of
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

CORRECT, WRONG, UNSOUND = 0, 1, 2
"""Exit codes."""

AT_ONCE = 16
"""So many files are handed to a process together."""

Result = dict[str, Any]


class Grader:
    """Grades files, one after the other or in several processes; all on the exercise, where one is named.

    Making one raises a `Problem` for an exercise that is none.
    """

    def __init__(self, settings: Settings, exercise: str | None = None, require: str | None = None) -> None:
        self.settings, self.exercise, self.require = settings, exercise, require
        self.own = None if exercise is None else Path(exercise)
        self.task = None if exercise is None else _task(exercise, settings)

    def results(self, paths: Iterable[Path], jobs: int = 1) -> Iterator[Result]:
        """Per file what it was graded on, what is missing, its points and verdicts, or the problem in it; in order."""
        files = self._files(paths)
        if jobs == 1:
            yield from map(self.result, files)
            return
        with ProcessPoolExecutor(
            jobs, initializer=_begin, initargs=(self.settings, self.exercise, self.require)
        ) as many:
            yield from many.map(_result, files, chunksize=AT_ONCE)

    def _files(self, paths: Iterable[Path]) -> Iterator[Path]:
        """The files; a folder without any stands for itself."""
        for path in paths:
            found = list(files_in([path], self.own))
            yield from found or [path]

    def result(self, file: Path) -> Result:
        """That of one file."""
        try:
            if file.is_dir():
                raise Problem("no_files", "contains no files that end in .json")
            return {"file": str(file), **self._graded(read_object(file, self.settings))}
        except Problem as problem:
            return {"file": str(file), "problem": {**problem.to_json()}}

    def _graded(self, content: dict[str, Any]) -> Result:
        title = content.get("title")
        known: Result = {"exercise": None, "title": title if isinstance(title, str) else None, "missing": []}
        require = _required(self.require)
        gradients = gradients_of(content)
        if self.task is None:
            found = _own_task(content, self.settings.budget).graded(gradients, require=require)
            return {**known, **found, "points": points(found)}
        ignored = self.task.set_aside(content)
        found = self.task.graded(gradients, require=require)
        return {**known, **found, "points": points(found), **({"ignored": ignored} if ignored else {})}


def points(found: CheckAnswer) -> dict[str, int]:
    """A point for each gradient that was asked for or sent: how many are `correct`, how many are right given the
    gradients before them (`own`), and how many there could be (`of`)."""
    verdicts = found["verdicts"].values()
    correct = sum(one["verdict"] == "correct" for one in verdicts)
    own = sum(one["verdict"] == "correct" or one["own_step"] == "correct" for one in verdicts)
    return {"correct": correct, "own": own, "of": len(verdicts) + len(found.get("missing", []))}


def exit_code(results: Iterable[Result]) -> int:
    """0 all are correct, 1 one is not, 2 there is a problem in a file."""
    code = CORRECT
    for result in results:
        if "problem" in result:
            return UNSOUND
        code = code if result.get("correct", False) else WRONG
    return code


def _own_task(content: Result, budget: Budget) -> Task:
    """What an answer brings along, or names: the same name is compiled once."""
    kind = kind_of(content)
    if kind is not None and len(content) == 1 and isinstance(content[kind], str):
        return _named(kind, content[kind], budget)
    return Task.of(content, budget)


@lru_cache(maxsize=32)
def _named(kind: str, name: str, budget: Budget) -> Task:
    return Task.named(kind, name, budget)


def _task(exercise: str, settings: Settings) -> Task:
    """That of an exercise or example by its name, or of a file with a document."""
    if exercise in exercises or exercise in examples:
        return Task.named("exercise" if exercise in exercises else "example", exercise, settings.budget)
    file = Path(exercise)
    if not file.exists():
        names = ", ".join(exercises)
        raise Problem("unknown_exercise", f"There is no file or exercise {exercise[:200]!r}", hint=f"there are {names}")
    try:
        content = read_object(file, settings)
        document = content.get("document", content)
        if not isinstance(document, dict):
            raise Problem("bad_document", "its “document” must be an object with a program, inputs and parameters")
        document = {key: value for key, value in document.items() if key != "gradients"}
        return replace(Task.of(document, settings.budget), kind="exercise", name=str(file))
    except Problem as problem:
        problem.detail = f"{file}: {problem.detail}"
        raise


def _required(require: str | None) -> Require:
    if require is None or require in ("all", "none"):
        return require
    return [name.strip() for name in require.split(",") if name.strip()]


# -- in other processes

_grader: list[Grader] = []


def _begin(settings: Settings, exercise: str | None, require: str | None) -> None:
    _grader[:] = [Grader(settings, exercise, require)]


def _result(file: Path) -> Result:
    return _grader[0].result(file)
