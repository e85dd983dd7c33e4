"""Arrays keep their bits, shapes and types on the way to the disk and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from backprop_explorer.runs.serialization import deserialize, serialize

DTYPES = arrays.floating_dtypes(sizes=(32, 64), endianness="=") | arrays.integer_dtypes(sizes=64, endianness="=")


@given(arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, min_side=0)))
def test_every_array_comes_back_to_the_bit(array: np.ndarray) -> None:
    words, back = deserialize(serialize({"a": "é\n"}, {"x.T\n": array, "again": array}))
    assert words == {"a": "é\n"}
    for copy in back.values():
        assert (copy.shape, copy.dtype, copy.tobytes()) == (array.shape, array.dtype, array.tobytes())


@pytest.mark.parametrize("view", [np.arange(6.0).reshape(2, 3).T, np.arange(9.0)[::2], np.broadcast_to(1.0, (2, 2))])
def test_views_are_serialized_in_the_order_of_their_indices(view: np.ndarray) -> None:
    assert np.array_equal(deserialize(serialize({}, {"view": view}))[1]["view"], view)
