"""The step that is wrong is blamed, and only that; what follows from it is told to follow. The passes are NumPy's own,
and first compared with central differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.practice import check
from tests.amount import every
from tests.together import each
from tests.unit.practice.passes import GATED, WHITENED, Kernel, Step, drawn

KERNELS = {"gated": GATED, "whitened": WHITENED}


def differences(kernel: Kernel, name: str) -> Any:
    """The gradient of a parameter by central differences of the loss."""
    plan = kernel.plan()
    start = np.array(plan[name])
    found = np.zeros_like(start)
    for place in np.ndindex(*start.shape):
        losses = []
        for step in (1e-6, -1e-6):
            moved = start.copy()
            moved[place] += step
            plan[name] = moved
            losses.append(plan.run())
        found[place] = (losses[0] - losses[1]) / 2e-6
    return found


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_the_passes_are_right_by_central_differences_and_nobody_is_blamed(kernel: Kernel) -> None:
    gradients = kernel.gradients()
    for name in kernel.parameters:
        np.testing.assert_allclose(gradients[name], differences(kernel, name), atol=1e-8)
    answer = check(kernel.plan(), gradients)
    assert answer["correct"]
    assert answer["blame"] == []
    assert {(one["own_step"], *one["notes"]) for one in answer["verdicts"].values()} == {("correct",)}


def direct(kernel: Kernel, name: str) -> set[str]:
    """The gradients that a step of the pass reads, as reading it tells."""
    read: set[str] = set()

    class Reading(dict[str, Any]):
        def __getattr__(self, key: str) -> Any:
            return self[key]

        def __getitem__(self, key: str) -> Any:
            if key.startswith("d_"):
                read.add(key[2:])
            return super().__getitem__(key)

    plan = kernel.plan()
    values = {one: np.array(plan[one]) for one in plan}
    known = Reading({**values, **{f"d_{one}": np.zeros(np.shape(values[one])) for one in kernel.steps}})
    with np.errstate(all="ignore"):
        kernel.steps[name](known)
    return read & kernel.steps.keys()


MISTAKES: list[tuple[str, dict[str, Step]]] = [
    ("gated", {"s": lambda k: 2 * (k.s - k.y)}),
    ("gated", {"m": lambda k: k.d_s @ k.w.T / 5}),
    ("gated", {"b": lambda k: k.d_m * k.b}),
    ("gated", {"u": lambda k: k.x.T @ k.d_a}),
    ("gated", {"s": lambda k: k.y - k.s, "v": lambda k: k.x.T @ k.d_b}),
    ("gated", {"c": lambda k: k.d_s.mean(0), "a": lambda k: -k.d_m * k.b, "u": lambda k: k.x.T @ k.d_a}),
    ("whitened", {"p": lambda k: k.d_lp * k.p}),
    ("whitened", {"n": lambda k: k.p * (1 - k.p) * k.d_p}),
    ("whitened", {"var": lambda k: k.d_r * k["r"] ** 3}),
    ("whitened", {"d": lambda k: k.d_n * k["r"], "h": lambda k: k.d_d}),
    ("whitened", {"lp": lambda k: np.array(WHITENED.inputs["t"]) / 6, "r": lambda k: (k.d_n * k.d).mean(0)}),
]


def decimals(count: int) -> Callable[[Any], Any]:
    return lambda array: np.round(array, count)


def digits(count: int) -> Callable[[Any], Any]:
    return lambda array: np.vectorize(lambda number: float(f"{number:.{count}g}"))(array)


def bfloat16(array: Any) -> Any:
    bits = np.asarray(array, np.float32).view(np.uint32)
    nearest = bits + 0x7FFF + ((bits >> 16) & 1)
    return (nearest & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)


TOLD: dict[str, Callable[[Any], Any]] = {
    "all digits": np.asarray,
    "float32": lambda array: np.asarray(array, np.float32).astype(np.float64),
    "6 decimals": decimals(6),
    "5 digits": digits(5),
}


@each("told", TOLD.values(), ids=TOLD)
@each(("name", "mistakes"), every(2, (pytest.param(*one) for one in MISTAKES)))
def test_the_wrong_steps_are_blamed_and_the_others_follow(
    name: str, mistakes: dict[str, Step], told: Callable[[Any], Any]
) -> None:
    kernel = KERNELS[name]
    answer = check(kernel.plan(), kernel.gradients(mistakes, told))
    assert answer["blame"] == [one for one in kernel.steps if one in mistakes]
    right, wrong = kernel.gradients(), kernel.gradients(mistakes)
    off = {one for one in kernel.steps if not np.allclose(right[one], wrong[one], rtol=1e-6, atol=1e-9)}
    for one, verdict in answer["verdicts"].items():
        assert verdict["own_step"] == ("wrong" if one in mistakes else "correct"), one
        assert (verdict["verdict"] != "correct") == (one in off), one
        if one in off and one not in mistakes:
            assert set(verdict["follows_from"]) == direct(kernel, one) & off
            assert verdict["diagnosis"] is None
        else:
            assert verdict["follows_from"] == []


@each("told", [*TOLD.values(), decimals(4), digits(4), bfloat16])
@each("kernel", KERNELS.values(), ids=KERNELS)
def test_right_numbers_stay_right_however_they_are_told(kernel: Kernel, told: Callable[[Any], Any]) -> None:
    answer = check(kernel.plan(), kernel.gradients(told=told))
    assert answer["correct"], answer["verdicts"]
    assert answer["blame"] == []
    notes = [one["notes"] for one in answer["verdicts"].values()]
    assert (["rounded"] in notes) == (told is not np.asarray)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_a_pass_calculated_in_float32_from_the_first_step_on_is_right(kernel: Kernel) -> None:
    """Each step takes in numbers of float32, so the errors of a long chain come together."""

    def narrow(step: Step) -> Step:
        return lambda known: np.asarray(step(known), np.float32).astype(np.float64)

    gradients = kernel.gradients({name: narrow(step) for name, step in kernel.steps.items()})
    assert check(kernel.plan(), gradients)["correct"]


def test_verdicts_come_in_backward_order_whatever_was_sent_first() -> None:
    gradients = GATED.gradients()
    answer = check(GATED.plan(), {**dict(reversed(gradients.items())), "nowhere": 1.0})
    assert [*answer["verdicts"]][-1] == "nowhere"
    order = [*answer["verdicts"]]
    for name in GATED.steps:
        assert all(order.index(before) < order.index(name) for before in direct(GATED, name))


def test_where_steps_between_were_not_sent_the_true_ones_count() -> None:
    """m.g was not sent: a.g and b.g, made of a wrong one, are wrong by themselves as far as can be seen."""
    wrong = GATED.gradients({"m": lambda k: k.d_s @ k.w.T * 3})
    some = {name: wrong[name] for name in ("s", "b", "a", "u", "v")}
    answer = check(GATED.plan(), some)
    assert sorted(answer["blame"]) == ["a", "b"]
    assert answer["verdicts"]["u"]["follows_from"] == ["a"]


def test_behind_a_gradient_of_another_shape_nothing_is_blamed() -> None:
    wrong = GATED.gradients({"m": lambda k: k.d_s @ k.w.T * 3})
    answer = check(GATED.plan(), {**wrong, "m": [1.0, 2.0]})
    assert answer["blame"] == ["m"]
    assert answer["verdicts"]["a"]["own_step"] is None
    assert answer["verdicts"]["a"]["verdict"] == "wrong_value"
    assert answer["verdicts"]["u"]["follows_from"] == ["a"]


def test_two_mistakes_that_cancel_are_one_step_that_differs() -> None:
    plan = bx.compile({"program": "a = 3 * x\nb = sin(a)\nloss = sum(b * b)", "parameters": {"x": [0.3, -0.7, 1.1]}})
    plan.run()
    right = {name: np.array(plan[f"{name}.g"]) for name in ("b", "a", "x")}
    answer = check(plan, {**right, "b": -right["b"]})
    assert answer["blame"] == ["b"]
    assert answer["verdicts"]["a"]["verdict"] == "correct"


def test_a_mistake_in_a_step_that_was_not_sent_is_found_by_what_follows() -> None:
    """Only the parameters' gradients are there: the wrong factor of a branch shows in v alone."""
    wrong = WHITENED.gradients({"n": lambda k: k.p * k.d_p})
    answer = check(WHITENED.plan(), {"w": wrong["w"]})
    assert answer["blame"] == ["w"]
    diagnosis = answer["verdicts"]["w"]["diagnosis"]
    assert diagnosis is not None
    assert "you did not send, `n.g`" in diagnosis["message"]
    assert diagnosis["code"] == "missing_contribution"


def test_what_a_single_number_says_of_a_step_that_was_not_sent_is_a_guess() -> None:
    """29 comes from passing c and d on before they are complete, and another mistake at c gives it, too."""
    program = "c = a + b\nd = a * b\ne = c + d\nf = c * d\ny = e + f"
    plan = bx.compile({"program": program, "loss": "y", "parameters": {"a": 2.0, "b": 3.0}})
    plan.run()
    assert [float(plan["a.g"]), float(plan["b.g"])] == [25, 19]
    diagnosis = check(plan, {"a": 29.0, "b": 22.0})["verdicts"]["a"]["diagnosis"]
    assert diagnosis is not None
    assert diagnosis["message"].startswith("It may follow from a step that you did not send, `c.g`, but ")
    assert "If it does, the derivative of `f = c * d` is not that" in diagnosis["message"]


LOOP = {
    "program": "s = s0\nfor k in range(3):\n    a = x[k] @ w + s @ r\n    s = tanh(a)\nloss = mean(s ** 2)",
    "inputs": {"x": drawn(31, 3, 4, 2)},
    "parameters": {"s0": drawn(32, 4, 3), "w": drawn(33, 2, 3), "r": drawn(34, 3, 3)},
}


def test_one_wrong_line_of_a_loop_blames_every_round_and_is_told_once() -> None:
    plan = bx.compile(LOOP)
    plan.run()
    given: dict[str, Any] = {"s__3": 2 * plan["s__3"] / 12}
    for k in (3, 2, 1):
        given[f"a__{k}"] = given[f"s__{k}"]  # the derivative of tanh is forgotten
        if k > 1:
            given[f"s__{k - 1}"] = given[f"a__{k}"] @ plan["r"].T
    answer = check(plan, given)
    assert answer["blame"] == ["a__3", "a__2", "a__1"]
    told = [one["diagnosis"]["message"] for one in answer["verdicts"].values() if one["diagnosis"]]
    assert told[0].endswith("One line of the loop is wrong, so `a__2.g`, `a__1.g` are wrong, too.")
    assert all(message.startswith("The same as in `a__3.g`") for message in told[1:])
    of_two = check(plan, {"s__3": given["s__3"], "a__3": given["a__3"], "s__2": given["s__2"], "a__2": given["a__2"]})
    told_of_two = of_two["verdicts"]["a__3"]["diagnosis"]
    assert told_of_two is not None
    assert told_of_two["message"].endswith("One line of the loop is wrong, so `a__2.g` is wrong, too.")


TIES: list[tuple[str, dict[str, Any], Any]] = [
    ("sum(relu(x) * c)", {"x": [0.0, -1.0, 2.0], "c": [1.0, 2.0, 3.0]}, [1, 0, 3]),
    ("sum(abs(x) * c)", {"x": [0.0, -1.0, 2.0], "c": [1.0, 2.0, 3.0]}, [1, -2, 3]),
    ("sum(clip(x, -1, 1) * c)", {"x": [1.0, -1.0, 0.5], "c": [1.0, 2.0, 3.0]}, [0, 0, 3]),
    ("sum(max(x, axis=1) * c)", {"x": [[2.0, 2.0, 1.0], [3.0, 0.0, 3.0]], "c": [1.0, 2.0]}, [[1, 0, 0], [2, 0, 0]]),
    ("sum(max(x, axis=1) * c)", {"x": [[2.0, 2.0, 1.0], [3.0, 0.0, 3.0]], "c": [1.0, 2.0]}, [[0, 1, 0], [0, 0, 2]]),
    ("sum(max_pool2d(x, 2) ** 2)", {"x": [[[[1.0, 1.0], [0.0, 1.0]]]]}, [[[[2, 0], [0, 0]]]]),
]


@each(("loss", "tensors", "other"), TIES)
def test_another_choice_at_a_tie_or_kink_is_right_and_noted(loss: str, tensors: dict[str, Any], other: Any) -> None:
    inputs = {name: value for name, value in tensors.items() if name != "x"}
    plan = bx.compile({"program": f"loss = {loss}", "inputs": inputs, "parameters": {"x": tensors["x"]}})
    plan.run()
    answer = check(plan, {"x": other})
    assert answer["correct"]
    assert answer["verdicts"]["x"]["notes"] == ["tie_convention"]
    assert not check(plan, {"x": (np.array(other) + 0.5).tolist()})["correct"]


def test_where_maxima_tie_the_gradient_cannot_go_to_all() -> None:
    plan = bx.compile({"program": "loss = sum(max(x, axis=1))", "parameters": {"x": [[2.0, 2.0, 1.0]]}})
    plan.run()
    assert check(plan, {"x": [[1, 1, 0]]})["blame"] == ["x"]


def test_nan_is_right_where_it_is_and_the_derivative_where_it_exists() -> None:
    program = "y = where(x > 1, sqrt(x - 1), x)\nloss = sum(y)"
    plan = bx.compile({"program": program, "parameters": {"x": [0.5, -1.0, 5.0]}})
    with np.errstate(all="ignore"):
        plan.run()
        assert np.isnan(plan["x.g"]).any()
        assert check(plan, {"x": plan["x.g"]})["correct"]
        found = check(plan, {"x": [1.0, 1.0, 0.25]})["verdicts"]["x"]
        wrong = check(plan, {"x": [1.0, 2.0, 0.25]})
    assert (found["verdict"], found["notes"], found["warnings"]) == ("correct", ["backward_gives_nan"], [])
    assert not wrong["correct"]
    assert wrong["blame"] == []


def test_at_a_kink_where_the_backward_pass_gives_nan_there_is_no_derivative() -> None:
    plan = bx.compile({"program": "loss = sqrt(sum(x ** 2))", "parameters": {"x": [0.0, 0.0]}})
    with np.errstate(all="ignore"):
        plan.run()
        answer = check(plan, {"x": [0.0, 0.0]})
    assert not answer["correct"]
    assert answer["blame"] == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308])
def test_whatever_is_not_finite_is_answered(value: float) -> None:
    plan = GATED.plan()
    gradients = GATED.gradients()
    for name in gradients:
        changed = {**gradients, name: np.full_like(gradients[name], value)}
        with np.errstate(all="ignore"):
            answer = check(plan, changed)
        assert not answer["correct"]
        assert name in answer["blame"]
