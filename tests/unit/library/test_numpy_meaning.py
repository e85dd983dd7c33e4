"""NumPy's meaning of lines of NumPy: each gives NumPy's own value and the gradient of NumPy's function, or is refused.

NumPy evaluates the very text; its gradients are central differences.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any

import numpy as np

from backprop_explorer.engine import catalogue
from tests.amount import every
from tests.meaning import ABOUT_THE_LANGUAGE, Array, Case, Verdict, judge, weights
from tests.together import each
from tests.unit.library.numpy_lines import LINES, MAY_BE_REFUSED

SHAPES: dict[str, tuple[int, ...]] = {
    "x": (2, 3), "y": (3, 2), "z": (2, 3, 4), "w": (4, 2), "v": (3,), "u": (2,), "f": (4,), "s": (), "sq": (3, 3),
    "bat": (2, 3, 3), "p": (2, 3), "q": (2, 3),
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "i": np.array([0, 2]),
    "j": np.array([1, 0]),
    "labels": np.array([2, 0]),
    "rows": np.array([[0, 1, 1], [1, 0, 1]]),
    "mask": np.array([[True, False, True], [False, False, True]]),
    "keep": np.array([True, False]),
}
OTHER_METHODS = {"view"}
"""Methods of NumPy's arrays that are no functions of their numbers."""
STEP = 1e-4
VALUE, GRADIENT = 1e-12, 1e-6
EVERY = [line for lines in LINES.values() for line in lines]


def numbers(name: str) -> Array:
    """Numbers between -2 and 2, all different, off the kinks that the lines have; `p` above 1, `q` within (-1, 1)."""
    random = np.random.default_rng(len(name) * 1000 + ord(name[0]))
    grid = np.linspace(-2, 2, 98) + 0.0031 * (1 + list(SHAPES).index(name))
    drawn = random.choice(grid, SHAPES[name], replace=False)
    moved = np.abs(drawn) + 1.1 if name == "p" else drawn / 2.5 if name == "q" else drawn
    return np.asarray(moved)


def given(line: str) -> tuple[dict[str, Array], dict[str, Array]]:
    """The arrays that a line reads: those of whole numbers and truth values, and the others."""
    names = dict.fromkeys(part.id for part in ast.walk(ast.parse(line)) if isinstance(part, ast.Name))
    return {n: WHOLE[n] for n in names if n in WHOLE}, {n: numbers(n) for n in names if n in SHAPES}


def value(line: str, arrays: dict[str, Array]) -> Array:
    """What NumPy makes of a line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(eval(line, {"np": np}, dict(arrays)), float)  # noqa: S307 - the lines of this folder


def gradients(line: str, whole: dict[str, Array], floats: dict[str, Array], weight: Array) -> dict[str, Array]:
    """Central differences of the fourth order of NumPy's function, weighted and added up."""

    def loss(name: str, index: tuple[int, ...], step: float) -> float:
        moved = floats[name].copy()
        moved[index] += step
        return float((value(line, {**whole, **floats, name: moved}) * weight).sum())

    found = {}
    for name, array in floats.items():
        found[name] = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            near = loss(name, index, STEP) - loss(name, index, -STEP)
            far = loss(name, index, 2 * STEP) - loss(name, index, -2 * STEP)
            found[name][index] = (8 * near - far) / (12 * STEP)
    return found


def verdict(line: str) -> Verdict:
    """What comes of a line. Without `np.` in it, the document says whose words they are."""
    whole, floats = given(line)
    out = value(line, {**whole, **floats})
    weight = weights(out.shape)
    found = gradients(line, whole, floats, weight)
    dialect = None if "np." in line else "numpy"
    case = Case("", "", line, whole, floats, out, found, dialect=dialect)
    return judge(case, VALUE, GRADIENT)


@each("line", every(4, EVERY))
def test_what_is_accepted_means_what_numpy_means(line: str) -> None:
    found = verdict(line)
    assert found.outcome in ("right", "refused"), found.why
    if found.outcome == "refused":
        assert found.code in ABOUT_THE_LANGUAGE, found.why
        assert line in MAY_BE_REFUSED, found.why


def test_every_function_that_goes_by_a_name_of_numpy_is_judged() -> None:
    text = "\n".join(EVERY)
    entries = [entry for entry in catalogue() if not entry.get("internal")]
    names = {name for entry in entries for name in (entry["name"], *entry["synonyms"])}
    assert len(names) > 80
    functions = [name for name in names if callable(getattr(np, name, None))]
    assert not [name for name in functions if f"np.{name}(" not in text]
    methods = [name for name in names if callable(getattr(np.ndarray, name, None)) and name not in OTHER_METHODS]
    assert not [name for name in methods if not re.search(rf"(?<!np)\.{name}\(", text)]


def test_the_lines_are_told_once_and_the_reasons_are_theirs() -> None:
    assert len(EVERY) > 500
    assert len(set(EVERY)) == len(EVERY)
    assert set(MAY_BE_REFUSED) <= set(EVERY)


@each("name", SHAPES)
def test_the_numbers_stand_off_each_other_and_off_kinks(name: str) -> None:
    flat = numbers(name).ravel()
    apart = np.abs(np.subtract.outer(flat, flat)) + np.eye(flat.size)
    assert apart.min() > 4 * STEP
    assert np.abs(flat).min() > 4 * STEP
