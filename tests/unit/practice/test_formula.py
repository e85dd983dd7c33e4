"""Formulae: what they may name, what they are worth, and what is refused and where."""

from __future__ import annotations

import time

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.practice.formula import Formula, read_formula
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.problem import Problem
from tests.together import each

FUNCTIONS = """def twice(a):
  return a * 2.0
c = 3
h = x @ w
h = h * h + twice(h)
k = h
loss = mean(h * c + h)"""


def ran(document: dict) -> Plan:
    plan = bx.compile(document)
    plan.run()
    return plan


@pytest.fixture(scope="module")
def lesson() -> Plan:
    return ran(examples["lesson13"])


@pytest.fixture(scope="module")
def functions() -> Plan:
    inputs, parameters = {"x": [[1.0, 2, 3], [4, 5, 6]]}, {"w": [[1.0], [2], [3]]}
    return ran({"program": FUNCTIONS, "inputs": inputs, "parameters": parameters})


def read(plan: Plan, tensor: str, text: str) -> Formula:
    return read_formula(plan.program, text, namespace(plan.program).target(tensor))


def refused(plan: Plan, tensor: str, text: str) -> Problem:
    with pytest.raises(Problem) as caught:
        read(plan, tensor, text).value(plan)
    return caught.value


def test_the_tensors_of_a_formula_are_in_the_same_order_in_every_process() -> None:
    inputs = {name: [1.0, 2.0] for name in "abcdefgh"}
    plan = ran(
        {"program": "loss = sum(a + b + c + d + e + f + g + h + w)", "inputs": inputs, "parameters": {"w": [1.0]}}
    )
    formula = read(plan, "w", "a * (b * (c * (d * (e * (f * (w * h))))))")
    assert [leaf.name for leaf in formula.leaves] == list("abcdefwh")


@each(
    ("tensor", "text"),
    [
        ("w1", "x.T @ l1.g"),
        ("w1", "  x.T@l1.grad "),
        ("w1", "np.einsum('bi,bo->io', x, l1.matmul.g)"),
        ("b1", "l1.g.sum(dim=0)"),
        ("b1", "(w1.g * 0).sum(0) + l1.g.sum(0)"),
        ("l1.matmul", "l1.g"),
        ("l1", "(l1 > 0) * (out.g @ w2.T)"),
        ("out", "2 / 6 * (out[:, 0] - y)[:, None]"),
        ("loss", "1"),
    ],
)
def test_a_right_formula_has_the_gradients_numbers(lesson: Plan, tensor: str, text: str) -> None:
    formula = read(lesson, tensor, text)
    assert formula.shape == lesson[f"{tensor}.g"].shape
    np.testing.assert_allclose(formula.value(lesson), lesson[f"{tensor}.g"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("tensor", "text", "code"),
    [
        ("w", "x.T @ h__1.g", "x.T @ h__1.g"),
        ("h__1", "(2 * h__1) * h.g + twice(h.g)", "2 * h__1 * h.g + h.g * 2.0"),
        ("h", "h__2.g__1 + h__2.g__2", "h__2.g__1 + h__2.g__2"),
        ("h__2", "(c + 1) / 2 * (x[:, :1] * 0 + 1)", "4 / 2 * (x[:, :1] * 0 + 1)"),
    ],
)
def test_versions_functions_and_contributions(functions: Plan, tensor: str, text: str, code: str) -> None:
    formula = read(functions, tensor, text)
    expected = functions.array(functions.program.backward.gradient[namespace(functions.program).target(tensor)])
    np.testing.assert_allclose(formula.value(functions), expected, rtol=1e-12)
    assert formula.code == code


def test_a_formula_leaves_the_program_as_it_was(lesson: Plan) -> None:
    nodes, spent = list(lesson.program.graph.nodes), lesson.program.graph.meter.elements
    read(lesson, "w1", "x.T @ (l1.g * relu(l1)) + w1 * softmax(w1)").value(lesson)
    assert lesson.program.graph.nodes == nodes
    assert lesson.program.graph.meter.elements == spent


@each(
    ("text", "says", "column"),
    [
        ("x.T @ w1.g", "w1.g is what the formula is for", 7),
        ("b1.g + 1", "b1.g is computed after w1.g", 1),
        ("x.T @ l3.g", "no tensor called l3", 7),
        ("w1.g = x.T @ l1.g", "cannot be read", 6),
        ("  x.T @ foo", "no tensor called foo", 9),
        ("", "cannot be read", 1),
        ("x.T @", "cannot be read", 6),
        ("x @ y", "matmul needs x's last axis (10) to equal y's length (6)", 1),
        ("(x > 0).g", "has no gradient", 1),
        ("x.T @ (x @ w1).g", "has no gradient", 7),
        ("'a'", "got a string", 1),
        ("relu", "is a function", 1),
        ("one_hot(l1, 2)", "labels (whole numbers)", 1),
        ("lambda: 1", "is a function", 1),
        ("[a for a in x]", "got a list", 1),
        ("f'{x}'", "the text of a tensor", 1),
        ("x.__class__", "no attribute", 1),
        ("x.__cla\uff53s__", "no attribute", 1),
        ("(y := x)", ":= is not part", 2),
        ("open('/etc/passwd')", "no function called open", 1),
        ("1 / 0", "not a finite real number", 1),
        ("10**10**10", "not a finite real number", 1),
        ("-" * 400 + "x", "nested more than 40 levels", 1),
        ("-" * 50_000 + "x", "at most 500 characters", 1),
        ("(" * 60 + "x" + ")" * 60, "nested more than 40 levels", 1),
        ("x[" + "None, " * 60 + "]", "at most 16 axes", 1),
        ("broadcast_to(x, (10**5, 10**5, 6, 10))", "tensor_elements", 1),
        ("x.T @ l1.g[7]", "an index from -6 to 5", 7),
        ("x\x00", "cannot be read", 3),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_at_its_place_and_at_once(lesson: Plan, text: str, says: str, column: int) -> None:
    start = time.process_time()
    problem = refused(lesson, "w1", text)
    took = time.process_time() - start
    assert says in problem.detail
    assert (problem.line, problem.column) == (1, column), problem.detail
    assert took < 0.05


def test_labels_out_of_bounds_are_refused() -> None:
    plan = ran(
        {
            "program": "loss = cross_entropy(x @ w, labels)",
            "inputs": {"x": [[1.0, 2.0], [3.0, 4.0]], "labels": [2, 0]},
            "parameters": {"w": {"shape": [2, 3], "init": "normal"}},
        }
    )
    assert "labels from 0 to 1" in refused(plan, "w", "x.T @ one_hot(labels, 2)").detail


def test_unknown_tensors_and_labels_have_no_formula(lesson: Plan) -> None:
    space = namespace(lesson.program)
    with pytest.raises(Problem, match="no tensor called w9"):
        space.target("w9")
    assert space.gradients_before(space.target("l1"))[:2] == ["b2.g", "w2.g"]


def test_a_function_in_a_formula_reads_the_formulas_tensors_and_changes_no_list() -> None:
    text = "hs = []\ndef scaled(a):\n  return a * w\ndef kept(a):\n  hs.append(a)\n  return a\nloss = sum(scaled(x))"
    plan = ran({"program": text, "inputs": {"x": [1.0, 2.0]}, "parameters": {"w": [3.0, 4.0]}})
    formula = read(plan, "w", "scaled(x) / w")
    np.testing.assert_allclose(formula.value(plan), [1, 2])
    assert {leaf.name for leaf in formula.leaves} == {"x", "w"}
    assert refused(plan, "w", "kept(x)").code == "unknown_name"
    assert refused(plan, "w", "hs[0]").code == "unknown_name"
    assert plan.program.forward.scope.names["hs"] == []
