"""The Dockerfile and docker-compose.yml, checked without a Docker daemon."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from ruamel.yaml import YAML

from tests.house import schemas
from tests.house.repository import ROOT
from tests.nginx import SITE, UPSTREAM
from tests.together import each

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


@each(
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
    given = {*environment(DOCKERFILE.read_text("utf-8")), *compose()["services"]["app"]["environment"]}
    assert {name for name in given if name.startswith("BACKPROP_")} <= settings_names()


def schema_complaint(path: Path) -> str | None:
    return schemas.complaint("vendor.compose-spec", path)


def compose() -> dict:
    return YAML(typ="safe").load(COMPOSE)


def settings_names() -> set[str]:
    from backprop_explorer.settings import Settings

    return {f"BACKPROP_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.xdist_group("schemas")
def test_compose_keeps_to_its_schema() -> None:
    assert schema_complaint(COMPOSE) is None


@pytest.mark.xdist_group("schemas")
def test_a_planted_flaw_in_compose_is_seen(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(COMPOSE.read_text("utf-8").replace("    ports:", "    prots:"))
    assert "prots" in (schema_complaint(tmp_path / "compose.yml") or "")


def test_compose_builds_our_image() -> None:
    for name in ("app", "password"):
        service = compose()["services"][name]
        assert ROOT / service["build"]["context"] / service["build"]["dockerfile"] == DOCKERFILE
    known = instructions(DOCKERFILE.read_text("utf-8"))
    port = next(line.text for line in known if line.word == "EXPOSE")
    assert f"server app:{port} " in UPSTREAM.read_text("utf-8")


def test_compose_publishes_the_proxy_alone_and_to_this_machine() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    [port] = services["proxy"]["ports"]
    assert port.startswith("127.0.0.1:8000:")
    assert f"listen {port.rpartition(':')[2]};" in SITE.read_text("utf-8")
    inside = {name for name, network in compose()["networks"].items() if (network or {}).get("internal")}
    assert set(services["db"]["networks"]) <= inside
    assert not inside & set(services["proxy"]["networks"])


def test_compose_mounts_what_there_is() -> None:
    content = compose()
    used = [volume.split(":") for service in content["services"].values() for volume in service.get("volumes", [])]
    for source, target, *_ in used:
        assert (ROOT / source).is_file() if source.startswith(".") else source in content["volumes"]
        assert PurePosixPath(target).is_absolute()
    assert {ROOT / source for source, *_ in used if source.startswith(".")} == {SITE, UPSTREAM}


def test_no_credential_is_in_the_repository() -> None:
    for service in compose()["services"].values():
        given = service.get("environment", {})
        assert not [name for name in given if "PASSWORD" in name and not name.endswith("_FILE")]
        assert not [value for value in map(str, given.values()) if re.search(r"://[^/@]*:[^/@]*@", value)]


def test_the_password_is_made_once_and_for_its_reader_only(tmp_path: Path) -> None:
    command = compose()["services"]["password"]["command"]
    script = command[-1].replace("/secrets", str(tmp_path))
    said = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
        said.append([(tmp_path / name).read_text("utf-8") for name in ("password", "pgpass")])
    password, entry = said[0]
    assert said[1] == said[0]
    assert len(password) > 40
    assert entry == f"db:5432:*:explorer:{password}\n"
    assert (tmp_path / "pgpass").stat().st_mode & 0o777 == 0o600, "libpq passes over a file that others may read"


KUBERNETES, UNIT = ROOT / "backend" / "deploy" / "kubernetes.yaml", ROOT / "backend/deploy/backprop-explorer@.service"


def test_the_manifest_names_what_there_is() -> None:
    kinds = {one["kind"]: one for one in YAML(typ="safe").load_all(KUBERNETES)}
    assert kinds.keys() == {"Deployment", "Service", "PodDisruptionBudget", "Ingress"}
    pod = kinds["Deployment"]["spec"]["template"]
    [app] = pod["spec"]["containers"]
    assert kinds["Service"]["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert kinds["Service"]["spec"]["ports"][0]["targetPort"] == app["ports"][0]["containerPort"]
    assert {one["name"] for one in app["env"]} <= settings_names()
    assert app["readinessProbe"]["httpGet"]["path"] == "/api/ready"
    assert f"--uid {pod['spec']['securityContext']['runAsUser']} " in DOCKERFILE.read_text("utf-8")
    for rule in kinds["Ingress"]["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            assert path["backend"]["service"]["name"] == kinds["Service"]["metadata"]["name"]


def test_systemd_can_read_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8")
    options = re.search(r"^ExecStart=\S+/backprop-explorer (.*)$", text, re.MULTILINE)
    assert options
    assert options[1] == "--no-open --port %i"
    if not shutil.which("systemd-analyze"):
        pytest.skip("There is no systemd-analyze on this machine.")
    copy = tmp_path / UNIT.name.replace("@", "@8001")
    copy.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.MULTILINE), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60)
    assert copy.name not in done.stdout + done.stderr, done.stderr
