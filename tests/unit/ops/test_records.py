"""Every record, primitive and composite: its whole Jacobian, its plan, its refusals, its kink, its simplified
gradient."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.interpreter import interpret
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Sample
from tests.amount import first
from tests.together import each

RECORDS = {**OPERATIONS, **{name: record for name, record in COMPOSITES.items() if not record.internal}}


REJECTS = [
    pytest.param(reject, id=f"{name}: {reject.code}") for name, record in RECORDS.items() for reject in record.rejects
]
FIRST = first({name: record.samples for name, record in RECORDS.items()}, lambda sample: sample.code)
KINKS = [pytest.param(record.kink, id=name) for name, record in RECORDS.items() if record.kink]
STEP = 1e-5


def numbers(sample: Sample, seed: int = 0) -> dict[str, Any]:
    """Operands in the sample's domain, away from 0 and from each other, where derivatives may jump."""
    random = np.random.default_rng(seed)
    low, high = sample.domain
    total = sum(math.prod(shape) for shape in sample.shapes.values())
    spread = iter(random.permutation(np.linspace(low, high, total + 2)[1:-1] + 0.003 * (high - low)))

    def one(name: str, shape: tuple[int, ...]) -> np.ndarray:
        if name in sample.whole:
            return random.integers(0, sample.whole[name], shape)
        return np.reshape([next(spread) for _ in range(math.prod(shape))], shape)

    return {name: one(name, shape) for name, shape in sample.shapes.items()}


def plan_of(sample: Sample, tensors: dict[str, Any], dtype: str = "float64") -> Plan:
    """loss = sum(result * probe): the gradients are then the probe's combination of the Jacobian's rows."""
    trial = {"program": f"result = {sample.code}\nloss = sum(result * result)", "inputs": tensors}
    shape = bx.compile(trial)["result"].shape
    program, inputs = f"result = {sample.code}\nloss = sum(result * probe)", {**tensors, "probe": np.ones(shape)}
    return bx.compile({"program": program, "inputs": inputs, "dtype": dtype})


def jacobian(plan: Plan, name: str) -> np.ndarray:
    """The whole Jacobian of the result by a tensor, a row per element of the result, out of the backward program."""
    rows = []
    for index in np.ndindex(plan["result"].shape):
        probe = np.zeros(plan["result"].shape)
        probe[index] = 1
        plan["probe"] = probe
        plan.run()
        rows.append(plan[f"{name}.g"].reshape(-1).copy())
    return np.array(rows)


def differences(plan: Plan, name: str) -> np.ndarray:
    """The same by central differences of the forward program, of fourth order."""
    start, columns = plan[name].copy(), []
    for index in np.ndindex(start.shape):
        values = []
        for steps in (-2, -1, 1, 2):
            moved = start.copy()
            moved[index] += steps * STEP * 20
            plan[name] = moved
            plan.run()
            values.append(plan["result"].reshape(-1).copy())
        columns.append((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * STEP * 20))
        plan[name] = start
    return np.array(columns).T


def check_jacobian(sample: Sample) -> None:
    plan = plan_of(sample, numbers(sample))
    for name in sample.shapes.keys() - sample.whole.keys() - set(sample.blocked):
        expected, found = differences(plan, name), jacobian(plan, name)
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7, err_msg=f"{sample.code} by {name}")


@each("sample", FIRST)
def test_the_whole_jacobian_equals_central_differences(sample: Sample) -> None:
    check_jacobian(sample)


@each("sample", FIRST)
def test_the_plan_equals_the_naive_interpreter_also_after_the_inputs_changed(sample: Sample) -> None:
    plan = plan_of(sample, numbers(sample))
    for seed in (1, 2):
        fresh = numbers(sample, seed)
        for name, value in fresh.items():
            plan[name] = value
        plan["probe"] = np.random.default_rng(seed).standard_normal(plan["probe"].shape)
        plan.run()
        naive = interpret(plan.program, plan.snapshot())
        for name, node in plan.program.nodes.items():
            np.testing.assert_allclose(plan[name], naive[node], rtol=1e-12, atol=1e-12, err_msg=name)


@each("sample", FIRST)
def test_float32_agrees_with_float64(sample: Sample) -> None:
    tensors = numbers(sample)
    wide, narrow = plan_of(sample, tensors), plan_of(sample, tensors, "float32")
    wide.run(), narrow.run()
    for name in ("result", *(f"{key}.g" for key in sample.shapes.keys() - sample.whole.keys())):
        assert narrow[name].dtype == np.float32
        np.testing.assert_allclose(narrow[name], wide[name], rtol=2e-5, atol=2e-5, err_msg=name)


@each("reject", REJECTS)
def test_what_is_refused_is_refused_in_words(reject: Any) -> None:
    random = np.random.default_rng(0)
    labels = {"labels": lambda shape: random.integers(0, 2, shape)}
    tensors = {name: labels.get(name, random.standard_normal)(shape) for name, shape in reject.shapes.items()}
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": f"result = {reject.code}\nloss = sum(result * result)", "inputs": tensors})
    assert reject.says in caught.value.detail
    assert (caught.value.line, caught.value.status) == (1, 422)


@each("kink", KINKS)
def test_at_a_kink_the_gradient_is_as_declared(kink: Any) -> None:
    tensors = {name: np.array(value) for name, value in kink.at.items()}
    plan = bx.compile({"program": f"loss = sum({kink.code})", "inputs": tensors})
    with np.errstate(all="ignore"):
        plan.run()
    for name, gradient in kink.gradient.items():
        np.testing.assert_allclose(plan[f"{name}.g"], gradient, rtol=1e-12)


@each("name", [name for name, record in COMPOSITES.items() if record.gradients])
def test_a_simplified_gradient_equals_its_expansion(name: str) -> None:
    for sample in COMPOSITES[name].samples:
        closed = plan_of(sample, numbers(sample))
        closed["probe"] = np.random.default_rng(4).standard_normal(closed["probe"].shape)
        opened = Plan(program_of(closed.document, open_boxes=True), closed.document)
        closed.run(), opened.run()
        assert len(opened.program.lines) > len(closed.program.lines)
        for key in sample.shapes.keys() - sample.whole.keys():
            np.testing.assert_allclose(
                closed[f"{key}.g"], opened[f"{key}.g"], rtol=1e-12, atol=1e-14, err_msg=sample.code
            )


@pytest.mark.parametrize("name", ["multiply", "matmul", "exp", "sum", "relu", "index", "where", "einsum", "power"])
def test_a_rule_spoiled_by_a_ten_thousandth_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = OPERATIONS[name]
    operand, rule = next(iter(record.rules.items()))
    spoiled = replace(record, rules={**record.rules, operand: f"1.0001 * ({rule})"})
    monkeypatch.setitem(OPERATIONS, name, spoiled)
    with pytest.raises(AssertionError):
        check_jacobian(record.samples[0])


@pytest.mark.parametrize("name", ["mse", "softmax", "cross_entropy"])
def test_a_simplified_gradient_spoiled_by_a_ten_thousandth_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = COMPOSITES[name]
    operand, rule = next(iter(record.gradients.items()))
    spoiled = replace(record, gradients={**record.gradients, operand: f"1.0001 * ({rule})"})
    monkeypatch.setitem(COMPOSITES, name, spoiled)
    with pytest.raises(AssertionError):
        check_jacobian(record.samples[0])


def test_every_record_is_complete() -> None:
    for name, record in RECORDS.items():
        assert record.summary.endswith("."), name
        assert record.formula, name
        assert record.source, name
        assert record.samples or record.internal, name
        rules = record.gradients if name in COMPOSITES else record.rules
        assert set(rules) <= {key.lstrip("*") for key in _operands(name)}, name


def _operands(name: str) -> list[str]:
    if name in OPERATIONS:
        return list(OPERATIONS[name].operands)
    return [argument.arg for argument in COMPOSITES[name].definition.args.args]


@each(
    ("code", "x", "expected"),
    [
        ("tanh(x)", [1000.0, -1000.0], [1.0, -1.0]),
        ("sigmoid(x)", [1000.0, -1000.0], [1.0, 0.0]),
        ("softplus(x)", [1000.0, -1000.0], [1000.0, 0.0]),
        ("softmax(x)", [1000.0, -1000.0], [1.0, 0.0]),
        ("log_softmax(x)", [1000.0, -1000.0], [0.0, -2000.0]),
        ("logsumexp(x, 0)", [1000.0, 1000.0], 1000.0 + math.log(2)),
        ("binary_cross_entropy_with_logits(x, 1 * (x > 0))", [1000.0, -1000.0], 0.0),
    ],
)
def test_at_the_far_ends_nothing_overflows(code: str, x: list[float], expected: Any) -> None:
    plan = bx.compile({"program": f"y = {code}\nloss = sum(y)", "inputs": {"x": x}})
    with np.errstate(over="ignore", under="ignore"):
        plan.run()
    np.testing.assert_allclose(plan["y"], expected, rtol=1e-12, atol=1e-300)
    assert np.isfinite(plan["x.g"]).all()
