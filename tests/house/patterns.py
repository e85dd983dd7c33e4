"""Every regular expression of the package, how it is used, and texts that are meant to be hard for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

COMPILING = "compile"
AT_THE_START = ("match", "fullmatch")
ANYWHERE = ("search", "sub", "subn", "split", "findall", "finditer")
ORDINARY = [" ", '"', '\\"', "\\", "1", "1.", "a", "a1", "(", "[", ",", ", a=", "=", "\n", "<", "-", "_", "é"]


@dataclass(frozen=True)
class Use:
    """A pattern and the function that is called with it; `place` is where it stands."""

    place: str
    pattern: str | bytes
    flags: int
    function: str

    def work(self, text: str) -> None:
        """Uses the pattern on a text."""
        subject: Any = text.encode() if isinstance(self.pattern, bytes) else text
        compiled: Any = re.compile(self.pattern, self.flags)
        if self.function in AT_THE_START:
            getattr(compiled, self.function)(subject)
        else:
            for _ in compiled.finditer(subject):
                pass


def uses(path: Path, text: str) -> Iterator[Use]:
    """The patterns of a module. An AssertionError for one that is no literal: nobody could test it."""
    if not re.search(r"\bre\b", text):
        return
    tree = ast.parse(text)
    kept: dict[str, tuple[str | bytes, int, str]] = {}
    called: list[tuple[str, str]] = []
    nodes = list(ast.walk(tree))
    for node in nodes:
        assert not (isinstance(node, ast.ImportFrom) and node.module == "re"), (
            f"{path.name}: say re.{node.names[0].name}"
        )
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner, function, place = node.func.value, node.func.attr, f"{path.name}:{node.lineno}"
        if not isinstance(owner, ast.Name):
            continue
        if owner.id != "re":
            called.append((owner.id, function))
        elif function in (COMPILING, *AT_THE_START, *ANYWHERE):
            assert isinstance(node.args[0], ast.Constant), f"{place}: the pattern is no literal"
            pattern, flags = node.args[0].value, _flags(node, function)
            target = next((n for n in nodes if isinstance(n, ast.Assign) and n.value is node), None)
            if function != COMPILING:
                yield Use(place, pattern, flags, function)
            elif target is not None and isinstance(target.targets[0], ast.Name):
                kept[target.targets[0].id] = pattern, flags, place
            else:
                yield from (Use(place, pattern, flags, one) for one in ("fullmatch", "search"))
    for name, (pattern, flags, place) in kept.items():
        found = {function for owner, function in called if owner == name} & {*AT_THE_START, *ANYWHERE}
        for function in sorted(found) or ["fullmatch", "search"]:
            yield Use(place, pattern, flags, function)


def _flags(node: ast.Call, function: str) -> int:
    named = [keyword.value for keyword in node.keywords if keyword.arg == "flags"]
    given = named or (node.args[1:2] if function == COMPILING else [])
    names = [part.attr for one in given for part in ast.walk(one) if isinstance(part, ast.Attribute)]
    return sum(int(getattr(re, name)) for name in names)


def hard_texts(pattern: str | bytes, flags: int = 0) -> Iterator[tuple[str, str, str]]:
    """A beginning, a piece to be repeated, and an end that does not fit: what each repetition of the pattern takes,
    after all that stands before it, and what is long in any text."""
    tree = _parser.parse(pattern, flags)
    pieces: list[tuple[str, str]] = [("", _example(tree)), *(("", piece) for piece in ORDINARY)]
    before = ""
    for part in tree:
        pieces += [(before, piece) for piece in _repeated(part)]
        pieces += [(before, piece) for piece in ORDINARY]
        before += _example([part])
    known = set()
    for beginning, piece in pieces:
        for end in ("", "!", "\x00"):
            if piece and (beginning, piece, end) not in known:
                known.add((beginning, piece, end))
                yield beginning, piece, end


def _repeated(part: Any) -> Iterator[str]:
    """What the repetitions within a part of a pattern take."""
    operation, argument = part
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        _, most, inner = argument
        if most > 1:
            yield from _examples(inner)
        for one in inner:
            yield from _repeated(one)
    elif operation is sre.SUBPATTERN:
        for one in argument[-1]:
            yield from _repeated(one)
    elif operation is sre.BRANCH:
        for way in argument[1]:
            for one in way:
                yield from _repeated(one)
    elif operation is sre.ATOMIC_GROUP:
        for one in argument:
            yield from _repeated(one)


def _examples(inner: Any) -> Iterator[str]:
    """Texts that a part takes: of a set of characters one of each kind."""
    if len(inner) == 1 and inner[0][0] is sre.IN:
        members = [letter for letter in " a1,.:\"'\\()[]-_\né" if _takes(inner, letter)]
        yield from members
        yield "".join(members)
    yield _example(inner)


def _takes(inner: Any, letter: str) -> bool:
    return any(_member(one, letter) for one in inner[0][1]) != (inner[0][1][0][0] is sre.NEGATE)


def _member(one: Any, letter: str) -> bool:
    operation, argument = one
    if operation is sre.LITERAL:
        return ord(letter) == argument
    if operation is sre.RANGE:
        return argument[0] <= ord(letter) <= argument[1]
    kinds = {
        sre.CATEGORY_SPACE: letter.isspace(),
        sre.CATEGORY_DIGIT: letter.isdigit(),
        sre.CATEGORY_WORD: letter.isalnum() or letter == "_",
        sre.CATEGORY_NOT_SPACE: not letter.isspace(),
        sre.CATEGORY_NOT_DIGIT: not letter.isdigit(),
        sre.CATEGORY_NOT_WORD: not (letter.isalnum() or letter == "_"),
    }
    return operation is sre.CATEGORY and kinds[argument]


def _example(parts: Any) -> str:
    """A text that these parts of a pattern take."""
    return "".join(_one(operation, argument) for operation, argument in parts)


def _one(operation: Any, argument: Any) -> str:
    if operation is sre.LITERAL:
        return chr(argument)
    if operation is sre.NOT_LITERAL:
        return "b" if argument == ord("a") else "a"
    if operation is sre.ANY:
        return "a"
    if operation is sre.IN:
        return next((letter for letter in "a1 ,.-_\"'\\:([)]=\n/<>|é" if _takes([(operation, argument)], letter)), "é")
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _example(argument[2]) * max(1, argument[0])
    if operation is sre.SUBPATTERN:
        return _example(argument[-1])
    if operation is sre.BRANCH:
        return _example(argument[1][0])
    if operation is sre.ATOMIC_GROUP:
        return _example(argument)
    return ""  # an anchor or a look around takes nothing
