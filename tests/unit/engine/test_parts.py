"""Steps of many operations cut into named parts: each part's code, calculated with the parts before it, gives its
numbers, and the last one what the step makes."""

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine.parts import StepPart, parts_of
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.trace import Step, trace

X = {"x": (3, 4)}
PROGRAMS = {
    "layer norm": ("h = layer_norm(x, w, b)\nloss = (h * h * h).mean()", {**X, "w": (4,), "b": (4,)}),
    "attention": (
        "h = scaled_dot_product_attention(x, k, v)\nloss = (h * h * h).mean()",
        {**X, "k": (5, 4), "v": (5, 2)},
    ),
    "pooling": ("h = max_pool2d(x, 2)\nloss = (h * h * h).mean()", {"x": (2, 4, 4)}),
    "a loss": ("h = x @ w\nloss = cross_entropy(h, y)", {**X, "w": (4, 3)}),
}


def made(program: str, shapes: dict[str, tuple[int, ...]], **more: Any) -> tuple[Plan, list[Step]]:
    draw = np.random.default_rng(2)
    parameters = {name: draw.normal(size=shape) for name, shape in shapes.items()}
    inputs = {"y": [0, 2, 1]} if ", y)" in program else {}
    plan = bx.compile({"program": program, "parameters": parameters, "inputs": inputs, **more})
    return plan, trace(plan)["steps"]


def own(parts: list[StepPart], step: int) -> list[StepPart]:
    return [part for part in parts if part["step"] == step]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_drawn_of_a_part_are_its_own_numbers(name: str) -> None:
    plan, steps = made(*PROGRAMS[name])
    cut = [step for step in steps if "parts" in step]
    assert cut
    for step in cut:
        parts = parts_of(plan, step["index"])["parts"]
        assert len(parts) == step["parts"] > 1
        assert len({part["name"] for part in parts}) == len(parts)
        assert parts[-1]["name"] == step["output"]
        assert "value" not in parts[-1]
        known = {part["name"]: part["value"] for part in parts[:-1]}
        for at, part in enumerate(parts):
            assert "".join(token["text"] for token in part["tokens"]) == part["code"]
            for operand in part["picture"]["operands"]:
                if operand["code"] in known:
                    np.testing.assert_array_equal(operand["value"], known[operand["code"]])
                    assert operand["code"] in {before["name"] for before in parts[:at]}


def test_a_layer_norm_goes_by_its_mean_and_its_variance() -> None:
    program, shapes = PROGRAMS["layer norm"]
    plan, _ = made(program, shapes)
    parts = {part["name"]: part for part in parts_of(plan, 0)["parts"]}
    assert list(parts) == ["mean", "var", "n", "scaled", "h"]
    x = plan["x"]
    np.testing.assert_allclose(parts["mean"]["value"], x.mean(1, keepdims=True))
    np.testing.assert_allclose(parts["var"]["value"], x.var(1, keepdims=True))
    assert parts["n"]["code"] == "(x - mean) / sqrt(var + 1e-05)"
    assert parts["mean"]["summary"].startswith("The sum along the axes")


def test_adam_goes_from_the_means_to_the_update() -> None:
    optimizer = {"name": "adam", "lr": 0.1}
    plan, steps = made("loss = (x * x).sum()", {"x": (2,)}, optimizer=optimizer)
    updates = [step["index"] for step in steps if step["phase"] == "update" and step["output"] != "optimizer.step"]
    parts = parts_of(plan, updates[-1])["parts"]
    assert [(part["step"], part["name"], part["code"]) for part in parts] == [
        (updates[0], "x.exp_avg", "0.9 * x.exp_avg + (1 - 0.9) * x.g"),
        (updates[1], "x.exp_avg_sq", "0.999 * x.exp_avg_sq + (1 - 0.999) * x.g ** 2"),
        (updates[2], "m_hat", "x.exp_avg / (1 - 0.9 ** optimizer.step)"),
        (updates[2], "v_hat", "x.exp_avg_sq / (1 - 0.999 ** optimizer.step)"),
        (updates[2], "x", "x - 0.1 * m_hat / (sqrt(v_hat) + 1e-08)"),
    ]
    for step in updates[:2]:
        np.testing.assert_equal(parts_of(plan, step)["parts"], parts)
    # at the first update both means are the gradient's own once they are corrected
    np.testing.assert_allclose(parts[2]["value"], plan["x.g"], rtol=1e-12)
    np.testing.assert_allclose(parts[3]["value"], np.square(plan["x.g"]), rtol=1e-12)
    assert all("made up" in part["summary"] or "make up" in part["summary"] for part in parts[2:4])


def test_short_steps_are_not_cut() -> None:
    _, steps = made("h = relu(x @ w)\nloss = (h * h).mean()", {**X, "w": (4, 2)}, optimizer={"name": "sgd", "lr": 0.1})
    assert not [step["output"] for step in steps if "parts" in step]


def test_the_code_of_a_part_calculates_it() -> None:
    plan, steps = made(*PROGRAMS["layer norm"])
    step = next(step for step in steps if step["output"] == "x.g")
    parts = parts_of(plan, step["index"])["parts"]
    names: dict[str, Any] = {part["name"]: np.asarray(part["value"]) for part in parts[:-1]}
    g, x = np.asarray(plan["h.standardize.g"]), np.asarray(plan["x"])
    # (g - mean(g) - standardize(x) * mean(g * standardize(x))) / sqrt(var + eps)
    np.testing.assert_allclose(names["standardize"], (x - x.mean(1, keepdims=True)) / np.sqrt(names["var"] + 1e-5))
    expected = (g - names["mean"] - names["standardize"] * names["mean_2"]) / np.sqrt(names["var"] + 1e-5)
    np.testing.assert_allclose(expected, plan["x.g"], rtol=1e-9, atol=1e-12)
