"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from backprop_explorer.graph.node import Node
from backprop_explorer.ops.record import Call

if TYPE_CHECKING:
    from backprop_explorer.engine.binder import Binder

Rule = Callable[["Binder", Node], list[Call] | None]
