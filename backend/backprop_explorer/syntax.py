"""Text to Python's syntax tree, in one thread at a time.

Where two threads do it at once, Python 3.11 and 3.12 sometimes raise a SystemError, "AST constructor recursion depth
mismatch", for they count the depths of both together.
"""

from __future__ import annotations

import ast
from threading import RLock
from typing import Literal, overload

_parsing = RLock()


@overload
def parse(source: str, filename: str = ..., mode: Literal["exec"] = ...) -> ast.Module: ...


@overload
def parse(source: str, filename: str = ..., *, mode: Literal["eval"]) -> ast.Expression: ...


def parse(source: str, filename: str = "<unknown>", mode: Literal["exec", "eval"] = "exec") -> ast.AST:
    """What `ast.parse` gives, which is the same function otherwise."""
    with _parsing:
        return ast.parse(source, filename, mode)
