"""How much is tried of what never ends: a little each time, much under `pytest --long`."""

from collections.abc import Iterable
from typing import Any

import pytest

LONG = False
"""Set from the option before any module of tests is read."""


def count(little: int, much: int) -> int:
    """How often to try something: `little` by default, `much` under --long."""
    return much if LONG else little


def some(names: Iterable[Any], *always: Any) -> list[Any]:
    """Parameters of a test: those that are named again each time, the others under --long only."""
    return [name if name in always else pytest.param(name, marks=pytest.mark.long) for name in names]
