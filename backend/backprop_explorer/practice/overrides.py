"""A program whose backward pass goes on with somebody's own gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Node
from backprop_explorer.graph.walk import copied
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.practice.formula import Formula, read_formula
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.problem import Problem


def plan_with_overrides(plan: Plan, answers: Mapping[str, str]) -> Plan:
    """The same iteration on the same numbers with formulae in the place of some gradients, by tensor; what comes after
    them in the backward pass uses theirs. It has not run.

    Raises a `Problem` for a tensor that does not exist (404) or has no gradient, and (422) for a formula that cannot
    be read or has another shape than the tensor.
    """
    formulae = {}
    for name, text in answers.items():
        tensor = namespace(plan.program).target(name)
        formulae[tensor.id] = _read(plan, name, tensor, text)
    own = _Answers(formulae)
    program = program_of(plan.document, plan.program.graph.meter.budget, own=own)
    answered = Plan(program, plan.document)
    answered.restore(plan.snapshot())
    return answered


def _read(plan: Plan, name: str, tensor: Node, text: str) -> Formula:
    try:
        formula = read_formula(plan.program, text, tensor)
    except Problem as problem:
        problem.tensor = name
        raise
    if formula.shape != tensor.shape:
        raise Problem(
            "wrong_shape",
            f"a gradient has its tensor's shape: {name} is {tensor.shape}, the formula gives {formula.shape}",
            tensor=name,
            hint="check the formula first",
        )
    for leaf, node in formula.leaves.items():
        if node.phase == "backward" and leaf not in formula.gradients:
            raise Problem(
                "not_trainable", f"{leaf.name} is a part of a gradient, which no training can use", tensor=name
            )
    return formula


class _Answers:
    """The own gradients by the number of their tensor, which is the same in every compilation of the program."""

    def __init__(self, formulae: Mapping[int, Formula]) -> None:
        self.formulae = formulae

    def __call__(self, tensor: Node, gradient_of: Callable[[Node], Node], graph: Graph) -> Node | None:
        formula = self.formulae.get(tensor.id)
        return None if formula is None else _written_into(graph, formula, gradient_of)


def _written_into(graph: Graph, formula: Formula, gradient_of: Callable[[Node], Node]) -> Node:
    """The formula's result as a node of another compilation's graph."""

    def own(leaf: Node) -> Node | None:
        if leaf in formula.gradients:
            return gradient_of(graph.nodes[formula.gradients[leaf].id])
        return graph.nodes[formula.leaves[leaf].id] if leaf in formula.leaves else None

    result = copied(formula.node, graph, {}, own)
    return graph.make(OPERATIONS["float"], [result]) if result.kind.name == "bool" else result
