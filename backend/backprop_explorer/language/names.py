"""Names: which a user may give, and which words mean a module, a parameter or an attribute."""

from __future__ import annotations

import keyword
import re
import unicodedata

from backprop_explorer.library.spellings import MODULES
from backprop_explorer.problem import Problem

PREFIXES = frozenset(MODULES)
PARAMETER_SYNONYMS = {"dim": "axis", "keepdim": "keepdims", "input": "x", "num_classes": "n", "correction": "ddof"}
GRADIENT_ATTRIBUTES = frozenset({"g", "grad"})
RESERVED = frozenset({"T", "mT", "shape", "ndim", "size", "dtype", "device", "data", *GRADIENT_ATTRIBUTES})
"""What is read as a tensor's attribute, so that no name of a path can end with it."""


def check_name(name: str, *, line: int | None = None, column: int | None = None) -> str:
    """The name, if a tensor may be called so; else a `Problem`."""
    reason = _objection(name)
    if reason:
        raise Problem(
            "bad_name", f"{name[:40]!r} cannot be a tensor's name: {reason}", line=line, column=column, tensor=name[:40]
        )
    return name


LONGEST_PATH = 120
_PART = re.compile(r"[.\[]?[^.\[\]]+\]?")


def parts_of(name: str) -> list[str | int] | None:
    """The parts of a tensor's name that is a path: `net`, 0 and `weight` of `net.0.weight`, `w` and 0 of `w[0]`. None
    for what is no such path."""
    found: list[str | int] = []
    end = 0
    for match in _PART.finditer(name):
        piece, begin = match.group(), match.start()
        word = piece.lstrip(".[").rstrip("]")
        bracketed = piece[0] == "["
        if begin != end or bracketed != (piece[-1] == "]") or (piece[0] in ".[") != bool(found):
            return None
        if word.isascii() and word.isdigit() and len(word) < 6 and str(int(word)) == word:
            found.append(int(word))
        elif bracketed or not word.isidentifier():
            return None
        else:
            found.append(word)
        end = match.end()
    return found if found and end == len(name) else None


def is_path(name: str) -> bool:
    """Whether a name is a path such as `fc1.weight` or `weights[0]`, and no plain one."""
    return not name.isidentifier() and parts_of(name) is not None


def spelled(name: str) -> str:
    """How a program writes a tensor's name: `net[0].weight` for `net.0.weight`; a module without a name is `model`."""
    parts = parts_of(name) if not name.isidentifier() else None
    if parts is None or not any(isinstance(part, int) for part in parts):
        return name
    first = "model" if isinstance(parts[0], int) else ""
    texts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts]
    return f"{first}{''.join(texts)}".removeprefix(".")


def plain(name: str) -> str:
    """A variable's name like a tensor's: `fc1_weight` for `fc1.weight`, `t_0_weight` for `0.weight`."""
    words = re.sub(r"[.\[\]]+", "_", name).rstrip("_")
    return f"t_{words}" if words[:1].isdigit() else words


def check_tensor_name(name: str) -> str:
    """The name, if a document's tensor may be called so: a plain name, or a path of a module's or a list's."""
    parts = parts_of(name) if len(name) <= LONGEST_PATH and not name.isidentifier() else None
    if parts is None:
        return check_name(name)
    words = [part for part in parts if isinstance(part, str)]
    wrong = next((word for word in words if "__" in word or keyword.iskeyword(word)), None)
    if wrong is None and parts[-1] in RESERVED:
        wrong = str(parts[-1])
    if wrong is not None or unicodedata.normalize("NFKC", name) != name:
        raise Problem("bad_name", f"{name[:40]!r} cannot be a tensor's name: {wrong or 'it'} has a meaning of its own")
    return name


def _objection(name: str) -> str | None:
    if not name.isidentifier() or unicodedata.normalize("NFKC", name) != name or len(name) > 60:
        return "a name has up to 60 letters, digits and underscores and does not start with a digit"
    if keyword.iskeyword(name) or name in PREFIXES:
        return "the word has a meaning of its own in the language"
    if "__" in name or name.startswith("_"):
        return "names with two underscores, or one in front, are kept for versions such as h__2"
    return None
