"""kill -9 of the server at random moments of edits and trainings: what was acknowledged is there, to the bit.

A training that was torn off may be there in part, as a training of fewer iterations, since it is written down while it
goes on; never half an iteration.
"""

import json
import random
import threading
from pathlib import Path

import httpx
import numpy as np

from tests.amount import count
from tests.runs.documents import SMALL
from tests.runs.reference import Reference
from tests.server import Server

KILLS = count(2, 30)
LONGEST_LIFE = 0.06  # seconds; an edit takes some two thousandths
LONGEST = {"edit": 9, "train": 120, "stream": 1_500}


class Writer:
    """Changes a run as fast as it can until its server is gone, and keeps a reference of what was acknowledged."""

    def __init__(self, url: str, random_source: random.Random) -> None:
        self.url = url
        self.random = random_source
        self.reference = Reference(SMALL)
        self.pending: tuple[str, int, float] = ("", 0, 0.0)

    def work(self, client: httpx.Client) -> None:
        """Returns when a request gets no whole answer; that request is then pending."""
        try:
            while True:
                self.change(client)
        except httpx.TransportError:
            return

    def change(self, client: httpx.Client) -> None:
        """One change that is acknowledged."""
        kind = self.random.choice(list(LONGEST))
        self.pending = (kind, self.random.randint(1, LONGEST[kind]), self.random.uniform(-1, 1))
        iteration = self.request(client)
        self.apply(iteration - self.reference.now.iteration)

    def request(self, client: httpx.Client) -> int:
        """The iteration at which the run is afterwards, as the server says."""
        kind, count, value = self.pending
        if kind == "edit":
            answer = client.patch(f"{self.url}/tensors/b1", json={"data": [value, count]})
        else:
            accept = "text/event-stream" if kind == "stream" else "application/json"
            answer = client.post(f"{self.url}/iterations", json={"count": count}, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text
        last = answer.text.rpartition("event: done\ndata: ")[2]
        iteration: int = json.loads(last)["iteration"]
        assert iteration == self.reference.now.iteration + (0 if kind == "edit" else count)
        return iteration

    def apply(self, made: int) -> None:
        """Makes the pending change in the reference, so many of its iterations."""
        kind, count, value = self.pending
        if kind == "edit":
            self.reference.edit("b1", lambda b1: b1.__setitem__(slice(None), [value, count]))
        else:
            self.reference.train(made)

    def settle(self, state: dict) -> None:
        """Counts the pending request in, as far as the server did."""
        if state["version"] == self.reference.version + 1:
            made = state["iteration"] - self.reference.now.iteration
            kind, count, _ = self.pending
            assert made == 0 if kind == "edit" else 0 < made <= count
            self.apply(made)


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    source = random.Random(0)
    limits = {"BACKPROP_CHECKPOINT_ITERATIONS": "50", "BACKPROP_WRITE_SECONDS": "0.005"}
    server = Server(tmp_path / "runs.sqlite3", tmp_path / "server.log", **limits)
    server.start()
    try:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
            writer = Writer(client.post("/api/runs", json=SMALL).headers["location"], source)
        for _ in range(KILLS):
            live_and_die(server, writer, source.uniform(0, LONGEST_LIFE))
            server.start()
            with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
                compare(client.get(writer.url).json(), writer)
                compare_past(client, writer)
        assert writer.reference.version > KILLS
    finally:
        server.kill()


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
    expected = writer.reference
    assert (state["version"], state["iteration"]) == (expected.version, expected.now.iteration)
    assert state["loss"] == expected.plan().run()
    for name, array in expected.now.states[-1].items():
        if name in state["document"]["parameters"]:
            assert np.array(state["document"]["parameters"][name]).tobytes() == array.tobytes()
    assert len(state["losses"]) == state["iteration"] + 1


def compare_past(client: httpx.Client, writer: Writer) -> None:
    """A replay leads to the same numbers as before, at any iteration."""
    iteration = writer.random.randint(0, writer.reference.now.iteration)
    trace = client.get(f"{writer.url}/trace", params={"iteration": iteration}).json()
    for name, array in writer.reference.at(iteration).items():
        assert np.array(trace["tensors"][name]["value"]).tobytes() == array.tobytes(), (name, iteration)
