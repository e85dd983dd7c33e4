"""Watches a server from a process of its own: how long it keeps /api/health waiting, and how much memory it takes.

`python -m tests.attacks.watch URL PID` begins anew at each line on standard input, and answers with what it has seen
since the one before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import psutil

from tests.house.repository import ROOT

EVERY_SECONDS = 0.02


@dataclass
class Seen:
    """`waits` are milliseconds, one of each answer of /api/health; `memory` the most bytes of the server and its
    children, `failures` the answers that were none."""

    waits: list[float] = field(default_factory=list)
    memory: int = 0
    failures: int = 0

    @property
    def longest(self) -> float:
        return max(self.waits, default=0.0)

    @property
    def p99(self) -> float:
        ordered = sorted(self.waits)
        return ordered[int(0.99 * (len(ordered) - 1))] if ordered else 0.0


class Watch:
    """The other end of it."""

    def __init__(self, url: str, pid: int) -> None:
        command = [sys.executable, "-m", "tests.attacks.watch", url, str(pid)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.seen()

    def seen(self) -> Seen:
        """What has been seen since the last call."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Seen(**json.loads(self._process.stdout.readline()))

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def watching(url: str, pid: int) -> Iterator[Watch]:
    watch = Watch(url, pid)
    try:
        yield watch
    finally:
        watch.stop()


def main(url: str, pid: int) -> None:
    current = [Seen()]

    def memory(process: psutil.Process) -> int:
        try:
            family = [process, *process.children(recursive=True)]
            return sum(one.memory_info().rss for one in family if one.is_running())
        except psutil.Error:
            return 0

    def measure_memory() -> None:
        process = psutil.Process(pid)
        while True:
            current[0].memory = max(current[0].memory, memory(process))
            time.sleep(EVERY_SECONDS)

    def ask() -> None:
        client = httpx.Client(timeout=120, trust_env=False)
        while True:
            began = time.perf_counter()
            try:
                if not client.get(f"{url}/api/health").is_success:
                    current[0].failures += 1
            except httpx.HTTPError:
                current[0].failures += 1
            current[0].waits.append((time.perf_counter() - began) * 1000)
            time.sleep(EVERY_SECONDS)

    for work in (measure_memory, ask):
        threading.Thread(target=work, daemon=True).start()
    for _ in sys.stdin:
        time.sleep(2 * EVERY_SECONDS)
        seen, current[0] = current[0], Seen()
        print(json.dumps(seen.__dict__), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
