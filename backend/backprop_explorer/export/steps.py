"""How a step is announced where it is printed: by the command line, and by a script that was taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HEADINGS = {"forward": "forward pass", "backward": "backward pass", "update": "update"}


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
