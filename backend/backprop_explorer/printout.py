"""One iteration, printed step by step: forward, backward, update, each with its shapes and numbers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document, trace
from backprop_explorer.engine.births import sentences
from backprop_explorer.export import HEADINGS, given_title, step_title

Array = np.ndarray[Any, Any]


def print_trace(document: Document, budget: Budget) -> None:
    """Prints to standard output."""
    with np.errstate(all="ignore"):
        plan = compile_document(document, budget=budget)
        for line in lines(plan):
            sys.stdout.write(f"{line}\n")


def lines(plan: Plan) -> Iterator[str]:
    """One iteration of the plan as text."""
    content = trace(plan, values=True)
    for warning in content["warnings"]:
        where = "" if warning["line"] is None else f", line {warning['line']}"
        yield f"warning{where}: {sentences(warning)}"
    for name, tensor in content["tensors"].items():
        if tensor["role"] in ("input", "parameter"):
            yield _entry(given_title(name, tensor), plan[name])
    phase = ""
    for step in content["steps"]:
        if step["phase"] != phase:
            phase = step["phase"]
            yield f"*** {HEADINGS[phase]} ***\n"
        value = step["value"] if phase == "update" else plan[step["output"]]
        yield _entry(step_title(step), value)


def _entry(title: str, value: object) -> str:
    numbers = np.array2string(np.asarray(value), max_line_width=120, precision=8, suppress_small=True)
    return f"{title}:\n{numbers}\n"
