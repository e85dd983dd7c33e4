"""What the tensors of a model and its results are called in a program."""

from __future__ import annotations

import keyword
from typing import Any

from backprop_explorer.importing.names import Names
from backprop_explorer.language.names import LONGEST_PATH, PREFIXES, check_tensor_name, parts_of
from backprop_explorer.problem import Problem
from backprop_explorer.torch.capture import Capture, Leaf
from backprop_explorer.torch.sources import module_of


class LeafNames:
    """The name of each given tensor by its `id`, the first one of those that are the same tensor; `notes` on those that
    have another than in the model."""

    def __init__(self, capture: Capture, names: Names) -> None:
        self.notes: list[str] = []
        self._names = names
        self.of: dict[int, str] = {}
        shared: dict[int, list[str]] = {}
        for leaf in capture.leaves.values():
            shared.setdefault(id(leaf.tensor), []).append(leaf.name)
        for own in (True, False):  # the model's first: an argument gives way
            for leaf in capture.leaves.values():
                if leaf.own is own and id(leaf.tensor) not in self.of:
                    self.of[id(leaf.tensor)] = self._name(leaf)
        for identity, alike in shared.items():
            others = [name for name in alike[1:] if name != self.of[identity]]
            if others:
                self.notes.append(f"{' and '.join(others)} is the same tensor as {self.of[identity]}")

    def _name(self, leaf: Leaf) -> str:
        root = (parts_of(leaf.name) or [leaf.name])[0]
        root = "model" if isinstance(root, int) else root
        if _fits(leaf.name, root) and (leaf.own or leaf.name.isidentifier() and leaf.name not in self._names.taken):
            self._names.taken.add(root)  # no result is called like the first part of a name
            return leaf.name
        given = self._names.give(leaf.name)
        self.notes.append(f"{leaf.name} is called {given}: that name is taken or has a meaning of its own")
        return given


def _fits(name: str, root: str) -> bool:
    try:
        check_tensor_name(name)
    except Problem:
        return False
    return root not in PREFIXES and len(name) <= LONGEST_PATH and not keyword.issoftkeyword(root)


def wanted_name(node: Any) -> str:
    """What a result is called: `layer1_0_conv1_out` for what a layer of torch.nn gives, else as the tracer calls it."""
    path, kind = _layer(node)
    last = not any(_layer(user)[0] == path for user in node.users)
    if not path or not kind.startswith("torch.nn.") or not last:
        return str(node.name)
    return f"{'model_' if path[0].isdigit() else ''}{path.replace('.', '_')}_out"


def _layer(node: Any) -> tuple[str, str]:
    """The path and the class of the module whose forward an operation stands in."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    kind = stack[-1][1] if stack else ""
    return module_of(node), kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"
