"""The libraries' words: a table of spellings for each, found in the modules of `numpy/` and `torch/`."""

from __future__ import annotations

from collections.abc import Container
from importlib import import_module
from pkgutil import iter_modules

from backprop_explorer.library.spellings.record import LIBRARIES, TENSOR, Library, Spelling, spellings

FUNCTIONS: dict[Library, dict[str, Spelling]] = {}
"""The functions of a library by their path in it: `addmm`, `linalg.norm`, `nn.functional.linear`."""
METHODS: dict[Library, dict[str, Spelling]] = {}
"""The methods of its tensors by their name."""
DEFINED: dict[str, Spelling] = {}
"""The spellings by the name of their definition, under which a script calls them."""
MODULES = {"np": "numpy", "numpy": "numpy", "torch": "torch", "F": "torch.nn.functional", "nn": "torch.nn"}
"""What module a name stands for that was not imported."""


def place(path: str) -> tuple[Library, str] | None:
    """Whose a dotted path is, and the path in that library: `F.linear` is torch's `nn.functional.linear`."""
    root, _, rest = path.partition(".")
    library, _, module = MODULES.get(root, root).partition(".")
    inner = ".".join(part for part in (module, rest) if part)
    return (library, inner) if library in LIBRARIES else None


def function_of(path: str) -> Spelling | None:
    """The function at a dotted path that begins with a module's name."""
    found = place(path)
    return FUNCTIONS[found[0]].get(found[1]) if found is not None else None


def method_of(name: str, library: Library, own: Container[str] = ()) -> Spelling | None:
    """The method of that name: the library's, or the other one's where neither it nor the language's `own` has it."""
    other: Library = "torch" if library == "numpy" else "numpy"
    return METHODS[library].get(name) or (METHODS[other].get(name) if name not in own else None)


def _register(spelling: Spelling) -> None:
    if DEFINED.setdefault(spelling.own_name, spelling) is not spelling:
        raise ValueError(f"two spellings are defined as {spelling.own_name}")
    for path in spelling.paths:
        root, _, name = path.partition(".")
        found = place(path)
        table = METHODS[spelling.library] if root == TENSOR[spelling.library] else FUNCTIONS[spelling.library]
        key = name if root == TENSOR[spelling.library] or found is None else found[1]
        if key in table:
            raise ValueError(f"{path} is spelled twice")
        table[key] = spelling


for _library in LIBRARIES:
    FUNCTIONS[_library], METHODS[_library] = {}, {}
    _package = import_module(f"{__name__}.{_library}")
    for _module in sorted(module.name for module in iter_modules(_package.__path__)):
        for _spelling in spellings(_library, import_module(f"{_package.__name__}.{_module}").TABLE):
            _register(_spelling)

__all__ = [
    "DEFINED",
    "FUNCTIONS",
    "LIBRARIES",
    "METHODS",
    "MODULES",
    "Library",
    "Spelling",
    "function_of",
    "method_of",
    "place",
]
