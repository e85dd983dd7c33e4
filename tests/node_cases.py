"""ONNX's own cases of single operators, opened as documents: what becomes of each."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case import node

import backprop_explorer as bx
from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import Rules
from backprop_explorer.importing.onnx.model import load
from backprop_explorer.importing.onnx.network import Network
from backprop_explorer.importing.onnx.values import Known
from backprop_explorer.problem import Problem

RULES = Rules(json.loads, 1_000_000, Budget())
FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)
COARSE = {"float16": 2**-9, "bfloat16": 2**-6}
"""Two units in the last place of a type that is computed in float32 here."""
DRAWN = re.compile(r"test_(bernoulli|random|training_dropout(_default)?(_mask)?$).*")
"""The names of those cases whose right answer is drawn at random: no two libraries draw the same."""
SLOW = ("MaxPool", "AveragePool", "LpPool")
"""Operators whose cases take seconds to be made."""
Outcome = Literal["passed", "refused", "wrong", "crashed"]


@dataclass(frozen=True)
class Verdict:
    """What became of a case: `given` tells which inputs stood in the file, and not in the data."""

    outcome: Outcome
    reason: str = ""
    given: str = ""


def floating(model: onnx.ModelProto) -> bool:
    """Whether any output of the model is a tensor of numbers with fractions."""
    return any(output.type.tensor_type.elem_type in FLOATS for output in model.graph.output)


def judged(case: Any) -> Verdict:
    """The best of the ways in which a file may bring the operands: all of them as data, those fixed that are whole
    numbers, or all but the first."""
    for model, data, given in _ways(case):
        verdict = _opened(case, model, data, given)
        if verdict.outcome != "refused":
            break
    return verdict


def _ways(case: Any) -> Iterator[tuple[onnx.ModelProto, list[Any], str]]:
    [(data, _), *_] = case.data_sets
    arrays = [_array(one) for one in data]
    yield case.model, arrays, ""
    sound = [isinstance(one, np.ndarray | np.generic | TensorProto) for one in data]
    whole = [ok and np.asarray(one).dtype.kind not in "fV" for one, ok in zip(arrays, sound, strict=True)]
    if any(whole) and not all(whole):
        yield _fixed(case.model, data, whole), _others(arrays, whole), "whole numbers in the file"
    others = [ok and bool(at) for at, ok in enumerate(sound)]
    if any(others) and others != whole:
        yield _fixed(case.model, data, others), _others(arrays, others), "all but the first in the file"


def _array(given: Any) -> Any:
    """A tensor of a case as an array that NumPy knows; anything else as it is."""
    array = numpy_helper.to_array(given) if isinstance(given, TensorProto) else given
    return array.astype(np.float32) if getattr(array, "dtype", np.dtype(int)).kind == "V" else array


def _fixed(model: onnx.ModelProto, data: list[Any], chosen: list[bool]) -> onnx.ModelProto:
    """The model with some of its inputs as numbers of the file."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    for value, one, so in zip(model.graph.input, data, chosen, strict=False):
        if so:
            tensor = one if isinstance(one, TensorProto) else numpy_helper.from_array(np.asarray(one))
            fixed.graph.initializer.add().CopyFrom(tensor)
            fixed.graph.initializer[-1].name = value.name
    return fixed


def _others(arrays: list[Any], chosen: list[bool]) -> list[Any]:
    return [one for one, so in zip(arrays, chosen, strict=True) if not so]


def _opened(case: Any, model: onnx.ModelProto, data: list[Any], given: str) -> Verdict:
    [(_, expected), *_] = case.data_sets
    try:
        found = _computed(model, data)
    except Problem as problem:
        return Verdict("refused", f"{problem.code}: {problem.detail}", given)
    except Exception as error:
        return Verdict("crashed", f"{type(error).__name__}: {error}", given)
    for name, one, other in zip(found, found.values(), expected, strict=True):
        right = np.asarray(numpy_helper.to_array(other) if isinstance(other, TensorProto) else other)
        if one is None:
            return Verdict("refused", f"left_out: the output {name} is left out", given)
        rtol = max(case.rtol, COARSE.get(right.dtype.name, 0))
        right = right.astype(float)
        if one.shape != right.shape:
            return Verdict("wrong", f"{name} has the shape {one.shape}, not {right.shape}", given)
        if not np.allclose(one, right, rtol=rtol, atol=case.atol, equal_nan=True):
            with np.errstate(all="ignore"):
                return Verdict("wrong", f"{name} differs by {np.nanmax(np.abs(one - right)):.2g}", given)
    return Verdict("passed", given=given)


def _computed(model: onnx.ModelProto, data: list[Any]) -> dict[str, np.ndarray | None]:
    """The outputs of the model at the data; None for those that the importer leaves out, as it says."""
    network = Network(load(model.SerializeToString(), RULES.budget), RULES.budget)
    document = network.document()
    fixed = {one.name for one in model.graph.initializer}
    inputs = [value.name for value in model.graph.input if value.name not in fixed]
    for name, one in zip(inputs, data, strict=True):
        document["inputs"][network.value(name).name] = one
    plan = bx.compile(document)
    plan.run()
    found = {}
    for output in model.graph.output:
        value = network.value(output.name)
        found[output.name] = value and (value.numbers if isinstance(value, Known) else np.asarray(plan[value.name]))
    return found


def cases(*, quick: bool = False) -> list[Any]:
    """Every case, each with its model and data, but those whose right answer is drawn at random; if `quick`, without
    those that take seconds to be made."""
    slow = [operator.lower() for operator in SLOW] if quick else []
    for module in pkgutil.iter_modules(node.__path__):
        if module.name not in slow:
            importlib.import_module(f"{node.__name__}.{module.name}")  # which makes its cases
    found = (case for case in node._NodeTestCases if not DRAWN.fullmatch(case.name))
    return [case for case in found if not quick or operator_of(case) not in SLOW]


def sample(every: Iterable[Any]) -> list[Any]:
    """Of each operator, and of each that is written out in others, the first case and the last."""
    groups: dict[str, list[Any]] = {}
    for case in every:
        groups.setdefault(operator_of(case), []).append(case)
    return [group[at] for group in groups.values() for at in {0, len(group) - 1}]


def operator_of(case: Any) -> str:
    """The operator of a case; of one that is written out in simpler ones, that which it is written out of."""
    kinds = [node.op_type for node in case.model.graph.node]
    return kinds[0] if len(kinds) == 1 else f"({case.name.removeprefix('test_').split('_')[0]})"
