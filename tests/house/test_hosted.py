"""The files for Binder and for a Space on Hugging Face: they name what exists, and fit together."""

import json
import re
import tomllib
from io import StringIO

import pytest
from ruamel.yaml import YAML

from backprop_explorer.settings import Settings
from tests.command import command
from tests.house.repository import ROOT
from tests.house.test_container import environment, instructions

DEPLOY = ROOT / "backend" / "docs" / "deploy"
SPACE = DEPLOY / "huggingface"
BINDER = DEPLOY / "binder"


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (SPACE / "Dockerfile").read_text("utf-8")


def test_binder_installs_us_and_the_proxy() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (BINDER / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    ours = re.fullmatch(r"([\w-]+)\[(\w+)\]", wanted[0])
    assert ours
    assert ours[1] == project["name"]
    assert ours[2] in project["optional-dependencies"]
    assert "jupyter-server-proxy" in wanted
    [entry] = project["entry-points"]["jupyter_serverproxy_servers"]
    assert f"urlpath={entry}/" in "\n".join(lines)  # the path is the entry point's name
    assert re.fullmatch(r"python-3\.1[1-4]\n", (BINDER / "runtime.txt").read_text("utf-8"))


def test_a_space_says_what_it_is(dockerfile: str) -> None:
    head = (SPACE / "README.md").read_text("utf-8").split("---\n")[1]
    told = YAML(typ="safe").load(StringIO(head))
    [port] = [line.text for line in instructions(dockerfile) if line.word == "EXPOSE"]
    assert (told["sdk"], str(told["app_port"])) == ("docker", port)
    assert len(told["short_description"]) <= 60


def test_a_space_runs_the_command_as_a_user_with_settings_that_there_are(dockerfile: str) -> None:
    lines = instructions(dockerfile)
    assert [line.text for line in lines if line.word == "USER"] == ["explorer"]
    assert all(re.fullmatch(r"python:3\.\d+-slim", line.text) for line in lines if line.word == "FROM")
    known = {f"BACKPROP_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in environment(dockerfile) if name.startswith("BACKPROP_")} <= known
    [written] = [line.text for line in lines if line.word == "CMD"]
    shell, flag, script = json.loads(written)
    assert (shell, flag) == ("sh", "-c")
    options = re.findall(r"--[\w-]+", script)
    assert {"--no-open", "--public", "--host", "--port", "--allow-host"} == {*options}
    shown = command("--help").stdout
    assert all(option in shown for option in options)
