"""The documents' commands, links, file names and tables are true, and their lines can be read."""

import dataclasses
import inspect
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from backprop_explorer.importing import formats
from backprop_explorer.library import Composite
from backprop_explorer.library.optimizers import Optimizer
from backprop_explorer.ops import Operation
from tests.documents import DEPLOYMENT, README, SETTINGS, blocks, documents, settings_table
from tests.house.repository import FRONTEND, PACKAGE, ROOT
from tests.together import each

START = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/backprop-explorer"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
LINES, WIDTH = 130, 120
"""What README may have, and how wide any document may be."""
DOCS = ROOT / "backend" / "docs"
ARCHITECTURE, GLOSSARY = DOCS / "architecture.md", DOCS / "glossary.md"
TERMS = 40
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?[^)]*\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(
    r"[\w.-]+(/[\w.-]+)*(/|\.(py|js|css|md|toml|yml|html|json|csv|png))|(backend|frontend|tests)(/[\w.-]+)+"
)
# Files that somebody's own commands read or write, and those that name a kind of file.
ELSEWHERE = re.compile(r"^(my|your|mine)\b|^\.venv|^document\.json$|^Plotly|^/|^(answer|lesson|trained|moons)\w*\.\w+$")
# What a test machine lacks, or what the tests themselves are.
NOT_HERE = (
    *("docker", "kubectl", "sqlite3", "git", "pip", "apt-get", "systemctl", "runuser", "nginx", "python3 -m venv"),
    *(".venv/bin/", "/opt/", "cp ", "mkdir ", "install ", "echo ", "BACKPROP_", "PASSWORD="),
)


def command_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("python3 -m venv")]


def missing(text: str, folder: Path = ROOT) -> list[str]:
    """Links that lead nowhere from the document's folder, and file names in backquotes that there are nowhere."""
    prose = re.sub(r"^( {4}|\t).*$|^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    named = [name for name in CODE.findall(prose) if FILE.fullmatch(name) and not ELSEWHERE.match(name)]
    roots = (folder, ROOT, PACKAGE, FRONTEND)
    dead = [name for name in named if not any((root / name).exists() for root in roots)]
    for name, anchor in LINK.findall(prose):
        target = folder / name if name else None
        if target is not None and not target.exists():
            dead.append(name)
        elif anchor and anchor[1:] not in anchors(text if target is None else target.read_text("utf-8")):
            dead.append(name + anchor)
    return dead


def anchors(text: str) -> set[str]:
    """The headings as GitHub names them."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(prose)}


def table(text: str, heading: str) -> dict[str, str]:
    """The first table below a heading: its first column without backquotes, and the second."""
    part = text.split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"^\|.*\n\|[-| ]+\n((?:\|.*\n)+)", part, re.MULTILINE)
    assert rows
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in rows[1].splitlines()]
    return {name.replace("`", ""): meaning for name, meaning, *_ in cells}


def test_every_file_format_is_in_the_api_s_table() -> None:
    rows = table((DOCS / "api.md").read_text("utf-8"), "## Files")
    told = {
        name: (names, meaning) for names, meaning in rows.items() for name in re.findall(r"\w+", names.split("(")[0])
    }
    assert told.keys() == {entry["name"] for entry in formats()}
    for entry in formats():
        names, meaning = told[entry["name"]]
        assert ("(import only)" in names) == (not entry["exports"])
        assert ("backprop-explorer[" in meaning) == (entry["extra"] is not None)
        assert entry["extra"] is None or f"backprop-explorer[{entry['extra']}]" in meaning


def test_readme_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= LINES


@each("path", documents(), ids=lambda path: path.name)
def test_lines_can_be_read(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert not [f"line {at}: {len(line)} characters" for at, line in enumerate(lines, 1) if len(line) > WIDTH]


def test_the_two_commands_stand_there_once() -> None:
    assert command_lines(README.read_text("utf-8")) == [START, TEST]


def test_the_ci_runs_the_readme_s_command() -> None:
    extract = next(line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("command="))
    script = f'{extract}\nprintf %s "$command"'
    assert subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout == TEST


def test_the_commands_name_what_the_project_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert shlex.split(START)[-1].rpartition("/")[2] in project["scripts"]
    assert "test" in project["optional-dependencies"]


@each("path", documents(), ids=lambda path: path.name)
def test_links_and_file_names_exist(path: Path) -> None:
    assert not missing(path.read_text("utf-8"), path.parent)


def test_every_document_is_found_from_readme() -> None:
    named = {(ROOT / name).resolve() for name, _ in LINK.findall(README.read_text("utf-8")) if name}
    assert not set(documents()) - named - {README}


@each("path", documents(), ids=lambda path: path.name)
def test_what_is_only_shown_could_not_be_run(path: Path) -> None:
    for block in blocks(path.read_text("utf-8")):
        assert block.language in ("python", "py", "sh", "console", "text", "json", "nginx", "yaml"), (
            f"line {block.line}"
        )
        if block.language == "console":
            typed = [line[2:] for line in block.code.splitlines() if line.startswith("$ ")]
            assert typed, f"line {block.line}: a command begins with $"
            assert all(line.startswith(NOT_HERE) for line in typed), f"line {block.line} can be run: call it sh"
        if block.language == "yaml":
            assert YAML(typ="safe").load(block.code)


def test_every_setting_is_in_its_table() -> None:
    [found] = SETTINGS.findall(DEPLOYMENT.read_text("utf-8"))
    assert found == settings_table(), "python -m tests.documents writes what there is now"


@pytest.mark.parametrize("record", [Operation, Composite, Optimizer])
def test_every_field_of_a_record_is_explained(record: type) -> None:
    names = [field.name for field in dataclasses.fields(record)]
    explained = table(ARCHITECTURE.read_text("utf-8"), f"### {record.__name__}, field by field")
    assert list(explained) == names
    assert all(explained.values())
    lines = (inspect.getdoc(record) or "").splitlines()  # Python 3.13 keeps no indentation
    told = [match[1] for line in lines if (match := re.match(r"(\w+): \S", line))]
    assert told == names, "the docstring has a line for each field"


def test_the_map_of_the_code_is_whole() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    named = {name for row in table(text, "### The package") for name in row.split(", ")}
    assert named == packages | modules
    folders = {path.name for path in FRONTEND.iterdir() if path.is_dir() and path.name != "node_modules"}
    assert {name.strip("/") for name in table(text, "### The page")} == folders


def test_the_glossary_is_short_and_in_order() -> None:
    terms = re.findall(r"^\*\*(.+?)\*\*", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    assert 0 < len(terms) <= TERMS
    assert terms == sorted(terms, key=str.lower)


@pytest.mark.parametrize(
    "text",
    [
        "see [here](no/such.md)",
        "in `backend/no_such.py`",
        "in `ops/no_such/`",
        "# A\n[b](#b)",
        "[a](README.md#no-such)",
    ],
)
def test_a_dead_name_is_seen(text: str) -> None:
    assert missing(text)


def test_living_names_pass() -> None:
    assert not missing("[a](LICENSE), [b](https://example.org/x.md), `pyproject.toml`, `tests/house/`, `x.T`, `loss.g`")
    assert not missing("# What is *here*?\n[a](#what-is-here)")
