"""ruff, its formatter and mypy find nothing, and would find something if there was something."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT
from tests.node import CACHE

RUFF = ("ruff", "check", "--no-cache")
FORMAT = ("ruff", "format", "--check", "--no-cache")
MYPY = ("mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(CACHE / "mypy"))


def complaints(*command: str, cwd: Path = ROOT) -> str | None:
    """What a tool printed, when it did not exit with 0."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, timeout=280)
    return None if done.returncode == 0 else done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    assert complaints(*RUFF, "backend", "tests") is None


def test_the_code_is_formatted() -> None:
    assert complaints(*FORMAT, "backend", "tests") is None


@pytest.mark.xdist_group("mypy")
def test_mypy_strict_finds_nothing() -> None:
    assert complaints(*MYPY) is None


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (RUFF, "F401"),
        (FORMAT, "would be reformatted"),
        pytest.param(MYPY, "Missing type arguments", marks=[pytest.mark.xdist_group("mypy"), pytest.mark.long]),
    ],
)
def test_a_planted_flaw_is_found(command: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
    (tmp_path / "flawed.py").write_text("import os\ndef f(x: list) -> int: return  x[0]\n")
    config = ("--config", str(ROOT / "pyproject.toml")) if command[0] == "ruff" else ()
    assert complaint in (complaints(*command, *config, str(tmp_path / "flawed.py"), cwd=tmp_path) or "")
