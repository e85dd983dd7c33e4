"""Whose words a program uses: NumPy's or PyTorch's, where the two mean different things by one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from backprop_explorer.language.scope import LEGACY
from backprop_explorer.language.source import parsed
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES
from backprop_explorer.library.spellings import LIBRARIES, MODULES, Library, methods
from backprop_explorer.ops import OPERATIONS, SYNONYMS
from backprop_explorer.problem import Problem

DIALECTS: Final = LIBRARIES
NAMES: Mapping[str, str] = {"numpy": "NumPy", "torch": "PyTorch"}
_OTHER: Mapping[str, Library] = {"numpy": "torch", "torch": "numpy"}
_OPTIONS: Mapping[str, Library] = {
    **dict.fromkeys(("dim", "keepdim", "requires_grad", "unbiased"), "torch"),
    **dict.fromkeys(("axis", "axes", "keepdims", "ddof"), "numpy"),
}
"""Options that only one of the libraries has."""
_FIELDS = ("values", "indices")
"""What PyTorch's results with several tensors have of them."""


@dataclass(frozen=True)
class Difference:
    """A method that the libraries mean differently: for which calls, and what each makes of it."""

    differs: Callable[[ast.Call], bool]
    numpy: str
    torch: str


def _says_how(call: ast.Call) -> bool:
    return not any(option.arg in ("ddof", "correction", "unbiased") for option in call.keywords)


def _has_arguments(call: ast.Call) -> bool:
    return bool(call.args)


def _has_two(call: ast.Call) -> bool:
    return len(call.args) == 2


_SPREAD = Difference(_says_how, "divides by n", "divides by n − 1")
_EXTREME = Difference(_has_arguments, "is one tensor", "is a pair of values and indices")
DIFFERENCES: Mapping[str, Difference] = {
    "std": _SPREAD,
    "var": _SPREAD,
    "max": _EXTREME,
    "min": _EXTREME,
    "transpose": Difference(_has_two, "gives the order of all axes", "swaps two axes"),
    "repeat": Difference(_has_arguments, "repeats each element", "repeats the whole tensor, as np.tile does"),
    "take": Difference(_has_arguments, "can take along an axis", "takes from all elements in a row"),
}
"""Methods that exist in both libraries and differ."""


@dataclass(frozen=True)
class Dialect:
    """Whose words a program uses, and at which line one that differs is read so without its text saying it."""

    name: Library
    line: int | None = None
    doubt: str = ""


def inferred(tree: ast.AST) -> Dialect:
    """PyTorch where the text has anything that only PyTorch has, else NumPy. In doubt where the text has words of
    both, or of none, and one that the two mean differently."""
    return _inferred(list(ast.walk(tree)))[0]


def _inferred(nodes: Sequence[ast.AST]) -> tuple[Dialect, bool]:
    """The dialect of a text by its parts, and whether it has no word of either library."""
    evidence = {library for _, library in _evidence(nodes)}
    name: Library = "torch" if "torch" in evidence else "numpy"
    if len(evidence) == 1:
        return Dialect(name), False
    for call in _calls(nodes):
        word = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        difference = DIFFERENCES.get(word)
        if difference is not None and difference.differs(call) and not _own_evidence(call):
            return Dialect(name, call.lineno, _doubt(word, difference, name)), not evidence
    return Dialect(name), not evidence


@lru_cache(maxsize=256)
def inferred_dialect(program: str, otherwise: str | None = None) -> Dialect:
    """The dialect of a program's text; `otherwise` where the text has no word of either library, or cannot be read."""
    try:
        tree = ast.Module(parsed(program), [])
    except Problem:
        return Dialect(otherwise or "numpy")
    found, silent = _inferred(list(ast.walk(tree)))
    return replace(found, name=otherwise or found.name) if silent else found


@lru_cache(maxsize=256)
def saved_dialect(program: str) -> str:
    """The dialect of a program that version 0.1.0 saved: the inferred one where that means the same, else its own."""
    try:
        tree = ast.Module(parsed(program), [])
    except Problem:
        return LEGACY
    nodes = list(ast.walk(tree))
    differs = any(isinstance(call.func, ast.Attribute) and call.func.attr in DIFFERENCES for call in _calls(nodes))
    return LEGACY if differs or any(root in MODULES for root in _module_roots(nodes)) else _inferred(nodes)[0].name


def _doubt(word: str, difference: Difference, name: str) -> str:
    other = _OTHER[name]
    meant, else_meant = getattr(difference, name), getattr(difference, other)
    return (
        f".{word}(…) {meant} in {NAMES[name]} and {else_meant} in {NAMES[other]}. It is read as {NAMES[name]}'s; "
        f'say "dialect": "{other}" in the document for {NAMES[other]}\'s'
    )


def _own_evidence(call: ast.Call) -> bool:
    """Whether the call itself says whose it is."""
    return any(option.arg in _OPTIONS for option in call.keywords)


def _evidence(nodes: Sequence[ast.AST]) -> Iterator[tuple[int, Library]]:
    """The lines that only one of the libraries could have written."""
    assigned = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        found: str | None = None
        if isinstance(node, ast.Import):
            found = next((name.name.partition(".")[0] for name in node.names), None)
        elif isinstance(node, ast.ImportFrom):
            found = (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in assigned:
            found = MODULES.get(node.value.id, "").partition(".")[0]
        elif isinstance(node, ast.keyword):
            found = _OPTIONS.get(node.arg or "")
        elif isinstance(node, ast.Attribute) and node.attr in _FIELDS and id(node) not in called:
            found = "torch" if isinstance(node.value, ast.Call) else None  # x.max(1).values
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found = found or _of_method(node.func.attr, node)
        if found in DIALECTS:
            yield getattr(node, "lineno", 1), found


def _of_method(name: str, call: ast.Call) -> Library | None:
    if name == "flatten" and call.args and not isinstance(getattr(call.args[0], "value", None), str):
        return "torch"  # NumPy's takes an order in memory, PyTorch's the axes to join
    torch, numpy = name in methods("torch"), name in methods("numpy")
    if torch == numpy or name == "view":
        return "torch" if name == "view" else None
    if numpy:
        return "numpy"
    own = name in COMPOSITES or name in OPERATIONS or name in COMPOSITE_SYNONYMS or name in SYNONYMS
    return None if own and name not in _TORCHS else "torch"


_TORCHS = frozenset(
    ("unsqueeze", "permute", "t", "pow", "expand", "mm", "bmm", "clamp", "clamp_min", "clamp_max", "masked_fill")
)
"""Names that the language itself also knows, and that it has from PyTorch."""


def _calls(nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    found = [node for node in nodes if isinstance(node, ast.Call)]
    yield from sorted(found, key=lambda call: (call.lineno, call.col_offset))


def _module_roots(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The names in front of the first dot of what is called."""
    for call in _calls(nodes):
        root: ast.expr = call.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root is not call.func:
            yield root.id
