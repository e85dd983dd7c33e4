"""JSON with NumPy's arrays, written and read as orjson does, by the standard library."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

import numpy as np

OPT_SERIALIZE_NUMPY = 0
DEEPEST = 1024


class JSONDecodeError(json.JSONDecodeError):
    """No JSON, or JSON that cannot be represented."""


class Fragment:
    """JSON that is written already, in the midst of what is to be written."""

    def __init__(self, written: bytes) -> None:
        self.written = written


def dumps(content: Any, option: int = 0) -> bytes:
    """The content as JSON without spaces; floats in the shortest form that reads back to the same bits of their own
    type."""
    return json.dumps(content, default=_listed, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _listed(content: Any) -> Any:
    if isinstance(content, np.ndarray):
        return _shortest(content).tolist() if content.dtype.kind == "f" else content.tolist()
    if isinstance(content, Fragment):
        return json.loads(content.written)
    if isinstance(content, np.floating):
        return float(str(content))
    if isinstance(content, np.generic):
        return content.item()
    raise TypeError(f"{type(content).__name__} is not JSON")


def _shortest(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The same numbers as float64; of float32 those that have its digits and no more."""
    if array.dtype == np.float64:
        return array
    return array.astype("U32").astype(np.float64)


def loads(body: bytes) -> Any:
    """What the JSON says. Raises `JSONDecodeError`."""
    try:
        text = body.decode()
        content = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(content, ensure_ascii=False).encode()
        return content
    except RecursionError:
        raise JSONDecodeError("depth limit exceeded", body.decode(errors="replace"), 0) from None
    except json.JSONDecodeError as error:
        raise JSONDecodeError(error.msg, error.doc, error.pos) from None
    except ValueError as error:  # no UTF-8, half a surrogate pair, or a number that is too large
        raise JSONDecodeError(str(error), body.decode(errors="replace"), 0) from None


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("number out of range")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"unexpected {name}")
