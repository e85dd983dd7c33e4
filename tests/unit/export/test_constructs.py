"""Programs with lists, branches and changes in place, taken away as NumPy scripts."""

from __future__ import annotations

import ast
import contextlib
import io
from typing import Any

import numpy as np

import backprop_explorer as bx
from tests.together import each
from tests.unit.language.test_changes import ELEMENTS, SHARED
from tests.unit.language.test_constructs import PROGRAMS, W, X

TEXTS = {**PROGRAMS, **ELEMENTS, **SHARED}


def compiled(text: str) -> bx.Plan:
    """The plan of a program over x, and over w where it reads that."""
    reads_w = any(isinstance(node, ast.Name) and node.id == "w" for node in ast.walk(ast.parse(text)))
    return bx.compile({"program": text, "parameters": {"x": X, **({"w": W} if reads_w else {})}})


def ran(script: str) -> tuple[float, dict[str, Any]]:
    """The loss that a script prints first, and its variables."""
    variables: dict[str, Any] = {"__name__": "script"}
    with contextlib.redirect_stdout(io.StringIO()) as output, np.errstate(all="ignore"):
        exec(compile(script, "script", "exec"), variables)  # noqa: S102 - our own text, as a user would run it
    return float(output.getvalue().splitlines()[0].removeprefix("loss: ")), variables


@each("name", list(TEXTS))
def test_the_numpy_script_agrees(name: str) -> None:
    plan = compiled(TEXTS[name])
    found, variables = ran(plan.code())
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(found, plan.run(), rtol=1e-12)
    np.testing.assert_allclose(variables["x_g"], plan["x.g"], rtol=1e-12)
