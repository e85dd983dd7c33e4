"""The page's styles as one; and in few bytes, without the rules for what a page never has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_PIECE = re.compile(r'"[^"]*"|[{};]|[^"{};]+')
_LOOSE = re.compile(r'("[^"]*")|\s*([,>~])\s+|\s+')
_NAME = re.compile(r"[.#]([\w-]+)|:(?:is|where|has)(\()|:[\w-]+(\()?|\[[^\]]*\]|([a-z][\w-]*)|.", re.DOTALL)

IsKnown = Callable[[str], bool]


@dataclass(frozen=True)
class _Block:
    """A rule, or what holds rules: `head { parts }`. A part that is no block is a declaration."""

    head: str
    parts: list[_Block | str]


def bundled_styles(folder: Path, names: Iterable[str]) -> str:
    """These styles, in that order."""
    return "\n".join((folder / name).read_text("utf-8") for name in names)


def short_styles(styles: str, is_known: IsKnown) -> str:
    """The styles without white space, remarks, and rules whose elements, classes or ids are not all known."""
    pieces = iter(_PIECE.findall(_REMARK.sub("", styles)))
    return "".join(_written(_parts(pieces), is_known))


def _parts(pieces: Iterator[str]) -> list[_Block | str]:
    """Those up to the end of the block that is open."""
    found: list[_Block | str] = []
    text = ""
    for piece in pieces:
        if piece == "{":
            found.append(_Block(_tight(text), _parts(pieces)))
        elif piece in (";", "}"):
            found += [_tight(text)] if text.strip() else []
        else:
            text += piece
            continue
        text = ""
        if piece == "}":
            break
    return found


def _tight(text: str) -> str:
    return _LOOSE.sub(lambda match: match[1] or match[2] or " ", text).strip()


def _written(parts: list[_Block | str], is_known: IsKnown) -> Iterator[str]:
    for at, part in enumerate(parts):
        if isinstance(part, str):
            name, colon, value = part.partition(":")
            yield name + colon + value.lstrip() + (";" if at < len(parts) - 1 else "")
            continue
        is_rule = not part.head.startswith("@")
        heads = [one for one in _alternatives(part.head) if _is_possible(one, is_known)] if is_rule else [part.head]
        inside = "".join(_written(part.parts, is_known)) if heads else ""
        if inside:
            yield f"{','.join(heads)}{{{inside}}}"


def _alternatives(selector: str) -> Iterator[str]:
    """`a, b` is a and b."""
    depth = start = 0
    for at, letter in enumerate(selector):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            yield selector[start:at]
            start = at + 1
    yield selector[start:]


def _is_possible(selector: str, is_known: IsKnown) -> bool:
    at = 0
    while at < len(selector):
        match = _NAME.match(selector, at)
        assert match  # it takes any letter
        named, one_of, other, element = match.groups()
        if (named or element) and not is_known(named or element):
            return False
        at = match.end()
        if one_of or other:
            end = _closing(selector, at)
            if one_of and not any(_is_possible(inner, is_known) for inner in _alternatives(selector[at:end])):
                return False
            at = end
    return True


def _closing(selector: str, at: int) -> int:
    """Where the bracket that is open is closed."""
    depth = 1
    while depth:
        depth += (selector[at] == "(") - (selector[at] == ")")
        at += 1
    return at - 1
