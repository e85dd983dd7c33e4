"""What the documents show is what happens: their programs print it, their commands and calls answer it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.ops import OPERATIONS, unregister
from tests.documents import Block, blocks, documents, matches
from tests.house.repository import ROOT
from tests.server import ForkedServer, Server, running

ADDRESS = "http://127.0.0.1:8000"
RUN = ("python", "sh")
MARK = "end of a block, exit code"
pytestmark = pytest.mark.xdist_group("documents")
DOCUMENTS = [path for path in documents() if any(block.language in RUN for block in blocks(path.read_text("utf-8")))]


def programs(made: list[Block], address: str) -> list[str]:
    """What each Python block prints, all of them run one after the other as in a notebook."""
    namespace: dict[str, Any] = {"__name__": "__document__"}
    printed = []
    for block in made:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(block.code.replace(ADDRESS, address), f"line {block.line}", "exec"), namespace)  # noqa: S102
        printed.append(output.getvalue().replace(address, ADDRESS))
    return printed


def commands(made: list[Block], address: str, folder: Path) -> list[str]:
    """What each block of commands prints, all of them run in one shell; every block has to end well."""
    script = "exec 2>&1\n" + "".join(f"{block.code}\nprintf '\\n%s %s\\n' '{MARK}' $?\n" for block in made)
    path = os.pathsep.join([str(_curl(folder)), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", script.replace(ADDRESS, address)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=True,
    )
    printed, *rest = done.stdout.split(f"\n{MARK} ")
    answers = [printed]
    for block, part in zip(made, rest, strict=True):
        code, _, following = part.partition("\n")
        assert code == "0", f"the commands in line {block.line} end with {code}:\n{answers[-1]}"
        answers.append(following)
    return [answer.replace(address, ADDRESS) for answer in answers[:-1]]


def _curl(folder: Path) -> Path:
    """A folder with a `curl`: the machine's, or where it has none, one that knows the options of our documents."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    machine = shutil.which("curl")
    if (place / "curl").exists():
        return place
    if machine:
        (place / "curl").symlink_to(machine)
    else:
        program = place / "curl"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "tests" / "curl.py"}" "$@"\n')
        program.chmod(0o755)
    return place


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all documents; its database, `runs.sqlite3`, is in the folder in which they are followed."""
    folder = tmp_path_factory.mktemp("documents")
    with running(folder / "runs.sqlite3", folder / "log", kind=ForkedServer) as made:
        yield made


# Each command of command-line.md starts a Python of its own; tests of the commands are in this process.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.name, marks=[pytest.mark.long] if path.name == "command-line.md" else [])
        for path in DOCUMENTS
    ],
)
def test_what_a_document_shows_is_what_happens(path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = server.log.parent
    monkeypatch.chdir(folder)
    known = dict(OPERATIONS)
    every = blocks(path.read_text("utf-8"))
    ran = [block for block in every if block.language == "python"]
    typed = [block for block in every if block.language == "sh"]
    printed: list[tuple[Block, str]] = []
    first = next(block.language for block in every if block.language in RUN)
    if first == "sh":  # the programs read what the commands have written
        printed += zip(typed, commands(typed, server.url, folder), strict=True)
    try:
        printed += zip(ran, programs(ran, server.url), strict=True)
    finally:
        for operation in [record for name, record in OPERATIONS.items() if name not in known]:
            unregister(operation)
    if typed and first != "sh":
        printed += zip(typed, commands(typed, server.url, folder), strict=True)
    wrong = [
        f"line {block.line} shows\n{block.answer or ''}\nand prints\n{answer}"
        for block, answer in printed
        if (answer.strip() if block.answer is None else not matches(block, answer))
    ]
    assert not wrong, "\n\n".join(wrong)


def test_readme_has_its_programs_and_its_call() -> None:
    found = [block.language for block in blocks((ROOT / "README.md").read_text("utf-8")) if block.answer]
    assert found.count("python") == 1
    assert found.count("sh") == 1


def test_the_spare_curl_answers_as_the_documents_need_it(server: Server, tmp_path: Path) -> None:
    def call(*words: str, given: bytes = b"") -> bytes:
        command = [sys.executable, str(ROOT / "tests" / "curl.py"), *words]
        return subprocess.run(command, input=given, capture_output=True, timeout=60, check=True).stdout

    kind, saved = "Content-Type: application/json", tmp_path / "answer"
    call("-s", "-i", f"{server.url}/api/runs", "-H", kind, "-d", '{"example": "lesson13"}', "-o", str(saved))
    head, _, state = saved.read_bytes().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 Created")
    assert b'etag: "1"' in head
    run = json.loads(state)["id"]
    changed = call("-N", "-X", "PATCH", f"{server.url}/api/runs/{run}", "-H", kind, "--data-binary", "@-", given=b"{}")
    assert b'"code":"nothing_to_change"' in changed
    assert json.loads(call(f"{server.url}/api/runs/{run}/tensors/w1?window=0:1,0:1"))["value"] == [[1.0]]


@pytest.mark.parametrize(
    ("text", "printed", "right"),
    [
        ("```python\nprint(1)\n```\n\n```text\n1\n```\n", "1\n", True),
        ("```python\nprint(1)\n```\n\n```text\n1\n```\n", "2\n", False),
        ('```sh\ncurl -s x\n```\n\n```json\n{"a": 1,\n …, "z": 2}\n```\n', '{"a":1,"b":5,"z":2}', True),
        ('```sh\ncurl -s x\n```\n\n```json\n{"a": 1, …}\n```\n', '{"a":2,"b":5}', False),
        ("```python\nf()\n```\n\n```text\nw1 0.1234567890123 0.5…\n```\n", "w1 0.1234567890124 0.567\n", True),
        ("```python\nf()\n```\n\n```text\nw1 0.1234567890123 0.5…\n```\n", "w1 0.1234567 0.567\n", False),
        ("```sh\nls\n```\n\n```text\na …\nz\n```\n", "a b\nc\nz\n", True),
    ],
)
def test_a_planted_answer_is_compared(text: str, printed: str, right: bool) -> None:
    [block] = blocks(text)
    assert matches(block, printed) is right


TENSORS: dict[str, Any] = {
    "inputs": {"x": [[0.5, -1.0], [0.25, 2.0]]},
    "parameters": {"w1": [[0.3, -0.2], [0.1, 0.7]], "w2": [[0.2, 0.4], [-0.5, 0.1]]},
}
PROGRAMS = [
    pytest.param(block.code, id=f"tutorial, line {block.line}")
    for block in blocks((ROOT / "backend" / "docs" / "tutorial.md").read_text("utf-8"))
    if "\nloss = " in block.code
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_tutorials_programs_are_programs(program: str) -> None:
    more = {name: [0.1, -0.3] for name in ("b1", "b2") if name in program}
    more |= {"w3": [[0.6, 0.2], [0.1, 0.9]]} if "w3" in program else {}
    y = [1, 0] if "cross_entropy" in program else [[0.1, 0.2], [0.3, 0.4]]
    inputs = {**TENSORS["inputs"], **({"y": y} if re.search(r"\by\b", program) else {})}
    plan = bx.compile({"program": program, "inputs": inputs, "parameters": {**TENSORS["parameters"], **more}})
    assert np.isfinite(plan.run())
