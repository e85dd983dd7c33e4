"""The real app over a database of its own, called through HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from backprop_explorer.api.app import create_app
from backprop_explorer.settings import Settings
from tests.server import ForkedServer, Server, running

SERVERS = {"ordinary": "ordinary", "server": None}
"""Fixtures that start a server, and the group of tests that share it: by default those of the file."""
LESSON = {"example": "lesson13"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a server stay on one worker: two workers would start two."""
    for item in items:
        if item.path.parent != Path(__file__).parent or item.get_closest_marker("xdist_group"):
            continue
        for fixture, group in SERVERS.items():
            if fixture in item.fixturenames:  # type: ignore[attr-defined]
                item.add_marker(pytest.mark.xdist_group(group or item.path.stem))


def client_of(folder: Path, **settings: Any) -> TestClient:
    """A client of a new app; use it in a `with`."""
    app = create_app(Settings(database=str(folder / "runs.sqlite3"), **settings))
    return TestClient(app, base_url="http://127.0.0.1:8000")


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Of one app, whose runs no test but their own knows."""
    with client_of(tmp_path_factory.mktemp("api")) as client:
        yield client


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server as it is by default, of all tests that ask for no other."""
    folder = tmp_path_factory.mktemp("ordinary")
    with running(folder / "runs.sqlite3", folder / "server.log", kind=ForkedServer) as server:
        yield server


class RunClient:
    """A run, by paths below its own."""

    def __init__(self, client: TestClient, document: dict[str, Any]) -> None:
        self.client = client
        self.created = client.post("/api/runs", json=document)
        assert self.created.status_code == 201, self.created.text
        self.path = self.created.headers["location"]

    def __call__(self, method: str, path: str = "", body: Any = None, **given: Any) -> Response:
        if body is not None:
            given["json"] = body
        return self.client.request(method, f"{self.path}{path}", **given)

    def get(self, path: str = "", **query: Any) -> Any:
        answer = self("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def run(client: TestClient) -> RunClient:
    return RunClient(client, LESSON)
