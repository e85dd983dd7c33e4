"""Arrays to JSON and back."""

import cProfile
import json
import math
import pstats
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backprop_explorer.api import wire
from backprop_explorer.engine.numbers import array_of
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.together import each

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, max_side=4)


def read(text: bytes) -> object:
    """JSON read by somebody else's parser, which knows no NaN."""
    return json.loads(text, parse_constant=pytest.fail)


@given(st.sampled_from([np.float64, np.float32]).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)), st.booleans())
def test_floats_come_back_to_the_bit(array: np.ndarray, transposed: bool) -> None:
    array = array.T if transposed else array
    back = array_of(read(wire.encode(array)), "x")[0].astype(array.dtype)
    known = ~np.isnan(array)
    assert np.array_equal(back, array, equal_nan=True)
    assert np.array_equal(np.signbit(back[known]), np.signbit(array[known]))


@each(
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


@settings(max_examples=count(40, 300))
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


CONTENTS = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(0, 9) | arrays.arrays(np.float64, SHAPES),
    lambda part: st.lists(part) | st.dictionaries(st.text(max_size=5), part),
)


@settings(max_examples=count(40, 300))
@given(CONTENTS)
def test_pieces_are_the_same_bytes(content: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "PIECE_BYTES", 60)
        assert b"".join(wire.pieces(content)) == wire.encode(content)


@pytest.mark.parametrize(
    "content", [{"x": [[0.25] * 100] * 400}, [[[[0.25] * 40_000]]], [{"a": i} for i in range(6_000)]]
)
def test_lists_are_cut_without_being_looked_at_again_and_again(
    content: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in calls of functions, beside those that it takes to write the whole at once."""
    monkeypatch.setattr(wire, "PIECE_BYTES", 50_000)

    def calls(work: Callable[[], object]) -> int:
        profile = cProfile.Profile()
        profile.runcall(work)
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    assert b"".join(wire.pieces(content)) == wire.encode(content)
    assert calls(lambda: [*wire.pieces(content)]) < 8 * calls(lambda: wire.encode(content))


def test_no_piece_is_large() -> None:
    numbers = np.random.default_rng(0).standard_normal((40, 50, 100))
    content = {"a": [{"value": numbers}, numbers[0]], "b": numbers.ravel()}
    pieces = list(wire.pieces(content))
    assert b"".join(pieces) == wire.encode(content)
    assert max(map(len, pieces)) <= 2 * wire.PIECE_BYTES


@given(arrays.arrays(np.float64, arrays.array_shapes(max_dims=3, max_side=9), elements=st.floats(-1e9, 1e9)))
def test_how_long_json_is_is_known_before(array: np.ndarray) -> None:
    assert len(wire.encode(array)) <= 1.3 * wire.json_bytes(array) + 40


@pytest.mark.parametrize("twice", ['{"a": 1, "a": 2}', '[{"b": {"a": ":", "\\u0061": 2}}]', '{"\\u003a": 1, ":": 2}'])
def test_a_key_that_occurs_twice(twice: str) -> None:
    with pytest.raises(Problem, match="occurs twice in one object"):
        wire.decode(twice.encode(), 8)


@pytest.mark.parametrize("once", ['{"a:b": ":", ":": ["::"]}', '{"\\u003a": "\\u003A:"}', '":"'])
def test_colons_within_texts_are_no_keys(once: str) -> None:
    assert wire.decode(once.encode(), 8) == json.loads(once)


HOSTILE = {
    "quotes in a text without an end": lambda n: b"[" * 65 + b'"' + b'\\"' * n,
    "quotes in a text": lambda n: b'["' + b'\\"' * n + b'"]',
    "quotes": lambda n: b'"' * n,
    "blanks": lambda n: b"[" + b" " * n + b"x",
    "a long text": lambda n: b'{"title":"' + b"a" * n + b'"}',
    "colons": lambda n: b'["' + b":" * n + b'"]',
    "brackets": lambda n: b"[" * n,
    "objects": lambda n: b"[" + b"{}," * n + b"{}]",
    "keys": lambda n: b"{" + b",".join(b'"k%d":0' % k for k in range(n)) + b"}",
    "a long key that occurs twice": lambda n: b'{"' + b"a" * n + b'":1,"' + b"a" * n + b'":2}',
    "digits": lambda n: b"[" + b"1" * n + b"x]",
}


@each("hostile", HOSTILE.values(), ids=HOSTILE)
def test_reading_takes_linear_time(hostile: Callable[[int], bytes]) -> None:
    def taken(body: bytes) -> float:
        start = time.thread_time()
        with suppress(Problem):
            wire.decode(body, 64)
        return time.thread_time() - start

    few, many = (min(taken(body) for _ in range(3)) for body in (hostile(10_000), hostile(80_000)))
    assert many <= 24 * few + 0.05  # eight times as much; where it was quadratic it took minutes


def test_a_long_text_takes_little_memory() -> None:
    body = HOSTILE["a long text"](5_000_000)
    tracemalloc.start()
    try:
        wire.decode(body, 64)
        assert tracemalloc.get_traced_memory()[1] < 20 * len(body)  # the parser itself takes 13 bytes for each
    finally:
        tracemalloc.stop()
