"""The Jacobian of a step: against central differences, and its product with the incoming gradient against the rule."""

from __future__ import annotations

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.examples import examples
from backprop_explorer.explain import jacobian
from backprop_explorer.explain.jacobian.jacobian import names_read
from backprop_explorer.graph.budget import Budget
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

SMALL = 4_000
STEP = 1e-6


def steps(plan: Plan) -> list[tuple[int, str]]:
    """Every step and input whose Jacobian is small."""
    return [
        (step, name)
        for step, line in enumerate(plan.program.lines)
        for name, node in names_read(plan, line).items()
        if line.phase != "update" and node.differentiable and line.node.differentiable
        if node.size * line.node.size <= SMALL
    ]


def test_the_incoming_gradient_times_the_jacobian_is_what_the_rule_gives(plan: Plan) -> None:
    checked = 0
    for step, name in steps(plan):
        contraction = jacobian(plan, step, name)["contraction"]
        if contraction is not None:
            checked += 1
            scale = max(1.0, float(np.abs(contraction["result_value"]).max()))
            assert contraction["max_abs_difference"] <= 1e-12 * scale, (step, name)
    assert checked


def test_every_column_is_what_happens_when_one_number_moves(plan: Plan) -> None:
    leaves, checked = set(plan.document.tensors), 0
    for step, name in steps(plan):
        line = plan.program.lines[step]
        others_stay = set(names_read(plan, line)) <= leaves
        if name not in leaves or not others_stay or line.phase != "forward" or plan[name].size > 60:
            continue
        checked += 1
        matrix = jacobian(plan, step, name)["value"]
        for column in range(plan[name].size):
            assert np.allclose(matrix[:, column], slope(plan, name, column, line.output), atol=1e-5), (step, name)
    assert checked or max(plan[name].size for name in leaves) > 60


def slope(plan: Plan, leaf: str, element: int, output: str) -> Array:
    """The central difference of a tensor by one element of a leaf."""
    before, moved = plan[leaf].copy(), []
    for step in (STEP, -STEP):
        array = before.copy()
        array.flat[element] += step
        plan[leaf] = array
        plan.run()
        moved.append(plan[output].ravel().copy())
    plan[leaf] = before
    plan.run()
    return (moved[0] - moved[1]) / (2 * STEP)


def test_the_jacobian_of_a_layer_by_its_weights_is_made_of_diagonal_blocks() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    answer = jacobian(plan, 0, "w1")
    blocks = np.asarray(answer["value"]).reshape(6, 2, 10, 2)
    for sample in range(6):
        for unit in range(2):
            expected = np.zeros((10, 2))
            expected[:, unit] = plan["x"][sample]
            assert np.array_equal(blocks[sample, unit], expected)
    assert (answer["cost"]["jacobian_elements"], answer["cost"]["rule_elements"]) == (240, 20)
    assert answer["contraction"]["rule"] == "x.T @ l1.g"
    assert answer["contraction"]["result"] == "w1.g"
    assert "never built" in answer["text"]


def test_above_the_budget_only_the_cost_is_told() -> None:
    document = {
        "program": "loss = mean((x @ w) ** 2)",
        "inputs": {"x": np.ones((64, 784))},
        "parameters": {"w": np.ones((784, 32))},
    }
    plan = bx.compile(document)
    plan.program.graph.meter.budget = Budget()
    with pytest.raises(Problem) as problem:
        jacobian(plan, 0, "w")
    assert (problem.value.status, problem.value.code) == (413, "over_budget")
    assert "jacobian_elements" in problem.value.detail
    answer = jacobian(plan, 0, "w", values=False)
    assert answer["cost"]["jacobian_bytes"] == 64 * 32 * 784 * 32 * 8
    assert "value" not in answer
    assert "411 MB" in answer["text"]


@pytest.mark.parametrize(
    ("step", "name", "status", "says"),
    [
        (99, "w1", 404, "the iteration has the steps 0 to"),
        (0, "w2", 404, "does not read w2"),
        (0, "l1", 404, "does not read l1"),
    ],
)
def test_steps_and_inputs_that_do_not_exist(step: int, name: str, status: int, says: str) -> None:
    plan = bx.compile(examples["lesson13"])
    with pytest.raises(Problem) as problem:
        jacobian(plan, step, name)
    assert problem.value.status == status
    assert says in problem.value.detail


def test_labels_have_no_jacobian() -> None:
    plan = bx.compile(examples["softmax_classifier"])
    plan.run()
    step = next(i for i, line in enumerate(plan.program.lines) if "labels" in names_read(plan, line))
    with pytest.raises(Problem, match="labels or truth values"):
        jacobian(plan, step, "labels")


def test_the_part_of_a_sample_is_cut_out_of_the_whole(plan: Plan) -> None:
    axes, checked = batch_axes(plan.program), 0
    for step, name in steps(plan):
        line = plan.program.lines[step]
        if line.node not in axes:
            continue
        matrix, sample = jacobian(plan, step, name)["value"], line.node.shape[axes[line.node]] - 1
        part, checked = jacobian(plan, step, name, sample=sample), checked + 1
        assert part["sample"] == sample
        assert np.array_equal(part["value"], matrix[np.ix_(part["rows"], part["columns"])]), (step, name)
        if "No sample depends on another" in part["text"]:
            others = np.setdiff1d(np.arange(matrix.shape[1]), part["columns"])
            assert not matrix[np.ix_(part["rows"], others)].any(), (step, name)


def test_a_convolution_is_shown_sample_by_sample() -> None:
    plan = bx.compile(examples["convnet"])
    plan.program.graph.meter.budget = Budget()
    plan.run()
    step = next(index for index, line in enumerate(plan.program.lines) if line.output == "a1.conv2d")
    with pytest.raises(Problem, match="jacobian_elements"):
        jacobian(plan, step, "k1")
    part = jacobian(plan, step, "k1", sample=4)
    assert part["value"].shape == (3 * 8 * 8, plan["k1"].size)
    element = 2 * 64 + 3 * 8 + 5  # channel 2, row 3, column 5: the picture around it, under its own kernel
    seen = np.pad(plan["image"][4, 0], 1)[3:6, 5:8]
    expected = np.zeros(plan["k1"].shape)
    expected[2, 0] = seen
    assert np.array_equal(part["value"][element].reshape(expected.shape), expected)


@pytest.mark.parametrize(
    ("output", "name", "sample", "code"),
    [("l1.matmul", "w1", 6, "unknown_sample"), ("loss", "loss.index", 0, "no_samples")],
)
def test_samples_that_there_are_not(output: str, name: str, sample: int, code: str) -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    step = next(index for index, line in enumerate(plan.program.lines) if line.output == output)
    with pytest.raises(Problem) as problem:
        jacobian(plan, step, name, sample=sample)
    assert problem.value.code == code


def test_what_the_part_of_a_sample_costs_is_told_without_its_numbers() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    step = next(index for index, line in enumerate(plan.program.lines) if line.output == "l1.matmul")
    answer, whole = jacobian(plan, step, "w1", values=False, sample=0), jacobian(plan, step, "w1")
    assert answer["cost"] == whole["cost"]
    assert not {"value", "zeros", "rows", "columns", "contraction"} & answer.keys()


def test_a_layer_says_what_its_jacobian_would_cost_at_a_usual_size() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    text = jacobian(plan, 0, "w1")["at_scale"]
    rows, columns = 64 * 50, 784 * 50
    assert text is not None
    assert f"{rows:,} × {columns:,} = {rows * columns:,} derivatives, 1.0 GB" in text
    assert f"the {columns:,} numbers that are needed, 314 KB" in text
    relu = next(i for i, line in enumerate(plan.program.lines) if line.output == "l2")
    assert jacobian(plan, relu, "l1")["at_scale"] is None
