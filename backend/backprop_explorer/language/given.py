"""What a program would make up by itself, random numbers and parameters of modules: the document gives their numbers.

Such a tensor is unset when the program makes it. As soon as it has a place, an attribute such as `fc1.weight`, it is
the document's tensor of that name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Recipe:
    """How a tensor is drawn: one of the document's initialisers with its options, spread by `scale` about `shift`; or
    its `numbers`. `whole` numbers can be labels. `required` says that it is a parameter."""

    init: str
    shape: Shape
    scale: float = 1.0
    shift: float = 0.0
    layout: str | None = None
    numbers: Array | None = None
    whole: bool = False
    required: bool = False


class Given:
    """The tensors of a program that are unset, and what is made of them."""

    literal: bool = False
    """Whether literal data of the program becomes tensors of their own."""
    changes: bool = False
    """Whether what has a gradient may be changed in place where that is not recorded."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.leaves: Mapping[str, Node] = {}
        self.parameters: set[Node] = set()
        self.unset: dict[Node, Recipe] = {}
        self.constructing = 0
        self.objects = False
        """Whether the program has made objects."""
        self.settled_as: dict[Node, Node] = {}
        """The document's tensor by what is unset: a tensor that stands at several places is one."""
        self._touched: set[Node] = set()
        self._looked_at = 0

    @property
    def draws(self) -> bool:
        """Whether random numbers may be drawn here: where an object gets its attributes."""
        return self.constructing > 0

    def made(self, recipe: Recipe) -> Node:
        """A tensor that is to be given."""
        self.graph.meter.work(1)
        leaf = self.graph.unset(recipe.shape, Kind("open" if recipe.whole else "float"))
        self.unset[leaf] = recipe
        return leaf

    def written(self, path: str, call: ast.Call) -> Node | None:
        """The tensor of data that a call such as `np.array([[1, 2]])` writes out, where it is to be given."""
        return None

    def require(self, node: Node) -> Node:
        """The tensor, which the program says to be a parameter."""
        return node

    def freeze(self, node: Node) -> Node:
        """The tensor, which the program says to be no parameter."""
        return node

    def parameter(self, node: Node) -> Node:
        """A parameter that begins as the tensor."""
        return self.made(Recipe("zeros", node.shape, required=True))

    def again(self, node: Node) -> Node:
        """A tensor of its own that begins as another, where that is unset."""
        recipe = self.unset.get(node)
        return node if recipe is None else self.made(recipe)

    def with_zero_row(self, leaf: Node, row: int) -> Node:
        """A tensor that is to be given, one row of which begins as zeros."""
        return leaf

    def is_parameter(self, node: Node) -> bool:
        """Whether a tensor is a parameter, or is to become one."""
        recipe = self.unset.get(node)
        return recipe.required if recipe is not None else node in self.parameters

    def touched(self, node: Node) -> bool:
        """Whether a tensor depends on what is unset."""
        if not self.unset:
            return False
        for one in self.graph.nodes[self._looked_at :]:
            if one in self.unset or any(operand in self._touched for operand in one.operands):
                self._touched.add(one)
        self._looked_at = len(self.graph.nodes)
        return node in self._touched

    def forget(self, first: int) -> None:
        """Takes back what was made from a node's id on."""
        self._looked_at = min(self._looked_at, first)
        self.unset = {node: recipe for node, recipe in self.unset.items() if node.id < first}
        self._touched = {node for node in self._touched if node.id < first}

    def settled(self, place: str, root: str, node: Node) -> Node:
        """The document's tensor for a place within what the name `root` stands for, where the tensor there is unset or
        made of numbers of the program; else what is there."""
        if node.given and not self.touched(node):
            return node
        if node in self.settled_as:
            return self.settled_as[node]
        leaf = next((self.leaves[name] for name in names_of(place, root) if name in self.leaves), None)
        if leaf is None:
            if node in self.unset:
                node.name = place  # for whoever finds that it is needed
            return node
        if leaf.shape != node.shape:
            raise Problem(
                "wrong_shape",
                f"the program makes {place} of the shape {node.shape}, and the document's has {leaf.shape}",
                tensor=leaf.name,
                hint="change the document's tensor, or the sizes in the program",
            )
        recipe = self.unset.get(node)
        if recipe is not None and recipe.required:
            self.parameters.add(leaf)
        self.settled_as[node] = leaf
        return leaf

    def check(self, nodes: Iterator[Node]) -> None:
        """Raises a `Problem` where what is needed is unset."""
        for node in nodes:
            if node in self.unset:
                raise Problem(
                    "not_given",
                    f"the program uses {node.name or 'random numbers'}, which the document does not give",
                    tensor=node.name,
                    hint="add it to the document's parameters or inputs, or open the program with POST /import",
                )


def names_of(place: str, root: str) -> tuple[str, ...]:
    """The names by which the document may know a place within a variable: with the variable in front, or without."""
    return (f"{root}.{place}", place) if place != root else (place,)
