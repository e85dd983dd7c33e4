"""The command line."""

import json
import re
import socket
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backprop_explorer.examples import examples
from backprop_explorer.settings import Settings
from tests.amount import some
from tests.command import PROCESS, command, process


def test_the_version() -> None:
    assert command("--version").stdout.strip() == version("backprop-explorer")


LESSON = json.dumps(dict(examples["lesson13"]))


@pytest.mark.parametrize("content", some([LESSON, "{", "[" * 100_000], LESSON))
def test_a_process_of_its_own_answers_the_same(tmp_path: Path, content: str) -> None:
    file = tmp_path / "document.json"
    file.write_text(content)
    assert process("trace", str(file)) == command("trace", str(file))


def test_the_help_names_every_option() -> None:
    text = re.sub(r"\x1b\[[0-9;]*m", "", command("--help").stdout)
    for word in (
        "--host",
        "--port",
        "--no-open",
        "--allow-host",
        "--database",
        "--version",
        "trace",
        "train",
        "BACKPROP_",
    ):
        assert word in text


def test_every_setting_is_listed() -> None:
    text = command("settings").stdout
    assert all(f"BACKPROP_{name.upper()}" in text for name in Settings.model_fields)


def test_a_trace_of_the_lesson(tmp_path: Path) -> None:
    file = tmp_path / "lesson.json"
    file.write_text(json.dumps(dict(examples["lesson13"])))
    printed = command("trace", str(file))
    assert (printed.returncode, printed.stderr) == (0, "")
    titles = [
        line.split("  ")[0].rstrip(":")
        for line in printed.stdout.splitlines()
        if " = " in line or line.startswith("***")
    ]
    assert titles[:4] == ["*** forward pass ***", "l1.matmul = x @ w1", "l1 = l1.matmul + b1", "l2 = relu(l1)"]
    backward = titles.index("*** backward pass ***")
    assert titles[backward + 1] == "loss.g = 1"
    assert titles.index("w2.g = l2.T @ out.g") < titles.index("w1.g = x.T @ l1.g") < titles.index("b1.g = l1.g.sum(0)")
    assert titles[titles.index("*** update ***") + 1] == "w1 = w1 - 0.5 * w1.g"
    assert "(10, 6), (6, 2) -> (10, 2)" in printed.stdout


def test_a_trace_says_where_numbers_stopped_being_finite(tmp_path: Path) -> None:
    file = tmp_path / "document.json"
    document = {"program": "b = sqrt(x)\nloss = sum(b)", "parameters": {"x": [4.0, -1.0]}}
    file.write_text(json.dumps(document))
    first = command("trace", str(file)).stdout.splitlines()[0]
    assert first == (
        "warning, line 1: b[1] is NaN: sqrt(-1). Keep what is under the root from falling below 0: "
        "`sqrt(maximum(x, 0) + 1e-12)`."
    )


def test_a_trace_as_json_is_the_service_s(tmp_path: Path, client: TestClient) -> None:
    file = tmp_path / "document.json"
    document = {"program": "b = sqrt(x)\nloss = sum(b)", "parameters": {"x": [4.0, -1.0]}}
    file.write_text(json.dumps(document))
    printed = command("trace", str(file), "--format", "json")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout) == client.post("/api/trace", json=document).json()
    assert command("trace", str(file), "--format", "yaml").returncode == 2


# A loop with batches, and what has composites; each example is traced in tests/examples.
@pytest.mark.parametrize("name", some(examples, "digits", "attention_head"))
def test_every_example_can_be_printed(tmp_path: Path, name: str) -> None:
    file = tmp_path / "example.json"
    file.write_text(json.dumps(dict(examples[name])))
    printed = command("trace", str(file))
    assert (printed.returncode, printed.stderr) == (0, "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "is not a document"),
        ("{}", "program"),
        ("[" * 100_000, "is not JSON"),
        ('{"program": "loss = (", "inputs": {"x": 1.0}}', "line 1"),
        ("\0", "is not JSON"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, content: str | None, reason: str) -> None:
    file = tmp_path / "document.json"
    if content is not None:
        file.write_text(content)
    printed = command("trace", str(file))
    assert (printed.returncode, printed.stdout) == (2, "")
    assert reason in printed.stderr
    assert len(printed.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (["--database", "mysql://localhost/runs"], {}, "postgresql://…, not mysql://…"),
        ([], {"DATABASE_URL": "postgresql://localhost:port/runs"}, "cannot be read"),
        (["--host", "192.0.2.1"], {}, "cannot listen"),
        ([], {"BACKPROP_BODY_BYTES": "many"}, "body_bytes"),
        ([], {"DATABASE_URL": "postgresql://me:secret@db/runs", "BACKPROP_DATABASE": "runs"}, "set only one of them"),
        (["--database", "runs"], {"DATABASE_URL": "sqlite:///other"}, "set only one of them"),
    ],
)
def test_a_server_that_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], reason: str
) -> None:
    printed = command("--no-open", *arguments, **{"XDG_DATA_HOME": str(tmp_path), **environment})
    assert printed.returncode == 2
    assert reason in printed.stderr
    assert len(printed.stderr.splitlines()) == 1


def test_a_busy_port_is_stepped_over_and_said_so(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        arguments = ["--no-open", "--port", str(port), "--database", str(tmp_path / "runs.sqlite3")]
        with subprocess.Popen([*PROCESS, *arguments], stdout=subprocess.PIPE, encoding="utf-8") as serving:
            assert serving.stdout is not None
            said = [serving.stdout.readline(), serving.stdout.readline()]
            serving.kill()
    assert said[0].startswith(f"Port {port} is busy")
    assert re.match(r"Backprop Explorer is at http://127\.0\.0\.1:\d+ ", said[1])


@pytest.mark.parametrize("given", ["a.test,b.test", "a.test b.test", "a.test, b.test"])
def test_host_names_in_the_environment(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("BACKPROP_ALLOW_HOST", given)
    assert Settings().allow_host == ["a.test", "b.test"]


def test_every_budget_and_limit_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROP_TENSOR_ELEMENTS", "7")
    monkeypatch.setenv("BACKPROP_TRAINING_ITERATIONS", "8")
    settings = Settings()
    assert settings.budget.tensor_elements == settings.limits.budget.tensor_elements == 7
    assert settings.limits.training_iterations == 8
