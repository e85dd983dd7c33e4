"""The operations by name, found in the sibling modules: a new operation is a record in one of them, or a new file."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from backprop_explorer.ops.record import Operation

OPERATIONS: dict[str, Operation] = {}
SYNONYMS: dict[str, str] = {}


def register(operation: Operation) -> Operation:
    """Makes an operation known to the language, the engine, the catalogue and the tests."""
    for name in (operation.name, *operation.synonyms):
        if name in OPERATIONS or name in SYNONYMS:
            raise ValueError(f"two operations are called {name}")
    OPERATIONS[operation.name] = operation
    SYNONYMS.update(dict.fromkeys(operation.synonyms, operation.name))
    return operation


def unregister(operation: Operation) -> None:
    """Forgets an operation, so that a trial of one leaves no trace."""
    del OPERATIONS[operation.name]
    for name in operation.synonyms:
        del SYNONYMS[name]


def discover(package: str) -> None:
    """Registers every `Operation` that the modules of a package define, in the order of their names."""
    paths = import_module(package).__path__
    for name in sorted(module.name for module in iter_modules(paths)):
        for value in vars(import_module(f"{package}.{name}")).values():
            if isinstance(value, Operation) and value.name not in OPERATIONS:
                register(value)
