"""What the README shows is what happens: its Python runs as it stands, its calls answer as printed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.server import running

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(import .*?)```\n\n```text\n(.*?)```", README, re.S)
CALLS = re.findall(r"curl -s http://127.0.0.1:8000/api(\S+) .* -d '(.*)'\n```\n\n```json\n(.*)\n```", README)


def test_the_readme_has_them() -> None:
    assert len(PROGRAMS) == 2
    assert len(CALLS) == 3


def test_the_programs_print_what_is_shown(tmp_path: Path) -> None:
    with running(tmp_path / "runs.sqlite3", tmp_path / "log") as server:
        for program, shown in PROGRAMS:
            text = program.replace("http://127.0.0.1:8000", server.url)
            result = subprocess.run(
                [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True
            )
            assert result.stdout == shown


def test_the_calls_answer_what_is_shown(tmp_path: Path) -> None:
    with running(tmp_path / "runs.sqlite3", tmp_path / "log") as server:
        identity = ""
        for path, body, shown in CALLS:
            answer = httpx.post(
                f"{server.url}/api{path.replace('$RUN', identity)}", json=json.loads(body), timeout=60
            ).json()
            expected = json.loads(shown)
            if "id" in expected:
                identity = expected["id"] = answer["id"]
            assert answer == expected
