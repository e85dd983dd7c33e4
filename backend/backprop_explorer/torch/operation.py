"""One recorded operation: its ATen operator and its arguments by the names of the operator's schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MEANINGLESS = {
    "layout", "device", "pin_memory", "memory_format", "non_blocking", "copy", "cudnn_enable", "cudnn_enabled",
    "generator", "sparse", "scale_grad_by_freq", "implicit", "path", "use_cudnn", "momentum",
}  # fmt: skip
"""Arguments that change no number: where and how tensors are kept."""
REDUCTIONS = ("none", "mean", "sum")
"""What ATen counts."""


@dataclass(frozen=True)
class Argument:
    """An argument: its value, whether it is what is meant without it, and whether it can be given by name only."""

    value: Any
    default: bool
    by_name: bool


@dataclass(frozen=True, eq=False)
class Operation:
    """A node of the tracer's graph that calls an operator of ATen's."""

    node: Any

    @cached_property
    def full_name(self) -> str:
        """Such as `aten.addmm.default`."""
        return str(self.node.target)

    @cached_property
    def in_place(self) -> bool:
        """Whether it changes its first argument."""
        first = self.node.target._schema.arguments
        alias = first[0].alias_info if first else None
        return alias is not None and bool(alias.is_write)

    @cached_property
    def name(self) -> str:
        """Such as `addmm`; without the last underscore of what changes its argument."""
        name = str(self.node.target._schema.name).partition("::")[2]
        return name.removesuffix("_") if self.in_place else name

    @cached_property
    def overload(self) -> str:
        """Such as `Tensor`."""
        return self.full_name.rpartition(".")[2]

    @property
    def is_view(self) -> bool:
        """Whether what it gives may be a part of its first argument's memory."""
        returns = self.node.target._schema.returns
        return bool(returns) and returns[0].alias_info is not None

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """All arguments in the schema's order, but those that change no number."""
        found: dict[str, Argument] = {}
        for place, one in enumerate(self.node.target._schema.arguments):
            given = place < len(self.node.args) or one.name in self.node.kwargs
            usual = one.default_value if one.has_default_value() else None
            value = self.node.args[place] if place < len(self.node.args) else self.node.kwargs.get(one.name, usual)
            default = not given or value is None or (one.has_default_value() and _same(value, usual))
            if one.name in MEANINGLESS:
                continue
            if one.name == "reduction" and isinstance(value, int):
                value = REDUCTIONS[value]
            found[one.name] = Argument(value, default, one.kwarg_only)
        return found

    def __getitem__(self, name: str) -> Any:
        """An argument's value."""
        return self.arguments[name].value


def _same(value: Any, usual: Any) -> bool:
    if isinstance(value, (list, tuple)) and isinstance(usual, (list, tuple)):
        return list(value) == list(usual)
    if isinstance(value, (bool, int, float, str)) and isinstance(usual, (bool, int, float, str)):
        return (
            type(value) is type(usual)
            and value == usual
            or (isinstance(value, (int, float)) and isinstance(usual, (int, float)) and value == usual)
        )
    return False
