"""A server whose API is loaded once it is up answers as any other."""

import pytest
from fastapi.testclient import TestClient

from backprop_explorer.api.app import create_app
from backprop_explorer.runs.store.memory import MemoryDatabase
from backprop_explorer.settings import Settings


def client_of(*, api_later: bool) -> TestClient:
    """Of an app that is not started: nothing is loaded beside what is asked for."""
    settings = Settings(processes=0, database=None, access_log=True)
    return TestClient(create_app(settings, MemoryDatabase(), api_later=api_later), base_url="http://127.0.0.1")


@pytest.fixture
def client() -> TestClient:
    return client_of(api_later=True)


def test_the_page_needs_no_route_of_the_api(client: TestClient) -> None:
    assert client.get("/").headers["content-type"].startswith("text/html")
    assert client.get("/apiary").status_code == 404
    assert client.app.state.api_routes == []


def test_the_first_question_is_answered_and_logged_by_its_route(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.get("/api/examples/xor").json()["title"]
    assert '"route":"/api/examples/{name}"' in capsys.readouterr().out
    assert client.app.state.api_routes


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api", 404), ("PUT", "/api/health", 405)])
def test_what_there_is_not_is_refused_at_once(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD"


def test_the_openapi_document_is_whole(client: TestClient) -> None:
    found = client.get("/api/openapi.json").json()
    assert found == client_of(api_later=False).get("/api/openapi.json").json()


def test_several_first_questions_load_it_once(client: TestClient) -> None:
    assert [client.get("/api/health").status_code for _ in range(3)] == [200] * 3
    paths = [route.path for route in client.app.state.api_routes]
    assert paths.count("/api/health") == 1
