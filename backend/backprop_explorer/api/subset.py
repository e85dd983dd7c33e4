"""The part of the plots' library that the page draws with.

The library comes as one script, in which every module of its sources is a function that runs when it is first needed:
`var NAME=W((exports,module)=>{…});`. The last of them registers all kinds of plots, most of which (maps, 3-D scenes,
pies …) the page never draws. With fewer kinds registered, the modules that only those need are left out: a quarter of
the script stays, which a browser fetches and runs in a fraction of the time. The text of what stays is not changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

KINDS = frozenset({"scatter", "heatmap", "contour"})
"""The kinds of plots that the page draws; a kind that the library has anyway need not be registered."""

_MODULE = re.compile(r"\bvar (?:[\w$]+,)*([\w$]+)=[\w$]+\((?=\([\w$,]*\)=>\{|[\w$]+=>\{)")
_REGISTRATION = re.compile(r"\.register\(\[((?:[\w$]+\(\),?)+)\]\)")
_KIND = re.compile(r'moduleType:"trace",name:"(\w+)"')
_NAME = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]*")
_BRACKET = re.compile(
    r""" (?: [^"'/`(){}]
           | "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | //[^\n]*+ | /\*(?:[^*]|\*(?!/))*+\*/
           | (?: (?<=[(,=:\[!&|?{};+\-*%~^<>]) | (?<=return) )   # here a slash begins a pattern; elsewhere it divides
             /(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/
           | / | \([^"'/`(){}]*+\) | \{[^"'/`(){}]*+\} )*+
         ([(){}`]) """,
    re.VERBOSE,
)
"""The next bracket, or the next template, behind strings, comments, patterns and pairs that have no other inside."""
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL)
_OPENING = {")": "(", "}": "{"}


class UnknownForm(ValueError):
    """The script is not of the form that is known here: it has to be served as a whole."""


def subset(script: str, kinds: Collection[str] = KINDS) -> str:
    """The script without the modules that only other kinds of plots need. Raises `UnknownForm`."""
    return _Script(script).only(kinds)


@dataclass(frozen=True)
class _Module:
    """Where a module is in the script: `before` it stands what its sources had outside of any function."""

    before: int
    start: int
    end: int


class _Script:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = list(_MODULE.finditer(text))
        self.places = {match[1]: at for at, match in enumerate(self.starts)}
        if len(self.places) < 2 or len(self.places) != len(self.starts):
            raise UnknownForm("there are no modules, or two of one name")
        self._modules: dict[str, _Module] = {}

    def only(self, kinds: Collection[str]) -> str:
        found = list(_REGISTRATION.finditer(self.text))
        if len(found) != 1:
            raise UnknownForm(f"{len(found)} places register the kinds of plots")
        registration = found[0]
        entries = [name for name in _NAME.findall(registration[1]) if self._kind(name) in kinds]
        place = max(at for at, match in enumerate(self.starts) if match.start() <= registration.start())
        root = self.starts[place][1]
        module = self._module(root)
        if not entries or not module.start <= registration.start() < module.end or place != len(self.starts) - 1:
            raise UnknownForm("the kinds of plots are not registered last, or none is known")
        calls = f".register([{','.join(f'{name}()' for name in entries)}])"
        begun, rest = self.text[module.before : registration.start()], self.text[registration.end() : module.end]
        last = begun + calls + rest
        head, tail = self.text[: self.starts[0].start()], self.text[module.end :]
        needed = self._needed({*self._names(head), *self._names(last), *self._names(tail)}, root)
        return "".join([head, *(self._whole(name) for name in self.places if name in needed), last, tail])

    def _needed(self, names: set[str], root: str) -> set[str]:
        """These modules with all that they name."""
        needed: set[str] = set()
        waiting = names - {root}
        while waiting:
            name = waiting.pop()
            needed.add(name)
            waiting |= self._names(self._whole(name)) - needed - {root}
        return needed

    def _kind(self, name: str) -> str | None:
        """Of an entry of the registration, which hands on the module that describes the kind."""
        for one in (name, *sorted(self._names(self._whole(name)))):
            if found := _KIND.search(self._whole(one)):
                return found[1]
        return None

    def _names(self, text: str) -> set[str]:
        """The modules that a text may mean: a name in it may be one of its own, which keeps a module too many."""
        return {name for name in _NAME.findall(text) if name in self.places}

    def _whole(self, name: str) -> str:
        module = self._module(name)
        return self.text[module.before : module.end]

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            at = self.places[name]
            before = self._end(at - 1) if at else self.starts[0].start()
            self._modules[name] = _Module(before, self.starts[at].start(), self._end(at))
        return self._modules[name]

    def _end(self, at: int) -> int:
        """After the semicolon behind the call's last bracket."""
        end = self._closed(self.starts[at].end())
        follower = self.starts[at + 1].start() if at + 1 < len(self.starts) else len(self.text)
        if self.text[end : end + 1] != ";" or end >= follower:
            raise UnknownForm(f"the module {self.starts[at][1]} has no end")
        return end + 1

    def _closed(self, position: int) -> int:
        """Behind the bracket that closes the one before `position`."""
        waiting = ["("]
        while waiting:
            position = self._after_token(position, waiting)
        return position

    def _after_token(self, position: int, waiting: list[str]) -> int:
        within = waiting[-1] == "`"
        found = _TEMPLATE.match(self.text, position) if within else _BRACKET.match(self.text, position)
        if found is None:
            raise UnknownForm("a bracket is never closed")
        token = found[1]
        if token == "`" and within:
            waiting.pop()
        elif token in ("(", "{", "`"):
            waiting.append(token)
        elif token == "${":
            waiting.append("{")
        elif token in _OPENING and waiting.pop() != _OPENING[token]:
            raise UnknownForm("brackets do not match")
        return found.end()
