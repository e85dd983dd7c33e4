"""The examples: every number as an outside library has it, the published ones, and what each promises to show."""

import json

import numpy as np
import pytest

from backprop_explorer.engine import Document, Plan, compile_document
from backprop_explorer.examples import examples
from tests.examples import oracle
from tests.together import each

NAMES = list(examples)


def plan_of(name: str) -> Plan:
    return compile_document(Document.parse(examples[name]))


def losses(plan: Plan, count: int) -> list[float]:
    """The loss before each of the iterations, and after the last."""
    return [*(plan.step() for _ in range(count)), plan.run()]


def test_the_first_is_what_an_empty_page_shows() -> None:
    assert NAMES[:5] == ["lesson13", "scalar", "mazur", "xor", "softmax_classifier"]
    assert set(NAMES) == set(oracle.MODELS)


@each("name", NAMES)
def test_an_example_is_a_document_that_can_be_posted(name: str) -> None:
    document = examples[name]
    assert json.loads(json.dumps(document)) == document
    assert document["title"]
    assert 60 < len(document["description"]) < 250
    assert document["optimizer"]["lr"] > 0
    document["title"] = "changed"
    assert examples[name]["title"] != "changed"


def test_an_unknown_example_is_a_key_error() -> None:
    assert "lesson14" not in examples
    with pytest.raises(KeyError):
        examples["lesson14"]


@each("steps", [0, 3])
@each("name", NAMES)
def test_every_value_and_gradient_is_autograds(name: str, steps: int) -> None:
    plan = plan_of(name)
    for _ in range(steps):
        plan.step()
    loss = plan.run()
    leaves = {key: np.array(plan[key]) for key, info in plan.tensors.items() if info.role in ("input", "parameter")}
    values, gradients = oracle.computed(name, leaves)
    np.testing.assert_allclose(loss, values["loss"], rtol=1e-12)
    tensors = {key: info for key, info in plan.tensors.items() if info.dtype == "float64" and info.role != "state"}
    assert tensors.keys() == values.keys()
    for key, info in tensors.items():
        np.testing.assert_allclose(plan[key], values[key], rtol=1e-9, atol=1e-9, err_msg=key)
        if info.differentiable:
            np.testing.assert_allclose(plan[f"{key}.g"], gradients[key], rtol=1e-9, atol=1e-9, err_msg=f"{key}.g")


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("lesson13", {"x": (6, 10), "y": (6,), "w1": (10, 2), "b1": (2,), "w2": (2, 1), "b2": (1,)}),
        ("xor", {"x": (4, 2), "y": (4, 1), "w1": (2, 3), "b1": (3,), "w2": (3, 1), "b2": (1,)}),
        ("softmax_classifier", {"x": (5, 4), "labels": (5,), "w": (4, 3), "b": (3,)}),
        ("digits", {"x": (60, 64), "y": (60,), "w1": (64, 32), "b1": (32,), "w2": (32, 10), "b2": (10,)}),
        ("scalar", {"a": (), "b": ()}),
        (
            "layer_norm",
            {"x": (7, 4), "y": (7,), "w1": (4, 5), "b1": (5,), "gain": (5,), "shift": (5,), "w2": (5, 1), "b2": (1,)},
        ),
    ],
)
def test_no_two_dimensions_agree(name: str, shapes: dict[str, tuple[int, ...]]) -> None:
    """So that a shape tells which axis is which; Mazur's network is two wide everywhere and cannot."""
    leaves = {key: info.shape for key, info in plan_of(name).tensors.items() if info.role in ("input", "parameter")}
    assert leaves == shapes
    widths = [shape[-1] for key, shape in shapes.items() if key.startswith("b") and shape]
    sizes = [*shapes.get("x", ()), *widths]
    assert len(set(sizes)) == len(sizes)


def test_lesson13_is_the_seeds_with_checkable_numbers() -> None:
    plan = plan_of("lesson13")
    assert plan["w1"].tolist() == [
        [1, 0], [1, 0], [-1, -1], [-1, 1], [-1, -1], [0, 0], [-1, 0], [0, 0], [-1, 0], [0, 0],
    ]  # fmt: skip
    assert plan["w2"].tolist() == [[-1], [1]]
    assert set(plan["x"].ravel().tolist()) == {0, 1}
    assert len({tuple(row) for row in plan["x"].tolist()}) == 6
    assert plan.run() == pytest.approx(1.0, abs=1e-12)
    gradient = plan["w1.g"]
    assert np.count_nonzero(gradient) >= 10
    assert (gradient != 0).any(axis=0).all()


def test_lesson13_learns_with_both_units_alive() -> None:
    plan = plan_of("lesson13")
    course = losses(plan, 20)
    assert max(course) == course[0]
    assert course[-1] < 0.15 * course[0]
    assert (plan["l1"] > 0).any(axis=0).all()


def test_mazurs_published_numbers() -> None:
    plan = plan_of("mazur")
    assert plan.step() == pytest.approx(0.298371109, abs=1e-9)
    np.testing.assert_allclose(plan["h"], [[0.593269992, 0.596884378]], atol=1e-9)
    np.testing.assert_allclose(plan["out"], [[0.75136507, 0.772928465]], atol=1e-8)
    # w5 to w8 and w1 to w4 after one step, as he prints them
    np.testing.assert_allclose(plan["w2"].T, [[0.35891648, 0.408666186], [0.511301270, 0.561370121]], atol=1e-9)
    np.testing.assert_allclose(plan["w1"].T, [[0.149780716, 0.19956143], [0.24975114, 0.29950229]], atol=1e-8)
    assert plan.run() == pytest.approx(0.2804714468, abs=1e-10)


def test_scalar_adds_what_flows_back_from_each_use() -> None:
    plan = plan_of("scalar")
    assert plan.run() == 25
    # p = -6, s = -1: dL/dp = 2 (p - s) = -10; a gets b from the product and 1 from the sum
    assert (plan["p.g"], plan["s.g"]) == (-10, 10)
    assert plan["a.g"] == -10 * -3 + 10
    assert plan["b.g"] == -10 * 2 + 10


def test_xor_is_learnt_in_a_few_hundred_iterations() -> None:
    plan = plan_of("xor")
    course = losses(plan, 300)
    assert course[-1] < 0.05
    assert ((plan["score"] > 0) == (plan["y"] == 1)).all()


def test_the_softmax_classifier_shows_probability_minus_one_hot() -> None:
    plan = plan_of("softmax_classifier")
    plan.run()
    power = np.exp(plan["scores"])
    difference = power / power.sum(axis=1, keepdims=True) - np.eye(3)[plan["labels"]]
    np.testing.assert_allclose(plan["scores.g"], difference / 5, atol=1e-15)
    assert losses(plan, 100)[-1] < 0.35


def test_digits_are_learnt() -> None:
    plan = plan_of("digits")
    course = losses(plan, 60)
    assert course[-1] < 0.1 * course[0]
    assert (plan["scores"].argmax(axis=1) == plan["y"]).mean() > 0.95
