"""Data sets: the digits are the originals, and a wrong request says what there is."""

import numpy as np
import pytest

from backprop_explorer.data import DATASETS, dataset
from backprop_explorer.problem import Problem
from tests.together import each

# Pixels are counts of 4×4 cells: the first image is a nought, as in scikit-learn's documentation.
NOUGHT = """
     0  0  5 13  9  1  0  0
     0  0 13 15 10 15  5  0
     0  3 15  2  0 11  8  0
     0  4 12  0  0  8  8  0
     0  5  8  0  0  9  8  0
     0  4 11  0  1 12  7  0
     0  2 14  5 10 12  0  0
     0  0  6 13 10  0  0  0
"""


def test_digits_are_real_images_from_0_to_1() -> None:
    x, y = dataset("digits", "x"), dataset("digits", "y")
    assert (x.shape, x.dtype) == ((60, 64), np.dtype("float64"))
    assert (y.shape, y.dtype) == ((60,), np.dtype("int64"))
    assert (x[0] * 16).tolist() == [float(pixel) for pixel in NOUGHT.split()]
    assert (x.min(), x.max()) == (0, 1)
    assert (x * 16 == np.round(x * 16)).all()
    assert y[:10].tolist() == list(range(10))
    assert np.bincount(y, minlength=10).min() >= 4


def test_a_count_takes_the_first() -> None:
    assert dataset("digits", "x", 7).tolist() == dataset("digits", "x")[:7].tolist()


def test_a_copy_may_be_changed() -> None:
    dataset("digits", "x")[:] = 9
    assert dataset("digits", "x").max() == 1


def test_source_and_licence_are_named() -> None:
    for record in DATASETS.values():
        assert record.source
        assert record.licence
        assert record.load().keys() == record.fields.keys()


@each(
    ("arguments", "says"),
    [
        (("digit", "x", 3), 'did you mean "digits"'),
        ((["digits"], "x", 3), "digits"),
        (("mnist", "x", 3), "digits"),
        ((None, "x", 3), "there are"),
        (("digits", "z", 3), "its fields are x, y"),
        (("digits", {}, 3), "its fields are x, y"),
        (("digits", "x", 0), "from 1 to 60"),
        (("digits", "x", 61), "from 1 to 60"),
        (("digits", "x", True), "whole number"),
        (("digits", "x", 3.0), "whole number"),
        (("digits", "x", "9" * 5000), "whole number"),
        (("digits", "x", -1), "from 1 to 60"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_argument_says_what_there_is(arguments: tuple[object, ...], says: str) -> None:
    with pytest.raises(Problem) as caught:
        dataset(*arguments)
    assert caught.value.code == "unknown_dataset"
    assert says in f"{caught.value.detail} {caught.value.hint}"
    assert len(caught.value.detail) < 200
