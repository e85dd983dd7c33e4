"""The statements of a module, as far as they matter to what is kept of it and to what its names become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from backprop_explorer.bundle.declarations import VARIABLES, Declarations, Inner
from backprop_explorer.bundle.names import Role, roles_of
from backprop_explorer.bundle.tokens import Token, pairs_of, tokens_of

_BLOCKS = ("function", "class", "if", "for", "while", "try", "{")
_GO_ON = ("else", "catch", "finally")
_MODULES = 500
"""So many are remembered: several scripts of the page have most of them in common."""
_HARMLESS = ("Map", "Set", "WeakMap", "WeakSet")
"""To make one changes nothing else."""


@dataclass(frozen=True)
class Statement:
    """A statement outside of all functions, with the roles of its names.

    owns   the names that it declares for its whole module
    inner  the variables that are declared inside of it
    acts   whether it does more than to declare: then it is kept, whoever uses it
    """

    tokens: list[Token]
    roles: list[Role | None]
    owns: frozenset[str]
    inner: list[Inner]
    acts: bool


@lru_cache(_MODULES)
def statements_of(text: str, wholes: frozenset[str] = frozenset()) -> tuple[Statement, ...]:
    """Those of a module without its imports and exports.

    A member of what is imported as a whole is one name, `reducers.choose`.
    """
    return tuple(_statements(text, wholes))


def _statements(text: str, wholes: frozenset[str]) -> Iterator[Statement]:
    tokens = tokens_of(text)
    pairs_of(tokens)  # all brackets have their partners
    tokens, roles = _joined(tokens, roles_of(tokens), wholes)
    pairs = pairs_of(tokens)
    start = 0
    while start < len(tokens):
        stop = _end(tokens, pairs, start)
        yield _statement(tokens[start:stop], roles[start:stop])
        start = stop


def _joined(
    tokens: list[Token], roles: list[Role | None], wholes: frozenset[str]
) -> tuple[list[Token], list[Role | None]]:
    found: list[tuple[Token, Role | None]] = []
    at = 0
    while at < len(tokens):
        token, role = tokens[at], roles[at]
        if role is Role.VARIABLE and token.text in wholes and tokens[at + 1].text == ".":
            token = Token("name", f"{token.text}.{tokens[at + 2].text}")
            at += 2
        found.append((token, role))
        at += 1
    return [token for token, _ in found], [role for _, role in found]


def _statement(tokens: list[Token], roles: list[Role | None]) -> Statement:
    pairs = pairs_of(tokens)
    declarations = Declarations(tokens, roles, pairs)
    owns = frozenset(tokens[at].text for at in _owned(tokens, declarations))
    acts = not owns or any(_acts(tokens, roles, pairs, at) for at in _reached(tokens, pairs, declarations))
    return Statement(tokens, roles, owns, declarations.inner(owns), acts)


def _end(tokens: list[Token], pairs: dict[int, int], start: int) -> int:
    """Where the next statement begins."""
    ends_with_block = _first(tokens, start) in _BLOCKS
    at = start
    while at < len(tokens):
        text = tokens[at].text
        at = pairs[at] + 1 if tokens[at].opens else at + 1
        goes_on = at < len(tokens) and tokens[at].text in _GO_ON
        if text == ";" or (text == "{" and ends_with_block and not goes_on):
            break
    return at


def _first(tokens: list[Token], start: int) -> str:
    """What a statement begins with; `function` with or without `async`."""
    return tokens[start + (tokens[start].text == "async")].text


def _owned(tokens: list[Token], declarations: Declarations) -> Iterator[int]:
    """The places of the names that are declared outside of functions."""
    first = _first(tokens, 0)
    if first in VARIABLES:
        yield from declarations.listed(1)
    elif first in ("function", "class"):
        yield next(iter(declarations.places()))


def _reached(tokens: list[Token], pairs: dict[int, int], declarations: Declarations) -> Iterator[int]:
    """The tokens outside of the functions in a statement."""
    at = 0
    while at < len(tokens):
        if declarations.is_body(at):
            at = pairs[at]
        elif tokens[at].text == "=>":
            at = declarations.expression_end(at + 1) - 1
        else:
            yield at
        at += 1


def _acts(tokens: list[Token], roles: list[Role | None], pairs: dict[int, int], at: int) -> bool:
    """Whether something is called there."""
    token = tokens[at]
    if roles[at] is Role.KEYWORD and token.text in ("new", "await"):
        return tokens[at + 1].text not in _HARMLESS
    if at == 0 or token.text[0] not in "(`":
        return False
    is_called = roles[at - 1] in (Role.VARIABLE, Role.KEY) or tokens[at - 1].text[-1] in ")]}`"
    follows = tokens[pairs.get(at, at) + 1].text
    is_made = tokens[at - 2].text == "new"  # which was looked at
    return is_called and not is_made and follows not in ("{", "=>")
