"""The layout of weight matrices: (in, out), used as `x @ w`, or (out, in), used as `x @ w.T` as PyTorch stores them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np

from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.document import Document
from backprop_explorer.engine.program import Program
from backprop_explorer.language.functions import assigned_names, local_names, parameters
from backprop_explorer.language.scope import LEGACY
from backprop_explorer.language.source import parsed
from backprop_explorer.library.layers import LINEAR
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

Layout = Literal["in_out", "out_in"]
LAYOUTS = LINEAR.choices["layout"]
TURNED = ("T", "mT")

Edit = tuple[int, int, bytes]
"""Bytes of the program's text, from and to, and what takes their place."""


@lru_cache(maxsize=256)
def weights(program: Program) -> dict[str, Layout | None]:
    """The layout of every matrix that is trained and multiplied from the right; None where it is used both ways."""
    found: dict[str, set[Layout]] = {}
    for node in program.graph.nodes:
        if node.phase != "forward" or node.operation.name != "matmul":
            continue
        right = node.operands[1]
        transposed = right.operation.name in ("mT", "transpose") and right.ndim == 2
        leaf = right.operands[0] if transposed else right
        if leaf.name in program.parameters and leaf.phase == "leaf" and leaf.ndim == 2:
            found.setdefault(str(leaf.name), set()).add("out_in" if transposed else "in_out")
    return {name: used.pop() if len(used) == 1 else None for name, used in found.items()}


def layout_of(program: Program) -> Layout | Literal["mixed"] | None:
    """The layout that all weights share, "mixed" where they do not, None where there are none."""
    layouts = set(weights(program).values())
    if not layouts:
        return None
    only = layouts.pop()
    return "mixed" if layouts or only is None else only


def with_layout(document: Document, layout: Layout) -> tuple[Document, list[str]]:
    """The same network with its weights in that layout, and the names of those that were transposed.

    Every number of the iteration stays what it was. Raises a `Problem` where no weight can be transposed.
    """
    if layout not in LAYOUTS:
        raise Problem("bad_layout", f"layout must be one of {', '.join(LAYOUTS)}; got {str(layout)[:40]!r}")
    known = weights(program_of(document))
    if not known:
        raise Problem(
            "no_weights",
            "no parameter is a matrix at the right of an @, so there is nothing to turn",
            hint="weights are used as x @ w, as x @ w.T or by linear",
        )
    tree = ast.Module(parsed(document.program), [])
    turning = [name for name, own in known.items() if own not in (layout, None) and not _assigned(tree, name)]
    text = _rewritten(document.program, tree, set(turning), old=document.dialect == LEGACY)
    parameters = {name: _transposed(array) if name in turning else array for name, array in document.parameters.items()}
    return replace(document, program=text, parameters=parameters), turning


def transposed_state(state: Mapping[str, Array], transposed: list[str]) -> dict[str, Array]:
    """The optimizer's own tensors with those of transposed weights transposed, too."""
    return {
        name: _transposed(array) if array.ndim == 2 and name.rpartition(".")[0] in transposed else array
        for name, array in state.items()
    }


def _transposed(array: Array) -> Array:
    return np.ascontiguousarray(array.T)


def _assigned(node: ast.AST, name: str) -> bool:
    """Whether the program gives the name another meaning, changes its elements, or puts it into a text: then turning
    what it stands for would not be turning each place where it is read."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))
    if isinstance(node, (ast.Name, ast.Subscript)) and not isinstance(node.ctx, ast.Load) and _base(node) == name:
        return True
    return any(_assigned(part, name) for part, own in _scoped(node) if name not in own)


def _base(tree: ast.expr) -> str:
    """The name in front of all brackets and dots."""
    while isinstance(tree, (ast.Subscript, ast.Attribute)):
        tree = tree.value
    return tree.id if isinstance(tree, ast.Name) else ""


def _scoped(node: ast.AST) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """The parts of a node, each with the names that mean something of its own there."""
    own: frozenset[str] = frozenset()
    outside: list[ast.AST] = []
    if isinstance(node, ast.FunctionDef):
        own, outside = local_names(node), [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
    elif isinstance(node, ast.Lambda):
        own = frozenset(one.arg for one in parameters(node.args))
        outside = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
    elif isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.DictComp)):
        own = frozenset(name for part in node.generators for name in assigned_names(part.target))
        outside = [node.generators[0].iter]
    yield from ((part, frozenset()) for part in outside)
    stack = list(ast.iter_child_nodes(node))
    for part in stack:
        if isinstance(part, (ast.arguments, ast.comprehension)):
            stack.extend(ast.iter_child_nodes(part))
        elif not any(part is one for one in outside):
            yield part, own


def _rewritten(text: str, tree: ast.Module, names: set[str], *, old: bool) -> str:
    source = text.encode()
    edits = [edit for node in tree.body for edit in _edits(source, node, names, old)]
    for start, stop, new in sorted(edits, reverse=True):
        source = source[:start] + new + source[stop:]
    return source.decode()


def _edits(source: bytes, node: ast.AST, names: set[str], old: bool) -> Iterator[Edit]:
    """`w` becomes `w.T` and `w.T` becomes `w`; in a call of `linear` the layout changes instead."""
    if isinstance(node, ast.Attribute) and node.attr in TURNED and _is_one(node.value, names):
        yield *_span(source, node), node.value.id.encode()  # type: ignore[attr-defined]
        return
    if isinstance(node, ast.Call) and _is_turning_call(node, names):
        yield *_span(source, node), node.func.value.id.encode()  # type: ignore[attr-defined]
        return
    if isinstance(node, ast.Name) and node.id in names:
        yield *_span(source, node), f"{node.id}.T".encode()
        return
    weight = _linear_weight(node, old)
    if weight is not None and _is_one(weight, names):
        assert isinstance(node, ast.Call)
        yield _layout_edit(source, node)
    for child, own in _scoped(node):
        if weight is None or child is not weight or not _is_one(weight, names):
            yield from _edits(source, child, names - own, old)


def _is_one(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _is_turning_call(node: ast.Call, names: set[str]) -> bool:
    function = node.func
    return isinstance(function, ast.Attribute) and function.attr == "t" and _is_one(function.value, names)


def _linear_weight(node: ast.AST, old: bool) -> ast.expr | None:
    """The weight that a call of the language's `linear` is given; in `old` programs F.linear is that, too."""
    if not isinstance(node, ast.Call):
        return None
    name = node.func.attr if old and isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    if name != LINEAR.name:
        return None
    named = next((option.value for option in node.keywords if option.arg == "w"), None)
    return named or (node.args[1] if len(node.args) > 1 else None)


def _layout_edit(source: bytes, call: ast.Call) -> Edit:
    option = next((one for one in call.keywords if one.arg == "layout"), None)
    if option is None:
        end = _span(source, call)[1] - 1
        return end, end, f', layout="{LAYOUTS[1]}"'.encode()
    start, stop = _span(source, option)
    if not (isinstance(option.value, ast.Constant) and option.value.value == LAYOUTS[1]):
        return start, stop, f'layout="{LAYOUTS[1]}"'.encode()
    others: list[ast.expr | ast.keyword] = [*call.args, *(one for one in call.keywords if one is not option)]
    ends = [_span(source, one)[1] for one in others]
    if max(ends) < start:  # the last argument goes as it came
        return max(ends), stop, b""
    return start, stop, f'layout="{LAYOUTS[0]}"'.encode()


def _span(source: bytes, node: ast.expr | ast.keyword) -> tuple[int, int]:
    """Where a piece of the syntax tree stands in the text, in bytes."""
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    return start, sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
