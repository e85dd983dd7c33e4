"""How long the verdict on a hostile formula takes: each kind over HTTP, in turns with right ones and /health."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.server import running
from tests.unit.practice.test_hostile_formulae import HOSTILE

ROUNDS = 40
FORMULAE = {"(right) products and sums": "x.T @ l1.g", "(wrong) another tensor": "x.T @ l2.g", **HOSTILE}


def main() -> None:
    """Median and worst in milliseconds, of the verdict and of the shape while one types."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "runs.sqlite3", Path(folder) / "log") as server,
        httpx.Client(base_url=f"{server.url}/api", trust_env=False, timeout=60) as client,
    ):
        run = client.post("/runs", json={"example": "lesson13"}).json()["id"]
        times: dict[str, list[list[float]]] = {name: [[], []] for name in FORMULAE}
        health: list[float] = []
        verdicts: dict[str, str] = {}
        for turn in range(ROUNDS + 1):
            health.append(timed(client, "GET", "/health")[0])
            for name, text in FORMULAE.items():
                taken, answer = timed(client, "POST", f"/runs/{run}/check", json={"gradients": {"w1": text}})
                verdicts[name] = answer["verdicts"]["w1"]["verdict"]
                typing = timed(client, "GET", f"/runs/{run}/formula", params={"tensor": "w1", "text": text[:2000]})[0]
                if turn:  # the first warms up
                    times[name][0].append(taken)
                    times[name][1].append(typing)
    print(f"{'':42}{'verdict':>18}{'while typing':>18}\n{'ms':42}{'median':>9}{'worst':>9}{'median':>9}{'worst':>9}")
    for name, both in times.items():
        print(
            f"{name:28}{verdicts[name]:14}" + "".join(f"{statistics.median(own):9.2f}{max(own):9.2f}" for own in both)
        )
    print(f"{'GET /api/health':42}{statistics.median(health):9.2f}{max(health):9.2f}")


def timed(client: httpx.Client, method: str, path: str, **content: Any) -> tuple[float, Any]:
    """How many milliseconds a request takes, and its answer."""
    start = time.perf_counter()
    answer = client.request(method, path, **content)
    taken = (time.perf_counter() - start) * 1e3
    return taken, answer.raise_for_status().json()


if __name__ == "__main__":
    main()
