"""Several worker processes of one server, over both databases: nothing is lost or doubled, whichever of them dies."""

import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.amount import LONG, count, some
from tests.command import command, process
from tests.postgres import Postgres
from tests.runs.documents import SMALL
from tests.server import Server, running

pytestmark = pytest.mark.xdist_group("postgres")
WORKERS = 2
CLIENTS = 6
KILLS = count(1, 20)


@pytest.fixture(scope="module", params=some(["sqlite", "postgres"], "sqlite"))
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    if request.param == "sqlite":
        database: Path | str = folder / "runs.sqlite3"
    else:
        database = request.getfixturevalue("postgres").database()
    with running(database, folder / "log", BACKPROP_WORKERS=str(WORKERS)) as server:
        yield server


@pytest.fixture
def server(started: Server) -> Server:
    """With all of its workers, whatever a test before has done to it."""
    if started.ended(within=0):
        started.start()
    until(lambda: len(workers(started)) == WORKERS)
    return started


def workers(server: Server) -> list[psutil.Process]:
    """The processes that serve."""
    return server.processes(lambda one: one.ppid() == server.pid and "spawn_main" in " ".join(one.cmdline()))


def until(true: Callable[[], bool]) -> None:
    for _ in range(100_000):
        if true():
            return
    raise AssertionError("it did not come true")


def client(server: Server) -> httpx.Client:
    """One whose every request is a connection of its own, which any worker may take."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=server.url, trust_env=False, timeout=60, limits=limits)


class Writer(threading.Thread):
    """Edits a run of its own all the time. What was not acknowledged may have happened, once."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.acknowledged: list[float] = []
        self.torn = 0
        self.stopped = threading.Event()
        self.error: BaseException | None = None
        with client(server) as own:
            self.path = own.post("/api/runs?document=false", json=SMALL).headers["location"]

    def run(self) -> None:
        try:
            with client(self.server) as own:
                version = 1
                while not self.stopped.is_set():
                    version = self.edit(own, version)
        except BaseException as error:
            self.error = error

    def edit(self, own: httpx.Client, version: int) -> int:
        value = float(len(self.acknowledged) + self.torn)
        try:
            answer = own.patch(f"{self.path}/tensors/b1", json={"data": [value, 0.0]})
            assert answer.status_code == 200, answer.text
            assert answer.json()["version"] == version + 1
            self.acknowledged.append(value)
            return version + 1
        except httpx.TransportError:
            self.torn += 1
        while True:  # until a worker answers
            try:
                found = int(own.get(f"{self.path}?document=false").json()["version"])
            except httpx.TransportError:
                continue
            assert found in (version, version + 1)
            return found

    def check(self) -> None:
        """Raises where what was acknowledged is not there, in order and once."""
        if self.error is not None:
            raise self.error
        with client(self.server) as own:
            events = own.get(f"{self.path}/history?losses=none").json()["events"]
            assert [event["number"] for event in events] == list(range(1, len(events) + 1))
            edits = len(events) - 1
            assert len(self.acknowledged) <= edits <= len(self.acknowledged) + self.torn
            now = own.get(f"{self.path}/tensors/b1").json()["value"][0]
            assert now >= self.acknowledged[-1]


def test_a_worker_that_is_killed_under_load_loses_nothing_and_is_replaced(server: Server) -> None:
    writers = [Writer(server) for _ in range(CLIENTS)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(KILLS):
            before = sum(len(writer.acknowledged) for writer in writers)
            until_acknowledged(writers, before + 20)
            victim = workers(server)[0]
            victim.kill()
            victim.wait(20)
            until(lambda: len(workers(server)) == WORKERS)
    finally:
        for writer in writers:
            writer.stopped.set()
        for writer in writers:
            writer.join()
    for writer in writers:
        writer.check()
    assert_sound(server)


def assert_sound(server: Server) -> None:
    if isinstance(server.database, Path):
        with closing(sqlite3.connect(server.database)) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def until_acknowledged(writers: list[Writer], number: int) -> None:
    """Returns when so many changes were acknowledged together, and of each writer one at least."""
    while sum(len(writer.acknowledged) for writer in writers) < number or not all(one.acknowledged for one in writers):
        assert not any(writer.error for writer in writers)
        writers[0].join(0.01)


@pytest.mark.long
def test_the_workers_are_counted_together_also_after_the_end_of_one(tmp_path: Path) -> None:
    with running(
        tmp_path / "runs.sqlite3", tmp_path / "log", BACKPROP_WORKERS=str(WORKERS), BACKPROP_METRICS="1"
    ) as server:
        until(lambda: len(workers(server)) == WORKERS)
        with client(server) as own:
            for _ in range(20):
                assert own.post("/api/runs?document=false", json=SMALL).status_code == 201
        found = figures(server)
        assert found["backprop_requests_total", "POST", "/api/runs", "201"] == 20
        assert found["backprop_request_seconds_count", "POST", "/api/runs"] == 20
        assert found[("backprop_runs_in_memory",)] == 20
        assert found[("backprop_database_up",)] == 1
        assert found[("backprop_database_bytes",)] > 0
        for victim in workers(server):
            victim.kill()
            victim.wait(20)
        until(lambda: len(workers(server)) == WORKERS)
        found = figures(server)
        assert found["backprop_requests_total", "POST", "/api/runs", "201"] == 20
        assert found[("backprop_runs_in_memory",)] == 0


def figures(server: Server) -> dict[tuple[str, ...], float]:
    """What /metrics says, by the sample's name and the values of its labels, once a worker answers."""
    with client(server) as own:
        while True:
            try:
                text = own.get("/metrics").raise_for_status().text
            except httpx.TransportError:  # of the worker that was killed
                continue
            families = text_string_to_metric_families(text)
            return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_many_clients_on_one_run(server: Server) -> None:
    statuses: Counter[int] = Counter()
    with client(server) as own:
        path = own.post("/api/runs?document=false", json=SMALL).headers["location"]

    def work(turn: int) -> None:
        with client(server) as own:
            for number in range(count(10, 200)):
                edit = {"data": [1000.0 * turn + number, 0.0]}
                statuses[own.patch(f"{path}/tensors/b1", json=edit).status_code] += 1

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 409}
    with client(server) as own:
        assert own.get(f"{path}?document=false").json()["version"] == 1 + statuses[200]


def test_none_outlives_the_one_that_started_them_and_no_other_server_comes_in(server: Server) -> None:
    if LONG and isinstance(server.database, Path):  # without workers: test_database
        other = command("--no-open", "--port", "0", "--database", str(server.database))
        assert other.returncode == 2
        assert "in use by another Backprop Explorer" in other.stderr
    found = workers(server)
    server.kill()
    _, alive = psutil.wait_procs(found, 30)
    assert not alive
    server.start()
    assert server.healthy()


def test_they_stop_together(server: Server) -> None:
    found = workers(server)
    server.send(signal.SIGTERM)
    assert server.ended(within=15)
    assert server.process is not None
    assert server.process.returncode == 0
    assert not any(one.is_running() for one in found)
    assert_sound(server)


@pytest.mark.parametrize("kind", some(["foreign", "newer"], "foreign"))
def test_a_refused_database_is_told_once(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    database = str(tmp_path / "foreign")
    if kind == "foreign":
        Path(database).write_text("not a database")
    else:
        database = newer(request.getfixturevalue("postgres"))
    answer = process("--no-open", "--port", "0", "--workers", "2", "--database", database)
    assert answer.returncode == 2
    assert answer.stderr.count("backprop-explorer: ") == 1, answer.stderr


def newer(postgres: Postgres) -> str:
    """The address of a database that a later version has written."""
    address = postgres.database()
    postgres.run("CREATE SCHEMA backprop_explorer", address)
    postgres.run("CREATE TABLE backprop_explorer.version (version INTEGER NOT NULL)", address)
    postgres.run("INSERT INTO backprop_explorer.version VALUES (1000)", address)
    return address
