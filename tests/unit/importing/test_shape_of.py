"""The shape of a tensor that a text misses: what follows from its use, and nothing where more than one would do."""

from typing import Any

import pytest

from backprop_explorer.engine import Budget
from backprop_explorer.examples import examples
from backprop_explorer.importing import Rules
from backprop_explorer.importing.shape_of import Role, shapes_of
from backprop_explorer.problem import Problem
from tests.together import each
from tests.unit.importing.test_files import decoded

RULES = Rules(decoded, 10_000_000, Budget())
LESSON = examples["lesson13"]


def told(*shape: int, dtype: str = "float64") -> dict[str, Any]:
    return {"shape": list(shape), "dtype": dtype}


KNOWN: dict[Role, dict[str, Any]] = {
    "inputs": {"x": told(6, 10), "y": told(6)},
    "parameters": {"w1": told(10, 2), "b1": told(2), "w2": told(2, 1), "b2": told(1)},
}


@each(
    ("name", "shape"),
    [("x", (6, 10)), ("y", (6,)), ("w1", (10, 2)), ("b1", (2,)), ("w2", (2, 1)), ("b2", (1,))],
)
def test_each_tensor_of_a_network_follows_from_the_others(name: str, shape: tuple[int, ...]) -> None:
    found = shapes_of(LESSON["program"], name, KNOWN, None, RULES)
    role = "input" if name in KNOWN["inputs"] else "parameter"
    assert found[role] == {"shape": list(shape), "whole": False}  # type: ignore[literal-required]


def test_labels_are_whole_and_numbers_themselves_may_be_sent() -> None:
    sent: dict[Role, dict[str, Any]] = {
        "inputs": {"x": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]},
        "parameters": {"w": {"shape": [2, 4], "init": "zeros"}},
    }
    found = shapes_of("loss = cross_entropy(x @ w, labels)", "labels", sent, None, RULES)
    assert found == {"input": {"shape": [3], "whole": True}, "parameter": None}


def test_a_script_with_a_class_and_numbers_of_its_own() -> None:
    code = """import torch
import torch.nn.functional as F
x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
t = torch.tensor([0, 1])
head = torch.nn.Linear(4, 2)
loss = F.cross_entropy(head(F.relu(F.linear(x, W))), t)
"""
    found = shapes_of(code, "W", {}, None, RULES)
    assert found["parameter"] == {"shape": [4, 3], "whole": False}


def test_other_names_may_be_missing_too() -> None:
    sent: dict[Role, dict[str, Any]] = {"inputs": {"x": told(6, 10), "y": told(6, 3)}}
    code = "pred = x @ W + b\nloss = ((pred - y) ** 2).mean()"
    assert shapes_of(code, "W", sent, None, RULES)["parameter"] == {"shape": [10, 3], "whole": False}
    with_w: dict[Role, dict[str, Any]] = {**sent, "parameters": {"W": told(10, 3)}}
    assert shapes_of(code, "b", with_w, None, RULES)["parameter"] == {"shape": [3], "whole": False}


@pytest.mark.parametrize(
    "code", ["loss = ((x @ w) ** 2).mean()", "loss = mean(w ** 2)", "loss = mse((x @ w) @ v, y)", "loss = f(w)", "w"]
)
def test_where_more_than_one_would_do_or_none_nothing_is_said(code: str) -> None:
    sent: dict[Role, dict[str, Any]] = {"inputs": {"x": told(6, 10), "y": told(6, 3)}}
    assert shapes_of(code, "w", sent, None, RULES) == {"input": None, "parameter": None}


@each("shape", [[-1], ["3"], 3, [2.5], [1] * 40, [2**40]])
def test_what_is_no_shape_is_refused(shape: Any) -> None:
    with pytest.raises(Problem):
        shapes_of("loss = sum(x * w)", "w", {"inputs": {"x": {"shape": shape, "dtype": "float64"}}}, None, RULES)


def test_a_shape_that_is_too_large_is_refused_before_it_is_made() -> None:
    with pytest.raises(Problem, match="tensor_elements") as raised:
        shapes_of("loss = sum(x * w)", "w", {"inputs": {"x": told(2**20, 2**10)}}, None, RULES)
    assert raised.value.status == 413
