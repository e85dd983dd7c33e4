"""Where elements go: contributions add up to the gradient, derivatives are those of the step, chains reach the loss."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.engine.listing import step_operands
from backprop_explorer.examples import examples
from backprop_explorer.explain import uses
from backprop_explorer.graph.node import Node
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.unit.explain.plans import questions

STEP = 1e-6


def test_contributions_add_up_to_the_gradient(plan: Plan) -> None:
    checked = 0
    for name, field, index in questions(plan, most=count(4, 12)):
        if field == "gradient" or not plan.tensors[name].differentiable:
            continue
        answer = uses(plan, name, "value", index, limit=10_000)
        where = (name, index)
        assert answer["gradient"] == plan[f"{name}.g"][index], where
        if plan.tensors[name].role != "loss":
            total = sum(branch["contribution"] for branch in answer["branches"])
            assert total == pytest.approx(answer["gradient"], rel=1e-9, abs=1e-12), where
        for branch in answer["branches"]:
            assert len(branch["cells"]) == branch["cell_count"], where
            cells = sum(cell["contribution"] for cell in branch["cells"])
            assert cells == pytest.approx(branch["contribution"], rel=1e-9, abs=1e-12), where
            checked += 1
    assert checked


def test_derivatives_are_what_happens_to_the_next_elements(plan: Plan) -> None:
    """A leaf is moved a little, and the elements that its steps make are looked at."""
    checked = 0
    for name in plan.document.tensors:
        if not plan.tensors[name].differentiable:
            continue
        before = plan[name].copy()
        index = tuple(length // 2 for length in before.shape)
        answer = uses(plan, name, "value", index)
        cells = [cell for branch in answer["branches"] for cell in branch["cells"]]
        for cell in (cell for cell in cells if goes_in_one_way(plan, name, cell["tensor"])):
            moved = []
            for step in (STEP, -STEP):
                array = before.copy()
                array[index] += step
                plan[name] = array
                plan.run()
                moved.append(plan[cell["tensor"]][tuple(cell["index"])])
            plan[name] = before
            plan.run()
            assert cell["derivative"] == pytest.approx((moved[0] - moved[1]) / (2 * STEP), abs=1e-5), cell
            checked += 1
    assert checked


def goes_in_one_way(plan: Plan, leaf: str, result: str) -> bool:
    """Whether a step reads the leaf in one place, and nothing else that is made of it."""
    nodes, given = plan.program.nodes, plan.program.nodes[leaf]
    return sum(made_of(operand, given) for operand in step_operands(nodes[result])) == 1


def made_of(node: Node, leaf: Node) -> bool:
    return node is leaf or any(made_of(operand, leaf) for operand in node.operands)


def test_the_strongest_way_ends_at_the_loss(plan: Plan) -> None:
    checked = 0
    for name, info in plan.tensors.items():
        index = (0,) * len(info.shape)
        if not info.differentiable:
            continue
        answer = uses(plan, name, "value", index)
        chain = answer["chain"]
        assert (chain[0]["tensor"], chain[0]["index"]) == (name, list(index))
        if answer["chain_product"] is None:
            assert answer["gradient"] == 0 or info.role == "loss"
            continue
        assert plan.tensors[chain[-1]["tensor"]].role == "loss"
        product = math.prod(link["derivative"] for link in chain[1:])
        assert product == pytest.approx(answer["chain_product"], rel=1e-12, abs=1e-300)
        assert chain[0]["product"] == answer["chain_product"]
        assert (chain[0]["step"], chain[-1]["product"], chain[-1]["gradient"]) == (None, 1.0, 1.0)
        for before, link in pairwise(chain):
            assert before["product"] == pytest.approx(link["product"] * link["derivative"], rel=1e-12, abs=1e-300)
            assert link["gradient"] == pytest.approx(float(plan[f"{link['tensor']}.g"][tuple(link["index"])]))
            step = plan.program.lines[link["step"]]
            assert plan.program.names[step.node][0] == link["tensor"]
        checked += 1
    assert checked


@pytest.mark.parametrize("leaf", ["w1", "b1", "x"])
def test_a_way_on_which_nothing_comes_back_is_a_way(leaf: str) -> None:
    """Where all is off or zero, too, each element of the chain goes into the next one."""
    document = {**examples["lesson13"], "parameters": {**examples["lesson13"]["parameters"], "b1": [-9.0, 0.0]}}
    plan = bx.compile(document)
    plan["w2"] = np.zeros((2, 1))
    plan.run()
    checked = 0
    for index in np.ndindex(plan[leaf].shape):
        chain = uses(plan, leaf, "value", index)["chain"]
        places = {link["tensor"]: link["index"] for link in chain}
        if len(chain) == 1:  # it ends at a sample without an error, where the loss has no slope
            continue
        unit = index[-1] if leaf != "x" else places["l1.matmul"][1]
        sample = places["l1.matmul"][0] if leaf != "b1" else places["l1"][0]
        expected = {
            "l1.matmul": [sample, unit], "l1": [sample, unit], "l2": [sample, unit], "out.matmul": [sample, 0],
            "out": [sample, 0], "loss.index": [sample], "loss": [],
        }  # fmt: skip
        assert {name: places[name] for name in expected if name in places} == {
            name: place for name, place in expected.items() if name in places
        }
        assert {"l1", "l2", "out", "loss"} <= set(places)
        assert [link["gradient"] for link in chain[:3]] == [0, 0, 0]
        checked += 1
    assert checked


def test_a_weight_goes_into_a_column_once_per_sample() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    answer = uses(plan, "w1", "value", (2, 1))
    (branch,) = answer["branches"]
    assert (branch["output"], branch["code"], branch["cell_count"]) == ("l1.matmul", "x @ w1", 6)
    assert [cell["index"] for cell in branch["cells"]] == [[b, 1] for b in range(6)]
    assert [cell["derivative"] for cell in branch["cells"]] == list(plan["x"][:, 2])
    assert [line["output"] for line in answer["read_by"]] == ["x.g", "w1"]


def test_branches_of_a_fan_out_are_told_apart() -> None:
    plan = bx.compile({"program": "h = a * a\nloss = sum(h * a)", "parameters": {"a": [2.0, -1.0]}})
    plan.run()
    answer = uses(plan, "a", "value", (0,))
    assert [(branch["output"], branch["contribution"]) for branch in answer["branches"]] == [
        ("h", 8.0),
        ("loss.multiply", 4.0),
    ]
    assert answer["gradient"] == 12.0


def test_many_cells_are_cut_and_the_rest_is_told() -> None:
    plan = bx.compile(
        {
            "program": "loss = mean((x @ w) ** 2)",
            "inputs": {"x": np.linspace(-1, 1, 3000).reshape(1000, 3)},
            "parameters": {"w": np.ones((3, 2))},
        }
    )
    plan.run()
    (branch,) = uses(plan, "w", "value", (1, 0))["branches"]
    assert (branch["cell_count"], len(branch["cells"])) == (1000, 64)
    shown = sum(cell["contribution"] for cell in branch["cells"])
    assert shown + branch["rest"] == pytest.approx(plan["w.g"][1, 0], rel=1e-9)


def test_a_gradient_is_read_by_the_steps_after_it() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    answer = uses(plan, "l1", "gradient", (0, 1))
    assert answer["branches"] == []
    assert [line["output"] for line in answer["read_by"]] == ["x.g", "w1.g", "b1.g"]


@pytest.mark.parametrize(("name", "index", "status"), [("w9", (), 404), ("w1", (0,), 422), ("w1", (0, 9), 422)])
def test_places_that_do_not_exist(name: str, index: tuple[int, ...], status: int) -> None:
    plan = bx.compile(examples["lesson13"])
    with pytest.raises(Problem) as problem:
        uses(plan, name, "value", index)
    assert problem.value.status == status
