"""Every document of the reference is accepted as it stands: the samples, the kinks, the language's rules."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.reference.language import RULES
from tests.amount import every
from tests.together import each


@pytest.fixture(scope="module")
def entries(client: TestClient) -> dict[str, dict[str, Any]]:
    groups = client.get("/api/reference").json()["groups"]
    return {entry["name"]: entry for group in groups for entry in group["entries"]}


def traced(client: TestClient, document: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/trace", json=document)
    assert answer.status_code == 200, answer.text
    trace: dict[str, Any] = answer.json()
    assert isinstance(trace["loss"], int | float), "not a finite number"
    return trace


SAMPLED = [*(name for name, record in (OPERATIONS | COMPOSITES).items() if not record.internal), *OPTIMIZERS]


@each("name", every(6, SAMPLED))
def test_the_sample_traces(client: TestClient, entries: dict[str, dict[str, Any]], name: str) -> None:
    sample = entries[name]["sample"]
    trace = traced(client, sample["document"])
    assert sample["code"] in sample["document"]["program"]
    phases = {step["phase"] for step in trace["steps"]}
    assert phases == {"forward", "backward"} | ({"update"} if sample["document"]["parameters"] else set())


@each("name", [name for name, record in (OPERATIONS | COMPOSITES).items() if record.kink])
def test_the_kink_traces(client: TestClient, entries: dict[str, dict[str, Any]], name: str) -> None:
    traced(client, entries[name]["kink"]["document"])


@pytest.mark.parametrize("rule", every(3, [pytest.param(rule, id=rule["anchor"]) for rule in RULES]))
def test_the_rule_s_program_traces(client: TestClient, rule: dict[str, Any]) -> None:
    assert rule in client.get("/api/reference").json()["language"]
    traced(client, rule["document"])


def test_the_page_is_served_under_the_policy_of_pages(client: TestClient) -> None:
    page, explorer = client.get("/ops"), client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == explorer.headers["content-security-policy"]
    assert "Operations" in page.text
    assert client.get("/index").status_code == client.get("/ops/").status_code == 404
