"""A test that is over its time limit says so, also where Hypothesis was in the midst of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.amount import some
from tests.house.repository import ROOT

PLAIN = [word for plugin in ("cacheprovider", "anyio", "schemathesis") for word in ("-p", f"no:{plugin}")]
HOOKS = "from tests.time_limit import pytest_runtest_call, pytest_timeout_set_timer\n"
SLOW = """
import time

from hypothesis import given, settings, strategies as st

slept = []

@settings(deadline=None, database=None)
@given(st.integers())
def test_slow_once(number):
    if not slept:
        slept.append(number)
        time.sleep(100)

def test_wrong():
    assert 1 == 2
"""


def reasons(folder: Path) -> dict[str, str]:
    """What pytest says of each test in the folder that failed."""
    command = [sys.executable, "-m", "pytest", *PLAIN, "--timeout=1", "-rf", "--rootdir", str(folder)]
    wide = {**os.environ, "COLUMNS": "1000"}
    done = subprocess.run([*command, str(folder)], cwd=ROOT, env=wide, capture_output=True, text=True, timeout=100)
    return dict(re.findall(r"^FAILED .*::(\w+) - (.*)$", done.stdout, re.M))


@pytest.mark.parametrize("hooks", some([HOOKS, ""], HOOKS))
def test_the_limit_is_blamed(tmp_path: Path, hooks: str) -> None:
    (tmp_path / "conftest.py").write_text(hooks)
    (tmp_path / "test_slow.py").write_text(SLOW)
    said = reasons(tmp_path)
    assert said["test_wrong"] == "assert 1 == 2"
    assert said["test_slow_once"].startswith("Failed: Timeout (>1") == bool(hooks), "else no hooks are needed any more"
