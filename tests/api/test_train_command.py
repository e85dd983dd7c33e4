"""Training at the command line."""

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Validation
from backprop_explorer.examples import examples
from tests.api.stream import ENDLESS, endless_document
from tests.command import PROCESS, command


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    return written(tmp_path, dict(examples["lesson13"]))


def written(folder: Path, document: dict[str, Any]) -> Path:
    file = folder / "document.json"
    file.write_text(json.dumps(document))
    return file


def test_the_losses_and_the_trained_document(lesson: Path, tmp_path: Path) -> None:
    output = tmp_path / "trained.json"
    done = command("train", str(lesson), "--iterations", "25", "--every", "10", "--output", str(output))
    assert (done.returncode, done.stderr) == (0, "")
    plan = bx.compile(dict(examples["lesson13"]))
    losses = [*(plan.step() for _ in range(25)), plan.run()]
    assert done.stdout == "".join(f"{iteration}\t{losses[iteration]!r}\n" for iteration in (0, 10, 20, 25))
    trained = json.loads(output.read_text())
    assert trained["parameters"]["w1"] == plan["w1"].tolist()
    assert bx.compile(trained).run() == losses[-1]


def test_without_more_it_prints_the_last_loss(lesson: Path) -> None:
    done = command("train", str(lesson), "--iterations", "3")
    assert re.fullmatch(r"3\t0\.\d+\n", done.stdout)


def test_divergence_has_an_exit_code_and_a_sentence(tmp_path: Path) -> None:
    document = {"program": "loss = (w * x) ** 2", "inputs": {"x": 1.0}, "parameters": {"w": 3.0}}
    file = written(tmp_path, {**document, "optimizer": {"name": "sgd", "lr": 1e60}})
    done = command("train", str(file), "--iterations", "9")
    assert (done.returncode, done.stdout) == (1, "9\tnan\n")
    assert "The loss diverged at iteration" in done.stderr
    assert "smaller learning rate" in done.stderr


BELOW_0 = {
    "program": "h = sqrt(w)\nloss = sum(w) + sum(0 * h)",
    "parameters": {"w": [99.0, 50.125]},
    "optimizer": {"name": "sgd", "lr": 0.25},
}
"""Each iteration takes a quarter off: the first number below 0 comes at iteration 201."""


def test_the_operation_that_ended_it_is_named(tmp_path: Path) -> None:
    done = command("train", str(written(tmp_path, BELOW_0)), "--iterations", "300")
    assert done.returncode == 1
    assert "At iteration 201 h[1] is NaN: sqrt(-0.125). Keep what is under the root" in done.stderr
    assert "`sqrt(maximum(w, 0) + 1e-12)`" in done.stderr


def test_as_json(tmp_path: Path) -> None:
    file = str(written(tmp_path, BELOW_0))
    done = command("train", file, "--iterations", "300", "--every", "100", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert [one["iteration"] for one in told["losses"]] == [0, 100, 200, 300]
    assert (told["iteration"], told["loss"], told["diverged_at"]) == (300, "NaN", 201)
    [birth] = told["births"]
    assert (birth["iteration"], birth["op"], birth["tensor"], birth["index"]) == (201, "sqrt", "h", [1])
    short = json.loads(command("train", file, "--iterations", "3", "--format", "json").stdout)
    assert (short["births"], short["diverged_at"], short["stopped"]) == ([], None, None)


@pytest.mark.parametrize(
    ("changes", "arguments", "reason"),
    [
        ({"optimizer": None}, [], "no optimizer"),
        ({"program": "loss = ("}, [], "line 1"),
        ({}, ["--output", "/no/such/folder/trained.json"], "a folder that does not exist"),
    ],
)
def test_a_problem_is_told_before_anything_is_trained(
    tmp_path: Path, changes: dict, arguments: list[str], reason: str
) -> None:
    file = written(tmp_path, {**examples["lesson13"], **changes})
    done = command("train", str(file), "--iterations", "3", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_of_iterations_must_be_one(lesson: Path) -> None:
    for count in ("0", "-1", "many"):
        assert command("train", str(lesson), "--iterations", count).returncode == 2


def test_ctrl_c_keeps_what_was_done(tmp_path: Path) -> None:
    file, output = written(tmp_path, endless_document()), tmp_path / "trained.json"
    arguments = ["train", str(file), "--iterations", str(ENDLESS), "--every", "1", "--output", str(output)]
    with subprocess.Popen(
        [*PROCESS, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
        lines += rest.splitlines()
    assert process.returncode == 130
    iteration, loss = lines[-1].split("\t")
    assert f"after {int(iteration):,} of 100,000 iterations, which are kept" in errors
    assert "Traceback" not in errors
    assert bx.compile(json.loads(output.read_text())).run() == float(loss)


def test_a_terminal_shows_a_bar(lesson: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    arguments = [*PROCESS, "train", str(lesson), "--iterations", "2000"]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=False, env=environment)
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert done.stdout.startswith(b"2000\t0.")
    assert "2000/2000" in shown
    assert "iterations/s" in shown


def test_a_document_is_made_for_data_and_the_loss_on_held_out_rows_is_printed(tmp_path: Path) -> None:
    file, output = tmp_path / "own.csv", tmp_path / "document.json"
    file.write_text("a,b,kind\n" + "".join(f"{at % 5},{at % 3},{'xy'[at % 2]}\n" for at in range(20)))
    done = command("begin", str(file), "--model", "mlp", "--validation", "0.25", "--output", str(output))
    assert (done.returncode, done.stdout) == (0, "")
    assert "The 2 classes of y: 0 is x and 1 is y" in done.stderr
    document = json.loads(output.read_text())
    assert document["vocabulary"] == {"y": ["x", "y"]}
    done = command("train", str(output), "--iterations", "3", "--format", "json")
    plan = bx.compile(document)
    measured = Validation(plan)
    plan.step(), plan.step(), plan.step()
    assert json.loads(done.stdout)["validation_loss"] == pytest.approx(measured.loss(plan), rel=1e-12)
    assert "no column 'q'" in command("begin", str(file), "--label", "q").stderr
    assert command("begin", str(tmp_path / "none.csv")).returncode == 2
