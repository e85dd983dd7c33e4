"""The README's commands, links and file names are true."""

import re
import shlex
import subprocess
import tomllib

import pytest

from tests.house.repository import ROOT

START = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/backprop-explorer"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(
    r"[\w.-]+(/[\w.-]+)*(/|\.(py|js|css|md|toml|yml|html|json|csv|png))|(backend|frontend|tests)(/[\w.-]+)+"
)
# Files that somebody's own commands read or write, and those that name a kind of file.
ELSEWHERE = re.compile(r"^(my|your|mine)\b|^\.venv|^document\.json$|^Plotly|^/")


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def command_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("python3 -m venv")]


def missing(text: str) -> list[str]:
    """Links and file names in backquotes that lead nowhere, from the root or from the Python package."""
    code = re.sub(r"^( {4}|\t).*$|^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    named = [name for name in CODE.findall(code) if FILE.fullmatch(name) and not ELSEWHERE.match(name)]
    roots = (ROOT, ROOT / "backend" / "backprop_explorer", ROOT / "frontend")
    return [name for name in [*LINK.findall(text), *named] if not any((root / name).exists() for root in roots)]


def test_the_two_commands_stand_there_once() -> None:
    assert command_lines(readme()) == [START, TEST]


def test_the_ci_runs_the_readme_s_command() -> None:
    extract = next(line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("command="))
    script = f'{extract}\nprintf %s "$command"'
    assert subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout == TEST


def test_the_commands_name_what_the_project_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert shlex.split(START)[-1].rpartition("/")[2] in project["scripts"]
    assert "test" in project["optional-dependencies"]


def test_links_and_file_names_exist() -> None:
    assert not missing(readme())


@pytest.mark.parametrize("text", ["see [here](no/such.md)", "in `backend/no_such.py`", "in `ops/no_such/`"])
def test_a_dead_name_is_seen(text: str) -> None:
    assert missing(text)


def test_living_names_pass() -> None:
    assert not missing("[a](LICENSE), [b](https://example.org/x.md), `pyproject.toml`, `tests/house/`, `x.T`, `loss.g`")
