"""The modules of the page: what each takes from others, what it gives to them, and the order in which they begin."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ALL = "*"
# A line that begins so is looked for by the end of the line before it: text is found many times faster than a place.
_IMPORT = re.compile(r'\nimport\s+(?:([*{][^"\';]*?)\s+from\s+)?"(\.[^"\n]+)";?[ \t]*$', re.MULTILINE)
_EXPORT_FROM = re.compile(r'\nexport\s+(\*|\{[^}"\']*\})\s+from\s+"(\.[^"\n]+)";?[ \t]*$', re.MULTILINE)
_EXPORT_LIST = re.compile(r"\nexport\s+\{([^}]*)\};?[ \t]*$", re.MULTILINE)
_EXPORT = re.compile(r"\nexport\s+((?:async\s+)?function\b\s*\*?|class\b|const\b)\s*([\w$]+)")
_LEFT = re.compile(r"\n(?:import|export)\b[^\n(]*$", re.MULTILINE)


@dataclass
class Module:
    """A module, and its text without what it says of others.

    needs    the modules that it names, in that order
    takes    of each name that it imports the module and the name there, `ALL` for all names
    gives    of each name that it exports its own
    passes   of each name that it exports from another the module and the name there
    passing  the modules of which it exports all names
    """

    needs: list[str] = field(default_factory=list)
    takes: dict[str, tuple[str, str]] = field(default_factory=dict)
    gives: dict[str, str] = field(default_factory=dict)
    passes: dict[str, tuple[str, str]] = field(default_factory=dict)
    passing: list[str] = field(default_factory=list)
    text: str = ""

    @property
    def wholes(self) -> frozenset[str]:
        """The names that it gives to all exports of a module together."""
        return frozenset(own for own, (_, name) in self.takes.items() if name == ALL)


def page_folder() -> Path:
    """Where the page is: inside an installed package, or beside the sources of an editable one."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "static"
    return inside if inside.is_dir() else package.parent.parent / "frontend"


def modules_from(folder: Path, entry: str) -> dict[str, Module]:
    """A module and all that it imports by name, each after those that it imports.

    Raises ValueError for what no module of the page may be: one that imports itself by some way, or that is left by an
    export whose value may change.
    """
    found: dict[str, Module] = {}
    _gather(folder.resolve(), entry, found, ())
    return found


def with_imports(folder: Path, entries: Iterable[str]) -> list[str]:
    """These modules and all that they import, by name."""
    folder = folder.resolve()
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _read(folder, name).needs
    return sorted(found)


def _gather(folder: Path, name: str, found: dict[str, Module], way: tuple[str, ...]) -> None:
    """Adds a module after all that it imports."""
    if name in found:
        return
    if name in way:
        raise ValueError(f"{' imports '.join([*way, name])}: no module can come first")
    module = _read(folder, name)
    for target in module.needs:
        _gather(folder, target, found, (*way, name))
    if left := _LEFT.search(f"\n{module.text}"):
        raise ValueError(f"{name}: a bundle cannot have {left[0].strip()!r}")
    found[name] = module


def _read(folder: Path, name: str) -> Module:
    module = Module()

    def target(match: re.Match[str]) -> str:
        module.needs.append(_target(name, match[2]))
        return module.needs[-1]

    def imported(match: re.Match[str]) -> str:
        names, other = (match[1] or "").strip(), target(match)
        if names.startswith(ALL):
            module.takes[names.removeprefix(ALL).split()[-1]] = other, ALL
        else:
            module.takes |= {own: (other, given) for given, own in _renamed(names)}
        return ""

    def passed(match: re.Match[str]) -> str:
        other = target(match)
        if match[1] == ALL:
            module.passing.append(other)
        else:
            module.passes |= {own: (other, given) for given, own in _renamed(match[1])}
        return ""

    def listed(match: re.Match[str]) -> str:
        module.gives |= {given: own for own, given in _renamed(match[1])}
        return ""

    def declared(match: re.Match[str]) -> str:
        module.gives[match[2]] = match[2]
        return "\n" + match[0].removeprefix("\nexport").lstrip()

    text = "\n" + (folder / name).read_text("utf-8")  # by which the first line is found, too
    for pattern, change in ((_IMPORT, imported), (_EXPORT_FROM, passed), (_EXPORT_LIST, listed), (_EXPORT, declared)):
        text = pattern.sub(change, text)
    module.text = text.removeprefix("\n")
    return module


def _target(name: str, address: str) -> str:
    """The name of the module that another one imports by that address."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
    if target.startswith(".."):
        raise ValueError(f"{name} imports {address}, which is outside of the page")
    return target


def _renamed(names: str) -> Iterator[tuple[str, str]]:
    """`{ a, b as c }`: each name, and the one that it is given."""
    for one in names.strip("{} \n").split(","):
        if words := one.split():
            yield words[0], words[-1]
