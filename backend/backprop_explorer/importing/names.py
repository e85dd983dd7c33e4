"""Names of others as names of the language."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from itertools import count

from backprop_explorer.language.names import check_name
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES
from backprop_explorer.ops import OPERATIONS, SYNONYMS
from backprop_explorer.problem import Problem

LONGEST = 40
_FUNCTIONS = {*OPERATIONS, *SYNONYMS, *COMPOSITES, *COMPOSITE_SYNONYMS}


def name_of(given: str) -> str:
    """A name of the language that reads like the given one: `0.weight` is `weight_0`, `fc.bias` is `fc_bias`."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", given[: 4 * LONGEST]) if word]
    numbers = [word for word in words if word[0].isdigit()] if words and words[0][0].isdigit() else []
    words = [word for word in words if word not in numbers] + numbers
    name = "_".join(words)[:LONGEST].strip("_")
    return name if name and not name[0].isdigit() else f"t{name}"


class Names:
    """Gives every tensor a name of its own, and knows which had to be changed."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.changed: dict[str, str] = {}

    def give(self, wanted: str, *, reported: bool = False) -> str:
        """A name like that one, not given before; with `reported`, a changed name is kept in `changed`."""
        name = wanted if is_free(wanted, self.taken.__contains__) else self._another(name_of(wanted))
        self.taken.add(name)
        if reported and name != wanted:
            self.changed[wanted] = name
        return name

    def _another(self, name: str) -> str:
        if is_free(name, self.taken.__contains__):
            return name
        start = 0 if name in _FUNCTIONS else 2
        return next(one for at in count(start) if is_free(one := f"{name}_{at}", self.taken.__contains__))


def is_free(name: str, taken: Callable[[str], bool]) -> bool:
    """Whether a tensor may be called so: a name of the language, and none of its functions."""
    try:
        check_name(name)
    except Problem:
        return False
    return not keyword.issoftkeyword(name) and name not in _FUNCTIONS and not taken(name)
