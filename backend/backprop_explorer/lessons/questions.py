"""Questions as a lesson has them in JSON, by their kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from backprop_explorer.explain.terms.zeros import Zero
from backprop_explorer.lessons.deriving import Direction, Drag, Gradient, Mend
from backprop_explorer.lessons.keys import object_of, problem, text_of
from backprop_explorer.lessons.limits import LONGEST_EXPRESSION, MOST_OPTIONS
from backprop_explorer.lessons.pointing import TOLERANCE, UNITS, Cells, Number, Option, Reason, ShapeOf
from backprop_explorer.lessons.question import Question
from backprop_explorer.practice.candidates import Code
from backprop_explorer.problem import suggestion

Said = tuple[str, str, str]
_EVERY = ("kind", "ask", "hint", "because")
_DIRECTIONS = get_args(Direction)


def read_question(content: object, where: str) -> Question:
    """The question that a JSON object describes. Raises a `Problem` that says where, which key, and what to do."""
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        hint = (suggestion(kind, KINDS) if isinstance(kind, str) else None) or f"the kinds are {', '.join(KINDS)}"
        raise problem(f"{where}:", "“kind” must name a kind of question", hint)
    keys, make = KINDS[kind]
    question = object_of(content, where, (*_EVERY, *keys))
    ask, hint, because = (text_of(question, key, where) for key in ("ask", "hint", "because"))
    return make((ask, hint, because), question, where)


def _cells(said: Said, content: dict[str, Any], where: str) -> Question:
    named = [key for key in ("where", "moves") if key in content]
    if len(named) != 1:
        raise problem(f"{where}", "needs either where or moves", 'such as "where": "l1 > 0", or "moves": "w1[0, 1]"')
    chosen = {named[0]: _expression(content, named[0], where)}
    return Cells(*said, _expression(content, "of", where), **chosen)


def _number(said: Said, content: dict[str, Any], where: str) -> Question:
    tolerance = content.get("tolerance", TOLERANCE)
    if type(tolerance) not in (int, float) or not 0 <= tolerance <= 1:
        raise problem(f"{where}, “tolerance”,", "must be a part of the number, from 0 to 1", "such as 0.1")
    unit = content.get("unit")
    if unit is not None and (not isinstance(unit, str) or unit not in UNITS):
        raise problem(f"{where}, “unit”,", f"must be one of {', '.join(UNITS)}")
    return Number(*said, _expression(content, "value", where), float(tolerance), unit)


def _shape(said: Said, content: dict[str, Any], where: str) -> Question:
    return ShapeOf(*said, _expression(content, "of", where))


def _drag(said: Said, content: dict[str, Any], where: str) -> Question:
    named = [key for key in _DIRECTIONS if key in content]
    if len(named) != 1:
        raise problem(f"{where}", "needs one of falls, rises and until", 'such as "falls": "loss"')
    return Drag(
        *said,
        _expression(content, "weight", where),
        named[0],
        _expression(content, named[0], where),
    )


def _formula(said: Said, content: dict[str, Any], where: str) -> Question:
    choices = content.get("choices", [])
    if not isinstance(choices, list) or len(choices) > MOST_OPTIONS or len(choices) == 1:
        raise problem(f"{where}, “choices”,", f"must be a list of 2 to {MOST_OPTIONS} formulae")
    texts = tuple(_expression({"choices": choice}, "choices", where) for choice in choices)
    return Gradient(*said, _expression(content, "of", where), texts)


def _mend(said: Said, content: dict[str, Any], where: str) -> Question:
    mistake, known = content.get("mistake"), get_args(Code)
    if not isinstance(mistake, str) or mistake not in known:
        hint = (suggestion(mistake, known) if isinstance(mistake, str) else None) or f"there are {', '.join(known)}"
        raise problem(f"{where}, “mistake”,", "must be the code of a mistake", hint)
    return Mend(*said, _expression(content, "of", where), mistake=mistake)


def _reason(said: Said, content: dict[str, Any], where: str) -> Question:
    options = content.get("options")
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        raise problem(f"{where}, “options”,", f"must be a list of 2 to {MOST_OPTIONS} reasons")
    of = _expression(content, "of", where) if "of" in content else None
    return Reason(*said, tuple(_option(one, f"{where}, option {at}", of) for at, one in enumerate(options, 1)), of)


def _option(content: object, where: str, of: str | None) -> Option:
    option = object_of(content, where, ("text", "holds", "zero"))
    if ("holds" in option) == ("zero" in option):
        raise problem(where, "needs either holds or zero", 'such as "holds": "x[0, 4] == 0"')
    zero = option.get("zero")
    if zero is None:
        return Option(text_of(option, "text", where), holds=_expression(option, "holds", where))
    if zero not in get_args(Zero):
        raise problem(f"{where}, “zero”,", f"must be one of {', '.join(get_args(Zero))}")
    if of is None:
        raise problem(f"{where}, “zero”,", "needs the question's “of”", 'the element that is 0: "of": "w1.g[2, 1]"')
    return Option(text_of(option, "text", where), zero=zero)


def _expression(content: dict[str, Any], key: str, where: str) -> str:
    return text_of(content, key, where, LONGEST_EXPRESSION)


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Said, dict[str, Any], str], Question]]] = {
    "cells": (("of", "where", "moves"), _cells),
    "number": (("value", "tolerance", "unit"), _number),
    "shape": (("of",), _shape),
    "drag": (("weight", *_DIRECTIONS), _drag),
    "formula": (("of", "choices"), _formula),
    "mend": (("of", "mistake"), _mend),
    "reason": (("options", "of"), _reason),
}
"""By kind: the keys beside those that every question has, and what reads them."""
