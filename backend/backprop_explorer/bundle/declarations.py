"""Where a script declares names, and the functions in it: within one, a name means one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backprop_explorer.bundle.names import Role
from backprop_explorer.bundle.tokens import Token

VARIABLES = ("const", "let", "var")


@dataclass(eq=False)
class Inner:
    """A variable inside of a statement: where it is named, and the function that it belongs to, with its parameters.

    Where functions in one another declare the same name, it is one variable of the outermost of them.
    """

    function: range
    places: list[int] = field(default_factory=list)


class Declarations:
    """Those of a script with its roles and pairs of brackets."""

    def __init__(self, tokens: Sequence[Token], roles: Sequence[Role | None], pairs: dict[int, int]) -> None:
        self._tokens = tokens
        self._roles = roles
        self._pairs = pairs

    def inner(self, owned: frozenset[str]) -> list[Inner]:
        """The variables without those that are owned by a module."""
        found: dict[tuple[str, range], Inner] = {}
        around = self._functions_around()
        declared = {(self._tokens[at].text, around[at][-1]) for at in self.places()}
        for at, (token, role) in enumerate(zip(self._tokens, self._roles, strict=True)):
            if role not in (Role.VARIABLE, Role.SHORTHAND) or token.text in owned:
                continue
            function = next((one for one in around[at] if (token.text, one) in declared), None)
            if function is not None:
                found.setdefault((token.text, function), Inner(function)).places.append(at)
        return list(found.values())

    def places(self) -> Iterator[int]:
        """Of all names where they are declared: variables, functions, classes and parameters."""
        for at, token in enumerate(self._tokens):
            if self._roles[at] is Role.KEYWORD:
                yield from self._declared_by(token.text, at)
            elif token.text == "=>" or self.is_body(at):
                yield from self._pattern(self._pairs.get(at - 1, at - 1))

    def listed(self, at: int) -> Iterator[int]:
        """Of `const a = 1, { b } = c`, from the first name."""
        while True:
            yield from self._pattern(at)
            at = self.expression_end(self._after(at))
            if at == len(self._tokens) or self._tokens[at].text != ",":
                return
            at += 1

    def is_body(self, at: int) -> bool:
        """Whether a brace there opens the body of a function or method with its parameters, or of a `catch`."""
        if self._tokens[at].text != "{" or at == 0 or self._tokens[at - 1].text != ")":
            return False
        head = self._pairs[at - 1] - 1
        return self._roles[head] is not Role.KEYWORD or self._tokens[head].text in ("function", "catch")

    def expression_end(self, at: int) -> int:
        """The next comma, semicolon or closing bracket outside of brackets, or the `of` of a loop."""
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.closes or token.text in (",", ";") or (token.text in ("of", "in") and self._is_keyword(at)):
                break
            at = self._after(at)
        return at

    def _functions_around(self) -> list[tuple[range, ...]]:
        """For each token the functions that it is in, the outermost first; the first is the whole script."""
        functions = {one.start: one for one in self._functions()}
        found: list[tuple[range, ...]] = []
        around: tuple[range, ...] = (range(len(self._tokens)),)
        for at in range(len(self._tokens)):
            while at not in around[-1]:
                around = around[:-1]
            if at in functions:
                around = (*around, functions[at])
            found.append(around)
        return found

    def _functions(self) -> Iterator[range]:
        for at, token in enumerate(self._tokens):
            start = self._pairs.get(at - 1, at - 1)  # of the parameters
            if token.text == "=>":
                yield range(start, self.expression_end(at + 1))
            elif self.is_body(at):
                yield range(start, self._after(at))

    def _declared_by(self, keyword: str, at: int) -> Iterator[int]:
        if keyword in VARIABLES:
            yield from self.listed(at + 1)
        elif keyword in ("function", "class"):
            name = at + 1 + (self._tokens[at + 1].text == "*")
            if self._roles[name] is Role.VARIABLE:
                yield name

    def _pattern(self, at: int) -> Iterator[int]:
        """Of a name, or of a list of patterns in brackets of any kind."""
        close = self._pairs.get(at)
        if close is None:
            yield at
            return
        at += 1
        while at < close:
            at = self._value(at)
            if at < close and self._tokens[at].text != ",":
                yield from self._pattern(at)
                at = self.expression_end(self._after(at))
            at += 1

    def _value(self, at: int) -> int:
        """Where the pattern begins whose key stands there; the same place where there is none."""
        if self._tokens[at].text == "...":
            return at + 1
        key_end = self._after(at)
        return key_end + 1 if self._tokens[key_end].text == ":" else at

    def _after(self, at: int) -> int:
        """What follows a token, or the brackets that it opens."""
        return self._pairs[at] + 1 if self._tokens[at].opens else at + 1

    def _is_keyword(self, at: int) -> bool:
        return self._roles[at] is Role.KEYWORD
