"""What counts as numbers: lists, and the arrays of any library, known by what they can do and not by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine.numbers import array_of
from tests.together import each


class Tensor:
    """As PyTorch's: while it requires a gradient, only a detached copy turns into an array."""

    def __init__(self, numbers: Any, *, requires_grad: bool = False, device: str = "cpu") -> None:
        self.numbers, self.requires_grad, self.device = numbers, requires_grad, device

    def detach(self) -> Tensor:
        return Tensor(self.numbers, device=self.device)

    def cpu(self) -> Tensor:
        return Tensor(self.numbers)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.device != "cpu":
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        return np.asarray(self.numbers, dtype)


class Frame:
    """As a table of pandas: columns of several types make an array of objects."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = rows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.rows, dtype or object)


class Quantized:
    """An array whose library refuses."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        raise TypeError("Got unsupported ScalarType BFloat16\nand more")


ROWS = [[1.0, 2.0], [3.0, 4.5]]


@each(
    "given",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        np.array(ROWS, np.float32),
        [np.array([1, 2]), np.array([3.0, 4.5])],
        [[np.float32(1), np.int64(2)], [np.float64(3), 4.5]],
        [[np.array(1.0), 2], [3, Tensor(4.5)]],
        Tensor(ROWS),
        Tensor(ROWS, requires_grad=True),
        Tensor(ROWS, requires_grad=True, device="cuda:0"),
        [Tensor([1.0, 2.0], requires_grad=True), [3, 4.5]],
        Frame(ROWS),
        [Frame([1, 2.0]), Frame([3, 4.5])],
    ],
)
def test_numbers_of_every_kind(given: Any) -> None:
    document = {"program": "loss = (x * w).sum()", "inputs": {"x": given}, "parameters": {"w": np.ones((2, 2))}}
    plan = bx.compile(document)
    np.testing.assert_array_equal(plan["x"], ROWS)
    assert plan["x"].dtype == np.float64
    plan["w"] = given
    np.testing.assert_array_equal(plan["w"], ROWS)


@each("given", [3, 3.0, np.float32(3), np.int8(3), np.array(3.0), Tensor(3.0)])
def test_scalars(given: Any) -> None:
    plan = bx.compile({"program": "loss = x * w", "inputs": {"x": given}, "parameters": {"w": 2.0}})
    assert plan.run() == 6


def test_which_are_whole() -> None:
    for whole in ([1, 2], np.array([1, 2]), [np.int32(1), 2], Tensor([1, 2]), Frame([1, 2])):
        assert array_of(whole, "x")[1]
    for other in ([1, 2.0], [1.0, 2.0], np.array([1.0]), [np.float32(1), 2], ["NaN", 1], Frame([1, 2.0])):
        assert not array_of(other, "x")[1]


@pytest.mark.parametrize("mask", [[True, False], np.array([True, False]), Tensor(np.array([True, False]))])
def test_a_mask_is_ones_and_zeros_under_inputs(mask: Any) -> None:
    document = {"program": "loss = where(m, w, 0 * w).sum()", "parameters": {"w": [3.0, 4.0]}}
    plan = bx.compile({**document, "inputs": {"m": mask}})
    assert plan.run() == 3
    plan["m"] = np.array([False, True])
    assert plan.run() == 4
    with pytest.raises(bx.Problem) as caught:
        bx.compile({**document, "inputs": {"m": [1, 0]}, "parameters": {"w": mask}})
    assert caught.value.code == "not_a_number"


@each(
    ("given", "code", "says"),
    [
        (object(), "not_a_number", "x must be a number; got an object of the type object; give numbers, nested lists"),
        ([1, {1}], "not_a_number", "x[1] must be a number; got an object of the type set"),
        ([1, True], "not_a_number", "x[1] must be a number; got true or false"),
        ([[True], [1]], "not_a_number", "x[0, 0] must be a number; got true or false"),
        (np.array(["1"]), "not_a_number", "x must hold numbers; got an array of <U1"),
        (np.array([1j]), "not_a_number", "complex128"),
        (Frame([[1, "one"]]), "not_a_number", "x[0, 1] must be a number; got a string"),
        (Frame([[1, None]]), "not_a_number", "x[0, 1] must be a number; got null"),
        (Quantized(), "not_a_number", "x is a Quantized that gives no numbers: Got unsupported ScalarType BFloat16"),
        ([1, Quantized()], "not_a_number", "x[1] is a Quantized"),
        (np.ma.array([1, 2], mask=[False, True]), "not_a_number", "masked elements"),
        ([np.ones(2), np.ones(3)], "ragged", "x[1] must have 2 elements"),
        ([np.ones(2), 1.0], "ragged", "x[1] must have 2 elements, like the others of its axis; got a single value"),
        ([1.0, np.ones(2)], "ragged", "x[1] must have 1 elements"),
        (np.ones(0), "bad_tensor", "at least one element"),
        ([np.ones(0)], "bad_tensor", "at least one element"),
        (np.ones((1,) * 9), "bad_tensor", "at most 8 axes"),
        ([np.ones((1,) * 8)], "bad_tensor", "at most 8 axes"),
        ([2**60, 1.0], "not_a_number", "x[0] is a whole number beyond 2**53"),
        ([1.0, float("nan"), 2**60], "not_a_number", "x[2] is a whole number beyond 2**53"),
    ],
)
def test_what_are_no_numbers(given: Any, code: str, says: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": "loss = sum(x)", "inputs": {"x": given}})
    assert caught.value.code == code
    assert says in str(caught.value)


def test_depth_is_bounded_whatever_stands_in_it() -> None:
    deep: Any = True
    for _ in range(100_000):
        deep = [deep]
    for given in (deep, [True, deep], [1.0, deep]):
        with pytest.raises(bx.Problem):
            bx.compile({"program": "loss = sum(x)", "inputs": {"x": given}})
    while isinstance(deep, list):  # freed from the outside, since Python frees what is nested by recursion
        deep = deep[0]
