"""The Dockerfile and docker-compose.yml, checked without a Docker daemon."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from ruamel.yaml import YAML

from tests.house.repository import ROOT

DOCKERFILE = ROOT / "backend" / "Dockerfile"
COMPOSE = ROOT / "docker-compose.yml"


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its continuation lines joined; `stage` counts the FROMs before it."""

    word: str
    text: str
    stage: int


def instructions(source: str) -> list[Instruction]:
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", source, flags=re.MULTILINE))
    found, stage = [], -1
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, text = line.partition(" ")
        stage += word == "FROM"
        found.append(Instruction(word, text.strip(), stage))
    return found


def environment(source: str) -> dict[str, str]:
    """What the ENVs of the last stage set."""
    lines = instructions(source)
    last = [line.text for line in lines if line.word == "ENV" and line.stage == lines[-1].stage]
    return dict(pair.split("=", 1) for text in last for pair in text.split())


def flaws(source: str) -> list[str]:
    """What is wrong with a Dockerfile."""
    lines = instructions(source)
    final = [line for line in lines if line.stage == lines[-1].stage]
    return [
        *_unpinned(lines),
        *_copies(lines),
        *_user(final),
        *_processes(final),
        *_leftovers(final),
        *_database(source),
    ]


def _unpinned(lines: list[Instruction]) -> list[str]:
    images = [line.text.split()[0] for line in lines if line.word == "FROM"]
    return [
        f"FROM {image}: a slim Python of one minor"
        for image in images
        if not re.fullmatch(r"python:3\.\d+-slim", image)
    ]


def _copies(lines: list[Instruction]) -> list[str]:
    found = [f"ADD {line.text}: COPY is enough" for line in lines if line.word == "ADD"]
    for line in lines:
        if line.word == "COPY" and not line.text.startswith("--from="):
            sources = line.text.split()[:-1]
            found += [f"COPY {name}: no such file" for name in sources if not (ROOT / name).exists()]
    return found


def _user(final: list[Instruction]) -> list[str]:
    users = [line.text for line in final if line.word == "USER"]
    return [] if users and users[-1] not in ("root", "0") else ["runs as root"]


def _processes(final: list[Instruction]) -> list[str]:
    found = []
    commands = [line.text for line in final if line.word == "CMD"]
    health = [line.text.partition("CMD ")[2] for line in final if line.word == "HEALTHCHECK"]
    for what, texts in (("CMD", commands), ("HEALTHCHECK", health)):
        if len(texts) != 1 or not texts[0].startswith("["):
            found.append(f"one {what}, in the form of a list")
        elif what == "HEALTHCHECK" and "/api/health" not in texts[0]:
            found.append("HEALTHCHECK asks /api/health")
    return found


def _leftovers(final: list[Instruction]) -> list[str]:
    text = " ".join(line.text for line in final if line.word == "RUN")
    return [
        f"{tool} in the last stage" for tool in ("apt-get", "pip", "gcc", "curl") if re.search(rf"\b{tool}\b", text)
    ]


def _database(source: str) -> list[str]:
    volumes = [line.text for line in instructions(source) if line.word == "VOLUME"]
    folder = str(PurePosixPath(environment(source).get("BACKPROP_DATABASE", "")).parent)
    return [] if volumes == [folder] else [f"the database lies in {folder}, the volume at {volumes}"]


def test_the_dockerfile_has_no_flaw() -> None:
    assert not flaws(DOCKERFILE.read_text("utf-8"))


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("FROM python:3.13-slim\n", "FROM python:latest\n", "one minor"),
        ("COPY frontend frontend", "COPY no_such no_such", "no such file"),
        ("COPY frontend frontend", "ADD https://example.org/x.tar /x", "COPY is enough"),
        ("USER explorer", "", "root"),
        ("USER explorer", "USER root", "root"),
        (
            'CMD ["backprop-explorer", "--no-open", "--host", "0.0.0.0", "--port", "8000"]',
            "CMD backprop-explorer",
            "list",
        ),
        ("/api/health", "/", "HEALTHCHECK asks"),
        ("USER explorer", "USER explorer\nRUN apt-get install gcc", "apt-get in the last stage"),
        ("VOLUME /data", "VOLUME /var", "the volume at"),
    ],
)
def test_a_planted_flaw_is_seen(good: str, bad: str, complaint: str) -> None:
    source = DOCKERFILE.read_text("utf-8")
    assert good in source
    assert any(complaint in flaw for flaw in flaws(source.replace(good, bad)))


def test_the_container_s_command_is_one_that_we_have() -> None:
    from typer.testing import CliRunner

    from backprop_explorer.cli import app

    [command] = [line.text for line in instructions(DOCKERFILE.read_text("utf-8")) if line.word == "CMD"]
    options = json.loads(command)[1:]
    help_text = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    assert all(option in help_text for option in options if option.startswith("--"))


def test_the_container_s_settings_are_ones_that_we_have() -> None:
    from backprop_explorer.settings import Settings

    known = {f"BACKPROP_{name.upper()}" for name in Settings.model_fields}
    given = {*environment(DOCKERFILE.read_text("utf-8")), *_app()["environment"]}
    assert {name for name in given if name.startswith("BACKPROP_")} <= known


def schema_complaint(path: Path) -> str | None:
    """What the schema of compose files, which check-jsonschema carries along, says against a file."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr if done.returncode else None


def _app() -> dict:
    return YAML(typ="safe").load(COMPOSE)["services"]["app"]


def test_compose_keeps_to_its_schema() -> None:
    assert schema_complaint(COMPOSE) is None


def test_a_planted_flaw_in_compose_is_seen(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(COMPOSE.read_text("utf-8").replace("    ports:", "    prots:"))
    assert "prots" in (schema_complaint(tmp_path / "compose.yml") or "")


def test_compose_builds_our_image_and_keeps_its_runs() -> None:
    compose = YAML(typ="safe").load(COMPOSE)
    app = _app()
    assert ROOT / app["build"]["context"] / app["build"]["dockerfile"] == DOCKERFILE
    volume, _, folder = app["volumes"][0].partition(":")
    assert volume in compose["volumes"]
    database = PurePosixPath(environment(DOCKERFILE.read_text("utf-8"))["BACKPROP_DATABASE"])
    assert PurePosixPath(folder) == database.parent == PurePosixPath(app["environment"]["BACKPROP_DATABASE"]).parent
    assert "EXPOSE " + app["ports"][0].rpartition(":")[2] in DOCKERFILE.read_text("utf-8")
