"""How long an explanation takes: over HTTP beside GET /api/health, and of one element of a large network."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import backprop_explorer as bx
from backprop_explorer.explain import explain
from tests.server import running

ROUNDS = 400


def over_http() -> None:
    """Medians of one alternating run, with one kept connection."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "runs.sqlite3", Path(folder) / "log") as server,
    ):
        client = httpx.Client(base_url=f"{server.url}/api", trust_env=False)
        run = client.post("/runs", json={"example": "lesson13"}).json()["id"]
        paths = {
            "health": "/health",
            "explain": f"/runs/{run}/explain?tensor=w1&field=gradient&index=9,1",
            "why": f"/runs/{run}/why?tensor=w1&field=gradient&index=9,1",
            "uses": f"/runs/{run}/uses?tensor=w1&index=9,1",
            "jacobian": f"/runs/{run}/jacobian?step=0&input=w1",
        }
        times: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(ROUNDS):
            for name, path in paths.items():
                times[name].append(seconds(lambda path=path: client.get(path).raise_for_status()))
        health = statistics.median(times["health"])
        for name, own in times.items():
            median = statistics.median(own)
            print(f"{name:10}{median * 1e3:8.2f} ms   {median / health:6.2f} x health")


def of_a_large_network() -> None:
    """One element of values and gradients of a 50,000 x 784 network."""
    random = np.random.default_rng(0)
    plan = bx.compile(
        {
            "program": "h = relu(x @ w1 + b1)\nloss = cross_entropy(h @ w2, y)",
            "inputs": {"x": random.standard_normal((50_000, 784)), "y": random.integers(0, 10, 50_000).tolist()},
            "parameters": {
                "w1": random.standard_normal((784, 32)) / 28,
                "b1": np.zeros(32),
                "w2": random.standard_normal((32, 10)) / 6,
            },
        }
    )
    plan.run()
    for tensor, field, index in (("w1", "gradient", (300, 7)), ("b1", "gradient", (7,)), ("h", "value", (123, 4))):
        best = min(seconds(lambda: explain(plan, tensor, field, index)) for _ in range(5))  # noqa: B023
        print(f"{tensor} {field} {index}: {best * 1e3:.1f} ms")


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    over_http()
    of_a_large_network()
