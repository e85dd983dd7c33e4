"""A derivative inside a program: `grad(y, x)` is more program text, which can be differentiated again."""

from __future__ import annotations

from typing import Any

from backprop_explorer.graph.code import short_code
from backprop_explorer.graph.node import Box, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.rules import Rules
from backprop_explorer.language.values import raw
from backprop_explorer.language.words import GRAD
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import OperandError
from backprop_explorer.problem import Problem, shortened


def derivative(evaluator: Reader, y: Node, x: Node, weight: Node | None = None) -> Node:
    """The gradient of the sum of `y`, weighted where there is a `weight`, with respect to `x`, of the shape of `x`.

    Its nodes are part of the forward program, in an open box: the gradient of each tensor on the way has a name of
    its own there. Raises a `Problem` where y does not depend on x.
    """
    graph = evaluator.graph
    first = len(graph.nodes)
    graph.derives, before = True, graph.derives
    going_back = _Pass(evaluator, y, x)
    try:
        result = going_back.run(weight)
    finally:
        graph.derives = before
    if result.id < first:
        result = graph.make(OPERATIONS["identity"], [result])
    inside = tuple(node for node in graph.nodes[first:] if node.phase != "leaf")
    bound = {"y": y, "x": x}
    names = {node_id: name for node_id, name in going_back.names.items() if node_id >= first and node_id != result.id}
    result.boxes.append(Box(GRAD, False, bound, {}, result, inside, bound, {}, False, GRAD, names))
    return result


class _Pass:
    """Goes back from y to x once."""

    def __init__(self, evaluator: Reader, y: Node, x: Node) -> None:
        self.rules = Rules(evaluator)
        self.y, self.x = y, x
        self.names: dict[int, str] = {}
        self.depends: set[Node] = {x}
        for node in sorted(ancestors(y), key=lambda node: node.id):
            if any(operand in self.depends for operand in _used(node)):
                self.depends.add(node)
        if y not in self.depends or not x.differentiable:
            raise Problem(
                "no_gradient_here", f"{shortened(short_code(y))} does not depend on {shortened(short_code(x))}"
            )

    def run(self, weight: Node | None) -> Node:
        constant = self.rules.graph.constant
        one = constant(Number(1, "1"))
        seed = self.rules.make("broadcast_to", one, shape=self.y.shape) if self.y.shape else one
        gradients: dict[Node, Node] = {self.y: seed if weight is None else weight}
        for node in sorted(self.depends, key=lambda node: node.id, reverse=True):
            if node is self.x or node not in gradients:
                continue
            self.names.setdefault(gradients[node].id, f"{_word(node)}_g")
            for operand, contribution in self.rules.contributions(node, gradients[node], self.depends):
                value, known = contribution.value, gradients.get(operand)
                gradients[operand] = value if known is None else self.rules.make("add", known, value)
        total = gradients.get(self.x, constant(Number(0, "0")))
        return total if total.shape == self.x.shape else self.rules.make("broadcast_to", total, shape=self.x.shape)


def _used(node: Node) -> list[Node]:
    """What a node is computed from, also as the box shows it whose result it is."""
    return [*node.operands, *(operand for box in node.boxes for operand in box.operands)]


def _word(node: Node) -> str:
    """A tensor in one word: its name, or that of what made it."""
    return node.name or (node.boxes[-1].name if node.boxes else node.operation.name)


def called(evaluator: Reader, arguments: list[Any], options: dict[str, Any], *, torchs: bool) -> Any:
    """`grad(y, x)`, or PyTorch's `torch.autograd.grad(outputs, inputs)`, which gives a tuple and, without
    create_graph=True, numbers that nothing goes back through."""
    names = ("outputs", "inputs", "grad_outputs", "retain_graph", "create_graph", "is_grads_batched", "allow_unused")
    given = {**dict(zip(names if torchs else ("y", "x"), arguments, strict=False)), **options}
    y, x = given.get("outputs" if torchs else "y"), given.get("inputs" if torchs else "x")
    if isinstance(y, tuple) and len(y) == 1:
        y = y[0]
    weight = given.get("grad_outputs")
    if isinstance(weight, tuple) and len(weight) == 1:
        weight = weight[0]
    wanted = x if isinstance(x, (tuple, list)) else (x,)
    if not isinstance(y, Node) or not all(isinstance(one, Node) for one in wanted):
        raise OperandError("a tensor and what it is differentiated with respect to: grad(y, x)")
    if torchs and weight is None and y.shape != ():
        raise OperandError("outputs to be a single number, or grad_outputs of its shape")
    if weight is not None and (not isinstance(weight, Node) or weight.shape != y.shape):
        raise OperandError(f"grad_outputs of the shape of outputs {y.shape}")
    results = [derivative(evaluator, y, one, weight) for one in wanted]
    if torchs and not raw(given.get("create_graph", False)):
        results = [evaluator.graph.make(OPERATIONS["detach"], [result]) for result in results]
    return tuple(results) if torchs or isinstance(x, (tuple, list)) else results[0]
