"""Contestants in turns: round after round in a rotated order, each for a few milliseconds, the best time of each."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

SAMPLE_SECONDS = 0.005


def best_times(contestants: dict[str, Callable[[], object]], rounds: int = 40) -> dict[str, float]:
    """Seconds per call, the best of all rounds, by name."""
    repeats = {name: _repeats(call) for name, call in contestants.items()}
    best = dict.fromkeys(contestants, float("inf"))
    names = list(contestants)
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                best[name] = min(best[name], _seconds(contestants[name], repeats[name]))
    finally:
        gc.enable()
    return best


def _seconds(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def _repeats(call: Callable[[], object]) -> int:
    call()
    return max(1, int(SAMPLE_SECONDS / max(_seconds(call, 2), 1e-9)))


def print_ratios(title: str, times: dict[str, float], references: list[str]) -> None:
    """One line a contestant: its time, and its ratio to each reference that took part."""
    known = [name for name in references if name in times]
    print(f"\n{title}\n  {'':34}{'best':>12}" + "".join(f"{'/ ' + name:>22}" for name in known))
    for name, seconds in times.items():
        ratios = "".join(f"{seconds / times[reference]:22.3f}" for reference in known)
        print(f"  {name:34}{seconds * 1e6:10.2f}µs{ratios}")
