"""The document embedded in a file that was exported here, and numbers of files as tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from backprop_explorer.engine.numbers import MAX_AXES
from backprop_explorer.export.embedded_document import KINDS, given_name
from backprop_explorer.importing.record import Content, Rules, bad_file
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem


def decoded(text: bytes, rules: Rules, what: str, part: str) -> dict[str, Any]:
    """The object of JSON within a file of another kind. Raises a `Problem` for anything else."""
    try:
        content = rules.decode(text)
    except Problem as problem:
        raise bad_file(what, f"{part} is not JSON: {problem.detail}") from None
    if not isinstance(content, dict):
        raise bad_file(what, f"{part} is no JSON object")
    return content


def wanted(words: Mapping[str, Any], what: str) -> list[str]:
    """The names of the document's tensors; a `Problem` where they are not listed."""
    for kind in KINDS:
        types = words.get(kind, {})
        if not isinstance(types, dict) or not all(_is_number_type(entry) for entry in types.values()):
            raise bad_file(what, f"its document does not say of which types its {kind} are")
    return [name for kind in KINDS for name in words.get(kind, {})]


def document_of(words: Mapping[str, Any], tensors: Mapping[str, Array], what: str) -> Content:
    """The document of these words, with the file's tensors as its numbers."""
    given = {name: given_name(name) if given_name(name) in tensors else name for name in wanted(words, what)}
    missing = [name for name, key in given.items() if key not in tensors]
    if missing:
        raise bad_file(what, f"the tensor {missing[0][:60]} of its document is missing")
    filled = {
        kind: {name: _cast(tensors[given[name]], dtype, name, what) for name, dtype in words.get(kind, {}).items()}
        for kind in KINDS
    }
    return Content({**words, **filled}, saved=True)


def numbers(array: Array, shape: Shape, name: str, what: str, order: Literal["C", "F"] = "C") -> Array:
    """The array in that shape as float64, float32 or int64; a `Problem` for what is no tensor of numbers."""
    kind = array.dtype.kind
    if kind not in "fiub":
        raise bad_file(what, f"the tensor {name[:60]} holds {array.dtype}, which are no numbers")
    if not array.size or len(shape) > MAX_AXES:
        raise bad_file(what, f"the tensor {name[:60]} must have at least one element and at most {MAX_AXES} axes")
    array = array.reshape(shape, order=order)
    if kind == "f":
        with np.errstate(all="ignore"):
            return array.astype(np.float32 if array.dtype.itemsize < np.dtype(float).itemsize else np.float64)
    return array.astype(np.float64 if array.dtype == np.uint64 else np.int64)


def _cast(array: Array, dtype: str, name: str, what: str) -> Array:
    """The numbers in the type that the document gives them."""
    if dtype == "int64" and array.dtype.kind == "f" and not holds_whole(array):
        raise bad_file(what, f"the tensor {name[:60]} does not hold whole numbers, as its document says")
    with np.errstate(all="ignore"):
        return array.astype(dtype)


def holds_whole(array: Array) -> bool:
    """Whether every element is a whole number that a float64 holds exactly."""
    return bool(np.isfinite(array).all() and (array == np.trunc(array)).all() and (abs(array) < 2**53).all())


def _is_number_type(entry: object) -> bool:
    return entry in ("float64", "float32", "int64", "bool")
