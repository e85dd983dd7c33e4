"""The page's scripts are written as Biome writes them, in 100 columns, and its linter finds nothing."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests import node
from tests.house.repository import ROOT

VERSION = "2.6.8"
CONFIGURATION = ROOT / ".biome.json"
SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "win32"}
PROCESSORS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def biome(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What Biome says of a folder with its configuration, out of its npm package for this machine."""
    name = f"@biomejs/cli-{SYSTEMS[sys.platform]}-{PROCESSORS[platform.machine().lower()]}"
    if sys.platform == "linux" and not platform.libc_ver()[0]:
        name += "-musl"
    program = node.package(name, VERSION) / ("biome.exe" if sys.platform == "win32" else "biome")
    program.chmod(0o755)
    command = [str(program), *arguments, "--colors=off"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_the_scripts_are_formatted_and_nothing_is_found() -> None:
    done = biome(ROOT, "ci")
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, f"format with: {done.args[0]} format --write\n{said}"
    assert "Checked" in said
    checked = int(said.split("Checked ")[1].split()[0])
    assert checked > 100, said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("export const none = (n) => Number.isNaN(n);\n", ""),
        ("export const none = (n) => n === NaN;\n", "useIsNan"),
        ("export const none = n => Number.isNaN(n)\n", "format"),
    ],
)
def test_a_planted_flaw_is_seen(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / CONFIGURATION.name).write_bytes(CONFIGURATION.read_bytes())
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "planted.js").write_text(source)
    done = biome(tmp_path, "ci")
    assert bool(done.returncode) == bool(said), done.stdout + done.stderr
    assert said in done.stdout + done.stderr


def test_the_configuration_covers_the_page_and_its_units() -> None:
    text = CONFIGURATION.read_text("utf-8")
    for folder in (Path("frontend"), Path("tests", "page")):
        assert f"{folder.as_posix()}/**/*.js" in text
