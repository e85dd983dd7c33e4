"""Grades in every form, a class's summary, several processes, and Gradescope's results."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.command import Command, command

__all__ = ["command"]

RIGHT = {"w": "x.T @ z.g", "b": "z.g.sum(0)"}
ANSWERS: dict[str, Any] = {
    "right": {"gradients": RIGHT},
    "mean": {"gradients": {**RIGHT, "b": "z.g.mean(0)"}},
    "mean too": {"gradients": {**RIGHT, "b": "z.g.sum(0) / 5"}},
    "=half": {"gradients": {"w": "x.T @ z.g"}},
    "misspelt": {"gradients": {"W": "x.T @ z.g", "b": "z.g.sum(0)"}},
    "broken": "{",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class's answers."""
    for name, answer in ANSWERS.items():
        text = answer if isinstance(answer, str) else json.dumps(answer)
        (tmp_path / f"{name}.json").write_text(text)
    return tmp_path


def graded(command: Command, folder: Path, form: str, *more: str) -> str:
    done = command("check", "--exercise", "bias", "--format", form, *more, folder)
    assert done.code == 2
    return done.out


def test_points_and_summary(command: Command, folder: Path) -> None:
    answer = json.loads(graded(command, folder, "json"))
    points = {Path(one["file"]).stem: one.get("points") for one in answer["files"]}
    assert points["right"] == {"correct": 2, "own": 2, "of": 2}
    assert points["mean"] == {"correct": 1, "own": 1, "of": 2}
    assert points["=half"] == {"correct": 1, "own": 1, "of": 2}
    assert points["misspelt"] == {"correct": 1, "own": 1, "of": 3}
    assert points["broken"] is None
    assert (answer["summary"]["files"], answer["summary"]["correct"], answer["summary"]["unsound"]) == (6, 1, 1)
    assert answer["summary"]["mistakes"] == {"mean_for_sum": 2}
    assert answer["summary"]["told"][1] == " 40 % used the mean instead of the sum"
    hint = next(one for one in answer["files"] if "misspelt" in one["file"])["verdicts"]["W"]["hint"]
    assert hint == 'did you mean "w"?'


def test_a_step_that_follows_from_another_has_its_own_point(command: Command, tmp_path: Path) -> None:
    given = {"z": [[2.0, 0.0]] * 5, "b": [10.0, 0.0]}
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"exercise": "bias", "gradients": given}))
    done = command("check", file, "--require", "none")
    assert done.json["files"][0]["points"] == {"correct": 0, "own": 1, "of": 2}
    assert done.json["files"][0]["blame"] == ["z"]


def test_csv_is_read_again_and_holds_no_formula_of_a_spreadsheet(command: Command, folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(graded(command, folder, "csv"))))
    assert [row["correct"] for row in rows].count("yes") == 1
    assert {row["codes"] for row in rows} == {"", "mean_for_sum"}
    assert all(cell[:1] not in ("=", "+", "@") for row in rows for cell in row.values())


def test_lines_are_one_object_for_each_file(command: Command, folder: Path) -> None:
    lines = [json.loads(line) for line in graded(command, folder, "lines").splitlines()]
    assert len(lines) == len(ANSWERS)


def test_a_table_for_people(command: Command, folder: Path) -> None:
    text = graded(command, folder, "table")
    assert text.splitlines()[0].split() == ["file", "points", "own", "of", "blame", "why"]
    assert "6 files: 1 right, 4 wrong, 1 with a problem" in text
    assert "40 % used the mean instead of the sum" in text


def test_gradescope_gets_a_test_for_each_gradient(command: Command, folder: Path) -> None:
    done = command("check", "--exercise", "bias", "--format", "gradescope", folder / "mean.json")
    tests = json.loads(done.out)["tests"]
    assert [(one["name"], one["score"], one["max_score"]) for one in tests] == [("w.g", 1, 1), ("b.g", 0, 1)]
    assert "mean" in tests[1]["output"]
    broken = json.loads(command("check", "--format", "gradescope", folder / "broken.json").out)["tests"]
    assert (broken[0]["score"], broken[0]["max_score"]) == (0, 1)


def test_several_processes_grade_the_same_in_the_same_order(command: Command, folder: Path) -> None:
    assert graded(command, folder, "lines", "--jobs", "2") == graded(command, folder, "lines")


def test_a_format_that_is_none_is_refused(command: Command, folder: Path) -> None:
    done = command("check", "--format", "xml", folder)
    assert done.code == 2
    assert "json, lines, csv, table, gradescope" in done.err
