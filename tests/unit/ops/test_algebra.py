"""Linear algebra: autograd's derivatives, NaN where there is no answer, and determinants of singular matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

import backprop_explorer as bx
from backprop_explorer.engine import opened
from backprop_explorer.explain import why_tensor
from backprop_explorer.explain.terms.uses import uses
from tests.together import each

RANDOM = np.random.default_rng(6)
MATRICES = RANDOM.standard_normal((2, 3, 3)) + 2 * np.eye(3)
WEIGHTS = RANDOM.standard_normal((2, 3, 3))
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "sum(inv(x) * w)": lambda x: anp.sum(anp.linalg.inv(x) * WEIGHTS),
    "sum(solve(x, w) ** 2)": lambda x: anp.sum(anp.linalg.solve(x, WEIGHTS) ** 2),
    "sum(det(x) ** 2)": lambda x: anp.sum(anp.linalg.det(x) ** 2),
    "sum(logabsdet(x) * signdet(x))": lambda x: anp.sum(anp.linalg.slogdet(x)[1] * anp.linalg.slogdet(x)[0]),
    "sum(cholesky(x @ x.mT) * w)": lambda x: anp.sum(
        anp.linalg.cholesky(anp.matmul(x, anp.swapaxes(x, -1, -2))) * WEIGHTS
    ),
}


def run(program: str, **inputs: Any) -> bx.Plan:
    plan = bx.compile({"program": program, "inputs": inputs})
    plan.run()
    return plan


@pytest.mark.parametrize("program", PROGRAMS)
def test_values_and_gradients_are_autograds(program: str) -> None:
    plan = run(f"loss = {program}", x=MATRICES, w=WEIGHTS)
    assert float(plan["loss"]) == pytest.approx(float(PROGRAMS[program](MATRICES)), rel=1e-12)
    np.testing.assert_allclose(plan["x.g"], grad(PROGRAMS[program])(MATRICES), rtol=1e-11, atol=1e-13)


def test_the_right_side_has_autograds_gradient() -> None:
    for b in (RANDOM.standard_normal(3), RANDOM.standard_normal((3, 2))):
        plan = run("loss = sum(solve(a, b) ** 2)", a=MATRICES[0], b=b)
        expected = grad(lambda b: anp.sum(anp.linalg.solve(MATRICES[0], b) ** 2))(b)
        np.testing.assert_allclose(plan["b.g"], expected, rtol=1e-11)


SINGULAR = np.stack([np.eye(2), [[1.0, 2.0], [2.0, 4.0]], 2 * np.eye(2)])


@pytest.mark.parametrize("code", ["inv(x)", "solve(x, b)", "cholesky(x)"])
def test_a_matrix_without_an_answer_gives_nan_and_spoils_no_other(code: str) -> None:
    x = SINGULAR if code != "cholesky(x)" else SINGULAR - np.array([0, 5, 0])[:, None, None] * np.eye(2)
    plan = run(f"y = {code}\nloss = sum(y * 1)" + ("" if "b" in code else " + 0 * sum(b)"), x=x, b=np.eye(2))
    assert np.isnan(plan["y"]).all((1, 2)).tolist() == [False, True, False]
    assert np.isfinite(plan["y"][[0, 2]]).all()
    assert np.isfinite(plan["x.g"][[0, 2]]).all()
    assert np.isnan(plan["x.g"][1]).all()


@each("number", [np.nan, np.inf])
@each("code", ["inv(x)", "det(x)", "logabsdet(x)", "cholesky(x)", "solve(x, x)", "signdet(x)"])
def test_what_is_not_finite_raises_nothing(code: str, number: float) -> None:
    plan = bx.compile({"program": f"loss = sum({code}) + sum(x)", "inputs": {"x": [[number, 0.0], [0.0, 1.0]]}})
    with np.errstate(all="ignore"):
        plan.run()


def test_the_gradient_of_a_determinant_is_exact_for_singular_matrices() -> None:
    x = RANDOM.standard_normal((3, 2)) @ RANDOM.standard_normal((2, 3))
    plan = run("loss = det(x)", x=x)
    minors = [
        [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) for j in range(3)] for i in range(3)
    ]
    np.testing.assert_allclose(plan["x.g"], minors, atol=1e-14)
    assert run("loss = det(x)", x=[[5.0]])["x.g"].tolist() == [[1]]
    assert run("loss = det(x)", x=np.zeros((3, 3)))["x.g"].tolist() == np.zeros((3, 3)).tolist()


def test_a_determinant_that_overflows_has_a_logarithm() -> None:
    plan = run("loss = logabsdet(x) * signdet(x)", x=-1e200 * np.eye(3))
    assert float(plan["loss"]) == pytest.approx(-3 * np.log(1e200), rel=1e-14)
    np.testing.assert_allclose(plan["x.g"], np.eye(3) / 1e200, rtol=1e-14)


def test_why_says_that_an_element_goes_into_all_of_the_result() -> None:
    plan = run("y = inv(x)\nloss = sum(y * y)", x=MATRICES[0])
    told = why_tensor(plan, "x", "gradient", lambda: opened(plan), (0, 1))
    texts = {one["kind"]: one["text"] for one in told["story"]}
    assert "computes every number of the result from all numbers along whole axes" in texts["uses"]
    assert "`x @ y` is the identity whatever `x` is" in texts["reason"]
    branch = uses(plan, "x", "value", (0, 1))["branches"][0]
    assert branch["cell_count"] == 9
    assert branch["contribution"] == pytest.approx(float(plan["x.g"][0, 1]), rel=1e-12)
