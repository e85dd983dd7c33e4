"""The page's modules as one script, and its styles as one: what a browser asks for once instead of a hundred times.

Each module that is imported becomes a function that is called once, before those that import it, and its exports an
object; the module that it all begins with follows as it is. No file is written: the script is made where it is needed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# A line that begins so is looked for by the end of the line before it: text is found many times faster than a place.
_IMPORT = re.compile(r'\nimport\s+(?:([*{][^"\';]*?)\s+from\s+)?"(\.[^"\n]+)";?[ \t]*$', re.MULTILINE)
_EXPORT_FROM = re.compile(r'\nexport\s+(\*|\{[^}"\']*\})\s+from\s+"(\.[^"\n]+)";?[ \t]*$', re.MULTILINE)
_EXPORT_LIST = re.compile(r"\nexport\s+\{([^}]*)\};?[ \t]*$", re.MULTILINE)
_EXPORT = re.compile(r"\nexport\s+((?:async\s+)?function\b\s*\*?|class\b|const\b)\s*([\w$]+)")
_LEFT = re.compile(r"\n(?:import|export)\b[^\n(]*$", re.MULTILINE)
_NAME = re.compile(r"[^\w]")
_REMARK = re.compile(r"\n[ \t]*+/(?:\*\*(?:[^*]++|\*(?!/))*+\*/|/[^\n]*+)(?=\n)")


def page_folder() -> Path:
    """Where the page is: inside an installed package, or beside the sources of an editable one."""
    package = Path(__file__).resolve().parent
    inside = package / "static"
    return inside if inside.is_dir() else package.parent.parent / "frontend"


def bundled_script(folder: Path, entry: str) -> str:
    """A module that does what `entry` does with all that it imports; it exports nothing.

    Raises ValueError for what no module of the page may be: one that imports itself by some way, or that is left by an
    export whose value may change.
    """
    found: dict[str, str] = {}
    _gather(folder.resolve(), entry, found, ())
    return "\n".join(found.values())


def with_imports(folder: Path, entries: Iterable[str]) -> list[str]:
    """These modules and all that they import, by name."""
    folder = folder.resolve()
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _targets(name, _text(folder / name))
    return sorted(found)


def without_remarks(script: str) -> str:
    """A script without the comments that have lines of their own, a quarter of it, which a browser has no use for."""
    return _REMARK.sub("", f"\n{script}")[1:]


def _exported(name: str) -> str:
    """The object with a module's exports."""
    return f"$${_NAME.sub('_', name)}"


def bundled_styles(folder: Path, names: Iterator[str] | list[str]) -> str:
    """These styles, in that order."""
    return "\n".join((folder / name).read_text("utf-8") for name in names)


def _gather(folder: Path, name: str, found: dict[str, str], way: tuple[str, ...]) -> None:
    """Adds a module after all that it imports."""
    if name in found:
        return
    if name in way:
        raise ValueError(f"{' imports '.join([*way, name])}: no module can come first")
    text = _text(folder / name)
    for target in _targets(name, text):
        _gather(folder, target, found, (*way, name))
    found[name] = _rewritten(name, text, is_entry=not way)


def _text(path: Path) -> str:
    """A module behind the end of a line, by which its first line is found, too."""
    return "\n" + path.read_text("utf-8")


def _targets(name: str, text: str) -> Iterator[str]:
    for pattern in (_IMPORT, _EXPORT_FROM):
        for match in pattern.finditer(text):
            yield _target(name, match[2])


def _target(name: str, address: str) -> str:
    """The name of the module that another one imports by that address."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
    if target.startswith(".."):
        raise ValueError(f"{name} imports {address}, which is outside of the page")
    return target


def _rewritten(name: str, text: str, *, is_entry: bool) -> str:
    """A module as a function that is called; the one that it all begins with as it is."""
    exports: list[str] = []

    def imported(match: re.Match[str]) -> str:
        names, other = (match[1] or "").strip(), _exported(_target(name, match[2]))
        if not names:
            return "\n"
        if names.startswith("*"):
            return f"\nconst {names.removeprefix('*').strip().removeprefix('as ').strip()} = {other};"
        taken = ", ".join(": ".join(_renamed(one)) for one in names.strip("{} \n").split(",") if one.strip())
        return f"\nconst {{ {taken} }} = {other};"

    def exported_from(match: re.Match[str]) -> str:
        other = _exported(_target(name, match[2]))
        exports.extend([f"...{other}"] if match[1] == "*" else _listed(match[1].strip("{}"), f"{other}."))
        return "\n"

    def listed(match: re.Match[str]) -> str:
        exports.extend(_listed(match[1], ""))
        return "\n"

    def declared(match: re.Match[str]) -> str:
        exports.append(match[2])
        return "\n" + match[0].removeprefix("\nexport").lstrip()

    for pattern, change in (
        (_IMPORT, imported), (_EXPORT_FROM, exported_from), (_EXPORT_LIST, listed), (_EXPORT, declared),
    ):  # fmt: skip
        text = pattern.sub(change, text)
    if left := _LEFT.search(text):
        raise ValueError(f"{name}: a bundle cannot have {left[0].strip()!r}")
    if is_entry:
        return text.removeprefix("\n")
    return f"const {_exported(name)} = (() => {{{text}\nreturn {{ {', '.join(exports)} }};\n}})();"


def _listed(names: str, owner: str) -> list[str]:
    """`a, b as c` as the keys of an object."""
    found = []
    for one in filter(None, (part.strip() for part in names.split(","))):
        own, *given = _renamed(one)
        found.append(f"{given[0] if given else own}: {owner}{own}")
    return found


def _renamed(one: str) -> list[str]:
    """A name, and the one that it is given: `a as b` is a and b."""
    return [word for word in one.split() if word != "as"]
