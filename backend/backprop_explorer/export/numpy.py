"""The iteration as a script that runs with NumPy alone and prints every step, as the command `trace` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backprop_explorer.engine import Plan, trace
from backprop_explorer.export.embedded_document import script_writer
from backprop_explorer.export.record import PYTHON, Exporter, Format

HEADINGS = {"forward": "forward pass", "backward": "backward pass", "update": "update"}


def numpy_trace(plan: Plan) -> str:
    """The script. Runs the plan."""
    content = trace(plan, values=False)
    given = {
        name: given_title(name, tensor)
        for name, tensor in content["tensors"].items()
        if tensor["role"] in ("input", "parameter") and "alias" not in tensor
    }
    steps = {(step["phase"], step["output"]): step_title(step) for step in content["steps"]}
    headings = {phase: f"*** {heading} ***\n" for phase, heading in HEADINGS.items()}
    return plan.code({("given", name): title for name, title in given.items()} | steps, headings)


def given_title(name: str, tensor: Mapping[str, Any]) -> str:
    """The line above the numbers of an input or a parameter, an entry of a trace's tensors."""
    return f"{name}, {tensor['role']} {_shape(tensor['shape'])}"


def step_title(step: Mapping[str, Any]) -> str:
    """The line above the numbers that a step of a trace gives: its code, shapes of its operands, shape of its
    result."""
    operands = [_shape(operand["shape"]) for operand in step["picture"]["operands"]]
    shapes = " -> ".join([", ".join(operands), _shape(step["shape"])] if operands else [_shape(step["shape"])])
    return f"{step['output']} = {step['code']}  {shapes}"


def _shape(shape: Sequence[int]) -> str:
    return str(tuple(shape))


_SUMMARY = "The iteration line by line: runs with NumPy alone, prints every step."
EXPORTER = Exporter(Format("numpy", "NumPy script", _SUMMARY, "py", PYTHON), script_writer(numpy_trace))
