"""Learning rates as expressions of the iteration, against plain loops; what is refused; what is exported."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan, trace
from backprop_explorer.engine.interpreter import interpret
from backprop_explorer.engine.rates import check_rates, rates
from backprop_explorer.library.optimizers import KEPT, OPTIMIZERS
from tests.together import each

DATA = {"x": np.linspace(-1, 1, 12).reshape(4, 3), "y": np.linspace(0, 2, 8).reshape(4, 2)}
START = np.array([[0.5, -1.0], [2.0, 0.3], [-0.7, 1.1]])
SCHEDULES: list[tuple[str, Callable[[int], float]]] = [
    ("0.5 * 0.9 ** iteration", lambda t: 0.5 * 0.9**t),
    ("0.1 * where(iteration < 3, 1, 0.1)", lambda t: 0.1 if t < 3 else 0.1 * 0.1),
    ("0.05 * (1 + cos(pi * iteration / 10))", lambda t: 0.05 * (1 + math.cos(math.pi * t / 10))),
    ("minimum(0.2, 0.1 * iteration)", lambda t: min(0.2, 0.1 * t)),
    ("0.3 / np.sqrt(1 + iteration)", lambda t: 0.3 / math.sqrt(1 + t)),
    ("0.1 * sigmoid(2 - iteration)", lambda t: 0.1 / (1 + math.exp(t - 2))),
    ("0.25", lambda t: 0.25),
]


def plan_of(lr: Any, name: str = "sgd", **options: Any) -> Plan:
    optimizer = {"name": name, "lr": lr, **options}
    return bx.compile(
        {"program": "loss = mse(x @ w, y)", "inputs": DATA, "parameters": {"w": START}, "optimizer": optimizer}
    )


def gradient(w: np.ndarray) -> np.ndarray:
    return 2 / 8 * DATA["x"].T @ (DATA["x"] @ w - DATA["y"])


@each(("text", "rate"), SCHEDULES)
def test_descent_goes_by_the_expression(text: str, rate: Callable[[int], float]) -> None:
    plan, w = plan_of(text), START.copy()
    for iteration in range(8):
        plan.run()
        assert plan["optimizer.lr"] == pytest.approx(rate(iteration), rel=1e-14)
        plan.step()
        w = w - rate(iteration) * gradient(w)
        np.testing.assert_allclose(plan["w"], w, rtol=1e-12)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_each_iteration_is_one_with_that_rate(name: str) -> None:
    options = {"momentum": 0.9} if "momentum" in OPTIMIZERS[name].options else {}
    scheduled, fixed = plan_of("0.05 * 0.8 ** iteration", name, **options), plan_of(0.05, name, **options)
    for iteration in range(6):
        scheduled.step()
        rated = plan_of(0.05 * 0.8**iteration, name, **options)
        rated.restore(fixed.snapshot())
        rated.step()
        fixed = rated
        np.testing.assert_allclose(scheduled["w"], fixed["w"], rtol=1e-13)


@each("dtype", ["float64", "float32"])
@each("name", list(OPTIMIZERS))
def test_the_plan_agrees_with_the_interpreter(name: str, dtype: str) -> None:
    plan = bx.compile(plan_of("0.05 * 0.8 ** iteration", name).document.replace(dtype=dtype))
    for _ in range(3):
        plan.step()
    naive = interpret(plan.program, plan.snapshot())
    plan.run()
    plan.propose()
    assert plan.program.update is not None
    for output, node in plan.program.update.results.items():
        np.testing.assert_allclose(plan.update_value(output), naive[node], rtol=1e-6 if dtype == "float32" else 1e-13)


def test_the_rate_is_a_step_and_a_tensor() -> None:
    plan = plan_of("0.5 * 0.9 ** iteration")
    plan.step()
    shown = trace(plan)
    steps = {step["output"]: step for step in shown["steps"] if step["phase"] == "update"}
    assert {output: step["code"] for output, step in steps.items()} == {
        "optimizer.lr": "0.5 * 0.9 ** optimizer.iteration",
        "w": "w - optimizer.lr * w.g",
        "optimizer.iteration": "optimizer.iteration + 1",
    }
    assert steps["optimizer.lr"]["value"] == shown["tensors"]["optimizer.lr"]["value"] == 0.45
    assert shown["tensors"]["optimizer.iteration"]["value"] == 1
    assert {shown["tensors"][name]["role"] for name in ("optimizer.lr", "optimizer.iteration")} == {"state"}


def test_a_number_makes_no_such_step() -> None:
    assert not plan_of(0.1).program.state
    assert [line.output for line in plan_of(0.1).program.lines if line.phase == "update"] == ["w"]


def test_another_beginning() -> None:
    plan = plan_of("0.1 * iteration")
    plan.begin_at(7)
    plan.run()
    assert plan["optimizer.lr"] == pytest.approx(0.7)
    plan.step()
    assert plan["optimizer.iteration"] == 8


def test_the_numpy_script_makes_the_same_update() -> None:
    plan = plan_of("0.05 * (1 + cos(pi * iteration / 100)) * sigmoid(iteration)", "adam")
    for _ in range(4):
        plan.step()
    script = plan.code() + "print(repr(w.tolist()), optimizer_iteration)"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    plan.step()
    numbers, _, iteration = printed.stdout.splitlines()[-1].rpartition(" ")
    np.testing.assert_allclose(ast.literal_eval(numbers), plan["w"], rtol=1e-12)
    assert float(iteration) == 5


@each(
    ("lr", "says"),
    [
        ("", "cannot be read"),
        ("0.5 *", "column 6"),
        ("lr = 0.1", "cannot be read"),
        ("\ud800", "cannot be read"),
        ("0.1\x00", "cannot be read"),
        ("0.1 * (iteration\n+ 1", "cannot be read"),
        ("w", "no tensor called w"),
        ("x @ w", "there is iteration, and pi"),
        ("w.g", "no tensor called w"),
        ("ones(3) * iteration", "one number"),
        ("sum(iteration)", "one number"),
        ("(0.1, iteration)", "a tuple"),
        ("'0.1'", "a string"),
        ("iteration < 3", "true or false"),
        ("iteration.shape", "a tuple"),
        ("0.1 if iteration < 3 else 0.01", "if needs what is known before the program runs"),
        ("random(())", "random numbers"),
        ("__import__('os')", "no function called __import__"),
        ("10 ** 10 ** 10", "not a finite real number"),
        ("+".join(["iteration"] * 60), "at most 500 characters"),
        ("NaN", "a finite number greater than 0, or an expression of the iteration"),
        (["0.1"], "or an expression of the iteration"),
    ],
)
def test_what_is_no_schedule(lr: Any, says: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        plan_of(lr)
    assert caught.value.code == "bad_optimizer"
    assert says in caught.value.detail


def test_a_misspelt_name_is_met_with_the_right_one() -> None:
    with pytest.raises(bx.Problem) as caught:
        plan_of("0.1 * iteraton")
    assert caught.value.hint == 'did you mean "iteration"?'


@each(
    ("lr", "meant"),
    [
        ("0.5 * 0.9 ** it", "iteration"),
        ("0.5 * 0.9 ** t", "iteration"),
        ("0.5 / (1 + Iter)", "iteration"),
        ("where(i < 3, 1, 0.1)", "iteration"),
        ("pie * iteration", "pi"),
        ("e ** -iteration", "np.e"),
        ("minimum(inf, iteration)", "np.inf"),
        ("np.ee ** -iteration", "np.e"),
        ("sqr(iteration)", "sqrt"),
        ("iteration.sqr()", "sqrt"),
        ("soft(iteration)", "softplus"),
        ("1 / sqrt", "sqrt(iteration)"),
    ],
)
def test_only_what_may_stand_there_is_suggested(lr: str, meant: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        plan_of(lr)
    assert caught.value.hint == f'did you mean "{meant}"?'
    plan_of(f"{meant}(iteration)" if meant in ("sqrt", "softplus") else f"minimum(0.1, {meant})")


@each("lr", ["sofmax(iteration)", "fold(3)", "0.1 * w", "sum", "iteration.sqr", "np * 2", "newaxis"])
def test_what_may_not_stand_there_is_not_suggested(lr: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        plan_of(lr)
    assert str(caught.value.hint).startswith("it is computed from numbers, iteration")


def test_an_option_that_is_no_rate_is_no_expression() -> None:
    with pytest.raises(bx.Problem, match="momentum of sgd must be"):
        plan_of(0.1, momentum="0.9 * iteration")


@pytest.mark.parametrize(
    ("lr", "first", "count", "at"),
    [("0.1 * (1 - iteration / 10)", 0, 20, 11), ("1 / iteration", 0, 1, 0), ("0.1 ** (-iteration)", 300, 20, 309)],
)
def test_a_rate_that_leaves_its_bounds_is_foreseen(lr: str, first: int, count: int, at: int) -> None:
    program = plan_of(lr).program
    with pytest.raises(bx.Problem) as caught:
        check_rates(program, first, count)
    assert caught.value.code == "bad_optimizer"
    assert f"at iteration {at};" in caught.value.detail
    check_rates(program, max(first, 1), max(at - first - 1, 1))


def test_rates_over_many_iterations_are_those_of_each() -> None:
    for text, rate in SCHEDULES:
        found = rates(plan_of(text).program, np.arange(50))["optimizer.lr"]
        np.testing.assert_allclose(found, [rate(iteration) for iteration in range(50)], rtol=1e-13, atol=1e-17)
    assert rates(plan_of(0.1).program, np.arange(3)) == {}


def test_what_an_optimizer_keeps_is_told_in_words() -> None:
    assert {name for record in OPTIMIZERS.values() for name in record.state} | {"iteration"} == set(KEPT)
