"""Two servers, one PostgreSQL and nginx, as docker-compose.yml has them: used through the proxy, and broken."""

import json
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.amount import count
from tests.nginx import Nginx
from tests.postgres import Postgres
from tests.runs.documents import SMALL
from tests.runs.reference import Reference
from tests.runs.test_replicas import at_once, wait_until
from tests.server import ForkedServer, Server

pytestmark = pytest.mark.xdist_group("postgres")
CLIENTS = 16
WRITES = count(160, 2_000, "WRITES")
RESTARTS = count(1, 10, "RESTARTS")
KILLS = count(1, 5, "KILLS")
BACK_SECONDS = 2


def place(server: Server) -> str:
    """Its address and port."""
    return server.url.removeprefix("http://")


class Fleet:
    """Two servers, and nginx in front of them."""

    def __init__(self, servers: list[Server], proxy: Nginx) -> None:
        self.servers = servers
        self.proxy = proxy

    def client(self, server: int | None = None) -> httpx.Client:
        """Of the proxy, or of one of the servers."""
        url = self.proxy.url if server is None else self.servers[server].url
        return httpx.Client(base_url=url, trust_env=False, timeout=60)

    def run(self) -> str:
        """The address of a new run."""
        with self.client() as own:
            answer = own.post("/api/runs", json=SMALL)
            assert answer.status_code == 201
            return answer.headers["location"]


@pytest.fixture(scope="module")
def fleet(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    address = postgres.database()
    servers = [ForkedServer(address, folder / f"server{n}.log", BACKPROP_METRICS="1") for n in range(2)]
    # Here all clients have one address.
    proxy = Nginx(
        folder, [server.url.removeprefix("http://") for server in servers], **{"rate=100r/s": "rate=100000r/s"}
    )
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
        at_once(lambda turn: servers[turn].start(), 2)
        proxy.start()
        stack.callback(proxy.stop)
        yield Fleet(servers, proxy)


def sure(client: httpx.Client, method: str, path: str, told: Counter[int], **content: Any) -> httpx.Response:
    """The answer to a change that is sent again, with its key, until it is made."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    deadline = time.monotonic() + 60
    while True:
        answer = client.request(method, path, headers=headers, **content)
        told[answer.status_code] += 1
        if answer.status_code not in (503, 409) or time.monotonic() > deadline:
            return answer
        time.sleep(0.02)


def test_a_run_is_stepped_through_the_proxy_on_both_servers(fleet: Fleet) -> None:
    path, reference = fleet.run(), Reference(SMALL)
    with fleet.client() as own:
        for turn in range(6):
            [before, _] = own.post(f"{path}/iterations", json={"count": 1}).json()["losses"]
            assert before == reference.train(1)[0]
            state = own.get(f"{path}?document=false").json()
            assert (state["iteration"], state["loss"]) == (turn + 1, reference.plan().run())
            assert own.get(f"{path}/trace").json()["loss"] == state["loss"]
    for server in range(2):
        with fleet.client(server) as own:
            assert own.get(path).json()["loss"] == reference.plan().run()
    used = {json.loads(line)["server"] for line in fleet.proxy.access.read_text().splitlines()}
    assert {*map(place, fleet.servers)} <= used


def test_a_training_tells_its_progress_while_it_goes_on(fleet: Fleet) -> None:
    path = fleet.run()
    came: dict[str, list[float]] = {"progress": [], "done": []}
    content = {"count": 20_000}
    with (
        fleet.client() as own,
        own.stream("POST", f"{path}/iterations", json=content, headers={"Accept": "text/event-stream"}) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if (name := line.removeprefix("event: ")) in came:
                came[name].append(time.monotonic())
        assert answer.status_code == 200
    assert len(came["progress"]) > 2
    assert came["done"][0] - came["progress"][0] > 0.2, "nothing was kept back until the end"


def test_an_edit_on_one_server_is_seen_on_the_other(fleet: Fleet) -> None:
    path = fleet.run()
    with fleet.client(0) as one, fleet.client(1) as other:
        assert other.get(path).json()["version"] == 1
        for turn in range(5):
            writer, reader = (one, other) if turn % 2 else (other, one)
            tag = writer.patch(f"{path}/tensors/b1", json={"data": [turn, 0.5]}).headers["etag"]
            seen = reader.get(path)
            assert seen.headers["etag"] == tag
            assert seen.json()["document"]["parameters"]["b1"] == [turn, 0.5]
            assert reader.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_many_clients_of_one_run_lose_and_double_nothing(fleet: Fleet) -> None:
    path, told = fleet.run(), Counter[int]()
    wrote: list[float] = []

    def work(turn: int) -> None:
        with fleet.client() as own:
            for number in range(WRITES // CLIENTS):
                value = turn * 100_000.0 + number
                answer = sure(own, "PATCH", f"{path}/tensors/b1", told, json={"data": [value, 0.0]})
                assert answer.status_code == 200, answer.text
                wrote.append(value)

    begun = time.monotonic()
    at_once(work, CLIENTS)
    print(f"{len(wrote)} writes in {time.monotonic() - begun:.0f} s: {dict(told)}")
    assert set(told) <= {200, 409}
    for server in range(2):
        with fleet.client(server) as own:
            assert own.get(f"{path}?document=false").json()["version"] == 1 + len(wrote)
            exported = own.get(f"{path}/export?format=json").json()
            assert sorted(event["values"][0] for event in exported["events"] if event["kind"] == "edit") == sorted(
                wrote
            )


def under_load(fleet: Fleet, disturb: Callable[[Counter[int]], None]) -> Counter[int]:
    """Four clients of the proxy train runs of their own, one iteration after another, while that goes on; what was
    answered. Each iteration that was acknowledged was made once."""
    paths = [fleet.run() for _ in range(4)]
    over, told = threading.Event(), Counter[int]()
    acknowledged = [0] * len(paths)

    def work(turn: int) -> None:
        with fleet.client() as own:
            while not over.is_set():
                answer = sure(own, "POST", f"{paths[turn]}/iterations", told, json={"count": 1})
                assert answer.status_code == 200, answer.text
                acknowledged[turn] += 1
                assert answer.json()["iteration"] == acknowledged[turn]

    def disturbed(turn: int) -> None:
        try:
            disturb(told) if turn == len(paths) else work(turn)
        finally:
            over.set()

    at_once(disturbed, len(paths) + 1)
    for turn, path in enumerate(paths):
        with fleet.client(turn % 2) as own:
            assert own.get(f"{path}?document=false").json()["iteration"] == acknowledged[turn]
    return told


def goes_on(told: Counter[int], answers: int = 20) -> None:
    """Waits for so many more changes."""
    before = told[200]
    wait_until(lambda: told[200] > before + answers)


def test_a_server_that_is_killed_is_not_missed(fleet: Fleet) -> None:
    def kill(told: Counter[int]) -> None:
        for turn in range(KILLS):
            goes_on(told)
            fleet.servers[turn % 2].kill()
            begun = time.monotonic()
            goes_on(told, 8)
            assert time.monotonic() - begun < BACK_SECONDS
            goes_on(told)
            fleet.servers[turn % 2].start()

    told = under_load(fleet, kill)
    print(f"{KILLS} kills: {dict(told)}")
    assert set(told) <= {200, 409, 503}
    assert told[503] + told[409] < told[200]


def test_while_the_database_restarts_there_is_only_503_and_soon_service(fleet: Fleet, postgres: Postgres) -> None:
    back = []

    def restart(told: Counter[int]) -> None:
        for _ in range(RESTARTS):
            goes_on(told)
            postgres.stop()
            unserved = told[503]
            try:
                wait_until(lambda unserved=unserved: told[503] > unserved + 5)
                with fleet.client() as own:
                    assert own.get("/api/health").is_success
                    assert own.get("/api/ready").status_code == 503
            finally:
                postgres.start()
            begun = time.monotonic()
            goes_on(told, 3)
            back.append(time.monotonic() - begun)

    told = under_load(fleet, restart)
    print(f"{RESTARTS} restarts: {dict(told)}; served again after {max(back):.2f} s at most")
    assert set(told) <= {200, 409, 503}
    assert max(back) < BACK_SECONDS


def test_the_proxy_keeps_scripts_and_hides_metrics_and_ids(fleet: Fleet) -> None:
    path = fleet.run()
    with fleet.client() as own:
        page = own.get("/").text
        assets = re.findall(r'"\./((?:assets|vendor)/[^"]+)"', page)
        assert assets
        for asset in assets:
            first, second = own.get(f"/{asset}"), own.get(f"/{asset}")
            assert (second.headers["x-cache"], second.content) == ("HIT", first.content)
            assert "immutable" in second.headers["cache-control"]
        assert own.get("/", headers={"If-None-Match": own.get("/").headers["etag"]}).status_code == 304
        assert own.get("/metrics").status_code == 403
        assert own.get("/metrics").json()["code"] == "forbidden"
        assert re.fullmatch("[0-9a-f]{32}", own.get(path).headers["x-request-id"])
        own.get(f"{path}/tensors/w1?secret=1")
        own.get("/api/health")  # on the same connection: what was before is written down by then
    log = fleet.proxy.access.read_text()
    assert path.rpartition("/")[2] not in log
    assert "secret" not in log
    assert '"route": "/api/runs/{id}/tensors/w1"' in log
    with fleet.client(0) as own:
        assert own.get("/metrics").status_code == 200


def test_what_the_proxy_refuses_is_told_as_any_other_error(fleet: Fleet, tmp_path: Path) -> None:
    nowhere = Nginx(tmp_path, ["127.0.0.1:1"], **{"burst=500": "burst=5", "rate=100r/s": "rate=1r/s"})
    nowhere.start()
    try:
        with httpx.Client(base_url=nowhere.url, trust_env=False) as own:
            answers = [own.get("/api/health") for _ in range(12)]
    finally:
        nowhere.stop()
    with fleet.client() as own:
        large = own.post("/api/trace", content=b" " * 33_000_000, headers={"Content-Type": "application/json"})
    told = {answer.json()["code"]: answer for answer in [*answers, large]}
    assert {code: answer.status_code for code, answer in told.items()} == {
        "no_server": 503,
        "too_many_requests": 429,
        "body_too_large": 413,
    }
    for answer in told.values():
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["request_id"]
        assert answer.json().keys() == {
            "type", "title", "status", "detail", "code", "where", "hint", "request_id"
        }  # fmt: skip
        assert (answer.status_code == 413) == ("retry-after" not in answer.headers)
