"""Arrays as bytes: a line of JSON that describes them, then their raw numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Listed = tuple[tuple[str, str, tuple[int, ...]], ...]
"""Arrays by name, type and shape."""


def serialize(words: dict[str, Any], arrays: dict[str, Array]) -> bytes:
    """`words`, which must be JSON, and the arrays, to the bit."""
    return b"".join(buffers(words, arrays))


def buffers(words: dict[str, Any], arrays: dict[str, Array]) -> list[Any]:
    """The buffers that `serialize` joins, the arrays' own memory among them: enough for a digest, without a copy."""
    listed = tuple([(name, array.dtype.str, array.shape) for name, array in arrays.items()])
    line = _line(words, listed) if words else _line_without_words(listed)
    raw = [np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays.values()]
    return [line, *raw]


def _line(words: Mapping[str, Any], listed: Listed) -> bytes:
    return json.dumps({"words": words, "arrays": listed}).encode() + b"\n"


@lru_cache(1024)
def _line_without_words(listed: Listed) -> bytes:
    """The same of arrays alone, which a run writes again and again with other numbers."""
    return _line({}, listed)


def deserialize(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """The words and the arrays that were serialized; the arrays are read-only views of the bytes."""
    line, _, raw = content.partition(b"\n")
    described = json.loads(line)
    arrays, start = {}, 0
    for name, dtype, shape in described["arrays"]:
        count = int(np.prod(shape, dtype=int))
        arrays[name] = np.frombuffer(raw, dtype, count, start).reshape(shape)
        start += arrays[name].nbytes
    return described["words"], arrays


def header(start: bytes) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]] | None:
    """The words and the arrays' shapes, read from the first bytes of what was serialized.

    None where these bytes end within the line that says them.
    """
    line, end, _ = start.partition(b"\n")
    if not end:
        return None
    described = json.loads(line)
    return described["words"], {name: tuple(shape) for name, _, shape in described["arrays"]}
