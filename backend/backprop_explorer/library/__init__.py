"""Composites: functions written in the language itself, found in the sibling modules."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from backprop_explorer.library.record import Composite

COMPOSITES: dict[str, Composite] = {}
COMPOSITE_SYNONYMS: dict[str, str] = {}

for _module in sorted(module.name for module in iter_modules(__path__)):
    for _value in vars(import_module(f"{__name__}.{_module}")).values():
        if isinstance(_value, Composite) and _value.name not in COMPOSITES:
            COMPOSITES[_value.name] = _value
            COMPOSITE_SYNONYMS.update(dict.fromkeys(_value.synonyms, _value.name))

__all__ = ["COMPOSITES", "COMPOSITE_SYNONYMS", "Composite"]
