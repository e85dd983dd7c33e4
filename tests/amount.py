"""How much is tried of what never ends: a little each time, much under `pytest --long`."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

LONG = False
"""Set from the option before any module of tests is read."""


def count(little: int, much: int, variable: str = "") -> int:
    """How often to try something: `little` by default, `much` under --long, or as often as an environment variable of
    that name says, for the numbers that are run by hand."""
    return int(os.environ.get(variable) or (much if LONG else little))


def every(step: int, parameters: Iterable[Any]) -> list[Any]:
    """Parameters of a test: one of so many each time, the others under --long only."""
    return [one if k % step == 0 else _long(one) for k, one in enumerate(parameters)]


def first(groups: Mapping[str, Iterable[Any]], named: Callable[[Any], str]) -> list[Any]:
    """Parameters of a test, named after their group and themselves: of each group the first each time, the others under
    --long only."""
    found = [(name, k, one) for name, group in groups.items() for k, one in enumerate(group)]
    marked = [(pytest.param(one, id=f"{name}: {named(one)}"), k) for name, k, one in found]
    return [_long(one) if k else one for one, k in marked]


def _long(one: Any) -> Any:
    """The same parameter, with what it carries already, for --long only."""
    known = one if isinstance(one, type(pytest.param())) else pytest.param(one)
    return pytest.param(*known.values, id=known.id, marks=[*known.marks, pytest.mark.long])


def some(names: Iterable[Any], *always: Any) -> list[Any]:
    """Parameters of a test: those that are named again each time, the others under --long only."""
    return [name if name in always else pytest.param(name, marks=pytest.mark.long) for name in names]
