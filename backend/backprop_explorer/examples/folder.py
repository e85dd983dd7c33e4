"""The JSON files of a package, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Any


class Folder(Mapping[str, dict[str, Any]]):
    """The files' contents by name: first those of `order`, then the others. Each access gives a copy that may be
    changed."""

    def __init__(self, package: str, order: Sequence[str]) -> None:
        self._package = package
        self._order = order

    def __getitem__(self, name: str) -> dict[str, Any]:
        if name not in self._names:
            raise KeyError(name)
        content: dict[str, Any] = json.loads(_text(self._package, name))
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        names = (file.name for file in files(self._package).iterdir())
        found = sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))
        first = [name for name in self._order if name in found]
        return (*first, *(name for name in found if name not in first))


@cache
def _text(package: str, name: str) -> str:
    return files(package).joinpath(f"{name}.json").read_text(encoding="utf-8")
