"""kill -9 of the server at random moments of edits and trainings: what was acknowledged is there, to the bit."""

import os
import random
import threading
from pathlib import Path

import httpx
import numpy as np

from tests.runs.documents import SMALL
from tests.runs.reference import Reference
from tests.server import Server

KILLS = int(os.environ.get("KILLS", "30"))
LONGEST_LIFE = 0.06  # seconds; an edit takes some two thousandths


class Writer:
    """Changes a run as fast as it can until its server is gone, and keeps a reference of what was acknowledged."""

    def __init__(self, url: str, random_source: random.Random) -> None:
        self.url = url
        self.random = random_source
        self.reference = Reference(SMALL)
        self.pending: tuple[str, int, float] = ("", 0, 0.0)

    def work(self, client: httpx.Client) -> None:
        """Returns when a request gets no answer; that request is then pending: made or not made, nothing in between."""
        try:
            while True:
                self.change(client)
        except httpx.TransportError:
            return

    def change(self, client: httpx.Client) -> None:
        """One change that is acknowledged."""
        self.pending = (
            self.random.choice(["edit", "train"]),
            self.random.randrange(1, 120),
            self.random.uniform(-1, 1),
        )
        self.request(client)
        self.apply()

    def request(self, client: httpx.Client) -> None:
        kind, count, value = self.pending
        if kind == "edit":
            answer = client.patch(f"{self.url}/tensors/b1", json={"data": [value, count]})
        else:
            answer = client.post(f"{self.url}/iterations", json={"count": count})
        assert answer.status_code == 200, answer.text

    def apply(self) -> None:
        kind, count, value = self.pending
        if kind == "edit":
            self.reference.edit("b1", lambda b1: b1.__setitem__(slice(None), [value, count]))
        else:
            self.reference.train(count)

    def settle(self, state: dict) -> None:
        """Counts the pending request in, if the server did."""
        if state["version"] == self.reference.version + 1:
            self.apply()


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    source = random.Random(0)
    server = Server(tmp_path / "runs.sqlite3", tmp_path / "server.log", BACKPROP_CHECKPOINT_ITERATIONS="50")
    server.start()
    try:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            writer = Writer(client.post("/api/runs", json=SMALL).headers["location"], source)
        for _ in range(KILLS):
            live_and_die(server, writer, source.uniform(0, LONGEST_LIFE))
            server.start()
            with httpx.Client(base_url=server.url, trust_env=False) as client:
                compare(client.get(writer.url).json(), writer)
        assert writer.reference.version > KILLS
    finally:
        server.kill()


def live_and_die(server: Server, writer: Writer, life: float) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
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
