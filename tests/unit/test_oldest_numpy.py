"""The oldest NumPy that the package admits, beside the newest that the other tests run on.

What is deprecated in one NumPy is an error in a later one, and what is new in one is missing in an earlier one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from tests.house.repository import ROOT
from tests.node import CACHE

# Every operation by its samples, and edits of tensors with and without axes through the service.
TESTS = ("tests/unit/ops", "tests/api/test_scalars.py")
MINORS = 10


def floor() -> tuple[int, int]:
    """The least NumPy of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    [wanted] = [line for line in project["dependencies"] if line.startswith("numpy")]
    found = re.fullmatch(r"numpy>=(\d+)(?:\.(\d+))?.*", wanted)
    assert found, wanted
    return int(found[1]), int(found[2] or 0)


def oldest() -> Path:
    """A folder with the oldest admitted NumPy that has a wheel for this Python, out of the user's cache."""
    major, minor = floor()
    CACHE.mkdir(parents=True, exist_ok=True)
    said = ""
    for later in range(MINORS):
        version = f"{major}.{minor + later}"
        target = CACHE / f"numpy-{version}-{sys.implementation.cache_tag}"
        with FileLock(f"{target}.lock", timeout=300):
            if target.exists():
                return target
            wanted = ["--only-binary", ":all:", "--no-deps", "--target", f"{target}.part", f"numpy=={version}.*"]
            done = subprocess.run(
                [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted],
                capture_output=True, text=True, timeout=240, check=False,
            )  # fmt: skip
            if not done.returncode:
                return Path(f"{target}.part").rename(target)
            said = done.stderr
    pytest.fail(f"pip has no NumPy of the versions that the package admits:\n{said}", pytrace=False)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_operations_and_edits_work_on_it() -> None:
    folder = oldest()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    version = "import numpy; print(numpy.__version__)"
    found = subprocess.run([sys.executable, "-c", version], env=environment, capture_output=True, text=True, check=True)
    assert tuple(map(int, found.stdout.split(".")[:2])) <= tuple(map(int, np.__version__.split(".")[:2]))
    assert found.stdout.strip() in folder.joinpath("numpy", "version.py").read_text("utf-8")
    command = [sys.executable, "-m", "pytest", "--long", "-q", "-n", "0", "-p", "no:cacheprovider", *TESTS]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"^\d+ passed in ", done.stdout, re.MULTILINE), f"Not all of them ran:\n{done.stdout[-4000:]}"
