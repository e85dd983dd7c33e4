"""Indices mean what NumPy means by them: lists, tensors of whole numbers, slices, None, mixed in any way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from tests.amount import every
from tests.together import each

SHAPE = (3, 4, 2)
KINDS = ("int", "slice", "list", "labels", "column", "None")


def drawn_index(random: np.random.Generator) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """An index as text, as NumPy takes it, and the label tensors in it."""
    texts: list[str] = []
    entries: list[Any] = []
    labels: dict[str, Any] = {}
    axes = iter(SHAPE[: random.integers(1, 4)])
    for length in axes:
        kind = random.choice(KINDS)
        if kind == "None":
            texts.append("None")
            entries.append(None)
            kind = "slice"
        if kind == "int":
            number = int(random.integers(-length, length))
            texts.append(str(number))
            entries.append(number)
        elif kind == "slice":
            start = int(random.integers(-length, length))
            texts.append(f"{start}::-1" if start % 2 else f"{start}:")
            entries.append(slice(start, None, -1) if start % 2 else slice(start, None))
        else:
            shape = (2, 1) if kind == "column" else (2,)
            numbers = random.integers(-length, length, shape)
            if kind == "list":
                texts.append(str(numbers.tolist()))
            else:
                name = f"i{len(labels)}"
                labels[name] = numbers.tolist()
                texts.append(name)
            entries.append(numbers)
    return ", ".join(texts), tuple(entries), labels


def compiled(text: str, labels: dict[str, Any], **parameters: Any) -> bx.Plan | None:
    """The plan, or None where the libraries differ in the axes of the result and it is refused."""
    try:
        return bx.compile({"program": text, "inputs": labels, "parameters": parameters})
    except bx.Problem as problem:
        if "NumPy and PyTorch put the axes" in problem.detail:
            return None
        raise


@each("seed", every(4, range(150)))
def test_elements_and_their_gradient_are_numpys(seed: int) -> None:
    random = np.random.default_rng(seed)
    code, index, labels = drawn_index(random)
    x = random.standard_normal(SHAPE)
    taken = x[index]
    weights = random.standard_normal(taken.shape)
    plan = compiled(f"h = x[{code}]\nloss = sum(h * weights)", labels, x=x, weights=weights)
    if plan is None:
        assert any(isinstance(entry, int) for entry in index)
        return
    plan.run()
    np.testing.assert_array_equal(plan["h"], taken)
    expected = np.zeros(SHAPE)
    np.add.at(expected, index, weights)
    np.testing.assert_allclose(plan["x.g"], expected, rtol=1e-12, atol=1e-12)


@each("seed", every(4, range(150)))
def test_what_is_assigned_and_its_gradient_are_numpys(seed: int) -> None:
    random = np.random.default_rng(seed)
    code, index, labels = drawn_index(random)
    x, weights = random.standard_normal((2, *SHAPE))
    v = random.standard_normal(x[index].shape)
    plan = compiled(f"a = x * 1\na[{code}] = v\nloss = sum(a * weights)", labels, x=x, v=v, weights=weights)
    if plan is None:
        assert any(isinstance(entry, int) for entry in index)
        return
    plan.run()
    expected = x.copy()
    expected[index] = v
    np.testing.assert_array_equal(plan["a__2"], expected)
    written = np.full(SHAPE, -1)
    written[index] = np.arange(v.size).reshape(v.shape)
    np.testing.assert_allclose(plan["x.g"], weights * (written == -1), rtol=1e-12)
    last = written[index] == np.arange(v.size).reshape(v.shape)
    np.testing.assert_allclose(plan["v.g"], weights[index] * last, rtol=1e-12)


def test_where_the_libraries_put_the_axes_elsewhere_it_is_refused() -> None:
    with pytest.raises(bx.Problem, match="NumPy and PyTorch put the axes in different places"):
        bx.compile({"program": "loss = sum(x[0, :, [0, 1]])", "parameters": {"x": np.ones(SHAPE)}})


@pytest.mark.parametrize(
    ("program", "labels", "says"),
    [
        ("loss = sum(x[i])", [0, 3], "labels from -3 to 2"),
        ("loss = sum(x[:, i])", [0, -5], "labels from -4 to 3"),
        ("loss = sum(x[arange(4), i])", [0, 1, 2, 3], "arange gives numbers from 0 to 3"),
        ("loss = sum(x[[1, 2], i])", [4, 0], "labels from -4 to 3"),
        ("x[i, 0] = 2\nloss = sum(x)", [7, 0], "labels from -3 to 2"),
    ],
)
def test_labels_out_of_bounds_are_named(program: str, labels: list[int], says: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": program, "inputs": {"i": labels}, "parameters": {"x": np.ones(SHAPE)}}).run()
    assert caught.value.code == "bad_label"
    assert says in caught.value.detail


def test_labels_that_are_looked_up_stay_labels() -> None:
    x, y = np.arange(12.0).reshape(3, 4), [2, 0, 1]
    program = "k = y[[1, -1]]\nj = y[y]\nloss = sum(x[k] ** 2) + sum(x[j, 1:])"
    plan = bx.compile({"program": program, "inputs": {"y": y}, "parameters": {"x": x}})
    y_array = np.array(y)
    assert plan.run() == (x[y_array[[1, -1]]] ** 2).sum() + x[y_array[y_array], 1:].sum()


BESIDE_MASKS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "mask, 1": (0, lambda m: np.s_[m, 1]),
    "mask, -1": (0, lambda m: np.s_[m, -1]),
    "mask, 1:": (0, lambda m: np.s_[m, 1:]),
    "mask, :, 1": (0, lambda m: np.s_[m, :, 1]),
    "mask, ..., 0": (0, lambda m: np.s_[m, ..., 0]),
    "mask, None, 1": (0, lambda m: np.s_[m, None, 1]),
    "mask, 1, ::-1": (0, lambda m: np.s_[m, 1, ::-1]),
    "mask, 1:3, 0": (0, lambda m: np.s_[m, 1:3, 0]),
    "2, mask": (1, lambda m: np.s_[2, m]),
    "-1, mask, 1": (1, lambda m: np.s_[-1, m, 1]),
    "0, 3, mask": (2, lambda m: np.s_[0, 3, m]),
}


@each("text", BESIDE_MASKS)
def test_numbers_and_slices_stand_beside_a_mask(text: str) -> None:
    axis, index = BESIDE_MASKS[text]
    x = np.random.default_rng(5).standard_normal(SHAPE)
    mask = np.arange(SHAPE[axis]) != 1
    entries = index(mask)
    program = f"loss = (x[{text}] ** 2).sum()"
    plan = bx.compile({"program": program, "inputs": {"mask": mask.tolist()}, "parameters": {"x": x}})
    assert plan.run() == pytest.approx((x[entries] ** 2).sum(), rel=1e-14)
    gradient = np.zeros(SHAPE)
    gradient[entries] = 2 * x[entries]
    np.testing.assert_allclose(plan["x.g"], gradient, rtol=1e-14)


@pytest.mark.parametrize("text", ["x[mask, labels]", "x[:, cols]", "x[mask, [0, 1]]"])
def test_a_mask_beside_other_tensors_is_refused_with_what_to_write(text: str) -> None:
    inputs = {"mask": [True, False, True], "cols": [True, False, True, True], "labels": [0, 1]}
    with pytest.raises(bx.Problem, match="the mask stands beside another index") as caught:
        bx.compile({"program": f"loss = {text}.sum()", "inputs": inputs, "parameters": {"x": np.ones(SHAPE)}})
    assert "x[np.arange(n), labels][mask]" in str(caught.value.hint)


def test_what_the_refusals_say_to_write_means_the_same() -> None:
    x = np.random.default_rng(6).standard_normal((4, 3))
    mask, labels = np.array([True, False, True, True]), np.array([0, 2, 1, 2])
    inputs = {"mask": mask.tolist(), "labels": labels.tolist()}
    for text, wanted in (
        ("x[np.arange(4), labels][mask]", x[mask, labels[mask]]),
        ("x.T[cols]", x.T[mask[:3]]),
        ("np.roll(x, 1, 0)[labels]", x[labels - 1]),
    ):
        given = {**inputs, "cols": mask[:3].tolist()}
        plan = bx.compile({"program": f"loss = {text}.sum()", "inputs": given, "parameters": {"x": x}})
        assert plan.run() == pytest.approx(wanted.sum(), rel=1e-13), text


@pytest.mark.parametrize("index", ["i - 1", "2 * i", "-i", "i // 2", "i[1:] - i[:-1]"])
def test_an_index_that_is_calculated_from_labels_is_refused_by_name(index: str) -> None:
    document = {"program": f"loss = x[{index}].sum()", "inputs": {"i": [1, 2]}, "parameters": {"x": np.ones((4, 3))}}
    with pytest.raises(bx.Problem, match=r"needs labels that are given, and .* is calculated from some") as caught:
        bx.compile(document)
    assert "as an input of its own" in str(caught.value.hint)
