"""How large what a program makes without tensors may become, whatever the budgets are: one place for every bound."""

from __future__ import annotations

from typing import Any

from backprop_explorer.problem import Problem

MAX_ITEMS = 100_000
"""Items of a list, tuple or dict, those of lists inside of it included."""
MAX_TEXT = 10_000
"""Characters of a string."""
MAX_NESTING = 50
"""How deep lists may stand in lists."""
MAX_CALL_DEPTH = 20
"""How deep functions may call each other."""
MAX_BASES = 30
"""How many classes a class may be derived from, those of its bases included."""
MAX_KNOWN = 10_000
"""Elements of tensors that are calculated while the program is read, to know an index or a condition."""


def check_items(count: int, what: str = "a list") -> None:
    """Raises a `Problem` for a collection with too many items."""
    if count > MAX_ITEMS:
        raise Problem("too_large", f"{what} would have {count:,} items, and {MAX_ITEMS:,} are the most", status=413)


def check_text(length: int) -> None:
    """Raises a `Problem` for a string with too many characters."""
    if length > MAX_TEXT:
        raise Problem(
            "too_large", f"a string would have {length:,} characters, and {MAX_TEXT:,} are the most", status=413
        )


def check_nesting(depth: int) -> None:
    """Raises a `Problem` for a list in a list in a list …"""
    if depth > MAX_NESTING:
        raise Problem("too_deep", f"lists stand in each other more than {MAX_NESTING} levels deep")


class Count:
    """Counts the items of something nested, so that a list that holds another many times over ends early."""

    def __init__(self) -> None:
        self.items = 0

    def __call__(self, items: Any, depth: int) -> None:
        """Adds a collection at a depth. Raises a `Problem` as soon as there are too many."""
        check_nesting(depth)
        self.items += len(items)
        check_items(self.items)
