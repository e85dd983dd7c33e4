"""`backprop-explorer check`: files of answers, as a course or somebody's CI grades them."""

import json
from pathlib import Path
from typing import Any

from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from tests.command import command

RIGHT = {"w1": "x.T @ l1.g", "b1": "l1.g.sum(0)"}


def graded(tmp_path: Path, *contents: Any) -> tuple[int, dict[str, Any]]:
    files = []
    for number, content in enumerate(contents):
        file = tmp_path / f"answer{number}.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        files.append(str(file))
    done = command("check", *files)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert [entry["file"] for entry in found["files"]] == files
    return done.returncode, found


def test_a_folder_of_right_answers(tmp_path: Path) -> None:
    document = {**examples["lesson13"], "gradients": RIGHT}
    named = {"exercise": "relu", "gradients": exercises["relu"].solutions}
    code, found = graded(tmp_path, document, named, {"example": "lesson13", "gradients": RIGHT})
    assert (code, found["correct"]) == (0, True)
    assert all(entry["correct"] for entry in found["files"])


def test_a_wrong_answer_is_1_with_its_diagnosis(tmp_path: Path) -> None:
    wrong = {"example": "lesson13", "gradients": {"w1": "x.T @ l2.g", "b1": "l1.g.sum("}}
    code, found = graded(tmp_path, {"example": "lesson13", "gradients": RIGHT}, wrong)
    assert (code, found["correct"]) == (1, False)
    verdicts = found["files"][1]["verdicts"]
    assert verdicts["w1"]["diagnosis"]["code"] == "wrong_tensor"
    assert verdicts["b1"]["verdict"] == "error"


def test_a_problem_in_a_file_is_2_and_the_others_are_graded(tmp_path: Path) -> None:
    right = {"example": "lesson13", "gradients": RIGHT}
    broken = [
        "{", "[1]", {"example": "lesson13"}, {"example": "lesson", "gradients": RIGHT},
        {"program": "loss = x @", "inputs": {"x": [1.0]}, "gradients": {"x": "1"}},
        {"example": "lesson13", "seed": 3, "gradients": RIGHT},
    ]  # fmt: skip
    code, found = graded(tmp_path, right, *broken)
    assert (code, found["correct"]) == (2, False)
    assert found["files"][0]["correct"]
    problems = [entry["problem"]["code"] for entry in found["files"][1:]]
    assert problems == ["not_json", "not_an_object", "bad_gradients", "unknown_example", "syntax", "unknown_key"]
    assert all(entry["problem"]["detail"] for entry in found["files"][1:])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = command("check", str(tmp_path / "nothing.json"))
    assert done.returncode == 2
    assert json.loads(done.stdout)["files"][0]["problem"]["code"] == "unreadable"
