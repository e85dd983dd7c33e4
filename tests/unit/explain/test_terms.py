"""The terms of an explanation: they add up, their factors are what they say, and their code evaluates to their
value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.explain import explain
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from tests.amount import count
from tests.together import each
from tests.unit.explain.code import evaluated
from tests.unit.explain.plans import questions


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def test_terms_add_up_and_factors_are_what_they_say(plan: Plan) -> None:
    for name, field, index in questions(plan, most=count(2, 24)):
        answer = explain(plan, name, field, index, limit=10_000)
        where = (name, field, index)
        assert len(answer["terms"]) == answer["term_count"], where
        assert close(sum(term["value"] for term in answer["terms"]), answer["value"]), where
        assert answer["value"] == plan[name if field == "value" else f"{name}.g"][index], where
        for term in answer["terms"]:
            assert close(math.prod(factor["value"] for factor in term["factors"]), term["value"]), where
            for factor in term["factors"]:
                check_factor(plan, factor)


def check_factor(plan: Plan, factor: dict[str, Any]) -> None:
    assert close(evaluated(factor["code"], plan), factor["value"]), factor["code"]
    for cell in factor["cells"]:
        numbers = plan[cell["tensor"] if cell["field"] == "value" else f"{cell['tensor']}.g"]
        assert numbers[tuple(cell["index"])] == cell["value"], cell


def test_a_matrix_product_has_as_many_terms_as_it_contracts() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    counts = {"l1.matmul": 10, "out.matmul": 2}
    assert {name: explain(plan, name, "value", (0, 0))["term_count"] for name in counts} == counts
    gradients = {"w1": 6, "w2": 6, "x": 2, "l2": 1}
    assert {name: explain(plan, name, "gradient", (0, 0))["term_count"] for name in gradients} == gradients
    assert explain(plan, "l1", "value", (0, 0))["term_count"] == 11
    assert explain(plan, "loss", "value", ())["term_count"] == 6


def test_samples_are_the_batch() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    for name, index in (("w1", (0, 1)), ("b1", (0,)), ("w2", (1, 0)), ("b2", (0,))):
        terms = explain(plan, name, "gradient", index)["terms"]
        assert [term["sample"] for term in terms] == list(range(6))
    assert all(term["sample"] == 2 for term in explain(plan, "l1", "value", (2, 0))["terms"][:10])
    assert "sample" not in explain(plan, "l1", "value", (2, 0))["terms"][10]
    assert "sample" not in explain(plan, "w1", "value", (2, 0))["terms"][0]


def test_a_long_sum_is_cut_and_says_what_is_left() -> None:
    random = np.random.default_rng(0)
    plan = bx.compile(
        {
            "program": "loss = mean((x @ w) ** 2)",
            "inputs": {"x": random.standard_normal((1000, 2))},
            "parameters": {"w": random.standard_normal((2, 1))},
        }
    )
    plan.run()
    answer = explain(plan, "w", "gradient", (0, 0))
    assert (len(answer["terms"]), answer["term_count"]) == (256, 1000)
    assert close(sum(term["value"] for term in answer["terms"]) + answer["rest"], answer["value"])


def test_changing_a_cell_changes_the_result_as_the_terms_predict(plan: Plan) -> None:
    """An input or parameter that is a factor by itself: the other factors say how much the result follows."""
    checked = 0
    for name, field, index in questions(plan, most=4):
        answer = explain(plan, name, field, index, limit=10_000)
        leaf = next((cell for cell in sole_leaves(plan, answer) if field == "value"), None)
        if leaf is None or touched_elsewhere(plan, answer, leaf):
            continue
        terms = [term for term in answer["terms"] if any(factor["cells"] == [leaf] for factor in term["factors"])]
        slope = sum(
            math.prod(factor["value"] for factor in term["factors"] if factor["cells"] != [leaf]) for term in terms
        )
        before = plan[leaf["tensor"]].copy()
        moved = before.copy()
        moved[tuple(leaf["index"])] += 0.25
        plan[leaf["tensor"]] = moved
        plan.run()
        after = plan[name][index]
        plan[leaf["tensor"]] = before
        plan.run()
        assert close(after - answer["value"], 0.25 * slope), (name, index, leaf)
        checked += 1
    assert checked or not plan.document.parameters


def sole_leaves(plan: Plan, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The given cells that are factors by themselves, each once in its term."""
    factors = [factor for term in answer["terms"] for factor in term["factors"]]
    cells = [factor["cells"][0] for factor in factors if len(factor["cells"]) == 1]
    return [
        cell
        for cell in cells
        if plan.tensors[cell["tensor"]].role in ("input", "parameter")
        and cell["tensor"] != answer["tensor"]
        and all(sum(factor["cells"] == [cell] for factor in term["factors"]) < 2 for term in answer["terms"])
    ]


def touched_elsewhere(plan: Plan, answer: dict[str, Any], leaf: dict[str, Any]) -> bool:
    """Whether the cell also acts through another factor: within a function, or behind a calculated tensor."""
    factors = [factor for term in answer["terms"] for factor in term["factors"] if factor["cells"] != [leaf]]
    cells = [cell for factor in factors for cell in factor["cells"]]
    return any(
        cell == leaf or plan.tensors[cell["tensor"]].role not in ("input", "parameter") for cell in cells
    ) or any(
        factor["cells"] == [leaf] and not factor["code"].startswith(leaf["tensor"])
        for term in answer["terms"]
        for factor in term["factors"]
    )


def test_a_closed_composite_and_its_inside_explain_the_same_number() -> None:
    document = {"inputs": {"z": [[0.2, -1.0, 0.7]], "t": [2]}, "parameters": {"w": [[1.0, 2.0, 3.0]]}}
    long_way = "s = z * w\nm = s - detach(max(s, 1, True))\nlp = m - log(sum(exp(m), 1, True))\n"
    long_way += "loss = -sum(one_hot(t, 3) * lp)"
    closed = bx.compile({**document, "program": "s = z * w\nloss = cross_entropy(s, t)"})
    opened = bx.compile(
        {
            **document,
            "program": long_way,
        }
    )
    closed.run(), opened.run()
    for i in range(3):
        short, long = (explain(plan, "s", "gradient", (0, i)) for plan in (closed, opened))
        assert close(short["value"], long["value"])
        assert short["code"] == "softmax(s) - one_hot(t, 3)"


@each("name", [name for name, record in {**OPERATIONS, **COMPOSITES}.items() if record.samples])
def test_every_record_explains(name: str) -> None:
    """The terms of every element of every record's first sample, and of its gradients, add up."""
    sample = {**OPERATIONS, **COMPOSITES}[name].samples[0]
    random = np.random.default_rng(1)
    tensors: dict[str, Any] = {
        key: random.integers(0, sample.whole[key], shape)
        if key in sample.whole
        else random.uniform(*sample.domain, shape)
        for key, shape in sample.shapes.items()
    }
    parameters = {"p": np.float64(1.5)}
    plan = bx.compile(
        {
            "program": f"result = {sample.code}\nloss = sum(result * result) * p",
            "inputs": tensors,
            "parameters": parameters,
        }
    )
    plan.run()
    test_terms_add_up_and_factors_are_what_they_say(plan)
