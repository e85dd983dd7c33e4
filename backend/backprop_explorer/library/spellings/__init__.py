"""The libraries' words: a table of spellings for each, found in the modules of `numpy/` and `torch/`.

A library's tables are read when somebody first asks for one of its words.
"""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from backprop_explorer.library.spellings.record import LIBRARIES, TENSOR, Library, Spelling, spellings

MODULES = {"np": "numpy", "numpy": "numpy", "torch": "torch", "F": "torch.nn.functional", "nn": "torch.nn"}
"""What module a name stands for that was not imported."""


def place(path: str) -> tuple[Library, str] | None:
    """Whose a dotted path is, and the path in that library: `F.linear` is torch's `nn.functional.linear`."""
    root, _, rest = path.partition(".")
    library, _, module = MODULES.get(root, root).partition(".")
    inner = ".".join(part for part in (module, rest) if part)
    return (library, inner) if library in LIBRARIES else None


def functions(library: Library) -> dict[str, Spelling]:
    """The functions of a library by their path in it: `addmm`, `linalg.norm`, `nn.functional.linear`."""
    return _tables(library)[0]


def methods(library: Library) -> dict[str, Spelling]:
    """The methods of its tensors by their name."""
    return _tables(library)[1]


@cache
def by_definition() -> dict[str, Spelling]:
    """The spellings by the name of their definition, under which a script calls them."""
    known: dict[str, Spelling] = {}
    for library in LIBRARIES:
        for spelling in dict.fromkeys([*functions(library).values(), *methods(library).values()]):
            if known.setdefault(spelling.own_name, spelling) is not spelling:
                raise ValueError(f"two spellings are defined as {spelling.own_name}")
    return known


def function_of(path: str) -> Spelling | None:
    """The function at a dotted path that begins with a module's name."""
    found = place(path)
    return functions(found[0]).get(found[1]) if found is not None else None


def method_of(name: str, library: Library, own: Container[str] = ()) -> Spelling | None:
    """The method of that name: the library's, or the other one's where neither it nor the language's `own` has it."""
    other: Library = "torch" if library == "numpy" else "numpy"
    return methods(library).get(name) or (methods(other).get(name) if name not in own else None)


@cache
def _tables(library: Library) -> tuple[dict[str, Spelling], dict[str, Spelling]]:
    """The functions and the methods of a library."""
    tables: tuple[dict[str, Spelling], dict[str, Spelling]] = ({}, {})
    package = import_module(f"{__name__}.{library}")
    for module in sorted(module.name for module in iter_modules(package.__path__)):
        for spelling in spellings(library, import_module(f"{package.__name__}.{module}").TABLE):
            for path in spelling.paths:
                _register(path, spelling, *tables)
    return tables


def _register(path: str, spelling: Spelling, known: dict[str, Spelling], of_tensors: dict[str, Spelling]) -> None:
    root, _, name = path.partition(".")
    is_method, found = root == TENSOR[spelling.library], place(path)
    key = name if is_method or found is None else found[1]
    if (of_tensors if is_method else known).setdefault(key, spelling) is not spelling:
        raise ValueError(f"{path} is spelled twice")


__all__ = [
    "LIBRARIES",
    "MODULES",
    "Library",
    "Spelling",
    "by_definition",
    "function_of",
    "functions",
    "method_of",
    "methods",
    "place",
]
