"""Functions of one or two numbers: NumPy's and autograd's own values and derivatives, and exactness far out."""

from __future__ import annotations

import math
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad

import backprop_explorer as bx
from tests.together import each

WIDE, POSITIVE = np.linspace(-3.1, 2.9, 7), np.linspace(0.15, 4.0, 7)
INSIDE, OUTSIDE = np.linspace(-0.95, 0.9, 7), np.linspace(1.05, 6.0, 7)
POINTS = {
    **dict.fromkeys(("expm1", "exp2", "tan", "arctan", "sinh", "cosh", "arcsinh"), WIDE),
    **dict.fromkeys(("log2", "log10", "log1p"), POSITIVE),
    **dict.fromkeys(("arcsin", "arccos", "arctanh"), INSIDE),
    "arccosh": OUTSIDE,
}
PAIRS = {"arctan2": (WIDE, WIDE[::-1] + 0.05), "remainder": (WIDE, POSITIVE - 2.3)}


def run(program: str, **inputs: Any) -> bx.Plan:
    plan = bx.compile({"program": program, "inputs": inputs})
    with np.errstate(all="ignore"):
        plan.run()
    return plan


@each("name", POINTS)
def test_a_function_of_one_number_has_autograds_derivative(name: str) -> None:
    x = POINTS[name]
    plan = run(f"y = {name}(x)\nloss = sum(y)", x=x)
    np.testing.assert_array_equal(plan["y"], getattr(np, name)(x))
    np.testing.assert_allclose(plan["x.g"], elementwise_grad(getattr(anp, name))(x), rtol=1e-13)


@pytest.mark.parametrize("name", PAIRS)
def test_a_function_of_two_numbers_has_autograds_derivatives(name: str) -> None:
    a, b = PAIRS[name]
    plan = run(f"y = {name}(a, b)\nloss = sum(y)", a=a, b=b)
    np.testing.assert_array_equal(plan["y"], getattr(np, name)(a, b))
    derivative = getattr(anp, name)
    np.testing.assert_allclose(plan["a.g"], elementwise_grad(derivative, 0)(a, b), rtol=1e-13)
    np.testing.assert_allclose(plan["b.g"], elementwise_grad(derivative, 1)(a, b), rtol=1e-13)


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "rint"])
def test_rounding_is_numpys_and_passes_nothing(name: str) -> None:
    x = np.array([-2.5, -1.5, -1.0, -0.4, 0.0, 0.5, 1.5, 2.5, 1e300])
    plan = run(f"y = {name}(x)\nloss = sum(y * x)", x=x)
    np.testing.assert_array_equal(plan["y"], getattr(np, name)(x))
    np.testing.assert_array_equal(plan["x.g"], plan["y"])


@each(("a", "b"), [(7.0, 3.0), (-7.0, 3.0), (7.0, -3.0), (-7.0, -3.0), (1.0, 0.1), (6.0, 3.0)])
def test_division_is_pythons(a: float, b: float) -> None:
    plan = run("q = floor_divide(a, b)\nr = remainder(a, b)\nc = fmod(a, b)\nloss = q + r + c", a=a, b=b)
    assert (plan["q"], plan["r"], plan["c"]) == (a // b, a % b, math.fmod(a, b))
    assert (plan["a.g"], plan["b.g"]) == (2, -(a // b) - int(a / b))


def test_small_and_large_numbers_keep_their_digits() -> None:
    plan = run("loss = log1p(a) + expm1(a) + erfc(b)", a=1e-20, b=9.0)
    assert float(plan["loss"]) == pytest.approx(2e-20 + math.erfc(9), rel=1e-14)
    assert float(plan["b.g"]) == pytest.approx(-2 / math.sqrt(math.pi) * math.exp(-81), rel=1e-14)


def test_masks_of_masks_are_numpys() -> None:
    a, b = np.array([0.0, 1.0, np.nan, np.inf]), np.array([0.0, 0.0, 2.0, -np.inf])
    for name in ("logical_and", "logical_or", "logical_xor"):
        assert np.array_equal(run(f"m = {name}(a, b)\nloss = sum(m * 1)", a=a, b=b)["m"], getattr(np, name)(a, b))
    for name in ("isnan", "isinf", "isfinite", "logical_not"):
        assert np.array_equal(run(f"m = {name}(a)\nloss = sum(m * 1)", a=a)["m"], getattr(np, name)(a))


def test_a_range_that_is_upside_down_gives_its_upper_end() -> None:
    x = np.array([0.0, 1.5, 3.0])
    plan = run("y = clip(x, 2, 1)\nloss = sum(y)", x=x)
    np.testing.assert_array_equal(plan["y"], np.clip(x, 2, 1))
    np.testing.assert_array_equal(plan["x.g"], [0, 0, 0])
