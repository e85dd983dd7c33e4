"""Which names a text need not give a meaning: the language's functions, and Python's own words."""

from __future__ import annotations

import builtins
from collections.abc import Container

from backprop_explorer.language.builtin import PYTHONS
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.names import PREFIXES
from backprop_explorer.language.words import is_own, spelling_of

_PYTHONS = frozenset({*dir(builtins), *PYTHONS, *PREFIXES, "math", "__name__", "copy"})


class Known(Container[object]):
    """The names that mean something by themselves, and those of the tensors that were sent."""

    def __init__(self, sent: set[str], dialect: str) -> None:
        self.sent, self.dialect = sent, dialect

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        own = name in self.sent or name in _PYTHONS or is_own(name)
        return own or len(name) > 1 and spelling_of(Callee(name), self.dialect) is not None
