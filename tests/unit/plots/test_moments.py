"""Over the iterations: norms, histograms, dead units, one weight's way, against plain NumPy."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from backprop_explorer import compile as compile_plan
from backprop_explorer.engine import Plan
from backprop_explorer.plots import evenly, histograms, losses, norms, weight_path
from backprop_explorer.problem import Problem

X = [[1.0, 0.5], [0.0, 2.0], [1.0, 1.0]]
NETWORK: dict[str, Any] = {
    "program": "a = x @ w1 + b1\nh = relu(a)\nloss = mse((h @ w2)[:, 0], y)",
    "inputs": {"x": X, "y": [1.0, 0.0, 1.0]},
    # The second unit sees negative numbers only: it is dead.
    "parameters": {"w1": [[0.5, -0.5], [0.25, -0.25]], "b1": [0.0, -1.0], "w2": [[1.0], [1.0]]},
    "optimizer": {"name": "sgd", "lr": 0.1},
}


def moments(document: dict[str, Any], count: int) -> Iterator[tuple[int, Plan]]:
    """The same plan again and again, one iteration further each time."""
    plan = compile_plan(document)
    for iteration in range(count + 1):
        plan.run()
        yield iteration, plan
        plan.step()


def arrays(document: dict[str, Any], count: int, name: str) -> list[np.ndarray]:
    return [np.array(plan[name]) for _, plan in moments(document, count)]


def test_a_parameter_of_zeros_has_no_share() -> None:
    start = {**NETWORK, "parameters": {**NETWORK["parameters"], "b1": [0.0, 0.0]}}
    assert norms(moments(start, 0))["text"].endswith(" b1 has the norm 0, so no share of it.")
    assert "norm 0" not in norms(moments(start, 2))["text"]


def test_norms_are_those_of_numpy() -> None:
    found = norms(moments(NETWORK, 5))
    assert found["iterations"] == list(range(6))
    assert [row["name"] for row in found["parameters"]] == ["w1", "b1", "w2"]
    for row in found["parameters"]:
        values, gradients = (arrays(NETWORK, 5, name) for name in (row["name"], f"{row['name']}.g"))
        assert row["value"] == pytest.approx([np.linalg.norm(value) for value in values])
        assert row["gradient"] == pytest.approx([np.linalg.norm(gradient) for gradient in gradients])
        assert row["update"] == pytest.approx([0.1 * np.linalg.norm(gradient) for gradient in gradients])
        ratios = [0.1 * np.linalg.norm(g) / np.linalg.norm(v) for v, g in zip(values, gradients, strict=True)]
        assert row["ratio"] == pytest.approx(ratios)
    assert found["text"].startswith("At iteration 5 the largest gradient is that of ")


def test_without_an_optimizer_there_is_no_update() -> None:
    plan = compile_plan({**NETWORK, "optimizer": None})
    plan.run()
    for row in norms([(0, plan)])["parameters"]:
        assert row["update"] == row["ratio"] == [None]


def test_a_parameter_of_length_0_has_no_ratio() -> None:
    plan = compile_plan({**NETWORK, "parameters": {**NETWORK["parameters"], "b1": [0.0, 0.0]}})
    plan.run()
    rows = {row["name"]: row for row in norms([(0, plan)])["parameters"]}
    assert rows["b1"]["value"] == [0.0]
    assert rows["b1"]["ratio"] == [None]
    assert rows["w1"]["ratio"] != [None]


def histogram(document: dict[str, Any], count: int, tensor: str | None) -> dict[str, Any]:
    *_, (_, last) = moments(document, count)
    plan = compile_plan({**document, "parameters": {name: last[name] for name in document["parameters"]}})
    plan.run()
    return histograms(plan, moments(document, count), tensor)


def test_a_dead_unit_is_named() -> None:
    found = histogram(NETWORK, 4, None)
    assert found["tensor"] == "h", "the first activation is the default"
    assert found["dead"] == [{"unit": 1, "since": 0}]
    assert found["saturated"] == []
    assert "unit 1 is dead from the beginning (0 for every sample)" in found["text"]
    assert [(layer["name"], layer["dead"]) for layer in found["layers"]] == [("a", None), ("h", 1)]


def test_a_unit_dies_at_an_iteration() -> None:
    """A bias that falls by 1 an iteration: relu(3 - k) is 0 from iteration 3 on."""
    falling = {
        "program": "h = relu(x + b)\nloss = sum(b) + 0 * sum(h)",
        "inputs": {"x": [[3.0], [2.0]]},
        "parameters": {"b": [0.0]},
        "optimizer": {"name": "sgd", "lr": 1.0},
    }
    found = histogram(falling, 6, "h")
    assert found["dead"] == [{"unit": 0, "since": 3}]
    assert found["text"] == "At iteration 6, of the 1 unit of h, unit 0 is dead since iteration 3 (0 for every sample)."


@pytest.mark.parametrize("function", ["tanh", "sigmoid", "softplus", "gelu"])
def test_a_saturated_unit_is_named(function: str) -> None:
    document = {
        "program": f"h = {function}(x @ w)\nloss = mean(h)",
        "inputs": {"x": [[1.0], [0.9]]},
        "parameters": {"w": [[0.5, -9.0]]},
        "optimizer": {"name": "sgd", "lr": 0.0001},
    }
    found = histogram(document, 1, "h")
    states = found["dead"] + found["saturated"]
    assert [entry["unit"] for entry in states] == [1]


def test_histograms_count_every_number() -> None:
    found = histogram(NETWORK, 4, "a")
    counts, edges = np.array(found["value"]["counts"]), found["value"]["edges"]
    assert counts.shape == (5, len(edges) - 1)
    assert (counts.sum(1) == 6).all()
    for row, array in zip(counts, arrays(NETWORK, 4, "a"), strict=True):
        inside = np.clip(array, edges[0], edges[-1])
        assert (np.histogram(inside, edges)[0] == row).all()
    assert np.array(found["gradient"]["counts"]).sum() == 30
    assert "no activation function made them" in found["text"]


def test_a_program_without_layers() -> None:
    plan = compile_plan(
        {"program": "loss = mse(x @ w, y)", "inputs": {"x": [[1.0]], "y": [[1.0]]}, "parameters": {"w": [[2.0]]}}
    )
    plan.run()
    with pytest.raises(Problem, match="no layers"):
        histograms(plan, [(0, plan)], None)


def test_a_weight_goes_its_way() -> None:
    found = weight_path(moments(NETWORK, 5), ("w1", (0, 0)), (2, 2))
    assert found["values"] == [float(array[0, 0]) for array in arrays(NETWORK, 5, "w1")]
    assert found["gradients"] == [float(array[0, 0]) for array in arrays(NETWORK, 5, "w1.g")]
    assert found["text"].startswith("Over 5 iterations w1[0, 0] ")


def test_where_the_program_was_another_there_is_a_gap() -> None:
    other = compile_plan({"program": "loss = mean(x * v)", "inputs": {"x": [1.0]}, "parameters": {"v": [1.0]}})
    other.run()
    *_, present = moments(NETWORK, 1)
    found = weight_path([(0, other), present], ("w1", (0, 0)), (2, 2))
    assert found["values"][0] is None
    assert found["values"][1] is not None
    rows = {row["name"]: row for row in norms([(0, other), present])["parameters"]}
    assert rows["w1"]["value"][0] is None
    assert "v" not in rows


def test_losses() -> None:
    found = losses(np.array([3.0, 1.0, 2.0]), [(1, "w1[0, 0] = 2")])
    assert found["lowest"] == {"iteration": 1, "loss": 1.0}
    assert found["edits"] == [{"iteration": 1, "text": "w1[0, 0] = 2"}]
    assert found["text"] == "Over 2 iterations the loss fell from 3 to 2; its lowest is 1 at iteration 1."
    assert "Not trained yet" in losses(np.array([3.0]), [])["text"]


@pytest.mark.parametrize(
    ("cut", "text"),
    [
        ((4, 4), "fell from 3 to 2, each of its own batch of 4 rows; its lowest is 1 at iteration 1."),
        ((None, 1), "fell from 3 to 2, the last of its own batch of 1 row; its"),
        ((4, None), "fell from 3 to 2, the first of its own batch of 4 rows; its"),
        ((4, 8), "the first of its own batch of 4 rows, the last of its own batch of 8 rows; its"),
    ],
)
def test_losses_of_batches_are_said_to_be_such(cut: tuple[int | None, int | None], text: str) -> None:
    assert text in losses(np.array([3.0, 1.0, 2.0]), [], cut)["text"]
    untrained = losses(np.array([3.0]), [], (4, 4))["text"]
    assert untrained == "Not trained yet: the loss of its own batch of 4 rows is 3."


def test_a_loss_that_is_no_number_is_told() -> None:
    found = losses(np.array([1.0, 5.0, np.inf, np.nan]), [])
    assert found["not_finite_from"] == 2
    assert found["text"] == "The loss diverged: it is not a finite number from iteration 2 on."


def test_of_many_losses_the_least_and_the_greatest_are_kept() -> None:
    many = np.ones(50_000)
    many[12_345], many[23_456] = 0.5, 2.0
    found = losses(many, [])
    assert len(found["iterations"]) <= 2_002
    assert {0, 12_345, 23_456, 49_999} <= set(found["iterations"])


def test_evenly() -> None:
    assert evenly(3) == [0, 1, 2, 3]
    assert evenly(10_000)[0] == 0
    assert evenly(10_000)[-1] == 10_000
    assert len(evenly(10_000)) == 200


def test_what_has_diverged_is_told_in_words() -> None:
    document = {**NETWORK, "optimizer": {"name": "sgd", "lr": 1e200}}
    with np.errstate(all="ignore"):
        assert norms(moments(document, 6))["text"].endswith("is no finite number: the training has diverged.")
        found = weight_path(moments(document, 6), ("w2", (0, 0)), (2, 1))
    assert found["text"].endswith("on w2[0, 0] is no finite number: the training has diverged.")
