"""The statements of several modules side by side: those that are used, and what each of their names means there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from backprop_explorer.bundle.declarations import Inner
from backprop_explorer.bundle.modules import ALL, Module
from backprop_explorer.bundle.names import Role
from backprop_explorer.bundle.statements import Statement, statements_of
from backprop_explorer.bundle.tokens import COMMA, Token, tokens_of

Shared = tuple[str, str]
"""A name that several statements may use: the module that declares it, and the name; `ALL` is an object of exports."""


class Word(NamedTuple):
    """A token of a statement. A variable is shared, or inside of its statement; any other is the browser's."""

    token: Token
    role: Role | None = None
    shared: Shared | None = None
    inner: Inner | None = None


@dataclass(frozen=True)
class Linked:
    """A statement whose names are linked: what it shares, and whether it acts."""

    words: list[Word]
    shares: frozenset[Shared]
    acts: bool


def linked(modules: dict[str, Module]) -> list[Linked]:
    """The statements that act and all that they use, in the order of their modules.

    Raises ValueError for an import of what its module does not export, and where a variable has the name of an import
    of all that a module exports.
    """
    statements = list(_Linking(modules).statements())
    owners = {shared: one for one in statements for shared in one.shares}
    waiting = [word.shared for one in statements if one.acts for word in one.words]
    used: set[Shared] = set()
    while waiting:
        shared = waiting.pop()
        if shared is not None and shared not in used:
            used.add(shared)
            waiting += (word.shared for word in owners[shared].words)
    return [one for one in statements if one.acts or one.shares & used]


class _Linking:
    def __init__(self, modules: dict[str, Module]) -> None:
        self._modules = modules
        self._statements = {name: statements_of(module.text, module.wholes) for name, module in modules.items()}
        self._owned = {name: {own for one in found for own in one.owns} for name, found in self._statements.items()}

    def statements(self) -> Iterator[Linked]:
        """Of all modules; after each of which all exports are used as an object, one that makes it."""
        whole = {other for module in self._modules.values() for other, name in module.takes.values() if name == ALL}
        for name, statements in self._statements.items():
            for one in statements:
                shares = frozenset((name, own) for own in one.owns)
                yield Linked(list(self._words(name, one)), shares, one.acts)
            if name in whole:
                yield Linked(list(self._object(name)), frozenset([(name, ALL)]), acts=False)

    def _words(self, module: str, statement: Statement) -> Iterator[Word]:
        inner = {at: one for one in statement.inner for at in one.places}
        for at, (token, role) in enumerate(zip(statement.tokens, statement.roles, strict=True)):
            is_variable = role in (Role.VARIABLE, Role.SHORTHAND)
            shared = self._meaning(module, token.text) if is_variable else None
            if shared and shared[1] == ALL and at in inner:
                raise ValueError(f"{module}: {token.text} is an import of all names, and a variable")
            yield Word(token, role, shared, None if shared else inner.get(at))

    def _object(self, module: str) -> Iterator[Word]:
        """`const all = { a: a, … };` of its exports."""
        const, own, equals, begin, end, semicolon = tokens_of("const all = {};")
        yield from (Word(const, Role.KEYWORD), Word(own, Role.VARIABLE, (module, ALL)), Word(equals), Word(begin))
        for name in self._exports(module):
            yield from (Word(Token("name", name), Role.SHORTHAND, self._exported(module, name)), Word(COMMA))
        yield from (Word(end), Word(semicolon))

    def _meaning(self, module: str, name: str) -> Shared | None:
        """What a name means outside of the functions of a module; None where it means nothing there."""
        if name in self._owned[module]:
            return module, name
        whole, _, member = name.partition(".")
        if whole not in self._modules[module].takes:
            return None
        other, given = self._modules[module].takes[whole]
        if given == ALL and not member:
            return other, ALL
        return self._exported(other, member if given == ALL else given)

    def _exported(self, name: str, export: str) -> Shared:
        """What a module exports under a name."""
        module = self._modules[name]
        if export in module.gives:
            shared = self._meaning(name, module.gives[export])
        elif export in module.passes:
            shared = self._exported(*module.passes[export])
        else:
            shared = next((self._exported(one, export) for one in module.passing if export in self._exports(one)), None)
        if shared is None:
            raise ValueError(f"{name} exports no {export}")
        return shared

    def _exports(self, name: str) -> dict[str, None]:
        """The names that a module exports."""
        module = self._modules[name]
        passed = [export for one in module.passing for export in self._exports(one)]
        return dict.fromkeys([*module.gives, *module.passes, *passed])
