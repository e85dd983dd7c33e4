"""10,000 iterations of lesson13: by the engine alone, and through the API, at once and as a stream of events.

Run it as a script; `--rounds 20`, `--count 10000`, `--example lesson13`. Prints the best time of each and the ratios.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx
import numpy as np

import backprop_explorer as bx
from tests.bench.alternating import print_ratios
from tests.server import running


def engine(document: dict, count: int) -> float:
    """Seconds for so many steps of a plan."""
    plan = bx.compile(document)
    start = time.perf_counter()
    with np.errstate(all="ignore"):
        for _ in range(count):
            plan.step()
    return time.perf_counter() - start


def service(client: httpx.Client, document: dict, count: int, accept: str) -> float:
    """Seconds from the request to the end of the answer."""
    path = client.post("/api/runs", json=document).headers["location"]
    start = time.perf_counter()
    answer = client.post(f"{path}/iterations", json={"count": count}, headers={"Accept": accept})
    seconds = time.perf_counter() - start
    assert answer.status_code == 200
    client.delete(path)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--example", default="lesson13")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "runs.sqlite3", Path(folder) / "server.log") as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=300) as client,
    ):
        document = client.get(f"/api/examples/{wanted.example}").json()
        contestants = {
            "engine": lambda: engine(document, wanted.count),
            "API": lambda: service(client, document, wanted.count, "application/json"),
            "API, stream": lambda: service(client, document, wanted.count, "text/event-stream"),
        }
        best = dict.fromkeys(contestants, float("inf"))
        for _ in range(wanted.rounds):
            for name, call in contestants.items():
                best[name] = min(best[name], call())
    title = f"{wanted.count:,} iterations of {wanted.example}, a round each"
    print_ratios(title, best, ["engine"])


if __name__ == "__main__":
    main()
