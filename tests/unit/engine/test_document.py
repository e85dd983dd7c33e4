"""Documents: what is read, what is refused, and how tensors begin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Document
from tests.together import each

GOOD: dict[str, Any] = {
    "program": "loss = mse(x @ w, y)",
    "inputs": {"x": [[1, 2]], "y": [[3]]},
    "parameters": {"w": [[1], [2]]},
}


@each(
    ("changes", "code", "says"),
    [
        ({"inputs": {"x": [[1, 2], [3]]}}, "ragged", "x[1] must have 2 elements"),
        ({"inputs": {"x": [[1, [2]]]}}, "not_a_number", "x[0, 1] must be a number"),
        ({"inputs": {"x": [[1, True]]}}, "not_a_number", "x[0, 1] must be a number; got true or false"),
        ({"inputs": {"x": [[1, "1"]]}}, "not_a_number", "got a string"),
        ({"inputs": {"x": [[1, None]]}}, "not_a_number", "got null"),
        ({"inputs": {"x": None}}, "not_a_number", "x must be a number; got null"),
        ({"inputs": {"x": []}}, "bad_tensor", "at least one element"),
        ({"inputs": {"x": [[2**60, 1]]}}, "not_a_number", "beyond 2**53"),
        ({"inputs": [1]}, "bad_document", "inputs must be an object"),
        ({"inputs": {"w": [[1]]}}, "bad_document", "given twice"),
        ({"inputs": {"x y": 1}}, "bad_name", "cannot be a tensor's name"),
        ({"inputs": {"for": 1}}, "bad_name", "meaning of its own"),
        ({"inputs": {"a__1": 1}}, "bad_name", "kept for versions"),
        ({"program": None}, "bad_document", "program must be a text"),
        ({"program": 3}, "bad_document", "program must be a text"),
        ({"program": "loss = '\ud800'"}, "bad_document", "lone surrogate"),
        ({"programm": "x"}, "bad_document", "no key 'programm'"),
        ({"dtype": "float16"}, "bad_document", "float64, float32"),
        ({"seed": -1}, "bad_document", "seed must be a whole number"),
        ({"seed": True}, "bad_document", "seed must be a whole number"),
        ({"loss": "lost"}, "unknown_loss", "assigns its loss, lost"),
        ({"parameters": {"w": {"shape": [2, 0]}}}, "bad_tensor", "whole numbers of at least 1"),
        ({"parameters": {"w": {"shape": [2, 1], "init": "kaiming"}}}, "bad_tensor", "no initialiser 'kaiming'"),
        ({"parameters": {"w": {"shape": [2], "init": "xavier_normal"}}}, "bad_tensor", "at least two axes"),
        ({"parameters": {"w": {"shape": [2, 1], "sede": 3}}}, "bad_tensor", "no option 'sede'"),
        ({"inputs": {"x": {"dataset": "digit", "field": "x"}}}, "unknown_dataset", "no data set called 'digit'"),
        ({"inputs": {"x": {"dataset": "digits", "field": "z"}}}, "unknown_dataset", "no field 'z'"),
        ({"inputs": {"x": {"dataset": "digits", "field": "x", "count": 61}}}, "unknown_dataset", "from 1 to 60"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        bx.compile({**GOOD, **changes})
    assert caught.value.code == code
    assert says in caught.value.detail


def test_numbers_that_are_not_finite_are_words() -> None:
    document = Document.parse({**GOOD, "inputs": {"x": [["NaN", "-Infinity"]], "y": [[3]]}})
    assert np.isnan(document.inputs["x"][0, 0])
    assert document.inputs["x"][0, 1] == -np.inf


def test_whole_numbers_are_labels_where_labels_are_needed() -> None:
    plan = bx.compile({"program": "loss = cross_entropy(z, t)", "inputs": {"z": [[1, 2], [3, 1]], "t": [0, 1]}})
    assert (plan["t"].dtype, plan["z"].dtype) == (np.int64, np.float64)
    both = {"program": "loss = cross_entropy(z, t) + sum(t * 1)", "inputs": {"z": [[1, 2], [3, 1]], "t": [0, 1]}}
    with pytest.raises(bx.Problem, match="used both as labels"):
        bx.compile(both)
    with pytest.raises(bx.Problem, match=r"needs labels from 0 to 1; t\[1\] is 2"):
        bx.compile({"program": "loss = cross_entropy(z, t)", "inputs": {"z": [[1, 2], [3, 1]], "t": [0, 2]}})
    with pytest.raises(bx.Problem, match="to be labels"):
        bx.compile({"program": "loss = cross_entropy(z, t)", "inputs": {"z": [[1, 2], [3, 1]], "t": [0.5, 1]}})


def drawn(init: str, shape: list[int], **options: Any) -> np.ndarray:
    entry = {"shape": shape, "init": init, **options}
    return Document.parse(
        {"program": "loss = sum(w)", "parameters": {"w": entry}, "seed": options.pop("document_seed", 0)}
    ).parameters["w"]


@each(
    ("init", "deviation"),
    [
        ("normal", 1.0),
        ("uniform", 1 / np.sqrt(3)),
        ("kaiming_normal", np.sqrt(2 / 300)),
        ("kaiming_uniform", np.sqrt(2 / 300)),
        ("xavier_normal", np.sqrt(2 / 500)),
        ("xavier_uniform", np.sqrt(2 / 500)),
    ],
)
def test_initial_numbers_have_the_spread_they_should(init: str, deviation: float) -> None:
    numbers = drawn(init, [300, 200])
    assert abs(numbers.mean()) < 0.02 * deviation
    assert numbers.std() == pytest.approx(deviation, rel=0.02)
    if init.endswith("uniform"):
        assert np.abs(numbers).max() <= deviation * np.sqrt(3)
    assert drawn(init, [300, 200], scale=2.0).std() == pytest.approx(2 * deviation, rel=0.02)


def test_fans_follow_the_layout() -> None:
    assert drawn("kaiming_normal", [300, 20], layout="out_in").std() == pytest.approx(np.sqrt(2 / 20), rel=0.03)
    assert drawn("kaiming_normal", [16, 8, 3, 3]).std() == pytest.approx(np.sqrt(2 / 72), rel=0.05)
    assert (drawn("zeros", [3]) == 0).all()
    assert (drawn("ones", [3]) == 1).all()


def test_drawing_depends_on_seed_and_name_alone() -> None:
    entries = {"a": {"shape": [3], "init": "normal"}, "b": {"shape": [3], "init": "normal"}}
    one = Document.parse({"program": "loss = sum(a + b)", "parameters": entries, "seed": 5})
    other = Document.parse({"program": "loss = sum(a + b)", "parameters": dict(reversed(entries.items())), "seed": 5})
    np.testing.assert_array_equal(one.parameters["a"], other.parameters["a"])
    assert not np.array_equal(one.parameters["a"], one.parameters["b"])
    np.testing.assert_array_equal(drawn("normal", [4], seed=3), drawn("normal", [4], seed=3))
    assert not np.array_equal(drawn("normal", [4], seed=3), drawn("normal", [4], seed=4))
