"""How the product speaks: phrases that were replaced by what a textbook would say do not come back, in no text that a
reader sees."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import FRONTEND, PACKAGE

REPLACED = {
    r"\badded up\b": "summed, the sum of",
    r"\bmade of\b": "computed from, consists of",
    r"\b[Nn]udge\b": "change by ε",
    r"\bstretched\b(?!\()": "broadcast",
    r"\bcollapses\b": "summed over",
    r"\bon the screen\b": "current",
    r"\bon its way…": "Loading…",
    r"\bthe present(?: one| numbers)?(?=[.,;]|$)": "the current, the latest",
    r"\bin the head\b": "by hand",
    r"\bcomes? to something\b": "simplifies to",
    r"\b(?:must|has to) be turned\b": "must be transposed",
    r"\bWanted\b": "Expected",
    r"\b(?:is|are) told\b": "is said, is given",
    r"\b[Tt]he way back\b": "the backward pass",
    r"\blaid open\b": "visible",
    r"\bOpened, it\b": "Expand it",
    r"\btakes a tuple apart\b": "unpacks a tuple",
    r"\bDone again\b": "Redone",
    r"\bthe same \d* ?things\b": "the same features",
}
"""A phrase as a pattern, and what is said instead."""
ANY_REPLACED = re.compile("|".join(f"(?:{pattern})" for pattern in REPLACED))


def texts_of_python(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings; a formatted one with its gaps."""
    tree = ast.parse(path.read_text("utf-8"))
    for parent in ast.walk(tree):
        body = getattr(parent, "body", [])
        for statement in body if isinstance(body, list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                statement.value.value = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def texts_of_script(path: Path) -> Iterator[str]:
    """What stands in quotes, outside of comments."""
    source = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
    for match in re.finditer(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', source):
        yield match[1] if match[1] is not None else match[2]


def texts_of_json(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts_of_json(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_of_json(part)


def texts(path: Path) -> Iterator[str]:
    if path.suffix == ".py":
        yield from texts_of_python(path)
    elif path.suffix == ".js":
        yield from texts_of_script(path)
    else:
        yield from texts_of_json(json.loads(path.read_text("utf-8")))


def files() -> list[Path]:
    found = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.json"), *FRONTEND.rglob("*.js")]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def found(text: str) -> list[str]:
    """What is said in words: a single word is a key, no sentence."""
    if " " not in text.strip() or not ANY_REPLACED.search(text):
        return []
    return [pattern for pattern in REPLACED if re.search(pattern, text)]


def test_no_text_has_a_phrase_that_was_replaced() -> None:
    problems = [
        f"{path.name}: {text[:90]!r}: say {REPLACED[pattern]!r}"
        for path in files()
        for text in texts(path)
        for pattern in found(text)
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("name", "source", "count"),
    [
        ("a.py", '"""Made of nothing."""\nx = f"{1} products, added up"\n', 1),
        ("a.py", '"""Made of things that are added up."""\n', 0),
        ("a.js", 'const said = "10 products, added up"; // added up\n/* added up */\n', 1),
        ("a.js", "const said = `is made of ${what}`;\n", 1),
        ("a.json", '{"text": ["It is made of numbers."]}', 1),
    ],
)
def test_a_planted_phrase_is_seen(tmp_path: Path, name: str, source: str, count: int) -> None:
    path = tmp_path / name
    path.write_text(source, "utf-8")
    assert sum(len(found(text)) for text in texts(path)) == count
