"""Gradients that go through what the program detaches: right for the same program without a `detach`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from backprop_explorer.engine import Plan, compile_document
from backprop_explorer.practice.answer import Answer
from backprop_explorer.practice.blame import Judge
from backprop_explorer.practice.diagnosis import Diagnosis
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.tolerance import Bounds, Tolerance
from backprop_explorer.practice.verdict import Verdict
from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of

WORD = "detach"


def through_detached(
    plan: Plan, answers: Mapping[str, Answer], verdicts: dict[str, Verdict], tolerance: Bounds = (None, None)
) -> dict[str, Verdict]:
    """The verdicts; those on wrong steps that are right where nothing is detached say so."""
    wrong = [name for name, verdict in verdicts.items() if verdict.own_step == "wrong" and answers[name].fits]
    text = plan.program.text
    if not wrong or WORD not in text:
        return verdicts
    attached = _attached(plan, text)
    if attached is None:
        return verdicts
    there = {name: _moved(attached, answers[name]) for name in answers if name in attached.program.visible}
    found = Judge(attached, there, Tolerance.of(attached, tolerance)).verdicts()
    told = {
        name: replace(verdicts[name], diagnosis=_diagnosis(name))
        for name in wrong
        if name in found and found[name].own_step == "correct"
    }
    return {**verdicts, **told}


def _attached(plan: Plan, text: str) -> Plan | None:
    """The plan of the program without its detaching, which has run; None where there is none."""
    try:
        program = ast.unparse(ast.fix_missing_locations(_Attaching().visit(tree_of(text))))
        attached = compile_document(replace(plan.document, program=program), budget=plan.program.graph.meter.budget)
    except (Problem, SyntaxError, ValueError, RecursionError):
        return None
    with np.errstate(all="ignore"):
        attached.run()
    return attached


def _moved(plan: Plan, answer: Answer) -> Answer:
    """An answer's numbers to another plan."""
    return Answer(namespace(plan.program).target(str(answer.tensor.name)), answer.content, answer.given)


def _diagnosis(name: str) -> Diagnosis:
    message = (
        f"Yours goes back through what the program detaches: `detach` hands its number on, and nothing comes back "
        f"through it to `{name}`, so leave that way out."
    )
    return Diagnosis("gradient_through_detached", message)


class _Attaching(ast.NodeTransformer):
    """Puts what is detached in the place of the call: `x.detach()`, `detach(x)`, `torch.detach(x)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == WORD and not node.args:
            return called.value
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return node.args[0] if name == WORD and len(node.args) == 1 else node
