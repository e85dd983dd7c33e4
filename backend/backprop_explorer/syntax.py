"""Python text to syntax trees, in any thread."""

from __future__ import annotations

import ast
import threading
from typing import Any, Literal, overload

# CPython 3.11 counts the depth of all threads' trees together: one that is built while another is, where looking for
# garbage has let that thread in, ends in "SystemError: AST constructor recursion depth mismatch".
_building = threading.RLock()


@overload
def tree_of(text: str, filename: str = ..., mode: Literal["exec"] = ...) -> ast.Module: ...


@overload
def tree_of(text: str, filename: str = ..., *, mode: Literal["eval"]) -> ast.Expression: ...


@overload
def tree_of(text: str, filename: str, mode: Literal["eval"]) -> ast.Expression: ...


def tree_of(
    text: str, filename: str = "<unknown>", mode: Literal["exec", "eval"] = "exec"
) -> ast.Module | ast.Expression:
    """What `ast.parse` gives, one text after the other. Raises what it raises for text that is no Python."""
    with _building:
        tree: Any = ast.parse(text, filename, mode)
        return tree  # type: ignore[no-any-return]
