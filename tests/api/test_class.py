"""A class's folder graded by the command: right answers in every form, wrong, broken and hostile ones."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.command import Command, command

__all__ = ["command"]

EXERCISE = {
    "title": "A hidden layer",
    "program": "z = x @ w\nh = tanh(z)\nloss = mean((h @ v - t) ** 2)",
    "inputs": {"x": [[1, -2], [0.5, 1], [2, 0.3]], "t": [[1], [0], [0.5]]},
    "parameters": {"w": [[0.4, -0.3], [0.2, 0.7]], "v": [[0.6], [-0.8]]},
}
W, V = "x.T @ z.g", "h.T @ (2 / 3 * (h @ v - t))"


def answer(encoding: str = "utf-8", **gradients: Any) -> bytes:
    return json.dumps({"gradients": gradients}).encode(encoding)


ANSWERS: dict[str, tuple[bytes, str, str]] = {
    "right": (answer(w=W, v=V), "2", ""),
    "right, one step more": (answer(w=W, v=V, z="(1 - h ** 2) * h.g"), "3", ""),
    "mark": (answer("utf-8-sig", w=W, v=V), "2", ""),
    "utf16": (answer("utf-16", w=W, v=V), "2", ""),
    "utf32": (answer("utf-32", w=W, v=V), "2", ""),
    "sum": (answer(w=W, v="h.T @ (2 * (h @ v - t))"), "1", "sum_for_mean"),
    "sign": (answer(w=W, v="-h.T @ (2 / 3 * (h @ v - t))"), "1", "wrong_sign"),
    "tensor": (answer(w="x.T @ h.g", v=V), "1", "wrong_tensor"),
    "transposed": (answer(w="z.g.T @ x", v=V), "1", "transposed"),
    "step": (answer(w=W, v=V, z="h.g"), "2", "missing_local_derivative"),
    "missing": (answer(w=W), "1", ""),
    "capitals": (answer(W=W, V=V), "0", 'did you mean "w"?'),
    "null": (answer(w=None, v=V), "1", "must be a number; got null"),
    "import": (answer(w='__import__("os").system("id")', v=V), "1", "no function called __import__"),
    "huge": (answer(w="zeros((100000, 100000))", v=V), "1", "more than the limit tensor_elements"),
    "long": (answer(w="+".join(["w"] * 20000), v=V), "1", "at most 500 characters"),
    "another": (
        json.dumps({"program": "loss = sum(w)", "parameters": {"w": [1.0]}, "gradients": {"w": "ones(1)"}}).encode(),
        "0",
        "",
    ),
    "empty": (b"", "", "it is empty"),
    "comma": (b'{"gradients": {"w": "x",}', "", "is not JSON"),
    "deep": (b"[" * 100_000, "", "nested more than"),
    "latin": ('{"title": "Übung", "gradients": {"w": "x"}}'.encode("latin-1"), "", "not valid UTF-8"),
    "list": (b"[1, 2]", "", "is not a document or an answer"),
    "nothing": (b'{"gradients": {}}', "", "at least one formula"),
}
"""By the file's name: what is in it, its points, and what is said of it."""


@pytest.fixture
def rows(command: Command, tmp_path: Path) -> dict[str, dict[str, str]]:
    """The grades of a class."""
    (tmp_path / "exercise.json").write_text(json.dumps(EXERCISE))
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "notes.txt").write_text("no answer")
    for name, (content, _, _) in ANSWERS.items():
        (folder / f"{name}.json").write_bytes(content)
    done = command("check", "--exercise", tmp_path / "exercise.json", "--format", "csv", folder)
    assert done.code == 2
    return {Path(row["file"]).stem: row for row in csv.DictReader(io.StringIO(done.out))}


def test_every_answer_is_graded_as_a_teacher_would(rows: dict[str, dict[str, str]]) -> None:
    assert rows.keys() == ANSWERS.keys()
    for name, (_, points, says) in ANSWERS.items():
        row = rows[name]
        assert row["points"] == points, name
        assert says in f"{row['codes']} {row['problem']}", row
        assert (row["correct"] == "yes") == (name in ("right", "right, one step more", "mark", "utf16", "utf32")), name
    assert rows["missing"]["missing"] == "v"
