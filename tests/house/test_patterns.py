"""No regular expression of the package takes more than linear time, whatever it is given."""

import re
import time
from pathlib import Path

import pytest

from tests.house.patterns import Use, hard_texts, uses
from tests.house.repository import PACKAGE, files
from tests.together import each

FEW, MANY = 250, 2_000
"""How often a piece is repeated. A quadratic pattern takes 64 times as long for eight times as much, a linear one 8."""
ALLOWED = 24
UNMEASURABLE = 0.002
"""Seconds of processor time that say nothing: a pattern which is quadratic takes far longer for the longer text."""
EVERY = [use for path in files(".py", under=PACKAGE) for use in uses(path, path.read_text("utf-8"))]


def is_linear(use: Use) -> bool:
    """Whether eight times as much takes about eight times as long, even of the text that is hardest for the pattern."""
    return all(growth(use, *text) <= ALLOWED for text in hard_texts(use.pattern, use.flags))


def growth(use: Use, beginning: str, piece: str, end: str) -> float:
    taken = least(use, beginning + piece * MANY + end, 1)
    if taken < UNMEASURABLE:
        return 1.0
    short = least(use, beginning + piece * FEW + end, 3)
    if taken <= ALLOWED * short:
        return taken / short
    return least(use, beginning + piece * MANY + end, 3) / short


def least(use: Use, text: str, times: int) -> float:
    """The least processor time of this thread among some tries: what else the machine does is not counted."""
    found = []
    for _ in range(times):
        start = time.thread_time()
        use.work(text)
        found.append(time.thread_time() - start)
    return max(min(found), 1e-6)


@each("use", EVERY, ids=lambda use: f"{use.place}-{use.function}")
def test_a_pattern_takes_linear_time(use: Use) -> None:
    assert is_linear(use), f"{use.pattern!r} is more than linear"


def test_there_are_patterns() -> None:
    assert {use.function for use in EVERY} >= {"sub", "fullmatch", "search"}


@pytest.mark.parametrize(
    ("pattern", "function"),
    [
        (rb'"(?:[^"\\]|\\.)*"', "sub"),
        (r'\s*(?P<weak>W/)?"(?P<tag>[^"]*)"\s*(?:,|$)', "finditer"),
        (r"[a-zA-Z,\s]*(\.\.\.)?[a-zA-Z,.\s]*(->[a-zA-Z.\s]*)?", "fullmatch"),
        (r"\s+$", "search"),
        (r"\d+\.?\d*e", "match"),
    ],
)
def test_a_planted_quadratic_pattern_is_seen(pattern: str | bytes, function: str) -> None:
    assert not is_linear(Use("here", pattern, 0, function))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import re\nA = re.compile(r'a+', re.M)\nA.sub('', x)", [("a+", re.M, "sub")]),
        ("import re\nre.split(r'a+', x)", [("a+", 0, "split")]),
        ("import re\ndef f():\n    return re.compile('a').search", [("a", 0, "fullmatch"), ("a", 0, "search")]),
    ],
)
def test_a_planted_pattern_is_found(text: str, found: list[tuple[str, int, str]]) -> None:
    assert [(use.pattern, use.flags, use.function) for use in uses(Path("a.py"), text)] == found


@pytest.mark.parametrize("text", ["import re\nre.search(pattern, x)", "from re import search"])
def test_a_pattern_that_would_escape_is_refused(text: str) -> None:
    with pytest.raises(AssertionError):
        list(uses(Path("a.py"), text))
