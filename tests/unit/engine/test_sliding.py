"""What a step says of sliding is its whole computation: adding up its products gives the step's numbers."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.sliding import Slide, SlideAxis, SlideOperand
from backprop_explorer.engine.trace import Step, trace
from tests.together import each

CALLS: dict[str, dict[str, tuple[int, ...]]] = {
    "conv2d(x, w, b, stride=2, padding=1)": {"x": (2, 2, 5, 4), "w": (3, 2, 3, 2), "b": (3,)},
    "conv2d(x, w, dilation=2, padding=2)": {"x": (1, 2, 5, 4), "w": (3, 2, 3, 2)},
    "conv2d(x, w, groups=2)": {"x": (2, 2, 5, 4), "w": (4, 1, 3, 2)},
    "conv2d(x, w)": {"x": (2, 5, 4), "w": (3, 2, 3, 2)},
    "conv1d(x, w, b, padding=1)": {"x": (2, 2, 7), "w": (3, 2, 3), "b": (3,)},
    "conv3d(x, w)": {"x": (1, 2, 3, 4, 3), "w": (2, 2, 2, 2, 2)},
    "conv_transpose2d(x, w, b, stride=2)": {"x": (2, 2, 3, 3), "w": (2, 3, 2, 2), "b": (3,)},
}


def made(call: str, **shapes: tuple[int, ...]) -> tuple[Plan, list[Step]]:
    draw = np.random.default_rng(3)
    given = {name: draw.normal(size=shape) for name, shape in shapes.items()}
    plan = bx.compile({"program": f"h = {call}\nloss = (h * h).sum()", "parameters": given})
    return plan, trace(plan)["steps"]


def place(axes: list[SlideAxis], at: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(axis["start"] + sum(step * at[letter] for letter, step in axis["steps"].items()) for axis in axes)


def inside(index: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return all(0 <= at < length for at, length in zip(index, shape, strict=True))


def choices(slide: Slide) -> Iterator[dict[str, int]]:
    for values in product(*map(range, slide["letters"].values())):
        yield dict(zip(slide["letters"], values, strict=True))


def added_up(plan: Plan, step: Step) -> Any:
    slide = step["picture"]["slide"]
    total, seen = np.zeros(step["shape"]), set()

    def numbers(operand: SlideOperand) -> Any:
        return np.asarray(plan[operand["tensor"] + (".g" if operand["field"] == "gradient" else "")])

    left, right = (numbers(operand) for operand in slide["operands"])
    for at in choices(slide):
        index = place(slide["result"], at)
        if not inside(index, total.shape):
            continue
        if "added" in slide and index not in seen:
            seen.add(index)
            total[index] += numbers(slide["added"])[place(slide["added"]["axes"], at)]
        mine, other = (place(operand["axes"], at) for operand in slide["operands"])
        if inside(mine, left.shape) and inside(other, right.shape):
            total[index] += left[mine] * right[other]
    return total


@each("call", CALLS)
def test_forward_and_both_gradients_are_sums_over_the_letters(call: str) -> None:
    plan, steps = made(call, **CALLS[call])
    sliding = {step["output"]: step for step in steps if "slide" in step["picture"]}
    assert {"h", "x.g", "w.g"} <= sliding.keys()
    for output in ("h", "x.g", "w.g"):
        np.testing.assert_allclose(added_up(plan, sliding[output]), plan[output], rtol=1e-12, atol=1e-12)
    assert ("added" in sliding["h"]["picture"]["slide"]) == ("b" in CALLS[call])


@pytest.mark.parametrize(
    ("call", "shapes"),
    [
        ("x @ w", {"x": (3, 4), "w": (4, 2)}),
        ("(x @ w).reshape(2, 3, 2)", {"x": (2, 4), "w": (4, 6)}),
        ("x.reshape(2, 12) @ w", {"x": (2, 3, 4), "w": (12, 5)}),
        ("conv2d(x, w)", {"x": (1, 1, 3, 3), "w": (2, 1, 1, 1)}),
        ("max_pool2d(x * w, 2)", {"x": (1, 1, 4, 4), "w": (4,)}),
    ],
)
def test_what_does_not_slide_says_nothing_of_it(call: str, shapes: dict[str, tuple[int, ...]]) -> None:
    _, steps = made(call, **shapes)
    assert not [step["output"] for step in steps if "slide" in step["picture"]]
