"""The steps of a training that a text writes out: which tensor is moved, by what, and at which rate."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backprop_explorer.graph.node import Node
from backprop_explorer.importing.code.reading import Reading
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.importing.code.settings import value_of
from backprop_explorer.importing.code.updates import updated_by
from backprop_explorer.language.functions import bind
from backprop_explorer.language.iteration import items_of
from backprop_explorer.language.scope import Class, Function, Scope
from backprop_explorer.language.statements import run
from backprop_explorer.language.targets import Pair, assign
from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of

MAX_DEPTH = 4
MAX_ROUNDS = 1_000


@dataclass(frozen=True)
class Step:
    """A tensor of the document that the text moves: the line, the gradient as it is written and as a tensor where it
    is one, and the rate; None for an update that is more than a rate times a gradient."""

    leaf: Node
    line: int
    code: str
    gradient: Node | None
    rate: float | None


class Steps:
    """Goes through what stands behind the loss, and gathers the steps."""

    def __init__(self, reading: Reading, updaters: frozenset[str]) -> None:
        self.reading, self.evaluator, self.updaters = reading, reading.evaluator, updaters
        self.found: list[Step] = []
        self.carried: set[str] = set()

    def follow(self, pieces: list[Piece], after: int, again: list[ast.stmt]) -> list[Step]:
        """The steps of the first round. Statements that took what they needed of a function run `again`, and take
        all."""
        self.carried = _carried(pieces)
        for piece in pieces:
            if isinstance(piece.statement, (ast.FunctionDef, ast.ClassDef)):
                self._define(piece)
        for statement in again:
            self._one(statement, self.reading.scope, 0)
        for piece in pieces[after:]:
            if not isinstance(piece.statement, (ast.FunctionDef, ast.ClassDef)):
                self._one(piece.statement, self.reading.scope, 0)
        return self.found

    def _define(self, piece: Piece) -> None:
        """Makes functions and classes whole, also those that the loss does not need."""
        names, statement = self.reading.scope.names, piece.full or piece.statement
        assert isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        old = names.get(statement.name)
        if old is not None and piece.full is None:
            return
        self._one(statement, self.reading.scope, 0)
        new = names.get(statement.name)
        if isinstance(old, Class) and isinstance(new, Class) and old is not new:
            old.names |= {name: one for name, one in new.names.items() if name not in old.names or name[:2] != "__"}
            names[statement.name] = old

    def _all(self, body: list[ast.stmt], scope: Scope, depth: int) -> None:
        for statement in body:
            self._one(statement, scope, depth)

    def _one(self, statement: ast.stmt, scope: Scope, depth: int) -> None:
        try:
            if depth > MAX_DEPTH or len(self.found) > MAX_ROUNDS:
                return
            if updated_by(statement, self.updaters) and self._moved(statement, scope, depth):
                return
            run(self.evaluator, [statement], scope, _Nobody())
        except (Problem, RecursionError):
            return

    def _moved(self, statement: ast.stmt, scope: Scope, depth: int) -> bool:
        """Takes the steps out of a statement that moves something; false for one that moves no tensor."""
        before = len(self.found)
        if isinstance(statement, ast.For):
            for item in items_of(
                self.evaluator, self.evaluator.evaluate(statement.iter, scope), statement, rounds=True
            ):
                assign(self.evaluator, statement.target, item, scope)
                self._all(statement.body, scope, depth + 1)
            return True
        if isinstance(statement, (ast.With, ast.If)):
            self._all(statement.body, scope, depth + 1)
            return True
        if isinstance(statement, ast.AugAssign):
            self._step(statement.target, statement.value, scope, statement, down=isinstance(statement.op, ast.Sub))
        elif isinstance(statement, ast.Assign):
            for target, value in _pairs(statement):
                self._assigned(target, value, scope, statement, depth)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._called(statement.value, scope, depth)
        return len(self.found) > before

    def _assigned(self, target: ast.expr, value: ast.expr, scope: Scope, near: ast.stmt, depth: int) -> None:
        if isinstance(value, ast.BinOp):
            self._step(value.left, value.right, scope, near, down=isinstance(value.op, ast.Sub))
        elif isinstance(value, ast.ListComp) and len(value.generators) == 1 and isinstance(value.elt, ast.BinOp):
            part, inner = value.generators[0], scope.within({})
            for item in items_of(self.evaluator, self.evaluator.evaluate(part.iter, scope), near, rounds=True):
                assign(self.evaluator, part.target, item, inner)
                self._step(value.elt.left, value.elt.right, inner, near, down=isinstance(value.elt.op, ast.Sub))
        elif isinstance(value, ast.Call):
            self._called(value, scope, depth)

    def _called(self, call: ast.Call, scope: Scope, depth: int) -> None:
        """The steps in a function of the text that updates what it is given."""
        function = self.evaluator.callee(call.func, scope)
        if not isinstance(function, Function):
            return
        arguments, options = self.evaluator.arguments(call, scope)
        own = [] if function.this is None else [function.this]
        inner = function.scope.within(dict(bind(function, [*own, *arguments], options)), function.local)
        self._all(function.definition.body, inner, depth + 1)

    def _step(self, target: ast.expr, step: ast.expr, scope: Scope, near: ast.stmt, *, down: bool) -> None:
        leaf = self.evaluator.evaluate(_loaded(target), scope)
        if not isinstance(leaf, Node) or leaf not in self.reading.material.lifted:
            return
        rate, gradient = self._parts(step, scope)
        tensor: Node | None = None
        if {part.id for part in ast.walk(step) if isinstance(part, ast.Name)} & self.carried:
            rate = None
        try:
            value = self.evaluator.evaluate(gradient, scope)
            tensor = value if isinstance(value, Node) and value.shape == leaf.shape else None
        except Problem:
            pass  # of PyTorch's `w.grad` nothing is known here
        self.found.append(Step(leaf, near.lineno, ast.unparse(gradient), tensor, rate if down else None))

    def _parts(self, step: ast.expr, scope: Scope) -> tuple[float | None, ast.expr]:
        """The number that a gradient is multiplied by, and the gradient."""
        rate: float | None = 1.0
        while isinstance(step, ast.BinOp) and isinstance(step.op, (ast.Mult, ast.Div)):
            left, right = self._number(step.left, scope), self._number(step.right, scope)
            if right and rate is not None:
                rate, step = (rate * right if isinstance(step.op, ast.Mult) else rate / right), step.left
            elif left is not None and rate is not None and isinstance(step.op, ast.Mult):
                return rate * left, step.right
            else:
                return None, step
        plain = isinstance(step, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
        return (rate if plain else None), step

    def _number(self, tree: ast.expr, scope: Scope) -> float | None:
        found = value_of(self.reading, tree, scope)
        return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _pairs(statement: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in statement.targets:
        value = statement.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            yield from zip(target.elts, value.elts, strict=True)
        else:
            yield target, value


def _loaded(target: ast.expr) -> ast.expr:
    return tree_of(ast.unparse(target), mode="eval").body


def _carried(pieces: list[Piece]) -> set[str]:
    """The variables that keep something from one round to the next, as a momentum does, but for what is moved."""
    found: set[str] = set()
    for piece in pieces:
        statement = piece.statement
        if not piece.training or not isinstance(statement, ast.Assign):
            continue
        reads = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
        minus = isinstance(statement.value, ast.BinOp) and isinstance(statement.value.op, ast.Sub)
        if not minus and not isinstance(statement.value, (ast.ListComp, ast.Call)):
            found |= {one.id for one in statement.targets if isinstance(one, ast.Name) and one.id in reads}
    return found


class _Nobody:
    """Nobody wants to know what statements did."""

    def begins(self, statement: ast.stmt) -> None:
        pass

    def ran(self, statement: ast.stmt, pairs: list[Pair]) -> None:
        pass

    def round(self, loop: ast.stmt, count: int | None) -> None:
        pass
