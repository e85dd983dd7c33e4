"""Ways through a graph: what they reach, in which order, and that depth and repetition cost nothing."""

from itertools import islice

import pytest

from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.graph.walk import ancestors, copied, in_order, written_out
from backprop_explorer.ops import OPERATIONS

DEEP = 20_000


@pytest.fixture
def graph() -> Graph:
    return Graph()


def leaf(graph: Graph, name: str) -> Node:
    return graph.leaf(name, (2,), Kind("float"))


def made(graph: Graph, name: str, *operands: Node) -> Node:
    return graph.make(OPERATIONS[name], operands)


def test_a_node_comes_before_its_operands_from_left_to_right_and_once(graph: Graph) -> None:
    a, b = leaf(graph, "a"), leaf(graph, "b")
    product = made(graph, "multiply", b, a)
    total = made(graph, "add", product, made(graph, "exp", b))
    assert list(ancestors(total)) == [total, product, b, a, total.operands[1]]
    assert list(ancestors(a, total, a)) == [a, total, product, b, total.operands[1]]


def test_what_is_not_wanted_is_left_out_with_all_behind_it(graph: Graph) -> None:
    a = leaf(graph, "a")
    inner = made(graph, "exp", a)
    outer = made(graph, "negative", made(graph, "sqrt", inner))
    assert list(ancestors(outer, among=lambda node: node is not inner)) == [outer, outer.operands[0]]
    assert not list(ancestors(outer, among=lambda node: node is not outer))


def test_a_walk_goes_no_further_than_it_is_asked_to(graph: Graph) -> None:
    outer = made(graph, "negative", made(graph, "exp", leaf(graph, "a")))
    asked: list[Node] = []

    def operands(node: Node) -> tuple[Node, ...]:
        asked.append(node)
        return node.operands

    assert list(islice(ancestors(outer, operands=operands), 2)) == [outer, outer.operands[0]]
    assert asked == [outer]


def test_code_is_written_out_down_to_names(graph: Graph) -> None:
    a = leaf(graph, "a")
    named = made(graph, "exp", a)
    named.name, named.shown = "h", True
    inline = made(graph, "negative", named)
    root = made(graph, "multiply", inline, graph.constant(2))
    root.name, root.shown = "y", True
    assert list(written_out(root)) == [inline, named, root.operands[1]]
    assert list(written_out(root, among=lambda node: node.phase == "forward")) == [inline, named]


def test_the_order_of_calculation_has_operands_first_and_no_constants(graph: Graph) -> None:
    a = leaf(graph, "a")
    square = made(graph, "multiply", a, a)
    made(graph, "exp", a)  # nobody asks for it
    half = made(graph, "multiply", graph.constant(0.5), square)
    total = made(graph, "add", half, a)
    assert in_order(total) == in_order(total, half) == [a, square, half, total]


def test_a_copy_keeps_what_is_known_and_asks_for_leaves(graph: Graph) -> None:
    a, b = leaf(graph, "a"), leaf(graph, "b")
    two = graph.constant(2)
    inner = made(graph, "multiply", two, a)
    root = made(graph, "add", made(graph, "multiply", inner, inner), b)
    other = Graph()
    c, asked = leaf(other, "c"), []

    def stand_in(node: Node) -> Node | None:
        asked.append(node)
        return other.stand_in(node) if not node.operands else None

    copies = {b: c}
    copy = copied(root, other, copies, stand_in)
    square, last = copy.operands
    assert last is c
    assert square.operands[0] is square.operands[1] is copies[inner]
    assert copies[inner].operands == (two, copies[a])
    assert [node.name for node in other.nodes if not node.operands] == ["c", "a"]
    assert set(other.nodes).isdisjoint(graph.nodes)
    assert b not in asked
    asked.clear()
    assert copied(root, other, copies, stand_in) is copy
    assert not asked
    assert copied(two, other, copies, stand_in) is two


def test_a_stand_in_is_called_as_its_node_is_written(graph: Graph) -> None:
    a, b = leaf(graph, "a"), leaf(graph, "b")
    other = Graph()
    stand_ins = [other.stand_in(node) for node in (a, made(graph, "add", a, b), made(graph, "exp", a))]
    assert [node.name for node in stand_ins] == ["a", "(a + b)", "exp(a)"]
    assert {(node.shape, node.kind.name) for node in stand_ins} == {((2,), "float")}


def test_a_deep_program_and_one_that_uses_everything_twice_are_walked(graph: Graph) -> None:
    node = leaf(graph, "a")
    for _ in range(DEEP):
        node = made(graph, "add", node, node)  # 2 ** DEEP paths lead to the leaf
    assert len(list(ancestors(node))) == DEEP + 1
    assert in_order(node) == graph.nodes
    other = Graph()
    copied(node, other, {}, lambda node: other.stand_in(node) if not node.operands else None)
    assert len(other.nodes) == DEEP + 1
