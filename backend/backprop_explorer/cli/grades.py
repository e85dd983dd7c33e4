"""Grades as they are printed: JSON, a line of JSON for each file, CSV, a table with a summary of the class, or what
Gradescope reads."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from backprop_explorer.api import wire
from backprop_explorer.cli.checking import Result
from backprop_explorer.practice.report import told

COLUMNS = ("file", "exercise", "correct", "points", "own_points", "of", "blame", "codes", "missing", "problem")
OFTEN = 5
"""So many of a class's mistakes are named in its summary."""

CAUSES: Mapping[str, str] = {
    "transposed": "mixed up rows and columns",
    "elementwise_for_matmul": "used * instead of @, or the reverse",
    "missing_batch_sum": "left out a sum",
    "mean_for_sum": "used the mean instead of the sum",
    "sum_for_mean": "used the sum instead of the mean",
    "missing_local_derivative": "left out a part of the step's derivative",
    "missing_incoming_gradient": "left out the incoming gradient",
    "wrong_sign": "have the opposite sign",
    "constant_factor": "are off by a constant factor",
    "wrong_tensor": "used the wrong tensor",
    "missing_contribution": "forgot one of several uses",
    "overwritten_not_added": "overwrote where they should add",
    "statistics_held_constant": "treated a mean or variance as a constant",
    "activation_for_preactivation": "confused an activation with its input",
    "axis_wrong": "summed along the wrong axis",
    "diagonal_only": "used only the diagonal of the Jacobian",
    "mask_ignored": "ignored a mask",
    "stale_value": "used a value after its update",
}
"""What a class did, by the code of the diagnosis; of others the code is told."""


def printed(results: Iterable[Result], form: str) -> Iterator[str]:
    """What is written, piece by piece."""
    return FORMS[form](results)


def _json(results: Iterable[Result]) -> Iterator[str]:
    files = list(results)
    answer = {"correct": all(one.get("correct", False) for one in files), "files": files, "summary": summary(files)}
    yield wire.encode(answer).decode() + "\n"


def _lines(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        yield wire.encode(result).decode() + "\n"


def _csv(results: Iterable[Result]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in ([*COLUMNS], *map(_row, results)):
        writer.writerow([_plain(cell) for cell in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _plain(cell: str) -> str:
    """The cell as text: a spreadsheet would take what begins like a formula for one."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _row(result: Result) -> list[str]:
    problem = result.get("problem")
    if problem is not None:
        return [result["file"], "", "no", "", "", "", "", "", "", problem["detail"]]
    points = result["points"]
    return [
        result["file"],
        str(result.get("exercise") or result.get("example") or ""),
        "yes" if result["correct"] else "no",
        str(points["correct"]),
        str(points["own"]),
        str(points["of"]),
        " ".join(result["blame"]),
        " ".join(_codes(result).values()),
        " ".join(result.get("missing", [])),
        "; ".join(_errors(result)),
    ]


def _errors(result: Result) -> list[str]:
    """What could not be understood, by tensor, with what was probably meant."""
    verdicts: Mapping[str, Any] = result["verdicts"]
    hints = {name: f" ({one['hint']})" if one.get("hint") else "" for name, one in verdicts.items()}
    return [f"{name}: {one['message']}{hints[name]}" for name, one in verdicts.items() if one["message"]]


def _codes(result: Result) -> dict[str, str]:
    """The diagnosis of each step that is wrong, by tensor."""
    verdicts: Mapping[str, Any] = result.get("verdicts", {})
    return {name: str(one["diagnosis"]["code"]) for name, one in verdicts.items() if one["diagnosis"] is not None}


def _table(results: Iterable[Result]) -> Iterator[str]:
    files = list(results)
    rows = [["file", "points", "own", "of", "blame", "why"], *map(_short, files)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:5], widths, strict=True)]
        yield "  ".join([*cells, row[5]]).rstrip() + "\n"
    yield "\n"
    for line in summary(files)["told"]:
        yield f"{line}\n"


def _short(result: Result) -> list[str]:
    if "problem" in result:
        return [result["file"], "-", "-", "-", "", result["problem"]["detail"]]
    points, missing = result["points"], result.get("missing", [])
    why = [*_codes(result).values(), *([f"missing {' '.join(missing)}"] if missing else []), *_errors(result)]
    numbers = [str(points[key]) for key in ("correct", "own", "of")]
    return [result["file"], *numbers, " ".join(result["blame"]), ", ".join(why)]


def summary(files: list[Result]) -> dict[str, Any]:
    """Of a class: how many are right, wrong or could not be read, and how many made each mistake."""
    sound = [one for one in files if "problem" not in one]
    right = sum(bool(one["correct"]) for one in sound)
    made = Counter(code for one in sound for code in set(_codes(one).values()) if code != "unknown")
    lines = [f"{len(files)} files: {right} right, {len(sound) - right} wrong, {len(files) - len(sound)} with a problem"]
    for code, count in made.most_common(OFTEN):
        share = f"{100 * count / len(sound):.0f} %"
        lines.append(f"{share:>5} {CAUSES.get(code, f'have the mistake {code}')}")
    return {"files": len(files), "correct": right, "unsound": len(files) - len(sound), "mistakes": made, "told": lines}


def _gradescope(results: Iterable[Result]) -> Iterator[str]:
    """The results.json of an autograder: one test for each gradient, a point each."""
    tests = [test for result in results for test in _tests(result)]
    yield wire.encode({"tests": tests}).decode() + "\n"


def _tests(result: Result) -> Iterator[dict[str, Any]]:
    if "problem" in result:
        hint = result["problem"].get("hint")
        output = f"{result['problem']['detail']}{f' ({hint})' if hint else ''}"
        yield {"name": result["file"], "score": 0, "max_score": 1, "output": output}
        return
    for name, verdict in result["verdicts"].items():
        score = int(verdict["verdict"] == "correct")
        yield {"name": f"{name}.g", "score": score, "max_score": 1, "output": told(verdict)}
    for name in result.get("missing", []):
        yield {"name": f"{name}.g", "score": 0, "max_score": 1, "output": "missing: it was asked for"}


FORMS: Mapping[str, Callable[[Iterable[Result]], Iterator[str]]] = {
    "json": _json,
    "lines": _lines,
    "csv": _csv,
    "table": _table,
    "gradescope": _gradescope,
}
"""By name."""
