"""What an update shows is what it runs, for every optimizer: script = plan = interpreter = its printed steps."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan, trace
from backprop_explorer.engine.interpreter import interpret
from backprop_explorer.explain import explain
from backprop_explorer.library.optimizers import OPTIMIZERS, Optimizer
from tests.together import each

LION = Optimizer(
    text="""
def lion(p, g, exp_avg, lr=0.0001, betas=(0.9, 0.99), weight_decay=0):
    d = sign(betas[0] * exp_avg + (1 - betas[0]) * g)
    exp_avg = betas[1] * exp_avg + (1 - betas[1]) * g
    return p * (1 - lr * weight_decay) - lr * d if weight_decay else p - lr * d
""",
    summary="A step of the same length in every element, along the sign of a mean gradient.",
    source="Symbolic Discovery of Optimization Algorithms",
    state=("exp_avg",),
)
BOTH = Optimizer(
    text="""
def both(p, g, exp_avg, square_avg, lr=0.01):
    before = exp_avg
    g = g + square_avg * 2
    exp_avg = 0.5 * exp_avg + g
    square_avg = g
    return p - lr * (exp_avg - before) * g
""",
    summary="Reads a state before and after, and an incoming gradient under its own name.",
    source="none",
    state=("exp_avg", "square_avg"),
)
SWAPPED = Optimizer(
    text="""
def swapped(p, g, exp_avg, square_avg, lr=0.01):
    exp_avg, square_avg = square_avg + g, exp_avg
    return p - lr * exp_avg
""",
    summary="Two states, each the next value of the other.",
    source="none",
    state=("exp_avg", "square_avg"),
)
SHARED = Optimizer(
    text="""
def shared(p, g, exp_avg, square_avg, lr=0.01):
    d = g * 3
    exp_avg = 0.9 * exp_avg + d
    square_avg = d
    return p - lr * square_avg * exp_avg
""",
    summary="A local that stands in one next value, and then is another one.",
    source="none",
    state=("exp_avg", "square_avg"),
)
EQUAL = Optimizer(
    text="""
def equal(p, g, exp_avg, lr=0.01):
    d = sign(0.9 * exp_avg + 0.1 * g)
    exp_avg = 0.9 * exp_avg + 0.1 * g
    return p - lr * d * exp_avg
""",
    summary="The next value is a part of what read the present one.",
    source="none",
    state=("exp_avg",),
)
TRIALS = {record.name: record for record in (LION, BOTH, SWAPPED, SHARED, EQUAL)}
DATA = {"x": np.linspace(-1, 1, 12).reshape(4, 3), "y": np.linspace(0, 2, 8).reshape(4, 2)}
SPELT = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    OPTIMIZERS.update(TRIALS)
    try:
        yield
    finally:
        for name in TRIALS:
            del OPTIMIZERS[name]


def all_on(record: Optimizer) -> dict[str, Any]:
    """Every option that is off by default, on."""
    off = {name: value for name, value in record.options.items() if value in (0, False) and name != "lr"}
    return {name: True if isinstance(value, bool) else 0.3 for name, value in off.items()}


CASES = [
    pytest.param({"name": name, "lr": 0.05, **options}, id=f"{name} {list(options)}")
    for name, record in {**OPTIMIZERS, **TRIALS}.items()
    for options in ({}, all_on(record), {"lr": "0.1 / (1 + iteration)"})
]


def plan_of(optimizer: Mapping[str, Any], seed: int = 0) -> Plan:
    """Two parameters, and random numbers in all that the optimizer keeps."""
    random = np.random.default_rng(seed)
    parameters = {"w": random.normal(size=(3, 2)), "b": random.normal(size=2)}
    given = {"inputs": DATA, "parameters": parameters, "optimizer": dict(optimizer)}
    plan = bx.compile({"program": "loss = mean((x @ w + b - y) ** 2)", **given})
    whole = {"optimizer.step": 4.0, "iteration": 4.0}
    assert plan.program.update is not None
    state = {
        name: np.full(leaf.shape, whole[name]) if name in whole else random.uniform(0.5, 0.7, leaf.shape)
        for name, leaf in plan.program.update.state.items()
    }
    plan.restore(state, partial=True)
    return plan


def script_variables(plan: Plan) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(plan.code(), "script", "exec"), variables)  # noqa: S102 - our own text, as a user would run it
    return variables


def printed(plan: Plan) -> dict[str, Any]:
    """The update's printed steps, carried out one after the other by NumPy."""
    steps = [step for step in trace(plan)["steps"] if step["phase"] == "update"]
    numbers: dict[str, Any] = {name: np.array(array) for name, array in plan.snapshot().items()}
    numbers |= {f"{name}.g": np.array(plan[f"{name}.g"]) for name in plan.program.parameters}
    for step in steps:
        assert set(step["inputs"]) <= set(numbers), "a step reads only what is there"
        tree = ast.parse(SPELT.sub(lambda name: f"T['{name[0]}']", step["code"]), mode="eval")
        words = {"T": numbers, **{name: array for name, array in numbers.items() if "." not in name}}
        code = compile(ast.fix_missing_locations(tree), "step", "eval")
        numbers[step["output"]] = eval(code, {**vars(np), **words})  # noqa: S307 - our own text
        np.testing.assert_allclose(step["value"], numbers[step["output"]], rtol=1e-12, atol=1e-15)
    return numbers


@each("optimizer", CASES)
def test_three_steps_by_script_plan_interpreter_and_printed_steps(optimizer: dict[str, Any]) -> None:
    plan = plan_of(optimizer)
    for _ in range(3):
        script, steps = script_variables(plan), printed(plan)
        values = interpret(plan.program, plan.snapshot())
        assert plan.program.update is not None
        interpreted = {str(leaf.name): values[node] for leaf, node in plan.program.update.assignments}
        plan.step()
        after = plan.snapshot()
        assert {"w", "b", *plan.program.update.state} == interpreted.keys(), "each state has a next value"
        for name in interpreted:
            np.testing.assert_allclose(interpreted[name], after[name], rtol=1e-12, atol=1e-15, err_msg=name)
            np.testing.assert_allclose(steps[name], after[name], rtol=1e-12, atol=1e-15, err_msg=name)
            variable = script[name.replace(".", "_")]
            np.testing.assert_allclose(variable, after[name], rtol=1e-12, atol=1e-15, err_msg=name)


def lines(name: str) -> list[str]:
    steps = trace(plan_of({"name": name, "lr": 0.05}), values=False)["steps"]
    return [f"{step['output']} = {step['code']}" for step in steps if step["phase"] == "update"]


def test_what_reads_the_present_state_stands_before_its_next_value() -> None:
    assert lines("lion")[:3] == [
        "w.d = sign(0.9 * w.exp_avg + (1 - 0.9) * w.g)",
        "w.exp_avg = 0.99 * w.exp_avg + (1 - 0.99) * w.g",
        "w = w - 0.05 * w.d",
    ]


def test_a_saved_value_takes_no_name_that_another_tensor_has() -> None:
    assert lines("both")[:5] == [
        "w.before = w.exp_avg",
        "w.exp_avg = 0.5 * w.exp_avg + (w.g + 2 * w.square_avg)",
        "w.g_ = w.g + 2 * w.square_avg",
        "w.square_avg = w.g_",
        "w = w - 0.05 * (w.exp_avg - w.before) * w.g_",
    ]


def test_a_saved_value_is_explained() -> None:
    plan = plan_of({"name": "lion", "lr": 0.05})
    answer = explain(plan, "w.d", "next", (1, 0))
    assert answer["op"] == "sign"
    step = explain(plan, "w", "next", (1, 0))
    cells = [cell for term in step["terms"] for factor in term["factors"] for cell in factor["cells"]]
    assert ("w.d", "next") in {(cell["tensor"], cell["field"]) for cell in cells}


def test_a_rule_that_assigns_a_state_twice_is_refused() -> None:
    body = "exp_avg = exp_avg + g\n    exp_avg = 2 * exp_avg\n    return p - lr * exp_avg\n"
    twice = f"\ndef twice(p, g, exp_avg, lr=0.01):\n    {body}"
    OPTIMIZERS["twice"] = Optimizer(text=twice, summary="", source="", state=("exp_avg",))
    try:
        with pytest.raises(ValueError, match="the rule of twice assigns exp_avg twice"):
            plan_of({"name": "twice"})
    finally:
        del OPTIMIZERS["twice"]
