"""The OpenAPI document: complete, its examples work, and the answers are what it says, whatever is asked."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from tests.amount import count, every
from tests.api.conftest import LESSON, RunClient
from tests.server import ForkedServer, running

EXAMPLES = count(1, 30, "CASES")
OPERATIONS = {
    ("/api/health", "get"),
    ("/api/ready", "get"),
    ("/api/ops", "get"),
    ("/api/optimizers", "get"),
    ("/api/reference", "get"),
    ("/api/datasets", "get"),
    ("/api/layers", "get"),
    ("/api/build", "post"),
    ("/api/formats", "get"),
    ("/api/import", "post"),
    ("/api/data", "post"),
    ("/api/shapes", "post"),
    ("/api/examples", "get"),
    ("/api/examples/{name}", "get"),
    ("/api/trace", "post"),
    ("/api/check", "post"),
    ("/api/exercises", "get"),
    ("/api/exercises/{name}", "get"),
    ("/api/lessons", "get"),
    ("/api/lessons", "post"),
    ("/api/lessons/{name}", "get"),
    ("/api/runs/{id}/chapter", "post"),
    ("/api/runs/{id}/answer", "post"),
    ("/api/runs/{id}/exercises", "get"),
    ("/api/runs/{id}/hint", "post"),
    ("/api/runs/{id}/variant", "post"),
    ("/api/runs/{id}/formula", "get"),
    ("/api/runs/{id}/gradcheck", "get"),
    ("/api/runs/{id}/check", "post"),
    ("/api/runs", "post"),
    ("/api/runs/{id}", "get"),
    ("/api/runs/{id}", "patch"),
    ("/api/runs/{id}", "delete"),
    ("/api/runs/{id}/trace", "get"),
    ("/api/runs/{id}/preview", "post"),
    ("/api/runs/{id}/explain", "get"),
    ("/api/runs/{id}/jacobian", "get"),
    ("/api/runs/{id}/uses", "get"),
    ("/api/runs/{id}/parts", "get"),
    ("/api/runs/{id}/export", "get"),
    ("/api/runs/{id}/picture", "get"),
    ("/api/runs/{id}/import", "post"),
    ("/api/runs/{id}/why", "get"),
    ("/api/runs/{id}/tensors/{name}", "get"),
    ("/api/runs/{id}/tensors/{name}", "patch"),
    ("/api/runs/{id}/tensors/{name}/overview", "get"),
    ("/api/runs/{id}/iterations", "post"),
    ("/api/runs/{id}/fork", "post"),
    ("/api/runs/{id}/history", "get"),
    ("/api/runs/{id}/compare", "get"),
    ("/api/runs/{id}/plots", "get"),
    ("/api/runs/{id}/plots/loss", "get"),
    ("/api/runs/{id}/plots/norms", "get"),
    ("/api/runs/{id}/plots/histograms", "get"),
    ("/api/runs/{id}/plots/weight", "get"),
    ("/api/runs/{id}/plots/slice", "get"),
    ("/api/runs/{id}/plots/contour", "get"),
    ("/api/runs/{id}/plots/surface", "get"),
    ("/api/runs/{id}/plots/confusion", "get"),
    ("/api/runs/{id}/undo", "post"),
    ("/api/runs/{id}/redo", "post"),
}
TAKES_NOTHING = {
    ("/api/health", "get"),
    ("/api/ready", "get"),
    ("/api/reference", "get"),
    ("/api/optimizers", "get"),
    ("/api/examples", "get"),
    ("/api/examples/{name}", "get"),
    ("/api/datasets", "get"),
    ("/api/layers", "get"),
    ("/api/runs/{id}", "delete"),
    ("/api/formats", "get"),
    ("/api/exercises", "get"),
    ("/api/lessons", "get"),
    ("/api/lessons/{name}", "get"),
    ("/api/runs/{id}/exercises", "get"),
}
"""Operations with neither a query nor a body, which nobody can ask wrongly."""
ASKED = [
    *((*operation, "positive") for operation in sorted(OPERATIONS)),
    *every(2, [pytest.param(*operation, "negative") for operation in sorted(OPERATIONS - TAKES_NOTHING)]),
]
"""Half of what is wrong waits for --long: test_bad_input and test_sweep ask wrongly, too."""


def test_every_endpoint_is_described(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == OPERATIONS
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (path, method)
            assert "403" in operation["responses"]
            assert ("requestBody" in operation) == (method in ("post", "patch") and not path.endswith(("undo", "redo")))
            asks = any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
            assert (asks or "requestBody" in operation) == ((path, method) not in TAKES_NOTHING), (path, method)


def test_no_page_of_documentation_loads_scripts_from_elsewhere(client: TestClient) -> None:
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def bodies(document: dict[str, Any]) -> list[tuple[str, str, dict]]:
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            found += [(path, method, example["value"]) for example in content.get("examples", {}).values()]
    return found


def test_the_examples_work(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    own = next(example for _, _, example in bodies(document) if "program" in example)
    examples = bodies(document)
    assert {(path, method) for path, method, _ in examples} == {
        (path, method)
        for path, method in OPERATIONS
        if method in ("post", "patch") and not path.endswith(("undo", "redo"))
    }
    for path, method, example in examples:
        run = RunClient(client, own)
        address = path.replace("/api/runs/{id}", run.path).format(name="w1")
        answer = client.request(method, address, json=example)
        assert answer.status_code in (200, 201), (path, example, answer.text)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document as schemathesis reads it from a real server; `make_run` makes a run there."""
    import schemathesis  # a second and more, on the one worker that needs it

    folder = tmp_path_factory.mktemp("described")
    limits = {"BACKPROP_TRAINING_ITERATIONS": "50", "BACKPROP_LIVE_RUNS": "4"}
    with running(folder / "runs.sqlite3", folder / "server.log", kind=ForkedServer, **limits) as server:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
            schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json", timeout=60)
            schema.make_run = lambda: RunClient(client, LESSON)
            yield schema
        assert "unexpected error" not in server.log.read_text()


@pytest.mark.xdist_group("described")
@pytest.mark.parametrize(("path", "method", "mode"), ASKED, ids=str)
def test_answers_are_what_the_document_says(described: Any, path: str, method: str, mode: str) -> None:
    from schemathesis import Case, GenerationMode
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    @given(described[path][method.upper()].as_strategy(generation_mode=GenerationMode(mode)))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def check(case: Case) -> None:
        if "{id}" in path:
            case.path_parameters["id"] = described.make_run().path.removeprefix("/api/runs/")
        if "/tensors/" in path:
            case.path_parameters["name"] = "w1"
        # Of two things that are wrong, a body and a version, either may be named. A key is for one request only.
        for header in ("If-Match", "Idempotency-Key"):
            (case.headers or {}).pop(header, None)
        # Not every document that fits the schema is right: no schema can say which programs are.
        case.call_and_validate(excluded_checks=[positive_data_acceptance], timeout=60)

    check()
