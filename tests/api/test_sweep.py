"""No endpoint answers 5xx, whatever the document and its numbers; every answer is what it says it is.

By default a part of all documents, with --long all of them, with two kinds of numbers each, in turn. Of the requests
about each one of many is made, in turn, too. SWEEP=1 makes all of all, which takes hours.
"""

from collections.abc import Iterator
from itertools import cycle

import pytest
from starlette.testclient import TestClient

from backprop_explorer.api.app import create_app
from backprop_explorer.settings import Settings
from tests.amount import count
from tests.api.sweep import FILLINGS, SMALL, Sweep, documents, filled

DOCUMENTS = 80
"""By default one of so many of the documents that are not odd is swept."""
REQUESTS = count(24, 24, "SWEEP")
"""One of so many requests is made."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "filling" not in metafunc.fixturenames:
        return
    known = documents()
    if metafunc.config.getoption("--long", default=False):
        fillings = cycle(FILLINGS)
        pairs = [(name, next(fillings)) for name in known for _ in range(len(FILLINGS) if REQUESTS == 1 else 2)]
    else:
        usual = [name for name in known if name not in SMALL][::DOCUMENTS]
        pairs = [*((name, "as it is") for name in SMALL), *zip(usual, cycle(FILLINGS), strict=False)]
    chosen = [(*pair, REQUESTS, turn) for turn, pair in enumerate(pairs)]
    metafunc.parametrize(("name", "filling", "every", "turn"), chosen)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(database=str(tmp_path_factory.mktemp("sweep") / "runs.sqlite3")))
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def test_every_endpoint_is_reached(client: TestClient) -> None:
    sweep = Sweep(client, until_answered=True)
    sweep.fixed()
    sweep.over(documents()["example xor"], most=1)
    assert not sweep.faults, "\n".join(sweep.faults[:5])
    assert {(path, method) for path, method, _ in sweep.operations} - sweep.answered == set()


def test_no_answer_is_the_servers_fault(client: TestClient, name: str, filling: str, every: int, turn: int) -> None:
    sweep = Sweep(client, every, turn)
    sweep.over(filled(documents()[name], filling), most=2 if every == 1 else 1)
    assert not sweep.faults, "\n".join(sweep.faults[:5])
