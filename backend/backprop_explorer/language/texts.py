"""Strings: f-strings, the operator %, `format` and `str`, of what is known without running."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from string import Formatter
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.bounds import check_text
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.values import Masked, Word, kind_of, raw
from backprop_explorer.problem import Problem

_FORMAT = re.compile(r"[^{}\d]{0,3}0?(\d{0,3})[,_]?(\.\d{1,2})?[a-zA-Z%]?")
"""A number's format as f-strings have it: `.3f`, `>5`, `02d`; widths of at most three digits."""
_PERCENT = re.compile(r"%[-+ #0]*\d{0,3}(\.\d{1,2})?[diouxXeEfFgGrsc%]")


def text_of(value: Any) -> str:
    """What Python's str makes of a value. Raises a `Problem` for one whose text depends on a tensor's numbers."""
    return str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, (Node, Masked)):
        raise Problem(
            "not_in_language",
            "the text of a tensor depends on its numbers",
            hint="strings consist of what is known before the program runs, such as x.shape[0]",
        )
    if isinstance(value, Word):
        return value.text
    if isinstance(value, tuple) and all(isinstance(one, (Number, str, bool)) for one in value):
        return raw(value)
    if value is None or isinstance(value, (Number, bool, str)):
        return raw(value)
    raise Problem("not_in_language", f"{kind_of(value)} has no text in the language")


def joined_text(evaluator: Reader, tree: ast.JoinedStr, scope: Scope) -> str:
    """An f-string."""
    return _checked("".join(_part(evaluator, part, scope) for part in tree.values))


def _part(evaluator: Reader, part: ast.expr, scope: Scope) -> str:
    if not isinstance(part, ast.FormattedValue):
        assert isinstance(part, ast.Constant)
        return str(part.value)
    value = _plain(evaluator.evaluate(part.value, scope))
    if part.conversion != -1:
        convert: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}
        value = convert[chr(part.conversion)](value)
    pattern = part.format_spec
    spec = joined_text(evaluator, pattern, scope) if isinstance(pattern, ast.JoinedStr) else ""
    return _in_format(value, spec)


def _in_format(value: Any, spec: str) -> str:
    if not _FORMAT.fullmatch(spec):
        raise Problem("bad_format", f"{spec[:40]!r} is no format for a number such as .3f or 02d")
    try:
        return format(value, spec) if spec else str(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Problem("bad_format", f"the format {spec[:40]!r} does not fit: {error}") from None


def formatted(pattern: str, values: Any) -> str:
    """`"W%d" % 3`."""
    rest = _PERCENT.sub("", pattern)
    if "%" in rest:
        raise Problem("bad_format", f"{pattern[:40]!r} has a % that is no format such as %d, %s or %.3f")
    plain = tuple(map(_plain, values)) if isinstance(values, tuple) else _plain(values)
    try:
        return _checked(pattern % plain)
    except (TypeError, ValueError, OverflowError) as error:
        raise Problem("bad_format", f"{pattern[:40]!r} does not fit its values: {error}") from None


def filled_in(pattern: str, arguments: list[Any], options: dict[str, Any]) -> str:
    """`"W{}".format(3)`: the braces hold nothing, a position or a name, and perhaps a format."""
    parts: list[str] = []
    following = iter(range(len(arguments)))
    try:
        for literal, name, spec, conversion in Formatter().parse(pattern):
            parts.append(literal)
            if name is None:
                continue
            if conversion not in (None, "s") or "{" in (spec or ""):
                raise ValueError("only plain formats are known")
            key = next(following, len(arguments)) if name == "" else int(name) if name.isdecimal() else name
            value = arguments[key] if isinstance(key, int) else options[key]
            parts.append(_in_format(_plain(value), spec or ""))
    except (ValueError, IndexError, KeyError) as error:
        raise Problem(
            "bad_format",
            f"{pattern[:40]!r} does not fit its values: {error}",
            hint='write an f-string: f"W{layer}"',
        ) from None
    return _checked("".join(parts))


def _checked(text: str) -> str:
    check_text(len(text))
    return text
