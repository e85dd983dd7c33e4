"""The iteration as a NumPy script: the same lines, with the definitions that they need in front."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping

import numpy as np

from backprop_explorer.engine.definitions import definitions
from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.program import Program, node_dtype
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import Node
from backprop_explorer.language.names import plain, spelled
from backprop_explorer.language.statics import SHAPES
from backprop_explorer.language.words import DRAW, callee_of, spelling_of
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import Spelling, by_definition
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Array
from backprop_explorer.syntax import tree_of

NUMPYS = ("mean",)
"""Composites that are methods of NumPy's arrays with the very same arguments."""
FIXED = ("np", "inf", "nan", "dtype", "count", "draws", "show", "sha256", "erf_of_one")
"""What a script calls something of its own."""
SHOW = """def show(title, value, kind=dtype):
    numbers = np.asarray(value, kind)
    print(f"{title}:\\n{np.array2string(numbers, max_line_width=120, precision=8, suppress_small=True)}\\n")"""
Titles = Mapping[tuple[str, str], str]


def numpy_script(program: Program, leaves: Mapping[str, Array], titles: Titles, headings: Mapping[str, str]) -> str:
    """A script that needs NumPy alone and leaves every tensor in a variable: `l1.g` is `l1_g`.

    Tensors that have a title are printed below it as soon as they are there.
    """
    inner = _without_lines(program)
    names = _variables([*leaves, *(line.output for line in program.lines), *(str(node.name) for node in inner)])
    dialect = program.forward.scope.dialect
    lines = [(line, f"{names[line.output]} = {_translated(line.code, names, dialect)}") for line in program.lines]
    within = [f"{names[str(node.name)]} = {_translated(code(node, root=True), names, dialect)}" for node in inner]
    parts = ["import numpy as np", "from numpy import inf, nan", "", f"dtype = np.{program.graph.dtype}"]
    parts += definitions([*(line for _, line in lines), *within])
    parts += ["\n" + SHOW] if titles else []
    parts += ["", "# given", *(f"{names[name]} = {_literal(array)}" for name, array in leaves.items())]
    if program.graph.draws:
        parts.append(f"draws = iter([{', '.join(names[name] for name in program.graph.draws)}])")
    parts += [_shown(titles[key], names[key[1]], leaves[key[1]].dtype) for key in titles if key[0] == "given"]
    for phase in ("forward", "backward", "update"):
        written = [
            part
            for line, text in lines
            if line.phase == phase
            for part in _with_title(program, line, text, titles, names)
        ]
        heading = [f"print({headings[phase]!r})"] if phase in headings else []
        parts += ["", f"# {phase}", *heading, *written] if written else []
        parts += within if phase == "forward" else []
    return "\n".join([*parts, "", f'print("loss:", {names[str(program.backward.loss.name)]})', ""])


def _without_lines(program: Program) -> list[Node]:
    """What gradients read by name of the inside of a call, whose own code is the call."""
    known = {*program.tensors}
    return [
        node
        for node in program.graph.nodes
        if node.shown and node.operands and node.phase == "forward" and node.name is not None and node.name not in known
    ]


def _with_title(program: Program, line: Line, text: str, titles: Titles, names: Mapping[str, str]) -> list[str]:
    title = titles.get((line.phase, line.output))
    kind = node_dtype(line.node, program.graph)
    return [text] if title is None else [text, _shown(title, names[line.output], kind)]


def _shown(title: str, variable: str, kind: object) -> str:
    own = str(kind)
    return f"show({title!r}, {variable})" if own.startswith("float") else f"show({title!r}, {variable}, {own!r})"


def _variables(tensors: Iterable[str]) -> dict[str, str]:
    """A Python variable per tensor; one that would hide a function or another tensor gets an underscore."""
    taken = {*FIXED, DRAW, *SHAPES, *by_definition(), *OPERATIONS, *COMPOSITES, *vars(builtins)}
    names: dict[str, str] = {}
    for tensor in dict.fromkeys(tensors):
        name = plain(tensor)
        while name in taken:
            name += "_"
        taken.add(name)
        names[tensor] = names[spelled(tensor)] = name
    return names


class _Translation(ast.NodeTransformer):
    """Names of tensors to variables, and methods that arrays lack, or mean otherwise, to functions."""

    def __init__(self, names: Mapping[str, str], dialect: str) -> None:
        self.names = names
        self.dialect = dialect

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = self.names.get(ast.unparse(node))
        return ast.Name(name) if name else ast.Attribute(self.visit(node.value), node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = self.names.get(ast.unparse(node))
        return ast.Name(name) if name else ast.Subscript(self.visit(node.value), self.visit(node.slice))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        callee = callee_of(node.func)
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [ast.keyword(keyword.arg, self.visit(keyword.value)) for keyword in node.keywords]
        spelling = spelling_of(callee, self.dialect)
        named = callee.name if spelling is None or spelling.same_as == callee.name else _called(spelling)
        if not callee.method:
            return ast.Call(ast.Name(named), arguments, keywords)
        assert isinstance(node.func, ast.Attribute)
        receiver = self.visit(node.func.value)
        if named != callee.name or _is_function(named):
            return ast.Call(ast.Name(named), [receiver, *arguments], keywords)
        return ast.Call(ast.Attribute(receiver, named), arguments, keywords)


def _called(spelling: Spelling) -> str:
    """What a script calls the function that is a library's word."""
    return spelling.same_as or spelling.own_name


def _translated(code: str, names: Mapping[str, str], dialect: str) -> str:
    """The expression in NumPy's words. A sum is translated summand by summand: the gradient of what a long loop reads
    has as many as the loop has rounds, and syntax trees are walked by recursion."""
    translation = _Translation(names, dialect)
    first, rest = tree_of(code, mode="eval").body, list[tuple[ast.operator, ast.expr]]()
    while isinstance(first, ast.BinOp) and isinstance(first.op, (ast.Add, ast.Sub)):
        rest.append((first.op, first.right))
        first = first.left
    if not rest:
        return ast.unparse(translation.visit(first))
    left, written = translation.visit(first), ""
    for operator, right in reversed(rest):
        text = ast.unparse(ast.BinOp(left, operator, translation.visit(right)))
        written += text.removeprefix(_BEFORE)
        left = ast.Name(_BEFORE)
    return written


_BEFORE = "_"
"""Stands for what has been written of a sum; no variable of a script is called so."""


def _is_function(method: str) -> bool:
    """Whether a method of the language is none of NumPy's arrays, and so becomes a function."""
    return method in OPERATIONS and not hasattr(np.ndarray, method) or method in COMPOSITES and method not in NUMPYS


def _literal(array: Array) -> str:
    kind = "" if array.dtype.kind == "f" else f"np.{array.dtype}"
    return f"np.array({array.tolist()!r}, {kind or 'dtype'})"
