"""The body of a function: statements up to its return, and which of its names stand for which tensors."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.statements import Returned, run
from backprop_explorer.language.targets import Pair
from backprop_explorer.language.values import nodes_in


class _Locals:
    """The names of a function's tensors by node id: the first that each gets."""

    def __init__(self, after_each: Callable[[], None] | None) -> None:
        self.names: dict[int, str] = {}
        self._after_each = after_each

    def begins(self, statement: ast.stmt) -> None:
        pass

    def ran(self, statement: ast.stmt, pairs: list[Pair]) -> None:
        for target, value in pairs:
            for node in (value,) if isinstance(value, Node) else nodes_in(value):
                self.names.setdefault(node.id, target.id)
        if self._after_each is not None:
            self._after_each()

    def round(self, loop: ast.stmt, count: int | None) -> None:
        pass


def run_body(
    evaluator: Reader, definition: ast.FunctionDef, scope: Scope, after_each: Callable[[], None] | None = None
) -> tuple[Any, dict[int, str]]:
    """The returned value, None without one, and the names of the locals by node id. `after_each` is called after every
    assignment."""
    watch = _Locals(after_each)
    signal = run(evaluator, definition.body, scope, watch)
    return signal.value if isinstance(signal, Returned) else None, watch.names
