"""The pictures of the page of operations: curves of functions of one number, shapes of everything else."""

import numpy as np
import pytest

from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.reference import reference
from backprop_explorer.reference.drawing import drawing
from tests.together import each

RECORDS = {**OPERATIONS, **COMPOSITES}


@pytest.mark.parametrize(
    ("name", "function", "slope"),
    [
        ("relu", lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float)),
        ("tanh", np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        ("silu", lambda x: x / (1 + np.exp(-x)), None),
        ("log", np.log, lambda x: 1 / x),
    ],
)
def test_a_function_of_one_number_is_a_curve(name, function, slope) -> None:  # type: ignore[no-untyped-def]
    curve = drawing(RECORDS[name].samples[0], pointwise=True)["curve"]
    assert curve is not None
    x = np.array(curve["x"])
    assert curve["y"] == pytest.approx(function(x), abs=1e-3)
    if slope is not None:
        assert curve["slope"] == pytest.approx(slope(x), abs=1e-3)


@each("name", ["softmax", "cumsum", "standardize", "dropout", "matmul", "transpose", "add"])
def test_what_is_no_function_of_one_number_has_its_shapes(name: str) -> None:
    sample = RECORDS[name].samples[0]
    drawn = drawing(sample, pointwise=True)
    assert drawn["curve"] is None
    assert {one["name"]: tuple(one["shape"]) for one in drawn["operands"]} == dict(sample.shapes)
    assert drawn["result"] is not None
    if name == "matmul":
        assert drawn["result"]["shape"] == [3, 2]


def test_every_entry_with_a_sample_has_a_picture() -> None:
    entries = [entry for group in reference()["groups"] for entry in group["entries"]]
    assert len(entries) > 100
    for entry in entries:
        assert (entry["picture"] is not None) == (entry["sample"] is not None and entry["family"] != "optimizer")


def test_the_sentences_of_the_reference_speak_of_the_formula_s_letters() -> None:
    entries = {entry["name"]: entry for group in reference()["groups"] for entry in group["entries"]}
    assert "Every probability in a row of `y`" in entries["softmax"]["why"]["x"]
    assert "`pred - target`" in entries["mse"]["why"]["pred"]
    assert "times 2 / n," in entries["mse"]["why"]["pred"]
    for entry in entries.values():
        for text in entry["why"].values():
            assert "{" not in text
