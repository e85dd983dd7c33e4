"""How exactly numbers are told, and what room that leaves."""

from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_explorer.practice.rounding import precision
from tests.together import each
from tests.unit.practice.test_blame import bfloat16, decimals, digits

SOME = np.random.default_rng(5).normal(size=(4, 5))
TYPES: dict[str, Callable[[Any], Any]] = {
    "bfloat16": bfloat16,
    "float16": lambda array: np.asarray(array, np.float16).astype(np.float64),
    "float32": lambda array: np.asarray(array, np.float32).astype(np.float64),
    "4 decimals": decimals(4),
    "6 decimals": decimals(6),
    "4 digits": digits(4),
    "6 digits": digits(6),
}


@each("scale", [1.0, 1e-3, 300.0])
@each("words", TYPES)
def test_the_way_in_which_numbers_are_told_is_known_and_leaves_room_for_it(words: str, scale: float) -> None:
    told = TYPES[words](SOME * scale)
    found = precision([told])
    assert found is not None
    if not (words == "6 digits" and scale == 300.0):  # as many decimals as digits are both seen
        assert found.words.split()[-1] == words.split()[-1]
    assert (np.abs(told - SOME * scale) <= found.room(told)).all()
    assert float(found.room(told).max()) <= 0.05 * np.abs(told).max() or "decimals" in words


@each("numbers", [SOME, [0.0, 0.0], [1.0, 2.0, 6.0], [0.5], [], [np.nan, np.inf], SOME * 1e300])
def test_numbers_with_all_their_digits_or_too_few_leave_none(numbers: Any) -> None:
    assert precision([np.asarray(numbers, np.float64)]) is None


def test_all_arrays_together_tell_more_than_one_number() -> None:
    assert precision([np.array([0.1])]) is None
    found = precision([np.array([0.1]), np.round(SOME, 4)])
    assert found is not None
    assert found.words == "4 decimals"
