"""Programs that were once accepted and computed something else: each gives its library's number.

`tests/bench/silent.py` writes PyTorch's numbers; NumPy's are evaluated here.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine.document import KEYS
from tests.meaning import DIALECT, array, difference, gradient
from tests.together import each

GOLDEN = json.loads(Path(__file__).with_name("silent_differences.json").read_text("utf-8"))
PREFIXES = ("torch.", "F.", "keepdim=", "dim=", "unsqueeze", ".view(", "unbiased=")
"""What shows that a program is PyTorch's; where nothing does, the document says so."""
RANDOM = np.random.default_rng(3)
ARRAYS: dict[str, Any] = {
    "x": np.arange(9.0).reshape(3, 3),
    "h": RANDOM.standard_normal((4, 3)),
    "z": RANDOM.standard_normal((2, 4, 3)),
    "sq": RANDOM.standard_normal((3, 3)),
    "labels": np.array([2, 0, 1, 2]),
    "j": np.array([0, 2]),
}
NUMPY = (
    "x[[0, 2]]",
    "x[[0, 0]]",
    "x[j]",
    "x[[0, 2], [1, 1]]",
    "h[range(4), labels]",
    "h[np.arange(4), labels]",
    "h[:, [0, 2]]",
    "np.dot(z, h.T)",
    "np.dot(z, sq)",
    "np.dot(z, z.transpose(0, 2, 1))",
    "z.dot(z.swapaxes(1, 2))",
    "np.var(h, 0)",
    "h.var(0)",
    "h.std()",
    "h.max(1)[0]",
    "h.transpose(0, 1)",
    "np.transpose(h, (1, 0))",
    "h.repeat(2, 1)",
    "np.pad(h, (1, 1))",
    "np.pad(h, (1, 2), constant_values=3.0)",
    "np.clip(h, 0.5, -0.5)",
    "h[None].squeeze(0)",
    "h.flatten()",
)


def plan_of(document: dict[str, Any]) -> bx.Plan:
    """A plan that has run; the dialect is said where the language has it."""
    if DIALECT not in KEYS:
        document.pop(DIALECT, None)
    with np.errstate(all="ignore"):
        plan = bx.compile(document)
        plan.run()
    return plan


@each("told", GOLDEN, ids=[told["program"] for told in GOLDEN])
def test_a_program_of_pytorch_gives_its_numbers(told: dict[str, Any]) -> None:
    document = {key: told[key] for key in ("program", "inputs", "parameters")}
    if not any(word in told["program"] for word in PREFIXES):
        document[DIALECT] = "torch"
    plan = plan_of(document)
    assert not difference("loss", plan["loss"], array(told["loss"]), 1e-9)
    for name, expected in told["gradients"].items():
        wanted = array(expected)
        assert not difference(f"{name}.g", gradient(plan, name, wanted.shape), wanted, 1e-9)


@each("line", NUMPY)
def test_a_line_of_numpy_gives_its_numbers(line: str) -> None:
    expected = np.asarray(eval(line, {"np": np}, dict(ARRAYS)), float)  # noqa: S307 - the lines above
    names = {part.id for part in ast.walk(ast.parse(line)) if isinstance(part, ast.Name)} & ARRAYS.keys()
    whole = ("labels", "j")
    plan = plan_of(
        {
            "program": f"out = {line}\nloss = (out ** 2).sum()",
            "inputs": {name: ARRAYS[name] for name in names if name in whole},
            "parameters": {name: ARRAYS[name] for name in names if name not in whole},
            **({} if "np." in line else {DIALECT: "numpy"}),
        }
    )
    assert not difference("out", plan["out"], expected, 1e-12)
