"""The packages that the project admits: bounds on both sides, and what an installation consists of."""

import json
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests import requirements
from tests.house.repository import ROOT

PINNED = re.compile(r"[a-z\d-]+==[\w.]+")


def test_every_package_has_the_bounds_that_were_tested() -> None:
    content = requirements.project()
    extras = content["optional-dependencies"]
    wanted = content["dependencies"] + [one for name in extras if name not in ("test", "torch") for one in extras[name]]
    assert not [one for one in wanted if not requirements.REQUIREMENT.fullmatch(one)]
    assert len(requirements.oldest()) == len(requirements.requirements())


def test_the_constraints_are_whole_and_name_no_index() -> None:
    lines = requirements.constraints()
    assert all(PINNED.fullmatch(line) for line in lines)
    known = dict(line.split("==") for line in lines)
    for wanted in requirements.requirements():
        name, least, bound = requirements.REQUIREMENT.fullmatch(wanted).groups()
        version = known[name.lower()]
        assert number(least) <= number(version) < number(bound), wanted


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_what_is_installed_is_used() -> None:
    brought = {line.partition("==")[0] for line in requirements.constraints()}
    assert not brought & {"httptools", "uvloop", "watchfiles", "websockets", "pyyaml"}


@pytest.mark.long
def test_a_bill_of_materials_names_all_that_is_installed(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    subprocess.run([*command, "--output-file", str(target), sys.executable], check=True, timeout=120)
    told = json.loads(target.read_text("utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    names = {component["name"].lower().replace("_", "-") for component in told["components"]}
    assert {"numpy", "fastapi", "sqlalchemy"} <= names
    assert {one.name.lower().replace("_", "-") for one in distributions()} - {"backprop-explorer"} <= names


@pytest.mark.long
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_the_set_works(which: str) -> None:
    assert requirements.tried(requirements.oldest() if which == "oldest" else []) == 0
