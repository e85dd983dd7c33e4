"""Turning the weights: another program text, the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Document, Plan, layout_of, with_layout
from backprop_explorer.examples import examples
from backprop_explorer.problem import Problem
from tests.together import each

RANDOM = np.random.default_rng(5)
PROGRAMS = {
    "plain": ("h = tanh(x @ a + c)\nloss = mean((h @ d) ** 2)", "h = tanh(x @ a.T + c)\nloss = mean((h @ d.T) ** 2)"),
    "linear": (
        "h = linear(x, a, c)\nloss = mean(linear(h, d) ** 2)",
        'h = linear(x, a, c, layout="out_in")\nloss = mean(linear(h, d, layout="out_in") ** 2)',
    ),
    "used elsewhere": (
        "h = x @ a + c\nloss = mean((h @ d) ** 2) + sum(a[1:] ** 2)",
        "h = x @ a.T + c\nloss = mean((h @ d.T) ** 2) + sum(a.T[1:] ** 2)",
    ),
    "own function": (
        "def layer(x, w):\n  return relu(x @ w)\nloss = mean((layer(x, a) + c) @ d)",
        "def layer(x, w):\n  return relu(x @ w)\nloss = mean((layer(x, a.T) + c) @ d.T)",
    ),
    "beside other letters": (
        "h = x @ a + c  # größer\nloss = mean(h @ d)",
        "h = x @ a.T + c  # größer\nloss = mean(h @ d.T)",
    ),
    "outer names": (
        "def layer(x, k=d):\n  return relu(x @ a) @ k\nloss = mean(layer(x)) + sum([a for a in (c, c)][0])",
        "def layer(x, k=d.T):\n  return relu(x @ a.T) @ k\nloss = mean(layer(x)) + sum([a for a in (c, c)][0])",
    ),
    "lists and dicts": (
        "p = {'a': a}\nh = x\nfor w in [p['a'], d]:\n  h = h @ w\nf = lambda d: d * 2\nloss = mean(f(h)) + sum(c)",
        "p = {'a': a.T}\nh = x\nfor w in [p['a'], d.T]:\n  h = h @ w\nf = lambda d: d * 2\nloss = mean(f(h)) + sum(c)",
    ),
    "longer names": ("aa = x @ a + c\nloss = mean(aa @ d)", "aa = x @ a.T + c\nloss = mean(aa @ d.T)"),
}


def document(program: str) -> Document:
    return Document.parse(
        {
            "program": program,
            "inputs": {"x": RANDOM.standard_normal((5, 4))},
            "parameters": {
                "a": RANDOM.standard_normal((4, 3)),
                "c": RANDOM.standard_normal(3),
                "d": RANDOM.standard_normal((3, 2)),
            },
            "optimizer": {"name": "adam", "lr": 0.01},
        }
    )


def same_numbers(plan: Plan, other: Plan, transposed: list[str]) -> None:
    assert plan.run() == pytest.approx(other.run(), rel=1e-12)
    for name in plan.document.parameters:
        for key in (name, f"{name}.g"):
            expected = plan[key].T if name in transposed else plan[key]
            assert np.allclose(other[key], expected, rtol=1e-12, atol=1e-14), key


@each("name", PROGRAMS)
def test_the_text_follows_and_the_numbers_stay(name: str) -> None:
    program, expected = PROGRAMS[name]
    before = document(program)
    after, transposed = with_layout(before, "out_in")
    assert after.program == expected
    assert transposed == ["a", "d"]
    plan, other = bx.compile(before), bx.compile(after)
    assert (layout_of(plan.program), layout_of(other.program)) == ("in_out", "out_in")
    for _ in range(3):
        same_numbers(plan, other, transposed)
        plan.step(), other.step()
    back, _ = with_layout(after, "in_out")
    assert back.program == program
    assert all(np.array_equal(back.parameters[key], before.parameters[key]) for key in "acd")


@each("name", list(examples))
def test_every_example_can_be_turned(name: str) -> None:
    before = Document.parse(examples[name])
    plan = bx.compile(before)
    if layout_of(plan.program) is None:
        with pytest.raises(Problem, match="nothing to turn"):
            with_layout(before, "out_in")
        return
    after, transposed = with_layout(before, "out_in")
    same_numbers(plan, bx.compile(after), transposed)


def test_formulae_and_exported_code_follow() -> None:
    after, _ = with_layout(Document.parse(examples["lesson13"]), "out_in")
    plan = bx.compile(after)
    lines = {line.output: line.code for line in plan.program.lines}
    assert (lines["w1.g"], lines["x.g"]) == ("l1.g.T @ x", "l1.g @ w1")
    assert "l1_mT = w1.T\nl1_matmul = x @ l1_mT" in plan.code()
    assert "w1_g = l1_g.T @ x" in plan.code()


def test_tied_weights_are_left_as_they_are() -> None:
    tied: dict[str, Any] = {
        "program": "h = x @ w\nout = h @ w.T\nloss = mean((out @ v) ** 2)",
        "inputs": {"x": np.ones((2, 3))},
        "parameters": {"w": np.ones((3, 2)), "v": np.ones((3, 1))},
    }
    assert layout_of(bx.compile(tied).program) == "mixed"
    after, transposed = with_layout(Document.parse(tied), "out_in")
    assert transposed == ["v"]
    assert after.program == "h = x @ w\nout = h @ w.T\nloss = mean((out @ v.T) ** 2)"


def test_a_weight_that_is_assigned_again_is_left_as_it_is() -> None:
    again = {
        "program": "w = w * 1\nloss = mean(x @ w)",
        "inputs": {"x": np.ones((2, 3))},
        "parameters": {"w": np.ones((3, 2))},
    }
    assert layout_of(bx.compile(again).program) is None


@pytest.mark.parametrize("line", ["w[0] = 1", "w += 1", "del w", "def f():\n    w[0, 0] = 2\nf()", "k = f'{w.ndim}'"])
def test_a_weight_that_is_changed_is_left_as_it_is(line: str) -> None:
    text = f"h = x @ w\n{line}\nloss = mean(h)"
    changed = {"program": text, "inputs": {"x": np.ones((2, 3))}, "parameters": {"w": np.ones((3, 2))}}
    parsed = Document.parse(changed)
    assert with_layout(parsed, "out_in") == (parsed, [])


def test_a_layout_that_does_not_exist() -> None:
    with pytest.raises(Problem, match="layout must be one of in_out, out_in"):
        with_layout(document("loss = mean(x @ a)"), "sideways")  # type: ignore[arg-type]
