"""Whatever has a record leaves as a script that runs, also what was registered at run time."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.export.pytorch import pytorch
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Sample
from backprop_explorer.problem import Problem
from backprop_explorer.reference.sample import sample_document
from tests.amount import first
from tests.new_operation import cube, registered
from tests.together import each

RECORDS = {**OPERATIONS, **{name: record for name, record in COMPOSITES.items() if not record.internal}}
SAMPLES = first({name: record.samples for name, record in RECORDS.items()}, lambda sample: sample.code)


def variables(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(plan.code(), "script", "exec"), found)  # noqa: S102 - our own text, as a user would run it
    return found


def assert_script_agrees(plan: Plan) -> None:
    plan.run()
    plan.propose()
    found = variables(plan)
    for line in plan.program.lines:
        expected = plan.update_value(line.output) if line.phase == "update" else plan[line.output]
        name = line.output.replace(".", "_")
        if line.phase == "update" or line.output not in plan.document.tensors:
            np.testing.assert_allclose(found.get(name, found.get(f"{name}_")), expected, rtol=1e-9, atol=1e-12)


@each("sample", SAMPLES)
def test_a_records_sample_leaves_as_a_script(sample: Sample) -> None:
    assert_script_agrees(bx.compile(sample_document("sample", sample)))


def plan_of(name: str) -> Plan:
    given = {"inputs": {"x": [[1.0, -2.0]]}, "parameters": {"w": [[1.5], [0.5]]}, "optimizer": {"name": "sgd"}}
    return bx.compile({"program": f"h = {name}(x @ w)\nloss = sum(h)", **given})


def test_the_readmes_operation_leaves_as_scripts() -> None:
    with registered(cube()):
        plan = plan_of("cube")
        assert_script_agrees(plan)
        assert "def cube(x):\n    return x ** 3" in plan.code()
        assert "def cube(x):\n    return x ** 3" in pytorch(plan)


def test_a_namesake_of_numpys_is_defined_by_the_record() -> None:
    with registered(cube(name="square", code="square({x})", samples=(Sample("square(x)", {"x": (3,)}),))):
        plan = plan_of("square")
        assert_script_agrees(plan)
        assert "import square" not in plan.code()


def test_parameters_keep_their_defaults() -> None:
    def scaled(x: Any, k: float = 2, out: Any = None) -> Any:
        return np.multiply(x, k, out=out)

    changes = {"name": "scaled", "code": "scaled({x}, {k})", "forward": scaled, "kernel": None, "rules": {"x": "2 * g"}}
    samples = (Sample("scaled(x)", {"x": (3,)}),)
    with registered(cube(**changes, parameters={"k": 2}, formula="y = x * k", samples=samples)):
        plan = plan_of("scaled")
        assert_script_agrees(plan)
        assert "def scaled(x, k=2):" in plan.code()
        assert "def scaled(x, k=2):" in pytorch(plan)


@each(
    "changes",
    [{"formula": "y = x ** 2"}, {"formula": "y = the cube of x"}, {"formula": "y = cube(x)"}, {"samples": ()},
     {"formula": "y = x ** unknown"}, {"formula": ""}],
)  # fmt: skip
def test_a_record_without_numpys_words_is_refused_in_words(changes: dict[str, Any]) -> None:
    with registered(cube(**changes)):
        plan = plan_of("cube")
        assert plan.run() == 0.125
        with pytest.raises(Problem, match="cube cannot be written as a NumPy script") as caught:
            plan.code()
        assert 'add script="def cube(x): return …"' in str(caught.value.hint)
        with pytest.raises(Problem, match="PyTorch has no counterpart of cube"):
            pytorch(plan)
    with registered(cube(**changes, script="def cube(x): return x ** 3")):
        assert_script_agrees(plan_of("cube"))


def test_a_gradient_that_is_not_the_derivative_does_not_leave_as_pytorch() -> None:
    with registered(cube(rules={"x": "-g"})):
        plan = plan_of("cube")
        assert_script_agrees(plan)
        with pytest.raises(Problem, match="PyTorch has no counterpart of cube"):
            pytorch(plan)


def test_an_optimizer_that_pytorch_does_not_have_is_refused_in_words() -> None:
    text = OPTIMIZERS["sgd"].text.replace("def sgd", "def descent")
    OPTIMIZERS["descent"] = replace(OPTIMIZERS["sgd"], text=text, source="a paper")
    try:
        given = {"parameters": {"w": [1.0, 2.0]}, "optimizer": {"name": "descent"}}
        with pytest.raises(Problem, match="PyTorch has no counterpart of the optimizer descent"):
            pytorch(bx.compile({"program": "loss = sum(w * w)", **given}))
    finally:
        del OPTIMIZERS["descent"]


def test_a_step_that_transposes_is_not_taken_for_another_tensor_transposed() -> None:
    x = np.random.default_rng(3).standard_normal((2, 3, 3))
    plan = bx.compile({"program": "y = x @ x.mT\nloss = sum(y @ y.mT)", "inputs": {"x": x}})
    assert_script_agrees(plan)
    assert [line.output for line in plan.program.lines][:2] == ["y.transposed", "y"]
