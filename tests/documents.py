"""The documents a reader follows, taken apart: fenced blocks, and what a document says they answer.

A `python` or `sh` block is run by the tests, a `py` block where PyTorch is installed; the block right below it, `text`
or `json`, is what it prints, in which `…` stands for anything, and the last digits of a number may differ. A `console`
block is shown only: its commands need what a test machine lacks.

`python -m tests.documents` writes the tables that are made from the code into their documents.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from pathlib import Path

from backprop_explorer.settings import Settings, defaults
from tests.house.repository import ROOT

README = ROOT / "README.md"
DEPLOYMENT = ROOT / "backend" / "docs" / "deployment.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
ANSWERS = ("text", "json")
NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?(?![\d…])")
"""A number whose last digits may be another machine's; one with `…` behind it is compared as far as it is written."""
SETTINGS = re.compile(r"(?<=<!-- settings: python -m tests.documents -->\n).*?(?=<!-- end of settings -->)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it begins on, and the answer that stands right below it."""

    language: str
    code: str
    line: int
    answer: str | None = None
    answers_json: bool = False


def documents() -> list[Path]:
    """README, the documentation and what contributors read."""
    return [README, *sorted((ROOT / "backend" / "docs").glob("*.md")), *sorted((ROOT / ".github").glob("*.md"))]


def blocks(text: str) -> list[Block]:
    """Every fenced block that is not the answer to the one above it."""
    found = list(FENCE.finditer(text))
    answered = [
        one.start() == before.end() + 1 and one[1] in ANSWERS and before[1] not in ANSWERS
        for before, one in pairwise(found)
    ]
    made = []
    for at, fence in enumerate(found):
        if at and answered[at - 1]:
            continue
        below = found[at + 1] if at < len(answered) and answered[at] else None
        line = text.count("\n", 0, fence.start()) + 1
        made.append(Block(fence[1], fence[2], line, below and below[2], below is not None and below[1] == "json"))
    return made


def matches(block: Block, printed: str) -> bool:
    """Whether that is what the document shows. Where it shows JSON, white space does not count."""
    assert block.answer is not None
    shown, made = block.answer.rstrip("\n"), printed.rstrip("\n")
    if block.answers_json:
        shown, made = ("".join(text.split()) for text in (shown, made))
    numbers = [float(number) for number in NUMBER.findall(shown)]
    pieces = [".*?".join(map(re.escape, piece.split("…"))) for piece in NUMBER.sub("\0", shown).split("\0")]
    found = re.fullmatch(f"({NUMBER.pattern})".join(pieces), made, re.DOTALL)
    pairs = zip(numbers, found.groups(), strict=True) if found else ()
    return found is not None and all(isclose(one, float(other), rel_tol=1e-9, abs_tol=1e-12) for one, other in pairs)


def settings_table() -> str:
    """Every setting with its default, that of the public profile where it is another, and its meaning."""
    rows = ["| variable | default | in public | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        ordinary, public = ("" if one is None else f"`{one}`" for one in defaults(field))
        rows.append(
            f"| `BACKPROP_{name.upper()}` | {ordinary} | {public if public != ordinary else ''} | {field.description} |"
        )
    return "\n".join(rows) + "\n"


def main() -> None:
    """Writes the tables anew."""
    text = DEPLOYMENT.read_text("utf-8")
    DEPLOYMENT.write_text(SETTINGS.sub(lambda _: settings_table(), text), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
