"""The program as it is read: the lines of the examples, fan-out, aliases, versions, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine import trace
from backprop_explorer.examples import examples
from tests.together import each

BACKWARD = Path(__file__).parent / "backward"
"""The backward program of each example as it is to be read."""


def steps_of(document: dict[str, Any], phase: str | None = None, **options: Any) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = trace(bx.compile(document), **options)["steps"]
    return [step for step in steps if phase in (None, step["phase"])]


def texts(steps: list[dict[str, Any]]) -> list[str]:
    return [f"{step['output']} = {step['code']}" for step in steps]


def document(program: str, **tensors: Any) -> dict[str, Any]:
    given = tensors or {"x": np.arange(6.0).reshape(3, 2) - 2, "w": np.array([[0.5], [-1.0]])}
    return {"program": program, "inputs": given}


@each("name", list(examples))
def test_the_backward_program_reads_as_in_a_textbook(name: str) -> None:
    assert texts(steps_of(examples[name], "backward")) == (BACKWARD / f"{name}.txt").read_text().splitlines()


def test_the_steps_of_the_lesson() -> None:
    steps = steps_of(examples["lesson13"])
    assert [step["index"] for step in steps] == list(range(len(steps)))
    assert texts(steps[:7]) == [
        "l1.matmul = x @ w1", "l1 = l1.matmul + b1", "l2 = relu(l1)", "out.matmul = l2 @ w2", "out = out.matmul + b2",
        "loss.index = out[:, 0]", "loss = mse(loss.index, y)",
    ]  # fmt: skip
    assert [step["line"] for step in steps[:7]] == [1, 1, 2, 3, 3, 4, 4]
    assert [step["family"] for step in steps[:7]] == [
        "contraction", "elementwise", "elementwise", "contraction", "elementwise", "movement", "composite",
    ]  # fmt: skip
    assert texts(steps[-4:]) == [f"{name} = {name} - 0.5 * {name}.g" for name in ("w1", "b1", "w2", "b2")]
    by_output = {step["output"]: step for step in steps if step["phase"] == "backward"}
    assert (by_output["w1.g"]["inputs"], by_output["w1.g"]["op"]) == (["x", "l1.g"], "matmul")
    assert "l1.matmul.g" not in by_output


def test_tensors_of_the_trace() -> None:
    plan = bx.compile({**examples["lesson13"], "optimizer": {"name": "adam", "lr": 0.1}})
    found = trace(plan)["tensors"]
    roles = {name: tensor["role"] for name, tensor in found.items()}
    assert roles["x"] == roles["y"] == "input"
    assert roles["w1"] == roles["b2"] == "parameter"
    assert roles["l1"] == roles["l1.matmul"] == roles["loss.index"] == "intermediate"
    assert (roles["loss"], roles["w1.exp_avg"], roles["optimizer.step"]) == ("loss", "state", "state")
    assert all(np.shape(tensor["value"]) == tuple(tensor["shape"]) for tensor in found.values())
    np.testing.assert_array_equal(found["l1.matmul"]["gradient"], found["l1"]["gradient"])
    labels = trace(bx.compile(examples["softmax_classifier"]))["tensors"]["labels"]
    assert (labels["dtype"], labels["gradient"]) == ("int64", None)


def test_an_opened_composite_shows_its_inside() -> None:
    opened = trace(bx.compile(examples["lesson13"]), open=True)
    assert {"loss.d", "loss.power", "loss.sum"} <= opened["tensors"].keys()
    assert "loss.d" not in trace(bx.compile(examples["lesson13"]))["tensors"]
    closed = trace(bx.compile(examples["lesson13"]))
    np.testing.assert_allclose(opened["tensors"]["w1"]["gradient"], closed["tensors"]["w1"]["gradient"], rtol=1e-12)
    assert "composite" not in {step["family"] for step in opened["steps"]}


def test_names_assigned_again_have_versions_and_aliases_are_marked() -> None:
    found = trace(bx.compile(document("h = x @ w\nh = relu(h)\nfor i in range(2): h = h * 2\nk = h\nloss = sum(k)")))
    assert {"h__1", "h__2", "h__3", "h__4"} <= found["tensors"].keys()
    assert (found["tensors"]["k"]["alias"], "h" in found["tensors"]) == ("h__4", False)
    assert "h__1.matmul" not in found["tensors"]
    plan = bx.compile(document("h = x @ w\nh = relu(h)\nloss = sum(h)"))
    plan.run()
    np.testing.assert_array_equal(plan["h"], plan["h__2"])
    np.testing.assert_array_equal(plan["h.g"], plan["h__2.g"])


def test_unnamed_tensors_are_named_after_their_statement() -> None:
    found = trace(bx.compile(document("h = (x @ w) * (x @ w)\nloss = mean(-h / 2 ** h[0:1])")))["tensors"]
    assert {"h.matmul", "h.matmul_2", "loss.negative", "loss.divide", "loss.power", "loss.index"} <= found.keys()


def test_a_doubtful_broadcast_is_warned_of() -> None:
    tensors = {"x": np.ones((3, 1)), "y": np.ones(3)}
    assert trace(bx.compile(document("d = x - y\nloss = mean(d)", **tensors)))["warnings"] == [
        {"line": 1, "code": "broadcast", "message": "(3, 1) - (3,) broadcasts to (3, 3)"}
    ]
    assert trace(bx.compile(document("d = x[:, 0] - y\nloss = mean(d)", **tensors)))["warnings"] == []


def test_contributions_carry_their_numbers() -> None:
    steps = {step["output"]: step for step in steps_of(examples["scalar"])}
    assert (steps["a.g__1"]["value"], steps["a.g__2"]["value"]) == (10.0, 30.0)
    assert "value" not in steps["a.g"]


@each("name", list(examples))
def test_pictures_say_which_cells_a_cell_is_made_of(name: str) -> None:
    """An operand's element that shares the result's letters is the one that the result's element is computed from."""
    found = trace(bx.compile(examples[name]))
    numbers = {name: found["tensors"][name] for name in found["tensors"]}
    for step in found["steps"]:
        for operand in step["picture"]["operands"]:
            value = operand.get("value")
            if operand["tensor"] is not None:
                value = numbers[operand["tensor"]]["gradient" if operand["field"] == "gradient" else "value"]
                value = np.swapaxes(value, -1, -2) if operand.get("transposed") else value
            assert np.shape(value) == tuple(operand["shape"]), (step["output"], operand["code"])
            if operand["labels"] is not None:
                assert len(operand["labels"]) == len(operand["shape"])
            if step["picture"]["kind"] == "product":
                check_product(step, found)
            if "origin" in operand:
                flat = np.asarray(_result(step, found)).reshape(-1)
                source = np.asarray(value).reshape(-1)
                assert all(flat[i] == source[j] for i, j in enumerate(operand["origin"]) if j >= 0)


def _result(step: dict[str, Any], found: dict[str, Any]) -> Any:
    if "value" in step:
        return step["value"]
    name, _, last = step["output"].rpartition(".")
    return found["tensors"][name]["gradient"] if last == "g" else found["tensors"][step["output"]]["value"]


def check_product(step: dict[str, Any], found: dict[str, Any]) -> None:
    left, right = step["picture"]["operands"]
    assert left["labels"] == [step["picture"]["labels"][0], right["labels"][0]]
    assert right["labels"] == [left["labels"][1], step["picture"]["labels"][1]]
    assert np.shape(_result(step, found)) == (left["shape"][0], right["shape"][1])


def test_a_picture_names_gradients_as_its_code_does() -> None:
    steps = {step["output"]: step for step in steps_of(examples["lesson13"])}
    assert [operand["tensor"] for operand in steps["w1.g"]["picture"]["operands"]] == ["x", "l1"]
    assert [operand["tensor"] for operand in steps["w2.g"]["picture"]["operands"]] == ["l2", "out"]


def test_steps_know_the_round_of_their_loop() -> None:
    program = (
        "h = x\nfor i in range(2):\n    a = h * w\n    for j in range(2):\n        h = tanh(a)\n"
        "k = h\nk = k * w\nfor i in range(1):\n    k = k + 1\nloss = sum(k)"
    )
    plan = bx.compile({"program": program, "inputs": {"x": [1.0]}, "parameters": {"w": [2.0]}})
    steps = [step for step in trace(plan)["steps"] if step["phase"] == "forward"]
    assert [(step["output"], step["loop"]["round"]) for step in steps if "loop" in step] == [
        ("a__1", 1), ("h__1", 1), ("h__2", 1), ("a__2", 2), ("h__3", 2), ("h__4", 2), ("k__2", 1),
    ]  # fmt: skip
    assert {(step["loop"]["line"], step["loop"]["name"]) for step in steps if "loop" in step} == {(2, "h"), (8, "k")}
    assert all("loop" not in step for step in trace(plan)["steps"] if step["phase"] != "forward")
