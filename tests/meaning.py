"""The judge of spellings: whether a line that the language accepts means what its library means.

A case is a line of a library's code over given tensors, with the library's value and gradients; the engine runs it the
way of `POST /trace`. NumPy is all that is needed, so that a library's golden values can be judged without the library.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.document import KEYS
from backprop_explorer.problem import Problem

Array = np.ndarray[Any, Any]
Outcome = Literal["right", "different", "refused", "crashed"]
ROUNDING = 1e-12
"""So far from 0 a library's number may be that is 0."""
DIALECT = "dialect"
WEIGHT = "weight"
ABOUT_THE_LANGUAGE = frozenset({
    "not_in_language", "unknown_function", "unknown_name", "unknown_attribute", "bad_call", "bad_assignment",
    "bad_index", "wrong_shape", "wrong_kind", "not_a_tensor", "unused_parameter",
})  # fmt: skip
"""Codes of problems that say that a line is not part of the language, or not for such tensors."""


@dataclass(frozen=True)
class Case:
    """A line, the tensors it is about, and what the library makes of it.

    `text` is the code of `out`; with `first`, a line that stands in front of it. Numbers are nested lists, with the
    words NaN, Infinity and -Infinity in them. A parameter that is not among the `gradients` has the gradient 0.
    `must` says that it has to be right; else it may also be refused. `dialect` is given where the line does not show
    whose words it is written in.
    """

    operation: str
    form: str
    text: str
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    out: Any
    gradients: Mapping[str, Any] = field(default_factory=dict)
    first: str | None = None
    dialect: str | None = None
    must: bool = True

    @property
    def program(self) -> str:
        """The whole program: `out`, and as loss its elements weighted and added up."""
        line = f"out = {self.text}\nloss = (out * {WEIGHT}).sum()"
        return line if self.first is None else f"{self.first}\n{line}"

    def to_json(self) -> dict[str, Any]:
        """The case for a file, without what is at its default."""
        defaults = {"gradients": {}, "inputs": {}, "first": None, "dialect": None, "must": True}
        return {key: value for key, value in asdict(self).items() if key not in defaults or defaults[key] != value}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Case:
        """A case out of a file."""
        return cls(**{"inputs": {}, **told})


@dataclass(frozen=True)
class Verdict:
    """What came of a case: `why` is the refusal's text, or what differs and by how much."""

    outcome: Outcome
    why: str = ""
    code: str = ""


def weights(shape: tuple[int, ...]) -> Array:
    """The fixed weights of a loss over a tensor of that shape: no two elements count alike, none is 0."""
    count = int(np.prod(shape))
    return (np.round(np.cos(np.arange(count) * 1.7) + 0.013 * (1 + np.arange(count) % 5), 3) + 0.0007).reshape(shape)


def judge(case: Case, rtol: float = 1e-8, gradient_rtol: float | None = None) -> Verdict:
    """Runs a case; the value may differ by `rtol` of the largest element, gradients by `gradient_rtol` or as much."""
    expected = array(case.out)
    try:
        plan = planned(case, weights(expected.shape))
        differences = [difference("out", plan["out"], expected, rtol)]
        for name, given in case.parameters.items():
            shape = array(given).shape
            wanted = array(case.gradients[name]) if name in case.gradients else np.zeros(shape)
            differences.append(difference(f"{name}.g", gradient(plan, name, shape), wanted, gradient_rtol or rtol))
        said = "; ".join(filter(None, differences))
        return Verdict("different", said) if said else Verdict("right")
    except Problem as problem:
        said = _hidden(case, expected, rtol)
        return Verdict("different", said) if said else Verdict("refused", str(problem), problem.code)
    except Exception:
        return Verdict("crashed", traceback.format_exc(limit=-3))


def _hidden(case: Case, expected: Array, rtol: float) -> str:
    """What differs where not the line was refused, but the loss over it: another shape does not fit the weights, and
    a gradient that should be there is missing."""
    try:
        plan = planned(replace(case, parameters={}, inputs={**case.inputs, **case.parameters}), np.asarray(1.0))
        return difference("out", plan["out"], expected, rtol)
    except Problem:
        return ""


def planned(case: Case, weight: Array) -> Plan:
    """The case's program as a plan that has run. Without parameters the weight is one."""
    told: dict[str, Any] = {
        "program": case.program,
        "inputs": {name: value if _whole(value) else array(value) for name, value in case.inputs.items()},
        "parameters": {name: array(value) for name, value in case.parameters.items()},
    }
    told["inputs" if told["parameters"] else "parameters"][WEIGHT] = weight
    if case.dialect is not None and DIALECT in KEYS:
        told[DIALECT] = case.dialect
    budget = Budget()
    with np.errstate(all="ignore"):
        document = Document.parse(told, budget)
        plan = Plan(program_of(document, budget), document)
        plan.run()
    return plan


def gradient(plan: Plan, name: str, shape: tuple[int, ...]) -> Array:
    """The gradient of a tensor; zeros where the loss does not depend on it."""
    return np.asarray(plan[f"{name}.g"]) if f"{name}.g" in plan else np.zeros(shape)


def array(value: Any) -> Array:
    """Nested lists of numbers, with NaN and infinities as words, as an array of floats."""
    return np.asarray(_numbers(value), dtype=float)


def _numbers(value: Any) -> Any:
    return (
        [_numbers(item) for item in value]
        if isinstance(value, (list, tuple))
        else float(value)
        if isinstance(value, str)
        else value
    )


def _whole(value: Any) -> bool:
    """Whether it holds whole numbers or truth values only, which labels and masks do."""
    if isinstance(value, (list, tuple)):
        return all(_whole(item) for item in value)
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iub"
    return isinstance(value, int)


def difference(name: str, own: Any, expected: Array, rtol: float) -> str:
    """What is to be said of two tensors that should be equal; nothing if they are."""
    found = np.asarray(own, dtype=float)
    if found.shape != expected.shape:
        return f"{name} has the shape {found.shape}, not {expected.shape}"
    finite = np.abs(expected[np.isfinite(expected)])
    slack = rtol * float(finite.max(initial=0.0)) + ROUNDING
    if np.allclose(found, expected, rtol=rtol, atol=slack, equal_nan=True):
        return ""
    apart = ~np.isclose(found, expected, rtol=rtol, atol=slack, equal_nan=True)
    where = tuple(int(i) for i in np.argwhere(apart)[0])
    place = str(list(where)) if where else ""
    return f"{name}{place} is {found[where]:.9g}, not {expected[where]:.9g} ({int(apart.sum())} of {apart.size} differ)"
