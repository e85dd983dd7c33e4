"""What each name in a script is: a variable, or the key of something, which no other name may take."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from backprop_explorer.bundle.tokens import END, KEYWORDS, Token


class Role(Enum):
    """What a name is. A shorthand is both, a key and a variable: `{ a }` is `{ a: a }`."""

    KEYWORD = "keyword"
    VARIABLE = "variable"
    SHORTHAND = "shorthand"
    KEY = "key"


_BLOCK, _OBJECT, _CLASS = "block", "object", "class"
_BEFORE_BLOCK = (")", "=>", "else", "do", "try", "finally", "catch", "static")
_BEFORE_STATEMENT = ("", ";", "{", "}")
_BEFORE_KEY = {_OBJECT: ("{", ","), _CLASS: ("{", ";", "}")}
_AFTER_KEY = {_OBJECT: (":", "("), _CLASS: ("=", "(", ";", "}")}
_AFTER_SHORTHAND = (",", "}", "=")


def roles_of(tokens: Sequence[Token]) -> list[Role | None]:
    """The role of each token that is a name. Raises ValueError for a `switch`, whose braces are not told apart here."""
    found: list[Role | None] = []
    scopes = [_BLOCK]  # what the open brackets are
    is_class = False  # whether the next brace is a class's
    is_modified = False  # whether a modifier such as `async` or `get` comes before a key
    before = ""
    for at, (token, (_, after)) in enumerate(pairwise([*tokens, END])):
        scope = scopes[-1]
        at_key = is_modified or before in _BEFORE_KEY.get(scope, ())
        role = None
        if token.kind == "name":
            is_keyword = token.text in KEYWORDS or _is_of(tokens, at, found, scope)
            role = _role(token.text, before, after, scope if at_key else "", is_keyword=is_keyword)
        is_modified = at_key and (role is Role.KEYWORD or token.text == "*")
        if role is Role.KEYWORD and token.text == "switch":
            raise ValueError("a script cannot be shortened that has a switch")
        is_class |= role is Role.KEYWORD and token.text == "class"
        if token.closes:
            scopes.pop()
        if token.text == "{":
            scopes.append(_brace(before, scope, is_class))
            is_class = False
        elif token.opens:
            scopes.append(token.text[-1])
        found.append(role)
        before = token.text
    return found


def _role(name: str, before: str, after: str, keys_of: str, *, is_keyword: bool) -> Role:
    """`keys_of` is what the key belongs to that may stand there, an object or a class."""
    if before in (".", "?.") or name[0] == "#" or after in _AFTER_KEY.get(keys_of, ()):
        return Role.KEY
    if keys_of == _OBJECT and after in _AFTER_SHORTHAND:
        return Role.SHORTHAND
    return Role.KEYWORD if keys_of or is_keyword else Role.VARIABLE


def _is_of(tokens: Sequence[Token], at: int, roles: Sequence[Role | None], scope: str) -> bool:
    """Whether it is the word between a loop's variable and its list."""
    if tokens[at].text != "of" or scope != "(":
        return False
    return roles[at - 1] is Role.VARIABLE or tokens[at - 1].text in ("]", "}")


def _brace(before: str, scope: str, is_class: bool) -> str:
    """What a brace opens."""
    if is_class:
        return _CLASS
    is_block = before in _BEFORE_BLOCK or (scope == _BLOCK and before in _BEFORE_STATEMENT)
    return _BLOCK if is_block else _OBJECT
