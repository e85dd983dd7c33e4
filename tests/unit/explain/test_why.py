"""Why a step is what it is: index forms give the step's numbers, stories fit any network, the solver judges rightly."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan, opened
from backprop_explorer.examples import examples
from backprop_explorer.explain import why_step, why_tensor
from backprop_explorer.explain.why.indexform import IndexForm
from backprop_explorer.graph.node import closed_box
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.elementwise import elementwise
from backprop_explorer.problem import Problem
from tests.unit.explain.written import written


def why(plan: Plan, output: str, index: tuple[int, ...] | None = None) -> dict[str, Any]:
    """The answer about the step with that output."""
    step = next(i for i, line in enumerate(plan.program.lines) if line.output == output and line.phase != "update")
    return why_step(plan, step, lambda: ran(opened(plan)), index)


def ran(plan: Plan) -> Plan:
    plan.run()
    return plan


def text_of(answer: dict[str, Any]) -> str:
    return "\n".join(f"{one['title']}\n{one['text']}" for one in answer["story"])


def titles(answer: dict[str, Any]) -> list[str]:
    return [one["title"] for one in answer["story"]]


def test_index_forms_evaluate_to_the_element(plan: Plan) -> None:
    checked = 0
    for line in plan.program.lines:
        form = IndexForm(plan.program, steps=line.phase == "forward")
        index = form.index(line.node)
        code = form.code(line.node, index, root=True)
        if line.phase == "update" or re.search(r"unindex|\w\(.*\)\[|axis|slice", code) or closed_box(line.node):
            continue  # an expression without an index form of its own stands as it is
        numbers = plan.array(line.node)
        if numbers.size > 200 or np.prod([*form.lengths.values(), 1]) > 20_000:
            continue
        for place in (np.zeros(numbers.ndim, int), np.array(numbers.shape) - 1):
            at = {letter: int(i) for letter, i in zip(index, place, strict=True) if letter in form.lengths}
            value = written(code, plan, form.lengths, at)
            assert value == pytest.approx(float(numbers[tuple(place)]), rel=1e-9, abs=1e-12), (line.output, code)
            checked += 1
    assert checked


def test_every_step_has_a_story(plan: Plan) -> None:
    other = ran(opened(plan))
    for step, line in enumerate(plan.program.lines):
        for index in (None, (0,) * line.node.ndim):
            answer = why_step(plan, step, lambda: other, index)
            assert answer["story"], line.output
            assert answer["formula"]["mathml"].startswith("<math")
            for paragraph in answer["story"]:
                assert paragraph["text"].count("`") % 2 == 0
                words = re.sub("`[^`]*`", "", paragraph["text"])
                assert not re.search(r"\bNone\b|[{}<]", words), paragraph
            if answer["agreement"] is not None:
                assert answer["agreement"]["max_abs_difference"] < 1e-12
                assert answer["agreement"]["steps"]
            check_shapes(answer)


def check_shapes(answer: dict[str, Any]) -> None:
    if answer["shapes"] is None:
        return
    lengths = {axis["letter"]: axis["length"] for axis in answer["shapes"]["axes"]}
    *operands, result = answer["shapes"]["rows"]
    kept = {axis["letter"] for axis in answer["shapes"]["axes"] if axis["role"] != "summed"}
    assert {axis["letter"] for axis in result["axes"]} == kept
    for row in operands:
        assert [1 if axis["stretched"] else lengths[axis["letter"]] for axis in row["axes"]] == row["shape"], row


def test_the_right_way_is_found_and_stands_first(plan: Plan) -> None:
    checked = 0
    for step, line in enumerate(plan.program.lines):
        solved = why_step(plan, step, lambda: ran(opened(plan)))["candidates"]
        if solved is None:
            continue
        checked += 1
        first = solved["list"][0]
        assert first["right_shape"], line.output
        assert first["right_numbers"] in (True, None), (line.output, line.code)
        for way in solved["list"]:
            assert way["runs"] == (way["error"] is None)
            assert way["right_shape"] == (way["shape"] == solved["target"])
    assert checked


@pytest.fixture
def network() -> Plan:
    """The lesson's network under other names and with other shapes."""
    random = np.random.default_rng(1)
    return ran(
        bx.compile(
            {
                "program": "hidden = pixels @ kernel + shift\nloss = mean((hidden - goal) ** 2)",
                "inputs": {"pixels": random.standard_normal((7, 4)), "goal": random.standard_normal((7, 3))},
                "parameters": {"kernel": random.standard_normal((4, 3)), "shift": np.zeros(3)},
            }
        )
    )


def test_the_story_of_a_weight_answers_why_this_product(network: Plan) -> None:
    answer = why(network, "kernel.g", (2, 1))
    assert answer["formula"]["code"] == "kernel.g[i, j] = sum(pixels[b, i] * hidden.g[b, j], b)"
    text = text_of(answer)
    uses = (
        "So `kernel[2, 1]` contributes to `hidden.matmul[b, 1]` for each b from 0 to 6, multiplied by `pixels[b, 2]`."
    )
    assert uses in text
    assert "Summed over b: `sum(pixels[b, 2] * hidden.g[b, 1], b)`" in text
    assert "Why the transpose?" in text
    assert "axis 0 of `pixels` (7, 4) and axis 0 of `hidden.g` (7, 3): both are the 7 samples" in text
    assert "(4, 7) @ (7, 3) → (4, 3), the shape of `kernel`" in text
    assert "Why not `pixels * hidden.g`?" in text
    assert "only `pixels.T @ hidden.g` has this shape" in text
    assert answer["forward"] == {"step": 0, "output": "hidden.matmul", "code": "pixels @ kernel"}
    assert answer["jacobian"] == {"step": 0, "input": "kernel"}


def test_the_story_of_a_bias_answers_why_a_sum_over_the_batch(network: Plan) -> None:
    answer = why(network, "shift.g")
    text = text_of(answer)
    assert "Why a sum over the batch?" in titles(answer)
    assert "broadcasting used `shift` (3,) for a result of shape (7, 3), each of its numbers 7 times" in text
    assert "`shift` is the same for every sample of the batch" in text
    assert "only `hidden.g.sum(0)` has this shape" in text


def test_the_shapes_are_told_axis_by_axis(network: Plan) -> None:
    shapes = why(network, "kernel.g")["shapes"]
    assert [(axis["letter"], axis["length"], axis["role"]) for axis in shapes["axes"]] == [
        ("i", 4, "kept"),
        ("j", 3, "kept"),
        ("b", 7, "summed"),
    ]
    assert [row["code"] for row in shapes["rows"]] == ["pixels.T", "hidden.g", "kernel.g"]
    stretched = why(network, "hidden")["shapes"]
    assert [(row["code"], row["repeated"]) for row in stretched["rows"]][:2] == [
        ("hidden.matmul", []),
        ("shift", ["b"]),
    ]
    assert stretched["axes"][0] == {"letter": "b", "length": 7, "role": "stretched"}


def test_equal_dimensions_let_a_wrong_formula_fit() -> None:
    random = np.random.default_rng(2)
    plan = ran(
        bx.compile(
            {
                "program": "h = x @ w\nloss = mean(h ** 3)",
                "inputs": {"x": random.standard_normal((3, 3))},
                "parameters": {"w": random.standard_normal((3, 3))},
            }
        )
    )
    solved = why(plan, "w.g")["candidates"]
    assert solved["list"][0]["code"] == "x.T @ h.g"
    fitting = {way["code"]: way["right_numbers"] for way in solved["list"] if way["right_shape"]}
    assert fitting["x * h.g"] is False
    assert fitting["x @ h.g"] is False
    assert "because some dimensions are equal" in solved["coincidence"]
    assert "The shape alone does not decide here" in text_of(why(plan, "w.g"))


def test_ways_that_do_not_run_say_why(network: Plan) -> None:
    ways = {way["code"]: way for way in why(network, "kernel.g")["candidates"]["list"]}
    assert ways["pixels @ hidden.g"]["error"] == (
        "matmul needs pixels's columns (4) to equal hidden.g's rows (7); got (7, 4) @ (7, 3)"
    )
    assert ways["hidden.g.T @ pixels"]["shape"] == [3, 4]


def test_large_products_are_judged_by_their_shape_alone() -> None:
    plan = ran(
        bx.compile(
            {
                "program": "loss = mean((x @ w) ** 2)",
                "inputs": {"x": np.ones((2000, 300))},
                "parameters": {"w": np.ones((300, 20))},
            }
        )
    )
    solved = why_tensor(plan, "w", "gradient", lambda: ran(opened(plan)))["candidates"]
    assert solved is not None
    assert [way["right_numbers"] for way in solved["list"] if way["right_shape"]] == [None]


def test_a_composite_says_what_it_is_and_agrees_with_the_long_way() -> None:
    plan = ran(bx.compile(examples["softmax_classifier"]))
    answer = why(plan, "scores.g")
    assert "What does `cross_entropy` pass back?" in titles(answer)
    agreement = answer["agreement"]
    assert agreement["composite"] == "cross_entropy"
    assert agreement["closed"] == "(softmax(scores) - one_hot(labels, 3)) / 5"
    assert agreement["max_abs_difference"] < 1e-15
    assert len(agreement["steps"]) >= 3
    assert agreement["steps"][-1]["output"] == "scores.g"


def test_uses_are_told_where_a_tensor_is_used_several_times() -> None:
    plan = ran(bx.compile({"program": "h = a * a\nloss = sum(h * a)", "parameters": {"a": [2.0, -1.0]}}))
    assert "`a` is used 3 times: in `loss.multiply = h * a`, `h = a * a`" in text_of(why(plan, "a.g"))


def test_the_derivative_at_the_element_is_a_number() -> None:
    plan = ran(bx.compile({"program": "h = relu(a)\nloss = sum(h * h)", "parameters": {"a": [2.0, -1.0]}}))
    assert "`h[1]` changes by `a[1] > 0` (here 0) times ε" in text_of(why(plan, "a.g", (1,)))
    assert "(here 1)" in text_of(why(plan, "a.g", (0,)))
    assert "At 0 the gradient is 0." in text_of(why(plan, "a.g"))


def test_a_gradient_that_comes_in_unchanged_is_not_explained_by_its_own_name(plan: Plan) -> None:
    for step, line in enumerate(plan.program.lines):
        if line.phase != "backward":
            continue
        story = why_step(plan, step, lambda: plan)["story"]
        own = re.compile(rf"(?<!\w){re.escape(line.output)}(?![\w.])")
        assert not [one for one in story if one["kind"] == "product" and own.search(one["text"])], line.output


def test_the_inside_of_a_square_is_told_by_what_it_is() -> None:
    told = text_of(why(ran(bx.compile(examples["scalar"])), "p.g"))
    assert (
        "`loss.subtract` (that is, `p - s`) changes by ε, too, and the loss by `2 * loss.subtract` times that" in told
    )
    assert "passes the gradient through" not in told
    told = text_of(why(ran(bx.compile(examples["scalar"])), "s.g"))
    assert "changes by \u2212ε, and the loss by `p.g` times that. Together: `-p.g`." in told
    assert "Why `p.g` and not `loss.subtract.g`?\nThey are equal: `loss.subtract = p - s` passes" in told


def test_shares_of_a_gradient_say_where_they_come_from() -> None:
    plan = ran(bx.compile(examples["scalar"]))
    assert "`a.g__2` is what comes back through `p = a * b`" in text_of(why(plan, "a.g"))
    assert "What is `a.g__2`?" in titles(why(plan, "a.g__2"))


def test_a_factor_before_a_sum_is_told_first() -> None:
    plan = ran(
        bx.compile({"program": "loss = sum(a * c)", "inputs": {"c": [2.0, 3.0]}, "parameters": {"a": [1.0, 4.0]}})
    )
    story = why(plan, "a.g")["story"]
    assert "reason" not in [one["kind"] for one in story]
    assert "changes by `c[b]` times ε" in next(one["text"] for one in story if one["kind"] == "product")


def test_an_added_axis_is_told() -> None:
    document = {"program": "loss = sum(h[:, 0] * h[:, 0])", "parameters": {"h": [[2.0], [3.0]]}}
    texts = [text_of(why_step(plan := ran(bx.compile(document)), step, lambda: plan)) for step in range(3)]
    lesson = ran(bx.compile(examples["lesson13"]))
    step = next(i for i, line in enumerate(lesson.program.lines) if "None]" in line.code)
    assert "What does `None` in an index do?" in titles(why_step(lesson, step, lambda: lesson, None))
    assert not any("`None` in an index" in text for text in texts)


@pytest.fixture
def cube() -> Any:
    """An operation that the package does not know, registered while it runs."""
    OPERATIONS["cube"] = elementwise(
        "cube",
        "x",
        lambda x, out=None: np.multiply(x * x, x, out=out),
        {"x": "3 * x ** 2 * g"},
        summary="The number times itself, twice.",
        formula="y = x ** 3",
    )
    yield
    del OPERATIONS["cube"]


def test_an_operation_registered_at_run_time_has_its_story(cube: None) -> None:
    plan = ran(
        bx.compile(
            {
                "program": "bent = cube(points @ turn + lift)\nloss = mean(bent)",
                "inputs": {"points": [[1.0, 2.0, 0.5], [0.0, -1.0, 1.5]]},
                "parameters": {"turn": [[0.5, 1.0], [0.1, 0.2], [1.0, -1.0]], "lift": [0.1, 0.2]},
            }
        )
    )
    value = why(plan, "bent", (1, 0))
    assert "`bent[1, 0] = cube(bent.add[1, 0])`. The number times itself, twice." in text_of(value)
    step = next(line.output for line in plan.program.lines if "** 2" in line.code and line.phase == "backward")
    text = text_of(why(plan, step))
    assert "`bent[b, j] = cube(bent.add[b, j])`, element by element" in text
    assert "`bent[b, j]` changes by `3 * bent.add[b, j] ** 2` times ε" in text


@pytest.mark.parametrize(
    ("tensor", "field", "index", "status"),
    [("nothing", "value", None, 404), ("x", "value", None, 422), ("w1", "gradient", (0,), 422)],
)
def test_what_cannot_be_asked(tensor: str, field: Any, index: tuple[int, ...] | None, status: int) -> None:
    plan = ran(bx.compile(examples["lesson13"]))
    with pytest.raises(Problem) as problem:
        why_tensor(plan, tensor, field, lambda: ran(opened(plan)), index)
    assert problem.value.status == status
