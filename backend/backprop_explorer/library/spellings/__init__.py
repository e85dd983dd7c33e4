"""The libraries' words: a table of spellings for each, found in the modules of `numpy/` and `torch/`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

from backprop_explorer.library.spellings.record import TENSOR, Library, Spelling, spellings

FUNCTIONS: dict[Library, dict[str, Spelling]] = {}
"""The functions of a library by their path in it: `addmm`, `linalg.norm`, `nn.functional.linear`."""
METHODS: dict[Library, dict[str, Spelling]] = {}
"""The methods of its tensors by their name."""
MODULES = {"np": "numpy", "numpy": "numpy", "torch": "torch", "F": "torch.nn.functional", "nn": "torch.nn"}
"""What module a name stands for that was not imported."""


def place(path: str) -> tuple[Library, str] | None:
    """Whose a dotted path is, and the path in that library: `F.linear` is torch's `nn.functional.linear`."""
    root, _, rest = path.partition(".")
    library, _, module = MODULES.get(root, root).partition(".")
    inner = ".".join(part for part in (module, rest) if part)
    return (library, inner) if library in get_args(Library) else None  # type: ignore[return-value]


def _register(spelling: Spelling) -> None:
    for path in spelling.paths:
        root, _, name = path.partition(".")
        found = place(path)
        table = METHODS[spelling.library] if root == TENSOR[spelling.library] else FUNCTIONS[spelling.library]
        key = name if root == TENSOR[spelling.library] or found is None else found[1]
        if key in table:
            raise ValueError(f"{path} is spelled twice")
        table[key] = spelling


for _library in get_args(Library):
    FUNCTIONS[_library], METHODS[_library] = {}, {}
    _package = import_module(f"{__name__}.{_library}")
    for _module in sorted(module.name for module in iter_modules(_package.__path__)):
        for _spelling in spellings(_library, import_module(f"{_package.__name__}.{_module}").TABLE):
            _register(_spelling)

__all__ = ["FUNCTIONS", "METHODS", "MODULES", "Library", "Spelling", "place"]
