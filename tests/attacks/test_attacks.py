"""A server for strangers under attack: it goes on answering, and takes bounded memory and disk.

Small parts of some attacks each time, all of them whole under --long; `tests/bench/attacks.py` prints the figures.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.amount import count, some
from tests.attacks.attacks import known, make
from tests.attacks.target import Target
from tests.attacks.watch import Watch, watching
from tests.server import ForkedServer, Server, running

pytestmark = pytest.mark.timeout(900)
SHARE = count(2, 100) / 100
WAIT_MILLISECONDS = 5_000
"""Ample: on a quiet machine it is a fraction of a second, but tests run beside each other."""
MEMORY_BYTES = 2_000_000_000
DISK_BYTES = 700_000_000
"""More than one address may have written in a day, with the log and what is around the numbers."""
ALWAYS = (
    "unterminated string",
    "forks of a large run",
    "quadratic equation in an onnx file",
    "a run that grows",
)
"""One for the time of a request, for the disk, for a file and for memory. Clients that do not read or send are in
tests/api/test_server.py, too."""
LEARNERS = count(6, 40)
STEPS = count(2, 15)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    database, log = tmp_path / "runs.sqlite3", tmp_path / "server.log"
    with running(database, log, kind=ForkedServer, BACKPROP_PUBLIC="1") as server:
        yield server


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    assert server.process is not None
    with watching(server.url, server.process.pid) as watch:
        yield watch


@pytest.mark.parametrize("name", some(known(), *ALWAYS))
def test_it_stands_firm(server: Server, watch: Watch, name: str) -> None:
    with Target(server.url) as target:
        make(name, target, SHARE)
    seen = watch.seen()
    assert not seen.failures
    assert seen.longest < WAIT_MILLISECONDS
    assert 0 < seen.memory < MEMORY_BYTES
    assert disk_of(server) < DISK_BYTES
    assert not {status for status in target.statuses if status >= 500} - {503, 507}, target.statuses
    assert "Traceback" not in server.log.read_text(errors="replace")
    assert server.healthy()


def disk_of(server: Server) -> int:
    folder = Path(server.database).parent
    return sum(file.stat().st_size for file in folder.iterdir() if file.suffix != ".reserve")


def test_every_attack_is_named_once() -> None:
    assert len(known()) >= 17 + 20
    assert set(ALWAYS) <= set(known())


def test_a_class_behind_one_address_is_served(server: Server) -> None:
    """All of them open the page and the lesson at the same moment, edit and train."""
    page = ["/", "/favicon.svg", "/api/ops", "/api/optimizers", "/api/examples", "/api/exercises"]

    def learn(number: int) -> None:
        for path in page:
            target.send("GET", path)
        run = target.run({"example": "lesson13"})
        for step in range(STEPS):
            cells = {"cells": [{"index": [0, 0], "value": step + number}]}
            target.send("PATCH", f"/api/runs/{run}/tensors/w1", cells)
            target.send("GET", f"/api/runs/{run}/trace")
            target.send("POST", f"/api/runs/{run}/iterations", {"count": 20})

    with Target(server.url) as target:
        target.at_once(LEARNERS, learn, threads=LEARNERS)
    assert target.statuses == Counter({200: LEARNERS * (len(page) + 3 * STEPS), 201: LEARNERS})


def test_what_is_too_much_for_one_address_is_refused(tmp_path: Path) -> None:
    few = {"BACKPROP_PUBLIC": "1", "BACKPROP_CLIENT_CHANGES": "40"}
    with (
        running(tmp_path / "runs.sqlite3", tmp_path / "server.log", kind=ForkedServer, **few) as server,
        Target(server.url) as target,
    ):
        make("a flood from addresses that are made up", target, 60 / 3_000)
        assert target.statuses == Counter({200: 40, 429: 20})
        assert target.client.get("/api/examples").status_code == 200
