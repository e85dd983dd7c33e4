"""Trainings as streams of events, and one that does not end by itself while a test looks on."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

ENDLESS = 100_000
"""So many iterations of the endless document take minutes."""

Event = tuple[str, dict[str, Any]]


def endless_document() -> dict[str, Any]:
    """A document whose iterations take about a millisecond each."""
    square = {"shape": [150, 150], "init": "normal"}
    return {
        "program": "h = x @ w\nfor i in range(6):\n    h = tanh(h @ w)\nloss = (h ** 2).mean()",
        "inputs": {"x": square},
        "parameters": {"w": {**square, "scale": 0.05}},
        "optimizer": {"name": "sgd", "lr": 0.01},
    }


def events(lines: Iterable[str]) -> Iterator[Event]:
    """The events that these lines say, each by its name and its data."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


@contextmanager
def training_stream(client: httpx.Client, path: str, count: int) -> Iterator[Iterator[Event]]:
    """The events of a training; leaving closes the connection."""
    headers = {"Accept": "text/event-stream"}
    with client.stream("POST", f"{path}/iterations", json={"count": count}, headers=headers, timeout=60) as answer:
        assert answer.status_code == 200, answer.read()
        yield events(answer.iter_lines())
