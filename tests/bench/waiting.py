"""How long others wait: a server, one client that asks for /api/health and one that edits a small run all the time,
while one heavy request after another is answered.

Run it as a script; name cases to run these alone, `--list` names them. For each it prints how long the heavy request
took, and the median, the 99th percentile and the longest answer of either client in milliseconds, with how many answers
those are of. The clients run in this process, on the same processors as the server: "idle" is what that costs.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.server import running

PAUSE = 0.005
IDLE_SECONDS = 2.0
JSON = {"Content-Type": "application/json"}
BYTES = {"Content-Type": "application/octet-stream"}


class Sent(NamedTuple):
    """A request. Its answer is read and thrown away."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = MappingProxyType({})


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def send(self, sent: Sent, keep: bool = False) -> tuple[int, bytes]:
        self.connection.request(sent.method, sent.path, sent.body, dict(sent.headers))
        answer = self.connection.getresponse()
        if keep:
            return answer.status, answer.read()
        while answer.read(1 << 18):
            pass
        return answer.status, b""

    def json(self, method: str, path: str, content: Any = None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        status, answer = self.send(Sent(method, path, body, JSON if body else {}), keep=True)
        assert status < 300, (status, answer[:300])
        return json.loads(answer) if answer else None

    def run(self, document: Any) -> str:
        return self.json("POST", "/api/runs?document=false", document)["id"]


class Watch(threading.Thread):
    """Sends requests one after the other until it is stopped."""

    def __init__(self, port: int, requests: Callable[[], Sent]) -> None:
        super().__init__(daemon=True)
        self.client, self.requests = Client(port), requests
        self.seconds: list[float] = []
        self.bad = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            sent = self.requests()
            begun = time.perf_counter()
            status, _ = self.client.send(sent)
            self.seconds.append(time.perf_counter() - begun)
            self.bad += status >= 400
            self.stopped.wait(PAUSE)

    def told(self) -> str:
        ordered = sorted(self.seconds)
        shown = [statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], ordered[-1]]
        bad = f" {self.bad} refused" if self.bad else ""
        return "".join(f"{1000 * one:8.1f}" for one in shown) + f"{len(ordered):6}{bad}"


Case = Callable[[Client], list[Sent]]
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    def keep(function: Case) -> Case:
        CASES[name] = function
        return function

    return keep


def posted(path: str, content: Any, method: str = "POST") -> Sent:
    return Sent(method, path, content if isinstance(content, bytes) else json.dumps(content).encode(), JSON)


def large() -> dict[str, Any]:
    """28 million numbers, drawn by the server."""
    parameters = {f"w{i}": {"shape": [2000, 2000], "init": "normal"} for i in range(7)}
    rows = "\n".join(f"s{i} = sum(w{i}[0])" for i in range(7))
    return {"program": f"{rows}\nloss = " + " + ".join(f"s{i}" for i in range(7)), "parameters": parameters}


def million(count: int = 1_000_000) -> dict[str, Any]:
    return {"program": "loss = sum(w)", "parameters": {"w": {"shape": [count // 1000, 1000], "init": "normal"}}}


def numbers(count: int) -> list[list[float]]:
    return np.random.default_rng(0).normal(size=(count // 1000, 1000)).tolist()


def medium(size: int = 100) -> dict[str, Any]:
    square = {"shape": [size, size], "init": "normal", "scale": 0.05}
    return {
        "program": "h = x\nfor i in range(6):\n    h = tanh(h @ w)\nloss = mean(h ** 2)",
        "inputs": {"x": square},
        "parameters": {"w": square},
        "optimizer": {"name": "sgd", "lr": 0.01},
    }


LESSON = {"example": "lesson13"}


@case("idle")
def _idle(client: Client) -> list[Sent]:
    return []


@case("body of many objects, refused")
def _objects(client: Client) -> list[Sent]:
    return [posted("/api/trace", b'{"a":[' + b",".join([b"{}"] * 10_000_000) + b"]}")]


@case("trace of 700,000 given numbers")
def _trace(client: Client) -> list[Sent]:
    half = numbers(700_000)
    return [posted("/api/trace", {"program": "loss = sum(w)", "parameters": {"w": half}})]


@case("4 traces of 28M numbers at once, refused")
def _traces(client: Client) -> list[Sent]:
    return [posted("/api/trace", large())] * 4


@case("check of 700,000 given numbers")
def _check(client: Client) -> list[Sent]:
    given = numbers(700_000)
    return [posted("/api/check", {"program": "loss = sum(w)", "parameters": {"w": given}, "gradients": {"w": given}})]


@case("PATCH of 700,000 cells")
def _cells(client: Client) -> list[Sent]:
    run = client.run(million())
    cells = [{"index": [k // 1000, k % 1000], "value": 0.5} for k in range(700_000)]
    return [posted(f"/api/runs/{run}/tensors/w", {"cells": cells}, "PATCH")]


@case("PATCH data of 1M numbers")
def _data(client: Client) -> list[Sent]:
    run = client.run(million())
    return [posted(f"/api/runs/{run}/tensors/w", {"data": numbers(1_000_000)}, "PATCH")]


@case("create of 1M given numbers")
def _create_given(client: Client) -> list[Sent]:
    return [posted("/api/runs?document=false", {"program": "loss = sum(w)", "parameters": {"w": numbers(1_000_000)}})]


@case("create of 28M numbers")
def _create(client: Client) -> list[Sent]:
    return [posted("/api/runs?document=false", large())]


@case("fork of 28M numbers")
def _fork(client: Client) -> list[Sent]:
    return [posted(f"/api/runs/{client.run(large())}/fork", {})]


@case("delete of 28M numbers")
def _delete(client: Client) -> list[Sent]:
    return [Sent("DELETE", f"/api/runs/{client.run(large())}")]


@case("edit of one cell of 4M, written whole")
def _edit_large(client: Client) -> list[Sent]:
    run = client.run(million(4_000_000))
    return [posted(f"/api/runs/{run}", {"title": "other"}, "PATCH")] + [
        posted(f"/api/runs/{run}/tensors/w", {"cells": [{"index": [0, k], "value": 1}]}, "PATCH") for k in range(3)
    ]


@case("GET run of 4M numbers")
def _get(client: Client) -> list[Sent]:
    return [Sent("GET", f"/api/runs/{client.run(million(4_000_000))}")]


@case("GET trace of 2M numbers")
def _get_trace(client: Client) -> list[Sent]:
    return [Sent("GET", f"/api/runs/{client.run(million(2_000_000))}/trace")]


@case("exports of 4M numbers")
def _exports(client: Client) -> list[Sent]:
    run = client.run(million(4_000_000))
    return [Sent("GET", f"/api/runs/{run}/export?format={name}") for name in ("json", "npz", "safetensors", "python")]


@case("100,000 iterations of lesson13")
def _train(client: Client) -> list[Sent]:
    return [posted(f"/api/runs/{client.run(LESSON)}/iterations", {"count": 100_000})]


@case("60 streams of 3,000 iterations")
def _streams(client: Client) -> list[Sent]:
    body = json.dumps({"count": 3000}).encode()
    headers = {**JSON, "Accept": "text/event-stream"}
    return [Sent("POST", f"/api/runs/{client.run(LESSON)}/iterations", body, headers) for _ in range(60)]


@case("plots over 100,000 iterations")
def _plots(client: Client) -> list[Sent]:
    run = client.run(LESSON)
    client.json("POST", f"/api/runs/{run}/iterations", {"count": 100_000})
    names = ("histograms", "norms", "weight?tensor=w1&index=0,0", "loss")
    return [Sent("GET", f"/api/runs/{run}/plots/{name}") for name in names]


@case("gradcheck and contour of 100x100")
def _gradcheck(client: Client) -> list[Sent]:
    run = client.run(medium())
    return [Sent("GET", f"/api/runs/{run}/gradcheck"), Sent("GET", f"/api/runs/{run}/plots/contour")]


@case("13 GFLOP trace")
def _flop(client: Client) -> list[Sent]:
    square = {"shape": [1100, 1100], "init": "normal", "scale": 0.01}
    document = {"program": "loss = sum((x @ w) @ w)", "inputs": {"x": square}, "parameters": {"w": square}}
    return [posted(f"/api/runs/{client.run(document)}/gradcheck", b"")._replace(method="GET", body=None, headers={})]


@case("40 wrong checks")
def _checks(client: Client) -> list[Sent]:
    runs = [client.run(medium(60)) for _ in range(40)]
    return [posted(f"/api/runs/{run}/check", {"gradients": {"w": "h.T @ h"}}) for run in runs]


@case("imports: npz, csv, json")
def _imports(client: Client) -> list[Sent]:
    run = client.run(million())
    file = io.BytesIO()
    np.savez_compressed(file, w=np.random.default_rng(1).normal(size=(1000, 1000)))
    table = "\n".join(["a,b,c,d,label"] + [f"{k},{k % 7},{k % 11}.5,{k % 13},{k % 3}" for k in range(300_000)])
    document = json.dumps({"program": "loss = sum(w)", "parameters": {"w": numbers(1_000_000)}}).encode()
    return [
        Sent("POST", f"/api/runs/{run}/import", file.getvalue(), BYTES),
        Sent("POST", "/api/data", table.encode(), BYTES),
        Sent("POST", "/api/import", document, BYTES),
    ]


@case("longest program")
def _program(client: Client) -> list[Sent]:
    lines = "\n".join(f"a{k} = tanh(a{k - 1}) + x" for k in range(1, 800))
    document = {"program": f"a0 = x\n{lines}\nloss = sum(a799)", "parameters": {"x": [1.0]}}
    return [posted("/api/trace?open=true", document)]


def measure(port: int, name: str) -> str:
    """One line: what the case took, and how long the others waited meanwhile."""
    setup = Client(port)
    edited = setup.run(LESSON)
    requests = CASES[name](setup)
    values = iter(range(10**9))

    def edit() -> Sent:
        content = {"cells": [{"index": [0, 1], "value": next(values) % 97 / 97}]}
        return posted(f"/api/runs/{edited}/tensors/w1", content, "PATCH")

    watches = [Watch(port, lambda: Sent("GET", "/api/health")), Watch(port, edit)]
    for watch in watches:
        watch.start()
    begun = time.perf_counter()
    statuses = list(_sent_at_once(port, requests))
    if not requests:
        time.sleep(IDLE_SECONDS)
    took = time.perf_counter() - begun
    time.sleep(0.2)
    for watch in watches:
        watch.stopped.set()
        watch.join()
    counted = ", ".join(f"{count}x{status}" for status, count in Counter(statuses).items())
    return f"{name:42}{took:7.2f} s |{watches[0].told():36} |{watches[1].told():36} | {counted}"


def _sent_at_once(port: int, requests: list[Sent]) -> Iterator[str]:
    """What each request was answered: its status, or why there was none."""
    said: list[str] = []

    def send(sent: Sent) -> None:
        answered = "no answer"
        with suppress(OSError, http.client.HTTPException):
            answered = str(Client(port).send(sent)[0])
        said.append(answered)

    threads = [threading.Thread(target=send, args=(sent,)) for sent in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield from said


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="cases, or words in their names; by default all")
    parser.add_argument("--list", action="store_true", help="name the cases")
    given = parser.parse_args()
    names = [name for name in CASES if not given.names or any(word in name for word in given.names)]
    if given.list:
        print("\n".join(names))
        return
    columns = "     p50     p99     max answers"
    print(f"{'':42}{'took':>9} | health:{columns[8:]:29} | edit:{columns[6:]:31}")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder, "runs.sqlite3"), Path(folder, "server.log")) as server,
    ):
        for name in names:
            print(measure(server.port, name), flush=True)


if __name__ == "__main__":
    main()
