"""A function as a program names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Callee:
    """A function as a program names it: `path` is dotted where a module is named (`torch.linalg.norm`); a `method`
    has its receiver as the first argument."""

    path: str
    method: bool = False

    @property
    def prefix(self) -> str:
        """The module in front of the name, in its usual short form."""
        module = self.path.removesuffix(self.name)
        return module.replace("torch.nn.functional.", "F.").replace("numpy.", "np.")

    @property
    def name(self) -> str:
        """The name without the module."""
        return self.path.rpartition(".")[2]
