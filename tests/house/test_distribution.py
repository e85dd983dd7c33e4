"""Wheel and source archive: the same bytes each time, whole, and as an index wants them."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.house.repository import FRONTEND, PACKAGE, ROOT, files

DATE = "1700000000"
pytestmark = pytest.mark.long


def built(folder: Path) -> dict[str, bytes]:
    """Both files by name, made in an environment of its own, as a release makes them."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": DATE}
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build", reason="build is not installed: pip install -e '.[test]'")
    folder = tmp_path_factory.mktemp("first")
    built(folder)
    return folder


def test_two_builds_are_the_same_bytes(first: Path, tmp_path: Path) -> None:
    again = built(tmp_path)
    assert sorted(Path(name).suffix for name in again) == [".gz", ".whl"]
    assert again == {path.name: path.read_bytes() for path in first.iterdir()}


def test_the_wheel_is_whole(first: Path) -> None:
    [wheel] = first.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {*archive.namelist()}
        [entries] = [archive.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    ours = {f"backprop_explorer/{path.relative_to(PACKAGE).as_posix()}" for path in files(".py", under=PACKAGE)}
    page = {
        f"backprop_explorer/static/{path.relative_to(FRONTEND).as_posix()}" for path in files(".js", under=FRONTEND)
    }
    assert ours | page <= names
    assert "backprop_explorer.cli:main" in entries
    assert "[jupyter_serverproxy_servers]" in entries


def test_the_source_archive_has_the_tests_and_nothing_of_this_machine(first: Path) -> None:
    [source] = first.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    for wanted in ("tests/house/test_distribution.py", "README.md", "LICENSE", "backend/docs/api.md"):
        assert wanted in names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".venv", ".git/"))]


def test_an_index_would_take_it(first: Path) -> None:
    pytest.importorskip("twine", reason="twine is not installed: pip install -e '.[test]'")
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, first.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2
