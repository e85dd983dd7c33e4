"""Arrays to JSON and back: the one place that meets both.

Numbers that are not finite travel as the strings "NaN", "Infinity" and "-Infinity". Floats are written in the shortest
form that reads back to the same bits of their own type, float32 included.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any, TypedDict

import numpy as np
import orjson

from backprop_explorer.answers import Lasting
from backprop_explorer.engine.program import TensorInfo
from backprop_explorer.engine.trace import Listed
from backprop_explorer.ops.axes import size
from backprop_explorer.problem import Problem, shortened

Array = np.ndarray[Any, Any]

PIECE_BYTES = 500_000
"""About so much is written at once. Others get their turn between two pieces."""
NUMBER_BYTES = {"f": 2.5, "i": 2.1, "u": 2.1, "b": 6.0}
"""What a number takes as JSON with its comma, for each byte that it takes in memory, by the kind of its type: 20 bytes
for a float64 with all its digits."""
WORD_BYTES = 20
"""What any other number takes."""
DEEPEST = 1024
"""How deep brackets may be nested for the parser, which reads no deeper whatever the setting."""


_PLAIN = frozenset((str, int, bool, type(None)))
"""What is written as it is."""


class Statistics(TypedDict):
    """Of the whole tensor's finite elements, null where there is none; and how many are not finite."""

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    norm: float | None
    nan: int
    inf: int


def encode(content: Any) -> bytes:
    """JSON of dicts, lists, strings, numbers and arrays."""
    return orjson.dumps(_plain(content), option=orjson.OPT_SERIALIZE_NUMPY)


def pieces(content: Any) -> Iterator[bytes]:
    """What `encode` writes, piece by piece: no piece keeps others waiting, nor is the whole ever copied."""
    if _bytes_up_to(PIECE_BYTES, content) <= PIECE_BYTES:
        yield encode(content)
    elif isinstance(content, dict):
        opening = b"{"
        for key, value in content.items():
            yield opening + orjson.dumps(key) + b":"
            yield from pieces(value)
            opening = b","
        yield b"}"
    elif isinstance(content, (list, tuple)) or (isinstance(content, np.ndarray) and content.ndim):
        yield b"["
        yield from _inside_array(content) if isinstance(content, np.ndarray) else _inside(content)
        yield b"]"
    else:
        yield encode(content)


def _inside(content: Sequence[Any]) -> Iterator[bytes]:
    """What stands between the brackets of a list: items that are small together, and large ones by themselves."""
    small: list[Any] = []
    total, between = 0, b""
    for item in content:
        size = WORD_BYTES if type(item) is float else _bytes_up_to(PIECE_BYTES, item)
        if small and total + size > PIECE_BYTES:
            yield between + encode(small)[1:-1]
            small, total, between = [], 0, b","
        if size <= PIECE_BYTES:
            small.append(item)
            total += size
        else:
            yield between
            yield from pieces(item)
            between = b","
    if small:
        yield between + encode(small)[1:-1]


def _bytes_up_to(most: int, content: Any) -> int:
    """About how long the content is as JSON; of what is longer, no more is looked at than shows that."""
    if isinstance(content, dict) and type(content) is not Lasting:
        parts: Iterable[tuple[int, Any]] = ((len(key) + 4, value) for key, value in content.items())
    elif isinstance(content, (list, tuple)):
        parts = ((1, value) for value in content)
    else:
        return json_bytes(content)
    total = 2
    for around, value in parts:
        total += around + (WORD_BYTES if type(value) is float else _bytes_up_to(most - total, value))
        if total > most:
            break
    return total


def _inside_array(content: Array) -> Iterator[bytes]:
    """What stands between the brackets of an array."""
    if len(content) == 1:
        yield from pieces(content[0])
    elif json_bytes(content) <= PIECE_BYTES:
        yield encode(content)[1:-1]
    else:
        half = len(content) // 2
        yield from _inside_array(content[:half])
        yield b","
        yield from _inside_array(content[half:])


def json_bytes(content: Any) -> int:
    """About how long the content is as JSON, found without writing it: numbers count with all their digits."""
    kind = type(content)
    if kind is str:
        return len(content) + 2
    if kind in _PLAIN:
        return WORD_BYTES
    if kind is Lasting:
        return len(_written(content))
    if isinstance(content, np.ndarray):
        return int(content.nbytes * NUMBER_BYTES.get(content.dtype.kind, 1))
    if isinstance(content, dict):
        return 2 + sum([len(key) + 4 for key in content]) + _bytes_of(content.values())
    if isinstance(content, (list, tuple)):
        return 2 + len(content) + _bytes_of(content)
    return len(content) + 2 if isinstance(content, str) else WORD_BYTES


def _bytes_of(parts: Iterable[Any]) -> int:
    """The same of all of these; words and numbers, which most of them are, take no call each."""
    total = 0
    for part in parts:
        kind = type(part)
        total += len(part) + 2 if kind is str else WORD_BYTES if kind in _PLAIN or kind is float else json_bytes(part)
    return total


def numbers_bytes(tensors: Iterable[TensorInfo], listed: Listed = True) -> int:
    """About how long the values and gradients of these tensors, or those `listed`, are as JSON, found from their
    shapes alone."""
    total = 0.0
    for tensor in tensors:
        fields = 2 if tensor.differentiable else 1
        if not isinstance(listed, bool):
            fields = (tensor.name in listed) + (f"{tensor.name}.g" in listed)
        dtype = np.dtype(tensor.dtype)
        total += size(tensor.shape) * dtype.itemsize * NUMBER_BYTES[dtype.kind] * fields
    return int(total) if listed else 0


def decode(body: bytes, depth: int) -> Any:
    """What the JSON says; a `Problem` for what is no JSON (400), and for what JSON allows but nobody can mean (422).

    Brackets may be nested `depth` deep. Time and memory grow with the body's length, whatever is in it.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _explained(body, error, depth) from None
    reached, keys, colons = _survey(content)
    if reached > depth:
        raise _too_deep(f"{reached:,} deep", depth)
    # A colon stands behind each key and within texts, and nowhere else: one too many is that of a key that was lost.
    if body.count(b":") - colons != keys or b"\\u003" in body:
        json.loads(body, object_pairs_hook=_refuse_twice)
    return content


def npy(array: Array) -> bytes:
    """The array as an .npy file."""
    file = BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def statistics(array: Array) -> Statistics:
    """Of the finite elements: min, max, mean, std and norm, null where there is none; and how many are not finite."""
    numbers = array.astype(np.float64, copy=False)
    finite = numbers if _all_finite(numbers) else numbers[np.isfinite(numbers)]
    nan = int(np.isnan(numbers).sum()) if finite is not numbers else 0
    inf = array.size - finite.size - nan
    if not finite.size:
        return {"min": None, "max": None, "mean": None, "std": None, "norm": None, "nan": nan, "inf": inf}
    flat = np.ravel(finite)
    return {
        "min": flat.min(), "max": flat.max(), "mean": flat.mean(), "std": flat.std(),
        "norm": float(np.linalg.norm(flat)), "nan": nan, "inf": inf,
    }  # fmt: skip


def _plain(content: Any) -> Any:
    """The same for orjson to write: its arrays must be contiguous and finite, with at least one axis."""
    if type(content) in _PLAIN:  # most of what there is
        return content
    if type(content) is Lasting:
        return orjson.Fragment(_written(content))
    if isinstance(content, dict):
        return {key: value if type(value) in _PLAIN else _plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [value if type(value) in _PLAIN else _plain(value) for value in content]
    if isinstance(content, np.ndarray):
        return _plain_array(content)
    if isinstance(content, (float, np.floating)) and not math.isfinite(content):
        return _name(float(content))
    return content


def _written(content: Lasting) -> bytes:
    """What `encode` writes for it, once."""
    if content.written is None:
        content.written = encode({**content})
    return content.written


def _plain_array(array: Array) -> Any:
    if not array.ndim:
        return _plain(array[()])
    if _all_finite(array):
        return np.ascontiguousarray(array)
    return [_plain_array(row) for row in array] if array.ndim > 1 else [_plain(number) for number in array]


def _all_finite(array: Array) -> bool:
    if array.dtype.kind != "f":
        return True
    with np.errstate(all="ignore"):
        return bool(np.isfinite(np.add.reduce(array, axis=None))) or bool(np.isfinite(array).all())


def _name(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _survey(content: Any) -> tuple[int, int, int]:
    """How deep its brackets are nested, how many keys its objects have, and how many colons stand within its texts."""
    reached = keys = 0
    colons = content.count(":") if isinstance(content, str) else 0
    level = [content] if isinstance(content, (dict, list)) else []
    deeper = bool(level)
    while deeper:
        reached += 1
        deeper = False
        inner: list[Any] = []
        for part in level:
            if isinstance(part, dict):
                keys += len(part)
                colons += sum([key.count(":") for key in part])
            for child in part.values() if isinstance(part, dict) else part:
                kind = type(child)
                if kind is dict or kind is list:
                    deeper = True
                    if child:
                        inner.append(child)
                elif kind is str:
                    colons += child.count(":")
        level = inner
    return reached, keys, colons


def _too_deep(how: str, depth: int) -> Problem:
    return Problem(
        "too_deep",
        f"brackets nested {how} are more than the limit json_depth of {depth}",
        hint="raise the setting BACKPROP_JSON_DEPTH, if you mean it",
    )


def _explained(body: bytes, error: orjson.JSONDecodeError, depth: int) -> Problem:
    """No JSON at all, or sound JSON that we cannot take: a number beyond float64, half a surrogate pair."""
    if str(error).startswith("depth limit"):
        return _too_deep(f"more than {DEEPEST:,} deep", depth)
    try:
        json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        hint = 'write NaN and infinities as the strings "NaN", "Infinity", "-Infinity"' if "N" in error.doc else None
        return Problem("not_json", f"the body is not JSON: {error}", status=400, hint=hint)
    return Problem(
        "not_representable",
        f"the body is JSON, but cannot be represented: {error}",
        hint='write infinities as the strings "Infinity" and "-Infinity"',
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_twice(pairs: list[tuple[str, Any]]) -> None:
    """A `Problem` for a key that an object has twice: readers disagree on which of the two counts."""
    known: set[str] = set()
    for key, _ in pairs:
        if key in known:
            shown = json.dumps(shortened(key), ensure_ascii=False)
            raise Problem("duplicate_key", f"the key {shown} occurs twice in one object", hint="remove one of them")
        known.add(key)
