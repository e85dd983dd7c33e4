"""Modules as one script, quickly: each is a function that is called once, before those that import it.

Its exports are an object; the module that all begins with follows as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from backprop_explorer.bundle.modules import ALL, Module, modules_from

_NAME = re.compile(r"[^\w]")
_REMARK = re.compile(r"\n[ \t]*+/(?:\*\*(?:[^*]++|\*(?!/))*+\*/|/[^\n]*+)(?=\n)")


def bundled_script(folder: Path, entry: str) -> str:
    """A module that does what `entry` does with all that it imports; it exports nothing.

    Raises ValueError where `modules_from` does.
    """
    modules = modules_from(folder, entry)
    texts = [_function(name, module) for name, module in modules.items() if name != entry]
    return "\n".join([*texts, *_taken(modules[entry]), modules[entry].text])


def without_remarks(script: str) -> str:
    """A script without the comments that have lines of their own, a quarter of it, which a browser has no use for."""
    return _REMARK.sub("", f"\n{script}")[1:]


def _function(name: str, module: Module) -> str:
    body = "\n".join([*_taken(module), module.text])
    return f"const {_exported(name)} = (() => {{\n{body}\nreturn {{ {', '.join(_given(module))} }};\n}})();"


def _exported(name: str) -> str:
    """The object with a module's exports."""
    return f"$${_NAME.sub('_', name)}"


def _taken(module: Module) -> Iterator[str]:
    """The names that it imports, from the objects of others."""
    by_module: dict[str, list[str]] = {}
    for own, (other, given) in module.takes.items():
        if given == ALL:
            yield f"const {own} = {_exported(other)};"
        else:
            by_module.setdefault(other, []).append(own if own == given else f"{given}: {own}")
    for other, names in by_module.items():
        yield f"const {{ {', '.join(names)} }} = {_exported(other)};"


def _given(module: Module) -> Iterator[str]:
    """The members of the object with its exports."""
    yield from (f"...{_exported(other)}" for other in module.passing)
    yield from (f"{given}: {_exported(other)}.{name}" for given, (other, name) in module.passes.items())
    yield from (f"{given}: {own}" for given, own in module.gives.items())
