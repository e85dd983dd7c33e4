"""Program text to a syntax tree: parsed, bounded and never handed to `eval`, `exec` or `compile` for running."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of

MAX_DEPTH = 100
FORMULA_CHARACTERS, FORMULA_DEPTH = 500, 40
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
            tree = tree_of(text, NOWHERE)
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


def parsed_formula(text: str) -> ast.expr:
    """The syntax tree of one expression, bounded more tightly. Raises a `Problem` with its place."""
    if len(text) > FORMULA_CHARACTERS:
        raise Problem("too_long", f"a formula has at most {FORMULA_CHARACTERS} characters; got {len(text):,}")
    _check_brackets(text, FORMULA_DEPTH, "formula")
    indent = len(text) - len(text.lstrip(" \t"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = tree_of(text[indent:], NOWHERE, mode="eval").body
    except SyntaxError as error:
        raise _unreadable_formula(text, error, indent) from None
    except (RecursionError, MemoryError):
        raise _too_deep(FORMULA_DEPTH, "formula") from None
    except ValueError as error:
        raise Problem("syntax", f"the formula cannot be read: {error}") from None
    _check_depth(tree, FORMULA_DEPTH, "formula")
    for node in ast.walk(tree) if indent else ():
        if getattr(node, "lineno", None) == 1 and hasattr(node, "col_offset"):
            node.col_offset += indent
        if getattr(node, "end_lineno", None) == 1 and hasattr(node, "end_col_offset"):
            node.end_col_offset += indent
    return tree


def _unreadable_formula(text: str, error: SyntaxError, indent: int) -> Problem:
    hint = None
    if not text.strip():
        hint = "write an expression such as x.T @ l1.g"
    elif re.search(r"(?<![=!<>])=(?!=)", text):
        hint = "write only what stands to the right of the ="
    line, column = error.lineno, error.offset
    if not line or not column:  # it ends too early
        lines = text.rstrip().splitlines() or [""]
        line, column = len(lines), len(lines[-1]) + 1
    elif line == 1:
        column += indent
    return Problem("syntax", f"the formula cannot be read: {error.msg}", line=line, column=column, hint=hint)


def _too_deep(allowed: int = MAX_DEPTH, what: str = "program") -> Problem:
    return Problem(
        "too_deep",
        f"the {what} is nested more than {allowed} levels deep",
        hint="give parts of the expression names of their own" if what == "program" else None,
    )


def _check_brackets(text: str, allowed: int = MAX_DEPTH, what: str = "program") -> None:
    depth = 0
    for character in text:
        depth += _BRACKETS.get(character, 0)
        if depth > allowed:
            raise _too_deep(allowed, what)


def _check_depth(tree: ast.AST, allowed: int = MAX_DEPTH, what: str = "program") -> None:
    level: list[ast.AST] = [tree]
    for _ in range(allowed):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise _too_deep(allowed, what)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node)


@lru_cache(maxsize=4)
def _lines(text: str) -> list[bytes]:
    return text.encode(errors="surrogatepass").splitlines()  # of bytes: only at what ends a line for Python, too


def column_of(text: str, node: ast.AST) -> int | None:
    """The column of a node in characters, from 1 (Python counts bytes)."""
    line, offset = getattr(node, "lineno", None), getattr(node, "col_offset", None)
    if line is None or offset is None:
        return None
    lines = _lines(text)
    return len(lines[line - 1][:offset].decode(errors="ignore")) + 1 if line <= len(lines) else None
