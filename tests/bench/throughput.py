"""Iterations a second: many clients, each training a run of its own by one iteration again and again, against a bare
FastAPI endpoint under uvicorn whose answer has as many bytes.

Run it as a script. The two are measured in turns, and each is a server in a process of its own; the clients are in
this process, on the same processors. It prints for each the answers a second, the median, the 99th percentile and the
longest wait in milliseconds, and how many answers were no 200; then the ratio of the best rounds. `--workers 2` takes
our server with so many processes, `--database` an address of PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.server import Server, free_port

DOCUMENT = {"example": "lesson13"}
STEP = b'{"count":1}'
BARE = """
import sys
import fastapi, uvicorn
from starlette.responses import Response

app = fastapi.FastAPI()
answer = b"x" * int(sys.argv[2])

@app.post("/api/runs/{id}/iterations")
async def step(id: str, body: dict) -> Response:
    return Response(answer, media_type="application/json")

@app.get("/api/health")
async def health() -> dict:
    return {}

uvicorn.run(app, port=int(sys.argv[1]), http="h11", loop="asyncio", log_level="warning")
"""


class Round(NamedTuple):
    """What came of one round."""

    rate: float
    waits: list[float]
    bad: int

    def line(self, name: str) -> str:
        waits = sorted(1000 * wait for wait in self.waits)
        middle, late = waits[len(waits) // 2], waits[int(0.99 * len(waits))]
        return (
            f"{name:12} {self.rate:7.0f}/s   p50 {middle:6.0f}   p99 {late:6.0f}   max {waits[-1]:6.0f} ms   "
            f"{self.bad} not 200"
        )


async def client(port: int, path: str, until: float, waits: list[float], bad: list[int]) -> None:
    """One connection that sends the same request until then."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(STEP)}\r\n\r\n".encode() + STEP
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (begun := time.perf_counter()) < until:
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        lower = answer.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        waits.append(time.perf_counter() - begun)
        if not answer.startswith(b"HTTP/1.1 200"):
            bad.append(1)
    writer.close()


async def measured(port: int, paths: list[str], seconds: float) -> Round:
    waits: list[float] = []
    bad: list[int] = []
    begun = time.perf_counter()
    await asyncio.gather(*(client(port, path, begun + seconds, waits, bad) for path in paths))
    return Round(len(waits) / (time.perf_counter() - begun), waits, len(bad))


def bare(stack: ExitStack, size: int) -> int:
    """The port of a server that does nothing."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port), str(size)])
    stack.callback(process.wait)
    stack.callback(process.terminate)
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/api/health", trust_env=False)
            return port
        except httpx.TransportError:
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--database", help="an address of PostgreSQL instead of a file")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = Server(given.database or folder / "runs.sqlite3", folder / "log", BACKPROP_WORKERS=str(given.workers))
        server.start()
        stack.callback(server.stop)
        paths = []
        for _ in range(given.clients):
            answer = httpx.post(f"{server.url}/api/runs?document=false", json=DOCUMENT, trust_env=False)
            paths.append(f"/api/runs/{answer.json()['id']}/iterations")
        size = len(httpx.post(f"{server.url}{paths[0]}", json=json.loads(STEP), trust_env=False).content)
        other = bare(stack, size)
        rounds: dict[str, list[Round]] = {"bare": [], "ours": []}
        for _ in range(given.rounds):
            for name, port in (("bare", other), ("ours", server.port)):
                rounds[name].append(asyncio.run(measured(port, paths, given.seconds)))
                print(rounds[name][-1].line(name), flush=True)
        best = {name: max(one.rate for one in taken) for name, taken in rounds.items()}
        print(f"ours / bare: {best['ours'] / best['bare']:.2f} at {size} bytes an answer")


if __name__ == "__main__":
    main()
