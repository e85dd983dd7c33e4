"""kill -9 of the server at random moments of edits, trainings, streams, forks and undoing, on either database: what was
acknowledged is there, to the bit.

A training that was torn off may be there in part, as a training of fewer iterations, since it is written down while it
goes on; never half an iteration.
"""

import json
import random
import threading
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.amount import count
from tests.runs.documents import SMALL
from tests.runs.reference import Arrays, Reference
from tests.server import ForkedServer, Server

KILLS = count(1, 30, "KILLS")
LONGEST_LIFE = 0.06  # seconds; an edit takes some two thousandths
LONGEST = {"edit": 9, "train": 120, "stream": 600, "fork": 1, "undo": 1}
TRAININGS = ("train", "stream")
WRITE_SECONDS = ("0.005", "2")
"""So that trainings are written while they go on, or small ones beside the event loop."""


class Writer:
    """Changes a run as fast as it can until its server is gone, and keeps a reference of what was acknowledged."""

    def __init__(self, url: str, random_source: random.Random) -> None:
        self.url = url
        self.random = random_source
        self.reference = Reference(SMALL)
        self.pending: tuple[str, int, float] = ("", 0, 0.0)
        self.forks: dict[str, Reference] = {}
        self.made = 0

    def work(self, client: httpx.Client) -> None:
        """Returns when a request gets no whole answer; that request is then pending."""
        try:
            while True:
                self.change(client)
        except httpx.TransportError:
            return

    def change(self, client: httpx.Client) -> None:
        """One change that is acknowledged."""
        kinds = [kind for kind in LONGEST if kind != "undo" or len(self.reference.done) > 1]
        kind = self.random.choice(kinds)
        self.pending = (kind, self.random.randint(1, LONGEST[kind]), self.random.uniform(-1, 1))
        if kind == "fork":
            answer = client.post(f"{self.url}/fork", json={})
            assert answer.status_code == 201, answer.text
            self.forks[answer.headers["location"]] = self.reference.fork(self.reference.now.iteration)
        else:
            iteration = self.request(client)
            self.apply(iteration - self.reference.now.iteration)
        self.pending = ("", 0, 0.0)
        self.made += 1

    def request(self, client: httpx.Client) -> int:
        """The iteration at which the run is afterwards, as the server says."""
        kind, count, value = self.pending
        if kind == "edit":
            answer = client.patch(f"{self.url}/tensors/b1", json={"data": [value, count]})
        elif kind == "undo":
            answer = client.post(f"{self.url}/undo")
        else:
            accept = "text/event-stream" if kind == "stream" else "application/json"
            answer = client.post(f"{self.url}/iterations", json={"count": count}, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text
        last = answer.text.rpartition("event: done\ndata: ")[2]
        iteration: int = json.loads(last)["iteration"]
        assert iteration == self.iteration_after(count)
        return iteration

    def iteration_after(self, count: int) -> int:
        """The iteration at which the run is once the pending request is done, as asked for."""
        kind = self.pending[0]
        if kind == "undo":
            return self.reference.done[-2].iteration
        return self.reference.now.iteration + (count if kind in TRAININGS else 0)

    def apply(self, made: int) -> None:
        """Makes the pending change in the reference, so many of its iterations."""
        kind, count, value = self.pending
        if kind == "edit":
            self.reference.edit("b1", lambda b1: b1.__setitem__(slice(None), [value, count]))
        elif kind == "undo":
            self.reference.undo()
        elif kind in TRAININGS:
            self.reference.train(made)

    def settle(self, state: dict) -> None:
        """Counts the pending request in, as far as the server did."""
        if state["version"] == self.reference.version + 1:
            kind, count, _ = self.pending
            assert kind not in ("", "fork")
            made = state["iteration"] - self.reference.now.iteration
            assert 0 < made <= count if kind in TRAININGS else state["iteration"] == self.iteration_after(count)
            self.apply(made)


@pytest.fixture(
    params=["SQLite", pytest.param("PostgreSQL", marks=[pytest.mark.xdist_group("postgres"), pytest.mark.long])]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "SQLite":
        return tmp_path / "runs.sqlite3"
    address: str = request.getfixturevalue("postgres").database()
    return address


def test_nothing_that_was_acknowledged_is_lost(database: Path | str, tmp_path: Path) -> None:
    source = random.Random(0)
    limits = {"BACKPROP_CHECKPOINT_ITERATIONS": "50", "BACKPROP_WRITE_SECONDS": WRITE_SECONDS[0]}
    server = ForkedServer(database, tmp_path / "server.log", **limits)
    server.start()
    changes = forks = 0
    try:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
            writer = begin(client, source)
        for kill in range(KILLS):
            live_and_die(server, writer, source.uniform(0, LONGEST_LIFE))
            server.environment["BACKPROP_WRITE_SECONDS"] = source.choice(WRITE_SECONDS)
            server.start()
            with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
                compare(client.get(writer.url).json(), writer)
                compare_past(client, writer)
                for url, reference in writer.forks.items():
                    compare_numbers(client.get(url).json(), reference)
                forks += len(writer.forks)
                writer.forks.clear()
                if kill % 50 == 49:  # the reference keeps every state in memory
                    changes += writer.made
                    print(f"{kill + 1} kills, {changes} changes acknowledged, {forks} forks compared", flush=True)
                    writer = begin(client, source)
        assert changes + writer.made >= KILLS
    finally:
        server.kill()


def begin(client: httpx.Client, source: random.Random) -> Writer:
    """On a new run."""
    return Writer(client.post("/api/runs", json=SMALL).headers["location"], source)


def live_and_die(server: Server, writer: Writer, life: float) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
        writer.change(client)  # however slow the machine is, every life has something to lose
        death = threading.Timer(life, server.kill)
        death.start()
        writer.work(client)
        death.join()


def compare(state: dict, writer: Writer) -> None:
    """The run is in the reference's state: the same version, iteration, loss and numbers."""
    writer.settle(state)
    assert state["version"] == writer.reference.version
    compare_numbers(state, writer.reference)
    assert len(state["losses"]) == state["iteration"] + 1


def compare_numbers(state: dict, expected: Reference) -> None:
    assert state["iteration"] == expected.now.iteration
    assert state["loss"] == expected.plan().run()
    now: Arrays = expected.now.states[-1]
    for name, array in now.items():
        if name in state["document"]["parameters"]:
            assert np.array(state["document"]["parameters"][name]).tobytes() == array.tobytes()


def compare_past(client: httpx.Client, writer: Writer) -> None:
    """A replay leads to the same numbers as before, at any iteration."""
    iteration = writer.random.randint(0, writer.reference.now.iteration)
    trace = client.get(f"{writer.url}/trace", params={"iteration": iteration}).json()
    for name, array in writer.reference.at(iteration).items():
        assert np.array(trace["tensors"][name]["value"]).tobytes() == array.tobytes(), (name, iteration)
