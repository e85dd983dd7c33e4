"""The iteration as a script that runs with NumPy alone and prints every step, as the command `trace` does."""

from __future__ import annotations

from backprop_explorer.engine import Plan, trace
from backprop_explorer.export.steps import HEADINGS, given_title, step_title


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
