"""Scripts that were taken away, run with NumPy alone, in this process: most take less time than to start another."""

import contextlib
import io
import sys
import warnings
from typing import Any
from unittest import mock

import numpy as np

OURS = "backprop_explorer"


def run(script: str) -> tuple[str, dict[str, Any]]:
    """What the script prints, and the variables that it leaves. The package cannot be imported meanwhile."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with (
        mock.patch.dict(sys.modules, {OURS: None}),
        np.errstate(),
        warnings.catch_warnings(action="default"),
        contextlib.redirect_stdout(printed),
    ):
        exec(compile(script, "the script", "exec"), variables)  # noqa: S102
    return printed.getvalue(), variables
