"""What the documents show of PyTorch is what happens, where PyTorch is installed."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest

import backprop_explorer as bx
from tests.documents import blocks, documents, matches

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch runs the documents' programs for it")


def test_the_programs_for_pytorch_print_what_is_shown() -> None:
    found = [block for path in documents() for block in blocks(path.read_text("utf-8")) if block.language == "py"]
    assert found
    for block in found:
        namespace: dict[str, Any] = {"__name__": "__document__", "bx": bx}
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(block.code, f"line {block.line}", "exec"), namespace)  # noqa: S102
        assert matches(block, output.getvalue()), output.getvalue()
