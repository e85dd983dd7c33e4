"""What is changed in place, and who sees it: in NumPy and PyTorch all names of a tensor do, and the views of it.

A node never changes. A change in place makes a new one, and whoever reads the old one by another name, out of a list
or through a view, gets what it has become. Where the libraries differ, or where it depends on how they keep a tensor
whether two are the same memory, reading it is refused.
"""

from __future__ import annotations

from backprop_explorer.graph.code import short_code
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.problem import Problem, shortened

VIEWS = frozenset({"index", "mT", "transpose", "expand_dims", "squeeze"})
"""What is a view in both libraries whatever it is applied to. `reshape` may copy, so it is none of these."""


class Memory:
    """The tensors that were changed in place, and what they have become."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.newer: dict[Node, Node] = {}
        self.doubtful: dict[Node, str] = {}
        """Tensors that may or may not be changed with another, and why."""
        self.maybe_shared: set[Node] = set()
        """Tensors that a function gave back as they were, of which the libraries make a copy or not."""
        self._seen: dict[tuple[Node, Node], Node] = {}

    def current(self, node: Node) -> Node:
        """What a tensor has become. Raises a `Problem` where that is not the same in both libraries."""
        if not self.newer and not self.doubtful:
            return node
        root, steps = _way(node)
        latest = self._latest(root)
        if latest is not root:
            return self._viewed(latest, node, steps) if steps else latest
        for one in (node, *steps, root):
            if one in self.doubtful:
                raise self._unclear(node, self.doubtful[one])
        return node

    def _latest(self, node: Node) -> Node:
        passed = []
        while node in self.newer:
            passed.append(node)
            node = self.newer[node]
        self.newer.update(dict.fromkeys(passed, node))  # so that a long history is walked once
        return node

    def _viewed(self, root: Node, node: Node, steps: list[Node]) -> Node:
        known = self._seen.get((node, root))
        if known is not None:
            return known
        value = root
        for step in reversed(steps):
            if step.operation.name not in VIEWS or step.boxes or not step.shape:
                raise self._unclear(node, f"it may share its numbers with {_called(root)}, which was changed in place")
            value = self.graph.make(step.operation, [value], step.parameters)
        self._seen[node, root] = value
        return value

    def change(self, old: Node, new: Node) -> None:
        """Records that a tensor was changed in place; what it is a view of changes, too."""
        if old in self.maybe_shared:
            raise self._unclear(
                old, "a function gave it back as it was, and one library makes a copy where another does not"
            )
        if not old.shape:
            self.doubtful[old] = (
                "another name of it was changed in place, where NumPy's numbers without axes stay as they are and "
                "PyTorch's change"
            )
            return
        while is_view(old):
            if old.operation.name not in VIEWS or old.boxes:
                raise self._unclear(old, "it may share its numbers with the tensor that it was computed from")
            old, new = old.operands[0], _put_back(self.graph, old, new)
        self.newer[old] = new

    def forget(self, first: int) -> None:
        """Takes back the views that were made from a node's id on."""
        self._seen = {key: node for key, node in self._seen.items() if node.id < first}

    def final(self, names: dict[str, object]) -> None:
        """Gives names the tensors that theirs have become."""
        for name, value in names.items():
            if isinstance(value, Node):
                names[name] = self._latest(value)

    def _unclear(self, node: Node, why: str) -> Problem:
        return Problem(
            "shared_numbers",
            f"{_called(node)} is not the same in NumPy and PyTorch here: {why}",
            hint="make a new tensor instead of changing one in place: h = h + x, or a copy first: b = 1 * a",
        )


def is_view(node: Node) -> bool:
    """Whether a tensor is made of the memory of another; one that is a number spread out is not."""
    return node.operation.view and bool(node.operands) and node.operands[0].operation is not CONSTANT


def _called(node: Node) -> str:
    return shortened(short_code(node))


def _way(node: Node) -> tuple[Node, list[Node]]:
    """What a tensor is a view of, in the end, and the views on the way, the last first."""
    steps: list[Node] = []
    while is_view(node):
        steps.append(node)
        node = node.operands[0]
    return node, steps


def _put_back(graph: Graph, view: Node, new: Node) -> Node:
    """The viewed tensor with the view's new numbers in their places."""
    viewed, name = view.operands[0], view.operation.name
    if name == "index":
        index = {"index": view.parameters["index"]}
        return graph.make(OPERATIONS["overwrite"], [viewed, new], index)
    if name == "mT":
        return graph.make(OPERATIONS["mT"], [new])
    if name == "transpose":
        axes = view.parameters["axes"]
        return graph.make(OPERATIONS["transpose"], [new], {"axes": tuple(axes.index(i) for i in range(len(axes)))})
    return graph.make(OPERATIONS["reshape"], [new], {"shape": viewed.shape})
