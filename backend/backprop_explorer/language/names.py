"""Names: which a user may give, and which words mean a module, a parameter or an attribute."""

from __future__ import annotations

import keyword
import unicodedata

from backprop_explorer.library.spellings import MODULES
from backprop_explorer.problem import Problem

PREFIXES = frozenset(MODULES)
PARAMETER_SYNONYMS = {"dim": "axis", "keepdim": "keepdims", "input": "x", "num_classes": "n", "correction": "ddof"}
GRADIENT_ATTRIBUTES = frozenset({"g", "grad"})


def check_name(name: str, *, line: int | None = None, column: int | None = None) -> str:
    """The name, if a tensor may be called so; else a `Problem`."""
    reason = _objection(name)
    if reason:
        raise Problem(
            "bad_name", f"{name[:40]!r} cannot be a tensor's name: {reason}", line=line, column=column, tensor=name[:40]
        )
    return name


def _objection(name: str) -> str | None:
    if not name.isidentifier() or unicodedata.normalize("NFKC", name) != name or len(name) > 60:
        return "a name has up to 60 letters, digits and underscores and does not start with a digit"
    if keyword.iskeyword(name) or name in PREFIXES:
        return "the word has a meaning of its own in the language"
    if "__" in name or name.startswith("_"):
        return "names with two underscores, or one in front, are kept for versions such as h__2"
    return None
