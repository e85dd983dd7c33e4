"""Lines in NumPy's and in PyTorch's words, taken away as scripts: the libraries' own numbers come out again."""

from __future__ import annotations

import contextlib
import io
from functools import lru_cache
from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.export.pytorch import pytorch
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.meaning import Case, array, planned, weights
from tests.together import each
from tests.unit.library.test_numpy_meaning import EVERY, given, value
from tests.unit.library.test_torch_meaning import cases

LINES = EVERY[:: count(18, 1)]
OPERATIONS = [*cases()][:: count(4, 1)]


def numpy_case(line: str) -> Case:
    """A line of NumPy as a case."""
    whole, floats = given(line)
    out = value(line, {**whole, **floats})
    return Case("", "", line, whole, floats, out, dialect=None if "np." in line else "numpy")


def compiled(case: Case) -> Plan | None:
    """The case as a plan that has run; None for one that the language refuses."""
    try:
        return planned(case, weights(array(case.out).shape))
    except Problem:
        return None


@lru_cache(maxsize=1)
def plans(operation: str) -> list[tuple[Case, Plan]]:
    """Cases of an operation of PyTorch's with their plans: one, or all."""
    found = [(case, compiled(case)) for case in cases()[operation][: count(1, 1000)]]
    return [(case, plan) for case, plan in found if plan is not None]


def ran(script: str) -> tuple[float, dict[str, Any]]:
    """The loss that a script prints first, and its variables."""
    variables: dict[str, Any] = {"__name__": "script"}
    with contextlib.redirect_stdout(io.StringIO()) as output, np.errstate(all="ignore"):
        exec(compile(script, "script", "exec"), variables)  # noqa: S102 - our own text, as a user would run it
    return float(output.getvalue().splitlines()[0].removeprefix("loss: ")), variables


def assert_numpy_agrees(plan: Plan) -> None:
    loss, variables = ran(plan.code())
    np.testing.assert_allclose(loss, plan[str(plan.program.backward.loss.name)], rtol=1e-12, atol=1e-12)
    for name in plan.document.parameters:
        if f"{name}.g" in plan:
            np.testing.assert_allclose(variables.get(f"{name}_g", 0.0), plan[f"{name}.g"], rtol=1e-12, atol=1e-12)


@each("operation", OPERATIONS)
def test_pytorchs_words_leave_as_a_numpy_script(operation: str) -> None:
    for _, plan in plans(operation):
        assert_numpy_agrees(plan)


@each("line", LINES)
def test_numpys_words_leave_as_a_numpy_script(line: str) -> None:
    plan = compiled(numpy_case(line))
    if plan is not None:
        assert_numpy_agrees(plan)


PROGRAMS = {
    "words stay": ("h = torch.addmm(b, x, w)\nloss = F.mse_loss(h, y)", "F.mse_loss(h, y)"),
    "imported": ("from torch.nn.functional import softplus as s\nloss = s(x @ w).mean()", "F.softplus("),
    "a pair": ("top, at = torch.max(x @ w, dim=1)\nloss = top.sum()", "torch.max("),
    "spread": ("loss = (x @ w).std(0).sum() + b.unsqueeze(0).sum()", ".std(0)"),
    "a derivative": ("h = torch.tanh(x @ w)\ng = grad(h.sum(), w)\nloss = (g ** 2).sum()", None),
    "its own derivative": (
        "h = (x @ w) ** 3\n(g,) = torch.autograd.grad(h.sum(), w, create_graph=True)\nloss = (g ** 2).sum()", None),
    "a masked row": ("h = x @ w\nh = h.masked_fill(h < 0, 0.5)\nloss = h.sum()", ".masked_fill("),
    "a kind": ("loss = ((x @ w) > 0).float().sum() * w.to(torch.float32).sum()", None),
    "a loop over layers": (
        "h = x\nfor k in [w, w.T]:\n    h = torch.relu(h @ k)\nloss = h.pow(2).mean()", "relu("),
    "an infinity": ("loss = torch.norm(x @ w, p=float('inf')) + torch.logsumexp(b, dim=0)", "torch.norm("),
}  # fmt: skip
GIVEN = {
    "inputs": {"x": [[0.5, -1.0, 0.75], [0.25, 2.0, -0.5]], "y": [[0.1, 0.2], [0.3, -0.4]]},
    "parameters": {"w": [[0.3, -0.2], [0.1, 0.7], [-0.6, 0.4]], "b": [0.05, -0.15]},
}


def own_program(name: str) -> Plan:
    """A program of ours with what it reads of the tensors given."""
    text = PROGRAMS[name][0]
    read = {key: {n: v for n, v in told.items() if f"{n}" in text} for key, told in GIVEN.items()}
    plan = bx.compile({"program": text, **read})
    plan.run()
    return plan


@each("name", PROGRAMS)
def test_a_program_in_pytorchs_words_keeps_them(name: str) -> None:
    plan = own_program(name)
    kept = PROGRAMS[name][1]
    assert kept is None or kept in pytorch(plan)
    compile(pytorch(plan), "script", "exec")
    assert_numpy_agrees(plan)
