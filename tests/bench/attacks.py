"""Attacks a server in its public profile, and prints what each attack did: the longest wait of /api/health, the most
memory of the whole service, what was added to the disk, and the answers.

Run it as a script on a quiet machine; `--share 0.1` makes a tenth of each, `--only NAME` those with that in their
names. Each attack meets a server of its own with an empty database, so that none profits from the limits that another
has used up.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.attacks.attacks import known, make
from tests.attacks.target import Target
from tests.attacks.watch import watching
from tests.server import running


def row(name: str, share: float, settings: dict[str, str]) -> str:
    """A line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite3"
        with (
            running(path, Path(folder) / "log", **settings) as server,
            watching(server.url, server.process.pid) as watch,
        ):
            began = time.perf_counter()
            with Target(server.url) as target:
                make(name, target, share)
            seconds = time.perf_counter() - began
            seen = watch.seen()
            disk = sum(file.stat().st_size for file in Path(folder).iterdir() if file.suffix != ".reserve")
            alive = server.healthy()
    answers = ", ".join(f"{count} x {status or 'none'}" for status, count in sorted(target.statuses.items()))
    answers += "" if alive and not seen.failures else " **NOT ALIVE**"
    figures = (seconds, seen.p99, seen.longest, seen.memory / 1e6, disk / 1e6)
    return f"| {name} | {' | '.join(f'{one:,.0f}' for one in figures)} | {answers} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--ordinary", action="store_true", help="without the public profile, for comparison")
    options = parser.parse_args()
    settings = {} if options.ordinary else {"BACKPROP_PUBLIC": "1"}
    print("| attack | seconds | health p99 ms | health longest ms | memory MB | disk MB | answers |")
    print("|---|---|---|---|---|---|---|")
    for name in known():
        if options.only in name:
            print(row(name, options.share, settings), flush=True)


if __name__ == "__main__":
    main()
