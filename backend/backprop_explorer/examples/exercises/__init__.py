"""Exercises: documents whose gradients are to be found, one a file, from one operation to a network.

Beside the document each file has a solution per gradient, and wrong answers with what they are to be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Exercise:
    """A document, formulae that solve it by tensor, and usual mistakes as tensor, answer and the diagnosis' code."""

    level: int
    document: dict[str, Any]
    solutions: dict[str, str]
    mistakes: list[dict[str, str]]


@lru_cache
def _texts() -> dict[str, str]:
    folder = files(__package__)
    found = {
        file.name.removesuffix(".json"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".json")
    }
    return dict(sorted(found.items(), key=lambda item: int(json.loads(item[1])["level"])))


class _Exercises(Mapping[str, Exercise]):
    """By name, the easiest first. Each access gives a copy that may be changed."""

    def __getitem__(self, name: str) -> Exercise:
        return Exercise(**json.loads(_texts()[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(_texts())

    def __len__(self) -> int:
        return len(_texts())


exercises: Mapping[str, Exercise] = _Exercises()

__all__ = ["Exercise", "exercises"]
