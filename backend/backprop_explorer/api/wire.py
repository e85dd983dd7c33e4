"""Arrays to JSON and back: the one place that meets both.

Numbers that are not finite travel as the strings "NaN", "Infinity" and "-Infinity". Floats are written in the shortest
form that reads back to the same bits of their own type, float32 included.
"""

from __future__ import annotations

import json
import math
import re
from io import BytesIO
from typing import Any

import numpy as np
import orjson

from backprop_explorer.problem import Problem

Array = np.ndarray[Any, Any]

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_KEY_OR_BRACE = re.compile(rb'"(?:[^"\\]|\\.)*"(\s*:)?|[{}]')


def encode(content: Any) -> bytes:
    """JSON of dicts, lists, strings, numbers and arrays."""
    return orjson.dumps(_plain(content), option=orjson.OPT_SERIALIZE_NUMPY)


def decode(body: bytes, depth: int) -> Any:
    """What the JSON says; a `Problem` for what is no JSON (400), and for what JSON allows but nobody can mean (422).

    Brackets may be nested `depth` deep.
    """
    _check_depth(body, depth)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _explained(body, error) from None
    _check_keys(body)
    return content


def npy(array: Array) -> bytes:
    """The array as an .npy file."""
    file = BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def statistics(array: Array) -> dict[str, Any]:
    """Of the finite elements: min, max, mean, std and norm, null where there is none; and how many are not finite."""
    numbers = array.astype(np.float64, copy=False)
    finite = numbers if _all_finite(numbers) else numbers[np.isfinite(numbers)]
    nan = int(np.isnan(numbers).sum()) if finite is not numbers else 0
    counts = {"nan": nan, "inf": array.size - finite.size - nan}
    if not finite.size:
        return {"min": None, "max": None, "mean": None, "std": None, "norm": None, **counts}
    flat = np.ravel(finite)
    centre = {"min": flat.min(), "max": flat.max(), "mean": flat.mean()}
    return {**centre, "std": flat.std(), "norm": np.linalg.norm(flat), **counts}


def _plain(content: Any) -> Any:
    """The same for orjson to write: its arrays must be contiguous and finite, with at least one axis."""
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    if isinstance(content, np.ndarray):
        return _plain_array(content)
    if isinstance(content, (float, np.floating)) and not math.isfinite(content):
        return _name(float(content))
    return content


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


def _check_depth(body: bytes, depth: int) -> None:
    if body.count(b"[") + body.count(b"{") <= depth:
        return
    codes = np.frombuffer(_STRING.sub(b"", body), np.uint8)
    opened = (codes == ord("[")) | (codes == ord("{"))
    closed = (codes == ord("]")) | (codes == ord("}"))
    level = np.cumsum(opened.view(np.int8) - closed.view(np.int8), dtype=np.int32)
    if level.size and level.max() > depth:
        raise Problem(
            "too_deep",
            f"brackets nested {int(level.max()):,} deep are more than the limit json_depth of {depth}",
            hint="raise the setting BACKPROP_JSON_DEPTH, if you mean it",
        )


def _explained(body: bytes, error: orjson.JSONDecodeError) -> Problem:
    """No JSON at all, or sound JSON that we cannot take: a number beyond float64, half a surrogate pair."""
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


def _check_keys(body: bytes) -> None:
    """A `Problem` for a key that an object has twice: readers disagree on which of the two counts."""
    objects: list[set[bytes]] = []
    for token in _KEY_OR_BRACE.finditer(body):
        if token[0] == b"{":
            objects.append(set())
        elif token[0] == b"}":
            objects.pop()
        elif token[1]:
            key = token[0][: -len(token[1])]
            key = orjson.dumps(orjson.loads(key)) if b"\\" in key else key
            if key in objects[-1]:
                reason = f"the key {key.decode()} occurs twice in one object"
                raise Problem("duplicate_key", reason, hint="remove one of them")
            objects[-1].add(key)
