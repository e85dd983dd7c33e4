"""Ways through a graph without recursion: a program may be deep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Node

Operands = Callable[[Node], Iterable[Node]]
"""Where a walk goes on to from a node, in their written order."""


def _operands(node: Node) -> Iterable[Node]:
    return node.operands


def ancestors(
    *roots: Node, among: Callable[[Node], bool] | None = None, operands: Operands = _operands
) -> Iterator[Node]:
    """The roots and all that they are made of, each once: a node before its operands, those from left to right.

    The walk leaves out what is not `among` the wanted with all behind it, and goes on to a node's `operands` only once
    it is asked for the next.
    """
    found: set[Node] = set()
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node in found or among is not None and not among(node):
            continue
        found.add(node)
        yield node
        stack.extend(node.operands[::-1] if operands is _operands else reversed([*operands(node)]))


def written_out(root: Node, among: Callable[[Node], bool] | None = None) -> Iterator[Node]:
    """What a node's own code is made of: nodes whose expression stands in it, and those that it refers to by name."""
    return ancestors(*root.operands, among=among, operands=lambda node: () if node.shown else node.operands)


def in_order(*roots: Node, among: Callable[[Node], bool] | None = None, operands: Operands = _operands) -> list[Node]:
    """The same nodes in the order in which they can be calculated, without constants, which need not be."""
    found = ancestors(*roots, among=among, operands=operands)
    return sorted((node for node in found if node.operation is not CONSTANT), key=lambda node: node.id)


def copied(root: Node, graph: Graph, copies: dict[Node, Node], leaf: Callable[[Node], Node | None]) -> Node:
    """The node's expression made again in another graph.

    `copies` are the nodes that have one there already; those made now are added. `leaf` answers what is to stand for a
    node that is not written out, else None. Constants belong to no graph and stay themselves.
    """

    def operands(node: Node) -> Iterable[Node]:
        if node not in copies and node.operation is not CONSTANT and (own := leaf(node)) is not None:
            copies[node] = own
        return () if node in copies else node.operands

    for node in in_order(root, operands=operands):
        if node not in copies:
            copies[node] = graph.make(node.operation, [copies.get(one, one) for one in node.operands], node.parameters)
    return copies.get(root, root)
