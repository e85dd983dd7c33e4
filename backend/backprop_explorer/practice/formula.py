"""A user's own formula: read in the language over a program's tensors and gradients, evaluated on a plan's numbers.

It lives in a graph of its own, whose leaves stand for tensors of the program; the program is never changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop_explorer.engine.labels import check_labels
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.code import code
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Kind, Node
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.scope import Function, Scope
from backprop_explorer.language.source import parsed_formula
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.practice.namespace import Namespace, namespace
from backprop_explorer.problem import Problem

ELEMENTS, FLOP, PRIMITIVES, REPETITIONS = 1_000_000, 10_000_000, 500, 500
"""What any formula may ask for; more only as far as the program itself does."""

TIMES_PROGRAM = 4
MAX_AXES = 16


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula that was read. `leaves` are its tensors with the program's nodes that they stand for; `gradients`
    those among them that are gradients, with the tensors whose they are."""

    text: str
    graph: Graph
    node: Node
    leaves: Mapping[Node, Node]
    gradients: Mapping[Node, Node]

    @property
    def shape(self) -> Shape:
        """The shape of the result."""
        return self.node.shape

    @cached_property
    def code(self) -> str:
        """The formula as the language prints it."""
        return code(self.node)

    @property
    def warnings(self) -> list[str]:
        """What is allowed, and probably a mistake: broadcasts that make a matrix of two vectors."""
        return [str(warning["message"]) for warning in self.graph.warnings]

    def value(self, plan: Plan) -> Array:
        """The result on the numbers of a plan that has run, as float64. Raises a `Problem` for labels out of
        bounds."""
        return np.array(self.values(plan)[self.node], np.float64)

    def values(self, plan: Plan) -> dict[Node, Array]:
        """The numbers of every step, constants among them."""
        with np.errstate(all="ignore"):
            arrays = {leaf: plan.array(node) for leaf, node in self.leaves.items()}
            _check_labels(self.graph.nodes, arrays)
            values = calculate(self.graph.nodes, arrays, self.graph.dtype)
        parts = [self.node, *(operand for node in self.graph.nodes for operand in node.operands)]
        constants = {node for node in parts if node.operation is CONSTANT}
        return values | {node: np.array(node.parameters["value"], np.float64) for node in constants}


def read_formula(
    program: Program, text: str, before: Node | None = None, shapes: Mapping[Node, Shape] | None = None
) -> Formula:
    """The formula that a text means; with `before`, a tensor of the program, only gradients that are computed before
    that tensor's may stand in it. `shapes` puts others in the place of the tensors' own. Raises a `Problem` with line
    and column in the text."""
    reader = _Reader(program, text, before, shapes or {})
    try:
        return reader.read(parsed_formula(text))
    except RecursionError:
        raise Problem("too_deep", "the formula is nested too deeply", line=1, column=1) from None
    except Problem as problem:
        raise reader.placed(problem) from None


class _Reader:
    def __init__(self, program: Program, text: str, before: Node | None, shapes: Mapping[Node, Shape]) -> None:
        self.program, self.text, self.before, self.shapes = program, text, before, shapes
        self.graph = Graph(str(program.graph.dtype), _budget(program), formula=True)
        # Users' functions are evaluated where they stand, so the formula follows the program's last line.
        self.functions = _own_functions(program)
        prefix = program.text + "\n" if self.functions else ""
        self.offset = len(prefix.encode().splitlines())
        self.evaluator = Evaluator(self.graph, prefix + text)
        self.space = namespace(program)
        self.leaves: dict[Node, Node] = {}
        self.places: dict[Node, Node] = {}
        self.inside: dict[Node, Node] = {}

    def read(self, tree: ast.expr) -> Formula:
        tree = _Dotted(self.space).visit(tree)
        if self.offset:
            ast.increment_lineno(tree, self.offset)
        names: dict[str, Any] = dict.fromkeys(self.space.values)
        used = dict.fromkeys(_names_in(tree))
        called = self._called(used)
        used |= dict.fromkeys(name for function in called.values() for name in _outer_names(function))
        names |= {name: self._meaning(name) for name in used if name in self.space.known}
        around = self.program.forward.scope
        scope = Scope(names, gradient=self._gradient, backward=True, dialect=around.dialect, imports=around.imports)
        for name, function in called.items():  # what they read from outside is the formula's
            names[name] = self.evaluator.defined(function.definition, scope)
        value = self.evaluator.evaluate(tree, scope)
        node = self.evaluator.node(value, "a gradient")
        for made in self.graph.nodes:
            _check_axes(made)
        gradients = {**self.inside, **{gradient: self.leaves[leaf] for leaf, gradient in self.places.items()}}
        return Formula(self.text, self.graph, node, self.leaves, gradients)

    def _called(self, names: Iterable[str]) -> dict[str, Function]:
        """The program's functions that these names, or such functions, call; in the program's order."""
        found: set[str] = set()
        stack = [name for name in names if name in self.functions]
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(one for one in _outer_names(self.functions[name]) if one in self.functions)
        return {name: function for name, function in self.functions.items() if name in found}

    def _meaning(self, name: str) -> Any:
        """What a name stands for: a leaf of the formula's graph, or a number of the program."""
        meaning = self.space.contributions.get(name) or self.space.values[name]
        if name in self.space.contributions and self.before is not None:
            self._check_contribution(name)
        if not isinstance(meaning, Node):
            return meaning
        leaf = self._leaf(name, meaning)
        if name in self.space.inside:
            self.inside[leaf] = self.space.inside[name]
        return leaf

    def _leaf(self, name: str, node: Node, tensor: Node | None = None) -> Node:
        leaf = self.graph.leaf(name, self.shapes.get(tensor or node, node.shape), Kind(node.kind.name))
        self.leaves[leaf] = node
        return leaf

    def _gradient(self, leaf: Node) -> Node:
        """The leaf for the gradient of a tensor that stands in the formula."""
        tensor = self.leaves.get(leaf)
        gradient = self.program.backward.gradient.get(tensor) if tensor is not None else None
        if tensor is None or gradient is None:
            raise Problem(
                "no_gradient",
                f"{code(leaf)} has no gradient here: only tensors of the program have one, and no labels or masks",
                hint="write .g after a tensor's name, such as l1.g",
            )
        if self.before is not None and not self.space.precedes(tensor, self.before):
            raise self._too_early(f"{leaf.name}.g", tensor)
        if leaf not in self.places:
            self.places[leaf] = self._leaf(f"{leaf.name}.g", gradient, tensor)
        return self.places[leaf]

    def _check_contribution(self, name: str) -> None:
        assert self.before is not None
        if not self.space.contribution_precedes(name, self.before):
            raise Problem(
                "gradient_not_yet", f"{name} is computed after {self.before.name}.g, so it cannot stand in it"
            )

    def _too_early(self, name: str, tensor: Node) -> Problem:
        assert self.before is not None
        own = tensor is self.before
        reason = "is what the formula is for" if own else f"is computed after {self.before.name}.g"
        earlier = self.space.gradients_before(self.before)
        hint = f"These gradients come before it: {', '.join(earlier[:8])}" if earlier else None
        return Problem("gradient_not_yet", f"{name} {reason}, so it cannot stand in it", hint=hint)

    def placed(self, problem: Problem) -> Problem:
        """The problem, placed in the formula alone."""
        if problem.line is not None and self.offset and problem.code != "syntax":
            if problem.line > self.offset:
                problem.line -= self.offset
            else:
                problem.detail += f" (in line {problem.line} of the program)"
                problem.line = problem.column = None
        if problem.code == "over_budget":
            problem.hint = "a gradient is no larger than its tensor, and costs about as much as the step forward"
        return problem.at(1, 1)


def _own_functions(program: Program) -> dict[str, Function]:
    """The functions that stand in the program itself, and in no other function."""
    scope = program.forward.scope
    return {name: function for name, function in scope.functions.items() if function.scope is scope}


def _names_in(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _outer_names(function: Function) -> list[str]:
    """The names that a function reads and does not assign."""
    return [name for name in _names_in(function.definition) if name not in function.local]


class _Dotted(ast.NodeTransformer):
    """Chains such as `l1.matmul` that name a tensor become one name."""

    def __init__(self, space: Namespace) -> None:
        self.space = space

    def visit_Attribute(self, tree: ast.Attribute) -> ast.expr:
        name = self.space.written(_chain(tree))
        if name is not None:
            return ast.copy_location(ast.Name(name, ast.Load()), tree)
        tree.value = self.visit(tree.value)
        return tree

    def visit_Subscript(self, tree: ast.Subscript) -> ast.expr:
        """`weights[0]` names a tensor, too."""
        name = self.space.written(_chain(tree))
        if name is not None:
            return ast.copy_location(ast.Name(name, ast.Load()), tree)
        tree.value, tree.slice = self.visit(tree.value), self.visit(tree.slice)
        return tree

    def visit_Call(self, tree: ast.Call) -> ast.expr:
        """A method's name is no part of a tensor's: `h.sum(0)` sums h even where there is a tensor `h.sum`."""
        if isinstance(tree.func, ast.Attribute):
            tree.func.value = self.visit(tree.func.value)
        else:
            tree.func = self.visit(tree.func)
        tree.args = [self.visit(argument) for argument in tree.args]
        tree.keywords = [self.visit(keyword) for keyword in tree.keywords]
        return tree


def _chain(tree: ast.expr) -> str:
    """The text of names, dots and whole numbers in brackets; empty for anything else."""
    words: list[str] = []
    while isinstance(tree, (ast.Attribute, ast.Subscript)):
        if isinstance(tree, ast.Attribute):
            words.append(f".{tree.attr}")
        elif isinstance(tree.slice, ast.Constant) and type(tree.slice.value) is int:
            words.append(f"[{tree.slice.value}]")
        else:
            return ""
        tree = tree.value
    return "".join([tree.id, *reversed(words)]) if isinstance(tree, ast.Name) else ""


def _budget(program: Program) -> Budget:
    """The program's own budget, and of it no more than a gradient can need."""
    meter = program.graph.meter

    def least(allowed: int | None, base: int, spent: int) -> int:
        wanted = max(base, TIMES_PROGRAM * spent)
        return wanted if allowed is None else min(allowed, wanted)

    budget = meter.budget
    return replace(
        budget,
        tensor_elements=least(budget.tensor_elements, ELEMENTS, meter.elements),
        trace_elements=least(budget.trace_elements, ELEMENTS, meter.elements),
        iteration_flop=least(budget.iteration_flop, FLOP, meter.flop),
        primitives=least(budget.primitives, PRIMITIVES, 0),
        repetitions=least(budget.repetitions, REPETITIONS, 0),
    )


def _check_axes(node: Node) -> None:
    if node.ndim > MAX_AXES:
        raise Problem("too_many_axes", f"a tensor has at most {MAX_AXES} axes; this one would have {node.ndim}")


def _check_labels(nodes: Sequence[Node], arrays: Mapping[Node, Array]) -> None:
    try:
        check_labels(nodes, arrays)
    except Problem as problem:
        raise problem.at(1, 1) from None
