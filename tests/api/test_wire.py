"""Arrays to JSON and back."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backprop_explorer.api import wire
from backprop_explorer.engine.numbers import array_of
from backprop_explorer.problem import Problem

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, max_side=4)


def read(text: bytes) -> object:
    """JSON read by somebody else's parser, which knows no NaN."""
    return json.loads(text, parse_constant=pytest.fail)


@given(st.sampled_from([np.float64, np.float32]).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)), st.booleans())
def test_floats_come_back_to_the_bit(array: np.ndarray, turned: bool) -> None:
    array = array.T if turned else array
    back = array_of(read(wire.encode(array)), "x")[0].astype(array.dtype)
    known = ~np.isnan(array)
    assert np.array_equal(back, array, equal_nan=True)
    assert np.array_equal(np.signbit(back[known]), np.signbit(array[known]))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (np.float32(0.1), "0.1"),
        (np.array(0.1, np.float32), "0.1"),
        (np.array([0.1, np.nan], np.float32), '[0.1,"NaN"]'),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (math.inf, '"Infinity"'),
        (np.array(-np.inf), '"-Infinity"'),
        (np.array(3), "3"),
        (np.array([[1, 2]]).T, "[[1],[2]]"),
        (np.zeros((0, 3)), "[]"),
        (np.array([True]), "[true]"),
        ((1, None), "[1,null]"),
        (np.full(3, 1.7e308), "[1.7e+308,1.7e+308,1.7e+308]"),
        ({"a": [np.float64(1e22)]}, '{"a":[1e+22]}'),
    ],
    ids=repr,
)
def test_how_it_is_written(content: object, text: str) -> None:
    assert wire.encode(content).decode() == text


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,\\u0aNn.e-1 ', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        content = wire.decode(body, 8)
    except Problem:
        return
    assert content == json.loads(body)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(0, 9), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
    )
)
def test_sound_json_is_read(content: object) -> None:
    assert wire.decode(json.dumps(content).encode(), 200) == content


def test_brackets_within_texts_do_not_count() -> None:
    assert wire.decode(b'["' + b"[" * 1000 + b'\\"' + b"{" * 1000 + b'"]', 1) == ["[" * 1000 + '"' + "{" * 1000]


@pytest.mark.parametrize(("depth", "fits"), [(3, True), (2, False)])
def test_depth(depth: int, fits: bool) -> None:
    if fits:
        wire.decode(b'{"a": [[], [], []]}', depth)
    else:
        with pytest.raises(Problem, match="nested 3 deep"):
            wire.decode(b'{"a": [[], [], []]}', depth)


@given(arrays.arrays(np.float64, SHAPES, elements=st.floats(-1e6, 1e6)))
def test_statistics_are_those_of_numpy(array: np.ndarray) -> None:
    found = wire.statistics(array)
    if array.size:
        expected = [array.min(), array.max(), array.mean(), array.std(), np.linalg.norm(array.ravel())]
        assert [found[name] for name in ("min", "max", "mean", "std", "norm")] == pytest.approx(
            expected, rel=1e-12, abs=1e-9
        )
    assert (found["nan"], found["inf"]) == (0, 0)
