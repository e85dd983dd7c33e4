"""What a library's word means, in names that a reader can look up and call.

The tables' texts call functions that only definitions have. Those that calculate are replaced by what their records
say that they compute; those that work out axes and lengths for a call by the argument that they are about. What then
still leaves something out is said in a sentence, or stands as `…`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache

from backprop_explorer.language.binding import bind
from backprop_explorer.language.builtin import PYTHONS
from backprop_explorer.language.statics import STATICS
from backprop_explorer.language.words import is_own
from backprop_explorer.library import COMPOSITES, Composite
from backprop_explorer.library.signature import Signature
from backprop_explorer.library.spellings import Spelling
from backprop_explorer.ops import OPERATIONS, Operation
from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of

REFUSAL = "refuse"
EXAMPLES = ("powered",)
"""Functions whose formula stands for others like it."""
OMITTED = "left_out"
"""Stands while a text is made for what it does not say."""
LETTERS = frozenset("ijkpqt")
"""What the records' formulae call the places along axes."""


def meaning(record: Spelling) -> str:
    """What a library's function computes: an expression over its parameters, an equation for its result y, the
    statements of a function; or a sentence."""
    said = formula(record).removeprefix("y = ") or _stated(record)
    if OMITTED in said:
        return record.summary or _sentence(record.expression) or said.replace(OMITTED, "…")
    return said


@cache
def formula(record: Spelling) -> str:
    """What it computes as one equation for its result y; empty where that would leave something out."""
    if record.expression is None:
        return ""
    equation = _reader(record).equation(record.expression)
    whole = isinstance(equation.value, (ast.Name, ast.Constant)) and not isinstance(record.expression, ast.Name)
    text = ast.unparse(ast.fix_missing_locations(equation))
    return "" if whole or OMITTED in text else text


def _stated(record: Spelling) -> str:
    if record.expression is not None:
        return OMITTED if not _calls_public(record.expression) else _reader(record).stated(ast.Expr(record.expression))
    statements = [one for one in record.definition.body if not isinstance(one, ast.Expr)]
    return "\n".join(filter(None, map(_reader(record).stated, statements)))


def _reader(record: Spelling) -> _Readable:
    names = {argument.arg for argument in ast.walk(record.definition.args) if isinstance(argument, ast.arg)}
    stored = {one.id for one in ast.walk(record.definition) if isinstance(one, ast.Name) and _is_stored(one)}
    return _Readable(names | stored, record.parameters.names[:1])


def _calls_public(tree: ast.expr) -> bool:
    return not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)) or _is_public(tree.func.id)


def _sentence(expression: ast.expr | None) -> str:
    """What the record says of the function that an expression calls."""
    match expression:
        case ast.Call(func=ast.Name(id=name)) if name in COMPOSITES:
            return COMPOSITES[name].summary
    return ""


class _Readable(ast.NodeTransformer):
    """Replaces what only definitions can call. `known` are the names of the definition's parameters and variables;
    the `first` is the tensor that the call is about."""

    def __init__(self, known: set[str], first: Sequence[str]) -> None:
        self.known, self.first = known, first

    def equation(self, expression: ast.expr) -> ast.Assign:
        """An expression in public names as an equation: where the whole of it is one function's, that."""
        tree = self._without_refusals(deepcopy(expression))
        if isinstance(tree, ast.Call) and not _calls_public(tree):
            found = self._equation(tree)
            if found is not None:
                return found
        return ast.Assign([ast.Name("y", ast.Store())], self.visit(tree))

    def stated(self, statement: ast.stmt) -> str:
        """A statement in public names; empty for one that only refuses."""
        changed = self.visit(deepcopy(statement))
        return "" if changed is None else ast.unparse(ast.fix_missing_locations(changed))

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt] | None:
        """A branch that only refuses is no part of the meaning."""
        node.body = [one for one in node.body if not _only_refuses(one)]
        node.orelse = [one for one in node.orelse if not _only_refuses(one)]
        if not node.body:
            return [self.visit(one) for one in node.orelse] or None
        return self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Of a choice between a value and a refusal the value."""
        tree = self._without_refusals(node)
        return self.generic_visit(tree) if isinstance(tree, ast.IfExp) else self.visit(tree)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call of what no program can call by what it computes."""
        if not isinstance(node.func, ast.Name) or _is_public(node.func.id) or node.func.id in self.known:
            node.args = [self._argument(one) if _is_of_shapes(one) else self.visit(one) for one in node.args]
            for option in node.keywords:
                option.value = self._argument(option.value) if _is_of_shapes(option.value) else self.visit(option.value)
            node.func = self.visit(node.func)
            return node
        equation = self._equation(node)
        if equation is not None and isinstance(equation.targets[0], ast.Name):
            return equation.value
        return ast.Name(OMITTED, ast.Load())

    def _without_refusals(self, tree: ast.expr) -> ast.expr:
        while isinstance(tree, ast.IfExp):
            if _refuses(tree.body):
                tree = tree.orelse
            elif _refuses(tree.orelse):
                tree = tree.body
            else:
                break
        return tree

    def _equation(self, call: ast.Call) -> ast.Assign | None:
        """What a record says that a function computes, over the call's own arguments; None where it says that in
        letters of its own."""
        assert isinstance(call.func, ast.Name)
        record = COMPOSITES.get(call.func.id) or OPERATIONS.get(call.func.id)
        if record is None or record.name in EXAMPLES:
            return None
        try:
            [equation] = tree_of(record.formula).body
            bound = _bound(record, call)
        except (SyntaxError, ValueError, Problem):
            return None
        if not isinstance(equation, ast.Assign) or _loses(equation, bound, call):
            return None
        letters = LETTERS - set(bound)
        free = {one.id for one in ast.walk(equation.value) if isinstance(one, ast.Name)} - set(bound) - letters
        if any(not _is_public(name) for name in free) or letters & self.known & _names(equation):
            return None
        arguments = {
            name: self._argument(tree) if _is_of_shapes(tree) else self.visit(deepcopy(tree))
            for name, tree in bound.items()
        }
        equation.value = _Substitution(arguments).visit(equation.value)
        return equation

    def _argument(self, call: ast.expr) -> ast.expr:
        """The one argument that a function of shapes is about, besides the tensor that stands first."""
        names = _names(call) & self.known - {*self.first}
        return ast.Name(names.pop(), ast.Load()) if len(names) == 1 else ast.Name(OMITTED, ast.Load())


class _Substitution(ast.NodeTransformer):
    def __init__(self, arguments: Mapping[str, ast.expr]) -> None:
        self.arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self.arguments.get(node.id, node))


def _bound(record: Composite | Operation, call: ast.Call) -> dict[str, ast.expr]:
    """The call's arguments by the names that the record has for them."""
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        raise ValueError("arguments that are not counted")
    options = {str(one.arg): one.value for one in call.keywords}
    if isinstance(record, Composite):
        return bind(record.name, Signature.of(record.definition.args), call.args, options, lambda tree: tree)[0]
    names: Sequence[str] = [*record.operands, *record.parameters]
    return {**dict(zip(names, call.args, strict=False)), **options}


def _loses(equation: ast.Assign, bound: Mapping[str, ast.expr], call: ast.Call) -> bool:
    """Whether a formula does not say all of a call: it has a letter for what the call leaves out, or none for an
    option that is chosen there."""
    used = _names(equation.value)
    nothing = any(isinstance(tree, ast.Constant) and tree.value is None for name, tree in bound.items() if name in used)
    given = [*call.args, *(one.value for one in call.keywords)]
    chosen = [one for one in given if isinstance(one, ast.Constant) and one.value is True]
    return nothing or any(tree in chosen and name not in used for name, tree in bound.items())


def _names(tree: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}


def _is_of_shapes(tree: ast.expr) -> bool:
    """Whether an expression calls a function that works out axes or lengths."""
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in STATICS


def _is_public(name: str) -> bool:
    """Whether a program can call a function by that name, or has it as a value."""
    return is_own(name) or name in PYTHONS or name in ("inf", "pi", "nan")


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _refuses(tree: ast.AST) -> bool:
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == REFUSAL


def _only_refuses(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(statement, (ast.Return, ast.Expr)) and value is not None and _refuses(value)
