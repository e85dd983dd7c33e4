"""The keys of a lesson's JSON, each checked as it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backprop_explorer.lessons.limits import LONGEST_TEXT, MOST_NAMES
from backprop_explorer.problem import Problem, shortened, suggestion


def problem(where: str, what: str, hint: str | None = None) -> Problem:
    """What is wrong with a lesson, and where."""
    return Problem("bad_lesson", f"{where} {what}", hint=hint)


def text_of(content: Mapping[str, Any], key: str, where: str, longest: int = LONGEST_TEXT) -> str:
    """The text under a key, which must be there."""
    text = content.get(key)
    if not isinstance(text, str) or not text.strip() or len(text) > longest:
        raise problem(f"{where}, “{key}”,", f"must be a text of 1 to {longest} characters")
    return text


def object_of(content: object, where: str, known: Sequence[str]) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise problem(where, "must be a JSON object")
    for key in content:
        if key not in known:
            hint = suggestion(str(key), known) or f"the keys are {', '.join(known)}"
            raise problem(f"{where}, “{shortened(str(key))}”:", "a lesson has no such key here", hint)
    return content


def whole_of(
    content: Mapping[str, Any], key: str, where: str, least: int, most: int, default: int | None = None
) -> int:
    number = content.get(key, default)
    if type(number) is not int or not least <= number <= most:
        raise problem(f"{where}, “{key}”,", f"must be a whole number from {least} to {most}")
    return number


def names_of(content: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    names = content.get(key, [])
    if not isinstance(names, list) or len(names) > MOST_NAMES or not all(isinstance(name, str) for name in names):
        raise problem(f"{where}, “{key}”,", f'must be a list of up to {MOST_NAMES} names, such as ["x", "w1.g"]')
    return tuple(names)
