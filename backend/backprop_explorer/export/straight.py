"""A program written out: one assignment a step, in plain expressions, whatever loops, branches and lists it has."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from backprop_explorer.engine.program import Program
from backprop_explorer.language.builtin import PYTHONS
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.calls import ARRAYS
from backprop_explorer.language.methods import METHODS
from backprop_explorer.language.names import PREFIXES, plain, spelled
from backprop_explorer.language.words import GRAD, callee_of, is_derivative
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import function_of
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.syntax import tree_of

_EXPRESSIONS = (
    ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Slice, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Attribute,
    ast.Subscript, ast.Call,
)  # fmt: skip
_OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult, ast.USub, ast.UAdd, ast.Gt, ast.Lt, ast.GtE, ast.LtE,
    ast.Eq, ast.NotEq,
)  # fmt: skip
_ASKED = frozenset(
    {"size", "dim", "numel", "nelement", "item", "tolist", *(name for kind in METHODS.values() for name in kind)}
)


def is_straight(tree: ast.Module) -> bool:
    """Whether a program has nothing but assignments, loops over ranges, and functions that read no outer names: what
    can be written in another library statement by statement."""
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return not functions & stored and all(_statement(one, functions, stored, top=True) for one in tree.body)


def _statement(statement: ast.stmt, functions: set[str], stored: set[str], *, top: bool = False) -> bool:
    if isinstance(statement, ast.FunctionDef):
        return top and _function(statement, functions, stored)
    if isinstance(statement, ast.For):
        return _loop(statement, functions, stored)
    if isinstance(statement, ast.Assign):
        target, value = statement.targets[0], statement.value
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        plain = len(statement.targets) == 1 and all(isinstance(one, ast.Name) for one in names)
        alone = isinstance(target, ast.Name) and isinstance(value, (ast.Tuple, ast.List))
        return plain and not alone and _expression(value, functions, stored)
    if isinstance(statement, ast.Return):
        return not top and statement.value is not None and _expression(statement.value, functions, stored)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _function(definition: ast.FunctionDef, functions: set[str], stored: set[str]) -> bool:
    given = definition.args
    if given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or definition.returns:
        return False
    own = {one.arg for one in given.args}
    own |= {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    known = {*own, *functions, *PREFIXES, *PYTHONS, *OPERATIONS, *COMPOSITES}
    read = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
    return read <= known and all(_statement(one, functions, stored) for one in definition.body)


def _loop(loop: ast.For, functions: set[str], stored: set[str]) -> bool:
    call = loop.iter
    counts = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"
    if not counts or loop.orelse or not isinstance(loop.target, ast.Name):
        return False
    assert isinstance(call, ast.Call)
    return all(_expression(one, functions, stored) for one in call.args) and all(
        _statement(one, functions, stored) for one in loop.body
    )


def _expression(tree: ast.expr, functions: set[str], stored: set[str]) -> bool:
    for part in ast.walk(tree):
        if isinstance(part, ast.expr) and not isinstance(part, _EXPRESSIONS):
            return False
        if isinstance(part, (ast.operator, ast.unaryop, ast.cmpop)) and not isinstance(part, _OPERATORS):
            return False
        if isinstance(part, ast.Compare) and len(part.ops) > 1 or isinstance(part, ast.Name) and part.id == "math":
            return False
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part is tree:
            return False
        if isinstance(part, ast.Call) and not _call(part, functions, stored):
            return False
    return not isinstance(tree, ast.Name) or tree.id not in functions


def _call(call: ast.Call, functions: set[str], stored: set[str]) -> bool:
    name = call.func
    if any(keyword.arg is None for keyword in call.keywords):
        return False
    if isinstance(name, ast.Attribute):
        callee = callee_of(name)
        return name.attr not in _ASKED and not is_derivative(callee) and not _has_lists(callee, call)
    if not isinstance(name, ast.Name) or name.id in stored or name.id == GRAD:
        return False
    return name.id in functions or name.id in OPERATIONS or name.id in COMPOSITES or name.id not in PYTHONS


def _has_lists(callee: Callee, call: ast.Call) -> bool:
    """Whether lists stand in the place of arrays, of which NumPy makes some by itself."""
    spelling = function_of(callee.path) if not callee.method else None
    if spelling is None or spelling.library != "numpy":
        return False
    given = [
        *zip(spelling.parameters.by_place, call.args, strict=False),
        *((one.arg, one.value) for one in call.keywords),
    ]
    return any(
        name in ARRAYS
        and (isinstance(part, (ast.Tuple, ast.List)) or isinstance(part, ast.Attribute) and part.attr == "shape")
        for name, part in given
    )


def straight_text(program: Program) -> tuple[str, str]:
    """The program's steps as program text, and what the loss is called there."""
    names = _variables(program)
    lines = [line for line in program.lines if line.phase == "forward"]
    text = "\n".join(f"{names[line.output]} = {_renamed(str(line.code), names)}" for line in lines)
    return text, names[str(program.backward.loss.name)]


def _variables(program: Program) -> dict[str, str]:
    """A name without dots for every tensor; given ones keep theirs."""
    names = {name: plain(name) for name in program.forward.leaves}
    names |= {spelled(name): plain(name) for name in program.forward.leaves}
    names |= {name: name.replace(".", "_") for name in program.graph.draws}
    taken = {*names.values(), *OPERATIONS, *COMPOSITES, *PREFIXES, *vars(builtins)}
    for line in program.lines:
        if line.phase == "forward":
            name = plain(line.output).replace("__", "_")
            while name in taken:
                name += "_"
            taken.add(name)
            names[line.output] = name
    return names


class _Names(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = self.names.get(ast.unparse(node))
        return ast.Name(name) if name else ast.Attribute(self.visit(node.value), node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = self.names.get(ast.unparse(node))
        return ast.Name(name) if name else ast.Subscript(self.visit(node.value), self.visit(node.slice))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function = node.func  # a method's name is no part of a tensor's
        callee = (
            ast.Attribute(self.visit(function.value), function.attr)
            if isinstance(function, ast.Attribute)
            else function
        )
        keywords = [ast.keyword(one.arg, self.visit(one.value)) for one in node.keywords]
        return ast.Call(callee, [self.visit(one) for one in node.args], keywords)


def _renamed(code: str, names: Mapping[str, str]) -> str:
    return ast.unparse(_Names(names).visit(tree_of(code, mode="eval").body))
