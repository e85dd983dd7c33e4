"""The workflows of GitHub: by their schema, with no more rights than they need, and true to the README."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.house import schemas
from tests.house.repository import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@(v\d+|release/v\d+|[0-9a-f]{40})")
INSERTED = re.compile(r"\$\{\{")
RIGHTS: dict[str, dict[str, str]] = {"publish": {"id-token": "write"}}
"""What the jobs may do beyond reading, by their names."""


def schema_complaint(path: Path) -> str | None:
    return schemas.complaint("vendor.github-workflows", path)


def read(text: str) -> dict[Any, Any]:
    found: dict[Any, Any] = YAML(typ="safe").load(text)
    return found


def flaws(workflow: dict[Any, Any]) -> list[str]:
    """What is wrong with a workflow besides its form."""
    found = []
    if workflow.get("permissions") != {"contents": "read"}:
        found.append("it may do more than read")
    if "pull_request_target" in workflow["on"]:
        found.append("a stranger's code would run with the repository's rights")
    for name, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            found.append(f"{name} may run for ever")
        if job.get("permissions", {}) != RIGHTS.get(name, {}):
            found.append(f"{name} has the rights {job.get('permissions')}")
        for step in job["steps"]:
            if "uses" in step and not PINNED.fullmatch(step["uses"]):
                found.append(f"{step['uses']} is not pinned")
            if INSERTED.search(step.get("run", "")):
                found.append(f"{name} puts somebody's words into a command")
    return found


def steps(name: str, job: str) -> list[dict[str, Any]]:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8")
    found: list[dict[str, Any]] = read(text)["jobs"][job]["steps"]
    return found


@pytest.mark.xdist_group("schemas")
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_its_form_and_no_flaw(path: Path) -> None:
    assert schema_complaint(path) is None
    assert flaws(read(path.read_text("utf-8"))) == []


def test_both_are_there() -> None:
    assert [path.stem for path in WORKFLOWS] == ["publish", "test"]


@pytest.mark.xdist_group("schemas")
def test_the_schema_sees_a_misspelt_key(tmp_path: Path) -> None:
    (tmp_path / "test.yml").write_text(WORKFLOWS[-1].read_text("utf-8").replace("runs-on", "run-on"), "utf-8")
    assert "run-on" in (schema_complaint(tmp_path / "test.yml") or "")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("contents: read", "contents: write", "more than read"),
        ("pull_request:", "pull_request_target:", "a stranger's code"),
        ("actions/checkout@v4", "actions/checkout@main", "not pinned"),
        ("    timeout-minutes: 60\n", "", "for ever"),
        ("run: python3", "run: ${{ github.head_ref }}", "somebody's words"),
        ("    runs-on: ubuntu-latest\n", "    runs-on: ubuntu-latest\n    permissions: {packages: write}\n", "rights"),
    ],
)
def test_a_planted_flaw_is_seen(before: str, after: str, complaint: str) -> None:
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    assert before in text
    [found] = flaws(read(text.replace(before, after)))
    assert complaint in found


def test_it_runs_the_command_of_the_readme_on_every_python_that_is_admitted() -> None:
    command = steps("test", "test")[-1]["run"]
    assert re.findall(r"^ *(python3 -m venv .*/pytest)$", (ROOT / "README.md").read_text("utf-8"), re.M) == [command]
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    assert read(text)["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_what_is_published_was_built_before_in_a_job_without_rights() -> None:
    job = read((ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8"))["jobs"]["publish"]
    assert job["needs"] == "build"
    assert job["environment"] == "pypi"
    assert not [step for step in job["steps"] if "run" in step]
