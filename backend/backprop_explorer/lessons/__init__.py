"""Lessons: documents with chapters of a sentence or two, and questions that the engine judges; one a file.

A sentence has no number of its own: the engine fills each in, so that what it says holds for any numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

ORDER = (
    "one-weight", "chain", "training-step", "shapes", "bias", "jacobian", "relu", "cross-entropy", "layouts",
    "normalisation", "convolution", "attention",
)  # fmt: skip
"""As they are taught; a file that is not named here comes last."""


@lru_cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")


class _Lessons(Mapping[str, dict[str, Any]]):
    """The lessons by name, in teaching order. Each access gives a copy that may be changed."""

    def __getitem__(self, name: str) -> dict[str, Any]:
        if name not in self._names():
            raise KeyError(name)
        lesson: dict[str, Any] = json.loads(_text(name))
        return lesson

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    @staticmethod
    @lru_cache
    def _names() -> tuple[str, ...]:
        found = sorted(
            file.name.removesuffix(".json") for file in files(__package__).iterdir() if file.name.endswith(".json")
        )
        return (*(name for name in ORDER if name in found), *(name for name in found if name not in ORDER))


lessons: Mapping[str, dict[str, Any]] = _Lessons()

__all__ = ["lessons"]
