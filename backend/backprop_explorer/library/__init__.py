"""Composites: functions written in the language itself, found in the sibling modules."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from backprop_explorer.library.record import Composite

COMPOSITES: dict[str, Composite] = {}
COMPOSITE_SYNONYMS: dict[str, str] = {}

for _module in sorted(module.name for module in iter_modules(__path__)):
    for _value in vars(import_module(f"{__name__}.{_module}")).values():
        if isinstance(_value, Composite):
            if COMPOSITES.setdefault(_value.name, _value) is not _value:
                raise ValueError(f"two composites are called {_value.name}")
            COMPOSITE_SYNONYMS.update(dict.fromkeys(_value.synonyms, _value.name))

__all__ = ["COMPOSITES", "COMPOSITE_SYNONYMS", "Composite"]
