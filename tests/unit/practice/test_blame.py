"""The step that is wrong is blamed, and only that; what follows from it is told to follow. The passes are NumPy's own,
and first compared with central differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.practice import check
from tests.unit.practice.passes import GATED, WHITENED, Kernel, Step

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


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize(("name", "mistakes"), MISTAKES)
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


@pytest.mark.parametrize("told", [*TOLD.values(), decimals(4), digits(4), bfloat16])
@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
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
