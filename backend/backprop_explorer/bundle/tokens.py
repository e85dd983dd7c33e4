"""A script of the page as tokens, without its comments and white space."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
_TOKEN = re.compile(
    r"""
    (?:\s+|//[^\n]*|/\*.*?\*/)*+
    (?:(?P<name>\#?(?:[^\W\d]|\$)[\w$]*)
    |(?P<number>(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)n?)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<template>`(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{))
    |(?P<mark>>>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--
      |[-+*/%&|^]=|<<|>>|\*\*|[][(){}<>;,:?.=+*/%&|^!~-])
    |(?P<end>\Z))
    """,
    re.VERBOSE | re.DOTALL,
)
_CONTINUED = re.compile(r"\}(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_MEETING = re.compile(r"[\w$][\w$#]|\+\+|--|/[/*]")
KEYWORDS = frozenset({
    "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do",
    "else", "export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "let",
    "new", "null", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void",
    "while", "with", "yield",
})  # fmt: skip
_OPERANDS = ("this", "super", "null", "true", "false")
_OPENING, _CLOSING, _PAIRS = frozenset("([{"), frozenset(")]}"), ("()", "[]", "{}")


class Token(NamedTuple):
    """A piece of a script; `kind` is name, number, text, template, pattern or mark.

    A template is a token for each part of its text, `${` and `}` included: `a${`, }b${ and }`. The first opens a
    bracket that the last closes.
    """

    kind: str
    text: str

    @property
    def opens(self) -> bool:
        """Whether it is an opening bracket."""
        text = self.text
        return text in _OPENING or (self.kind == "template" and text[-1] == "{" and text[0] == "`")

    @property
    def closes(self) -> bool:
        """Whether it is a closing bracket."""
        text = self.text
        return text in _CLOSING or (self.kind == "template" and text[-1] == "`" and text[0] == "}")


CLOSING_BRACE, COLON, COMMA, SEMICOLON = (Token("mark", text) for text in "}:,;")
END = Token("", "")
"""What follows the last token."""


def tokens_of(script: str) -> list[Token]:
    """Raises ValueError where no token begins, or a brace is closed that was not opened."""
    found: list[Token] = []
    known: dict[tuple[str, str], Token] = {}  # most are there many times
    braces: list[bool] = []  # the open ones: whether a template goes on after it
    kind, text, at = _next(script, 0, END, goes_on=False)
    while kind != "end":
        token = known.get((kind, text))
        if token is None:
            token = known[kind, text] = Token(kind, text)
        found.append(token)
        if text[0] == "}" and token.closes:
            if not braces:
                raise ValueError("a brace is closed that was not opened")
            braces.pop()
        elif text[-1] == "{" and token.opens:
            braces.append(kind == "template")
        kind, text, at = _next(script, at, token, goes_on=braces[-1:] == [True])
    return found


def _next(script: str, at: int, before: Token, *, goes_on: bool) -> tuple[str, str, int]:
    """The kind and the text of the next token, and where it ends; of kind `end` after the last one."""
    match = _TOKEN.match(script, at)
    kind = match.lastgroup if match else None
    text = match[kind] if match and kind else ""
    if match and text == "}" and goes_on:
        if continued := _CONTINUED.match(script, match.start("mark")):
            return "template", continued[0], continued.end()
    elif match and text in ("/", "/=") and not _ends_operand(before):
        match = _PATTERN.match(script, match.start("mark"))
        kind, text = "pattern", match[0] if match else ""
    if match is None or kind is None:
        blank = _BLANK.match(script, at)
        at = blank.end() if blank else at
        raise ValueError(f"line {script.count(chr(10), 0, at) + 1}: no token begins with {script[at : at + 20]!r}")
    return kind, text, match.end()


def _ends_operand(token: Token) -> bool:
    """Whether a slash after it divides."""
    kind, text = token
    if kind == "name":
        return text not in KEYWORDS or text in _OPERANDS
    return text in _CLOSING if kind == "mark" else text[-1:] not in ("", "{")


def pairs_of(tokens: list[Token]) -> dict[int, int]:
    """The place of each bracket's partner."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind == "name":
            continue
        if token.closes:
            if not waiting or tokens[waiting[-1]].text[-1] + token.text[0] not in _PAIRS:
                raise ValueError(f"{token.text!r} closes what was not opened")
            partner = waiting.pop()
            found[at], found[partner] = partner, at
        elif token.opens:
            waiting.append(at)
    if waiting:
        raise ValueError(f"{tokens[waiting[-1]].text!r} is never closed")
    return found


def written(tokens: Iterable[Token]) -> str:
    """A script of these tokens, with a space only where two would become one."""
    found: list[str] = []
    before = END
    for token in tokens:
        meeting = before.text[-1:] + token.text[0]
        if _MEETING.fullmatch(meeting) or (before.kind == "number" and token.text == "."):
            found.append(" ")
        found.append(token.text)
        before = token
    return "".join(found)
