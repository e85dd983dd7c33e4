"""Arrays as bytes: a line of JSON that names them, then their raw numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def pack(words: dict[str, Any], arrays: dict[str, Array]) -> bytes:
    """`words` and the arrays to the bit."""
    return b"".join(parts(words, arrays))


def parts(words: dict[str, Any], arrays: dict[str, Array]) -> list[Any]:
    """The buffers that `pack` joins, the arrays' own memory among them: enough for a digest, without a copy."""
    listed = [[name, array.dtype.str, np.shape(array)] for name, array in arrays.items()]
    header = json.dumps({"words": words, "arrays": listed})
    raw = [np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays.values()]
    return [f"{header}\n".encode(), *raw]


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What `pack` was given; the arrays are read-only."""
    header, _, raw = packed.partition(b"\n")
    content = json.loads(header)
    arrays, start = {}, 0
    for name, dtype, shape in content["arrays"]:
        count = int(np.prod(shape, dtype=int))
        arrays[name] = np.frombuffer(raw, dtype, count, start).reshape(shape)
        start += arrays[name].nbytes
    return content["words"], arrays


def beginning(packed: bytes) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]] | None:
    """The words and the shapes of the arrays out of the first bytes of what `pack` made; None where they are too
    few."""
    header, end, _ = packed.partition(b"\n")
    if not end:
        return None
    content = json.loads(header)
    return content["words"], {name: tuple(shape) for name, _, shape in content["arrays"]}
