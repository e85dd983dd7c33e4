"""Program text to a syntax tree: parsed, bounded and never handed to `eval`, `exec` or `compile` for running."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from backprop_explorer.problem import Problem

MAX_DEPTH = 100
NOWHERE = "/dev/null/program"
"""The file that a program is said to come from. Python looks into it for the line of a syntax error, so it must be one
that cannot exist."""
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def parsed(text: str) -> list[ast.stmt]:
    """The statements of a program. Raises a `Problem` with line and column where it cannot be read."""
    _check_brackets(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, NOWHERE)
    except SyntaxError as error:
        raise Problem(
            "syntax", f"the program cannot be read: {error.msg}", line=error.lineno, column=error.offset
        ) from None
    except (RecursionError, MemoryError):
        raise _too_deep() from None
    except ValueError as error:
        raise Problem("syntax", f"the program cannot be read: {error}") from None
    _check_depth(tree)
    return tree.body


def _too_deep() -> Problem:
    return Problem(
        "too_deep",
        f"the program is nested more than {MAX_DEPTH} levels deep",
        hint="give parts of the expression names of their own",
    )


def _check_brackets(text: str) -> None:
    depth = 0
    for character in text:
        depth += _BRACKETS.get(character, 0)
        if depth > MAX_DEPTH:
            raise _too_deep()


def _check_depth(tree: ast.AST) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise _too_deep()


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node)


def column_of(text: str, node: ast.AST) -> int | None:
    """The column of a node in characters, from 1 (Python counts bytes)."""
    line, offset = getattr(node, "lineno", None), getattr(node, "col_offset", None)
    if line is None or offset is None:
        return None
    lines = text.splitlines()
    return len(lines[line - 1].encode()[:offset].decode(errors="ignore")) + 1 if line <= len(lines) else None
