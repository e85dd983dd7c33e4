"""The command line: in this process, where it answers as fast as a function, and as the real command."""

import os
import subprocess
import sys
from dataclasses import dataclass

from typer.testing import CliRunner

from backprop_explorer.cli import app

PROCESS = [sys.executable, "-m", "backprop_explorer.cli"]
WIDE = {"COLUMNS": "120"}


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str, **environment: str) -> Done:
    """The command, run to its end in this process."""
    result = CliRunner().invoke(app, arguments, env={**WIDE, **environment}, catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


def process(*arguments: str, **environment: str) -> Done:
    """The command, run to its end in a process of its own."""
    everything = {**os.environ, **WIDE, **environment}
    done = subprocess.run(
        [*PROCESS, *arguments], capture_output=True, encoding="utf-8", timeout=100, check=False, env=everything
    )
    return Done(done.returncode, done.stdout, done.stderr)
