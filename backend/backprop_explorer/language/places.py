"""Where a value keeps its tensors: names such as `fc1.weight` and `weights[0]`, and a tensor put in another's place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.bounds import check_nesting
from backprop_explorer.language.scope import Instance
from backprop_explorer.language.values import Fields

Decide = Callable[[str, Any], Any]
"""What is to stand at a place where a tensor or a number stands now."""

Work = Callable[[int], None]
"""Charges so many steps to the budget."""


def replaced(value: Any, name: str, decide: Decide, work: Work) -> Any:
    """The value with what is decided at each of its places. Lists, dicts and objects are changed in place.

    A place in an object is called as in PyTorch's `state_dict` (`fc1.weight`), without the variable's name; in a list
    `weights[0]`; in a dict by its key.
    """
    return _Walk(decide, work).at(value, name, "", 0)


class _Walk:
    def __init__(self, decide: Decide, work: Work) -> None:
        self.decide, self.work = decide, work
        self.seen: dict[int, Any] = {}
        self.kept: list[Any] = []
        """What was seen, so that no other value gets the number that Python knows it by."""

    def at(self, value: Any, name: str, path: str, depth: int) -> Any:
        """The value at a place: `path` within an object, or the `name` of a variable."""
        check_nesting(depth)
        self.work(1)
        if isinstance(value, (Node, Number)):
            return self.decide(path or name, value)
        if id(value) in self.seen:
            return self.seen[id(value)]
        if not isinstance(value, (list, dict, tuple, Instance)) or isinstance(value, Fields):
            return value
        self.seen[id(value)] = value
        self.kept.append(value)
        if isinstance(value, Instance):
            for key, item in list(value.names.items()):
                value.names[key] = self.at(item, name, f"{path}.{key}" if path else key, depth + 1)
        elif isinstance(value, dict):
            for key, item in list(value.items()):
                plain = isinstance(key, str) and key.isidentifier()
                value[key] = self.at(item, name, key if plain else f"{path or name}[{key!r}]", depth + 1)
        else:
            items = [self.at(item, name, f"{path or name}[{i}]", depth + 1) for i, item in enumerate(value)]
            if isinstance(value, list):
                value[:] = items
            elif any(new is not old for new, old in zip(items, value, strict=True)):
                self.seen[id(value)] = tuple(items)
        return self.seen[id(value)]


def holds_objects(value: Any, work: Work) -> bool:
    """Whether a value is an object, or keeps one."""
    stack, seen = [value], set[int]()
    while stack:
        one = stack.pop()
        work(1)
        if isinstance(one, Instance):
            return True
        if isinstance(one, (list, tuple, dict)) and id(one) not in seen:
            seen.add(id(one))
            stack.extend(one.values() if isinstance(one, dict) else one)
    return False
