"""`backprop-explorer check` as a course grades with it: on the exercise, all of it, and files as they really come."""

from __future__ import annotations

import codecs
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from tests.api.command import Command, command

__all__ = ["command"]

BIAS = {"w": "x.T @ z.g", "b": "z.g.sum(0)"}
TITLE = "Exercise 6: A bias over a batch"
OWN = {"title": "Ex 2", "program": "loss = sum(w)", "parameters": {"w": [1.0]}}


def written(file: Path, content: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
    return file


def test_an_exercise_asks_for_the_gradients_of_its_parameters(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", {"exercise": "bias", "gradients": {"b": "z.g.sum(0)"}})
    done = command("check", file)
    [answer] = done.json["files"]
    assert (done.code, done.json["correct"], answer["correct"]) == (1, False, False)
    assert (answer["exercise"], answer["title"], answer["missing"]) == ("bias", TITLE, ["w"])
    assert answer["verdicts"]["b"]["verdict"] == "correct"
    whole = command("check", written(tmp_path / "b.json", {"exercise": "bias", "gradients": BIAS}))
    assert (whole.code, whole.json["files"][0]["missing"]) == (0, [])
    assert command("check", file, "--require", "b").code == 0
    assert command("check", file, "--require", "none").code == 0
    assert command("check", file, "--require", "b,z").json["files"][0]["missing"] == ["z"]


def test_a_document_of_ones_own_requires_what_the_command_says(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", {**examples["lesson13"], "gradients": {"w1": "x.T @ l1.g"}})
    done = command("check", file)
    [answer] = done.json["files"]
    assert (done.code, answer["exercise"], answer["missing"]) == (0, None, [])
    assert answer["title"] == examples["lesson13"]["title"]
    strict = command("check", "--require", "all", file)
    assert (strict.code, strict.json["files"][0]["missing"]) == (1, ["b1", "w2", "b2"])
    unknown = command("check", "--require", "w9", file)
    assert (unknown.code, unknown.json["files"][0]["problem"]["code"]) == (2, "unknown_tensor")


def test_a_program_of_ones_own_does_not_replace_the_exercise(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", {**OWN, "gradients": {"w": "ones(1)"}})
    assert command("check", file).code == 0
    done = command("check", "--exercise", "bias", file)
    [answer] = done.json["files"]
    assert (done.code, answer["correct"]) == (1, False)
    assert (answer["exercise"], answer["title"], answer["missing"]) == ("bias", TITLE, ["b"])
    assert answer["ignored"] == ["program", "parameters"]
    assert answer["verdicts"]["w"]["expected_shape"] == [3, 2]


@pytest.mark.parametrize("form", ["document", "with answers", "file of exercises"])
def test_the_exercise_may_be_a_file(command: Command, tmp_path: Path, form: str) -> None:
    document = dict(exercises["bias"].document)
    content = {
        "document": document,
        "with answers": {**document, "gradients": BIAS},
        "file of exercises": {"level": 6, "document": document, "solutions": BIAS, "mistakes": []},
    }[form]
    exercise = written(tmp_path / "answers" / "ex1.json", content)
    names = {
        "right": {"gradients": BIAS}, "filled in": {**document, "gradients": BIAS},
        "named": {"exercise": "ex1", "gradients": BIAS}, "by file": {"exercise": "ex1.json", "gradients": BIAS},
    }  # fmt: skip
    for name, answer in names.items():
        written(tmp_path / "answers" / f"{name}.json", answer)
    done = command("check", "--exercise", exercise, tmp_path / "answers")
    assert done.code == 0
    assert len(done.json["files"]) == len(names)  # the exercise itself is no answer
    for answer in done.json["files"]:
        assert (answer["exercise"], answer["title"], answer["missing"]) == (str(exercise), TITLE, [])
        assert "ignored" not in answer


def test_an_answer_to_something_else_is_a_problem(command: Command, tmp_path: Path) -> None:
    for content, code, says in (
        ({"exercise": "relu", "gradients": BIAS}, "another_exercise", "the answer is to 'relu', not to 'bias'"),
        ({"example": "lesson13", "gradients": BIAS}, "another_exercise", "'lesson13'"),
        ({"student": "Ann", "gradients": BIAS}, "unknown_key", "an answer has no key 'student'"),
        ({"require": "none", "gradients": {"b": "1"}}, "unknown_key", "no key 'require'"),
    ):
        done = command("check", "--exercise", "bias", written(tmp_path / "a.json", content))
        problem = done.json["files"][0]["problem"]
        assert (done.code, problem["code"]) == (2, code)
        assert says in problem["detail"]


@pytest.mark.parametrize(
    ("exercise", "says"),
    [
        ("nothing.json", "There is no file or exercise 'nothing.json'; there are scale, sum"),
        (".", ".: cannot be read: Is a directory"),
        ("broken.json", "broken.json: is not JSON"),
        ("wrong.json", "wrong.json: the program cannot be read"),
        ("list.json", "its “document” must be an object"),
    ],
)
def test_an_exercise_that_is_none_ends_it_at_once(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exercise: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.json").write_text("{")
    written(Path("wrong.json"), {**OWN, "program": "loss = ("})
    written(Path("list.json"), {"document": [1]})
    done = command("check", "--exercise", exercise, written(Path("a.json"), {"gradients": BIAS}))
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert says in done.err


def test_one_unknown_name_is_that_answers_error(command: Command, tmp_path: Path) -> None:
    content = {"example": "lesson13", "gradients": {"w1": "x.T @ l1.g", "B1": "l1.g.sum(0)", "b2": None}}
    done = command("check", written(tmp_path / "a.json", content))
    verdicts = done.json["files"][0]["verdicts"]
    assert done.code == 1
    assert [verdicts[name]["verdict"] for name in ("w1", "B1", "b2")] == ["correct", "error", "error"]
    assert verdicts["B1"]["hint"] == 'did you mean "b1"?'
    assert verdicts["b2"]["message"] == "b2 must be a number; got null"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"exercise": "relu", "title": "x", "gradients": {"z": "1"}}, "names an exercise has no key 'title'"),
        ({"exercise": "relu", "seed": 3, "gradients": {"z": "1"}}, "no key 'seed'"),
        ({"exercize": "relu", "gradients": {"z": "1"}}, "no key 'exercize'"),
        ({"gradients": {"z": "1"}}, "there is no program"),
    ],
)
def test_extra_keys_are_named(command: Command, tmp_path: Path, content: dict[str, Any], says: str) -> None:
    done = command("check", written(tmp_path / "a.json", content))
    assert done.code == 2
    assert says in done.json["files"][0]["problem"]["detail"]


def test_a_folder_is_walked(command: Command, tmp_path: Path) -> None:
    right = {"exercise": "bias", "gradients": BIAS}
    for name in ("b.json", "a/2.JSON", "a/1.json", "a/deep/er/3.json"):
        written(tmp_path / name, right)
    (tmp_path / "a" / "notes.txt").write_text("no answer")
    (tmp_path / "a" / "gone.json").symlink_to(tmp_path / "nowhere")
    done = command("check", tmp_path, written(tmp_path.parent / "last.json", right))
    named = [Path(answer["file"]).name for answer in done.json["files"]]
    assert named == ["1.json", "2.JSON", "3.json", "gone.json", "b.json", "last.json"]
    assert [answer["problem"]["code"] for answer in done.json["files"] if "problem" in answer] == ["unreadable"]
    assert done.code == 2
    (tmp_path / "empty").mkdir()
    empty = command("check", tmp_path / "empty")
    assert (empty.code, empty.json["files"][0]["problem"]["code"]) == (2, "no_files")


ANSWER = json.dumps({**OWN, "title": "Übung 2", "gradients": {"w": "ones(1)"}}, ensure_ascii=False, indent=1)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_files_as_any_editor_writes_them(command: Command, tmp_path: Path, mark: bytes, encoding: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(mark + ANSWER.replace("\n", "\r\n").encode(encoding))
    for done in (command("check", file), command("check", "-", stdin=file.read_bytes())):
        assert (done.code, done.json["files"][0]["title"]) == (0, "Übung 2")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xe4\xf6\xfc", "is not valid UTF-8; save it as UTF-8"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8{", "is not valid UTF-16"),
        (b"[" * 100_000, "nested"),
        (b'{"a": 1, "a": 2}', 'the key "a" occurs twice'),
        (b'{"a": NaN}', '"NaN", "Infinity"'),
        (b"[1]", "is not a document"),
        (b"", "is not JSON"),
    ],
)
def test_what_is_no_json_is_told_in_words(command: Command, tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    problem = command("check", file).json["files"][0]["problem"]
    assert says in f"{problem['detail']}; {problem['hint']}"
    assert "codec" not in problem["detail"]
    assert "body" not in problem["detail"]
    done = command("trace", file)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert says in done.err


@pytest.mark.parametrize("name", ["check", "trace", "train"])
def test_a_link_to_a_device_without_end(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("BACKPROP_BODY_BYTES", "100000")
    (tmp_path / "a.json").symlink_to("/dev/zero")
    done = command(name, tmp_path / "a.json", *(["--iterations", "1"] if name == "train" else []))
    assert done.code == 2
    assert "is larger than the limit body_bytes of 100,000" in done.out + done.err
    assert "BACKPROP_BODY_BYTES" in done.out + done.err


def test_a_folder_is_no_document(command: Command, tmp_path: Path) -> None:
    done = command("trace", tmp_path)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "Is a directory" in done.err


@pytest.mark.parametrize("content", [{"example": "lesson13"}, {"exercise": "bias"}])
def test_a_document_may_be_named(command: Command, content: dict[str, str]) -> None:
    given = json.dumps(content).encode()
    done = command("trace", "-", stdin=given)
    assert done.code == 0
    assert "*** backward pass ***" in done.out
    if "example" in content:
        assert command("train", "-", "--iterations", "2", stdin=given).out.startswith("2\t0.")


def test_hints_are_told(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", {**OWN, "optimizer": {"name": "adamm", "lr": 0.1}})
    done = command("train", file, "--iterations", 2)
    assert done.err.strip().endswith("there is no optimizer called 'adamm'; did you mean \"adam\"?")
    done = command("trace", "-", stdin=json.dumps({"example": "lesson14"}).encode())
    assert "standard input: there is no example 'lesson14'; did you mean \"lesson13\"?" in done.err
    written(file, {**OWN, "program": "a = 1\nloss = sotfmax(w)"})
    assert '(line 2, column 8); did you mean "softmax"?' in command("trace", file).err


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_what_the_output_does_not_hold_is_told(command: Command, tmp_path: Path, optimizer: str) -> None:
    file = written(tmp_path / "a.json", {**OWN, "optimizer": {"name": optimizer, "lr": 0.1}})
    done = command("train", file, "--iterations", 2, "--output", tmp_path / "out.json")
    assert done.code == 0
    told = "out.json does not contain the optimizer's state (optimizer.step, w.exp_avg, w.exp_avg_sq)"
    assert (told in done.err) == (optimizer == "adam")
    assert done.err == "" or optimizer == "adam"


def test_the_command_itself(tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", {"gradients": BIAS})
    arguments = [sys.executable, "-m", "backprop_explorer.cli", "check", "--exercise", "bias", "-", str(file)]
    done = subprocess.run(arguments, input=file.read_bytes(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [answer["file"] for answer in json.loads(done.stdout)["files"]] == ["-", str(file)]
