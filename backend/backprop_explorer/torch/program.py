"""The recorded operations as a program of the language, and its tensors."""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from backprop_explorer.engine import Source
from backprop_explorer.importing.names import Names
from backprop_explorer.language.names import spelled
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of
from backprop_explorer.torch.capture import Capture, Leaf
from backprop_explorer.torch.expression import bag, expression, literal, places
from backprop_explorer.torch.names import LeafNames, wanted_name
from backprop_explorer.torch.operation import Operation
from backprop_explorer.torch.recurrence import assigned, recurrent, steps

RANDOM = {
    "randn", "randn_like", "rand", "rand_like", "randint", "randint_like", "bernoulli", "normal", "normal_functional",
}  # fmt: skip
"""Operators that draw numbers; what they drew is an input."""
BLOCKS = {"wrap_with_set_grad_enabled": 2, "wrap_with_autocast": 5}
"""Parts of a graph that stand under a context, by how many arguments are in front of the tensors."""
OVERWRITING = {"copy": "src", "fill": "value", "zero": None}
LOSS = "loss"


class Refused(Problem):
    """What the language has no counterpart for: the `node` is the operation."""

    node: Any = None


class Program:
    """Lines of a program, where each comes from, and the tensors that they read. `folded` are operations on which no
    gradient depends, and whose result becomes an input."""

    def __init__(self, capture: Capture, folded: frozenset[Any] = frozenset()) -> None:
        self.capture, self.folded = capture, folded
        self.lines: list[str] = []
        self.sources: list[Source | None] = []
        self.nodes: list[Any] = []
        """The operation behind each line."""
        self.inputs: dict[str, Array] = {}
        self.parameters: dict[str, Array] = {}
        self._names = Names()
        self._values: dict[Any, Any] = {}
        self._depth = 0
        leaf_names = LeafNames(capture, self._names)
        self._leaf_names, self.notes = leaf_names.of, leaf_names.notes
        self._given: dict[int, ast.expr] = {}
        needed = _needed(capture.graph, capture.output, folded)
        self._run([node for node in capture.graph.nodes if node in needed or node.op == "placeholder"])
        self.loss = self._finished()

    def _run(self, nodes: Sequence[Any]) -> None:
        for node in nodes:
            if node.op == "placeholder":
                if node.name in self.capture.leaves:
                    self._values[node] = self.capture.leaves[node.name]
            elif node.op == "call_function":
                self._write(node)

    def _write(self, node: Any) -> None:
        if node.target is operator.getitem:
            self._values.setdefault(node, self._values[node.args[0]][node.args[1]])
            return
        if node in self.folded:
            self._values[node] = self._folded(node)
            return
        if not hasattr(node.target, "_schema"):
            name = getattr(node.target, "__name__", str(node.target)).removeprefix("_")
            if name in BLOCKS:
                self._block(node, name)
            elif name in vars(operator):
                self._store(node, self._plain(node, name))
            else:
                raise self._refusal(node, str(node.target))
            return
        operation = Operation(node)
        if operation.name in RANDOM:
            self._values[node] = self._folded(node, drawn=True)
        elif operation.name.startswith("_assert") or not operation.node.target._schema.returns:
            return
        elif operation.in_place:
            self._change(operation)
        elif operation.name == "embedding_bag":
            self._bags(operation)
        elif recurrent(operation):
            self._recur(operation)
        else:
            self._store(node, self._expression(operation))

    def _plain(self, node: Any, name: str) -> ast.expr:
        raise self._refusal(node, f"operator.{name}")

    def _expression(self, operation: Operation) -> ast.expr:
        value = operation.node.meta.get("val")
        if getattr(value, "is_complex", lambda: False)():
            raise self._refusal(operation.node, f"{operation.full_name} with complex numbers")
        found = expression(operation, self.written)
        if found is None:
            raise self._refusal(operation.node, operation.full_name)
        if operation.name == "dropout" and operation["train"] and operation["p"]:
            self._random_noted()
        return found

    def _bags(self, operation: Operation) -> None:
        """The first result of an embedding bag, where the bags are of one length; nothing reads the others."""
        node, known = operation.node, operation.arguments
        starts = [int(one) for one in self.capture.values[operation["offsets"]]]
        total = operation["indices"].meta["val"].shape[0]
        ends = starts if operation["include_last_offset"] else [*starts, total]
        lengths = {end - start for start, end in pairwise(ends)}
        weighted = any(not known[name].default for name in ("per_sample_weights", "padding_idx") if name in known)
        if weighted or len(lengths) != 1 or not lengths.isdisjoint({0}) or ends[-1] != total:
            raise self._refusal(node, f"{operation.full_name} with bags that differ in length or weight")
        name = self._names.give(wanted_name(node))
        self._values[node] = [ast.Name(name, ast.Load())]
        self._line(node, f"{name} = {ast.unparse(bag(operation, self.written, len(ends) - 1))}")

    def _recur(self, operation: Operation) -> None:
        node = operation.node
        if operation["train"] and operation["dropout"] and operation["num_layers"] > 1:
            self._random_noted()

        def give(wanted: Sequence[str], text: str) -> list[str]:
            names = [self._names.give(one) for one in wanted]
            self._line(node, assigned(names, text))
            return names

        used = [user.args[1] for user in node.users]
        found = steps(operation, self._text, give, used)
        self._values[node] = [ast.Name(name, ast.Load()) for name in found]

    def _random_noted(self) -> None:
        told = (
            "dropout draws its own mask in every iteration: numbers differ from PyTorch's; model.eval() leaves it out"
        )
        if told not in self.notes:
            self.notes.append(told)

    def _refusal(self, node: Any, what: str) -> Refused:
        refused = Refused(
            "not_in_language",
            f"{what}{place_of(self.capture.sources.of(node))} has no counterpart in the language",
            hint="write that part in other operations, or open the modules around it one by one",
        )
        refused.node = node
        return refused

    def written(self, value: Any) -> ast.expr:
        """A value of the graph as it stands in the program."""
        if isinstance(value, (list, tuple)) and any(self._is_node(one) for one in value):
            return ast.List([self.written(one) for one in value], ast.Load())
        if not self._is_node(value):
            return literal(value)
        known = self._values[value]
        if isinstance(known, Leaf):
            if not known.own and known.tensor.ndim == 0 and not known.trains and not known.name.isidentifier():
                return literal(known.tensor.item())
            return self._leaf(known)
        assert isinstance(known, ast.expr)
        return known

    def _is_node(self, value: Any) -> bool:
        return isinstance(value, self.capture.torch.fx.Node)

    def _leaf(self, leaf: Leaf) -> ast.expr:
        """A given tensor, which becomes one of the document's when it is first read."""
        if id(leaf.tensor) not in self._given:
            name = self._leaf_names[id(leaf.tensor)]
            trains = leaf.trains and self.capture.gradients.get(id(leaf.tensor)) is not None
            if leaf.trains and not trains:
                self.notes.append(f"{name} is an input: the loss has no gradient with respect to it")
            (self.parameters if trains else self.inputs)[name] = numbers(leaf.tensor)
            self._given[id(leaf.tensor)] = tree_of(spelled(name), mode="eval").body
        return self._given[id(leaf.tensor)]

    def _folded(self, node: Any, *, drawn: bool = False) -> Any:
        value = self.capture.values[node]
        if isinstance(value, (list, tuple)):
            return [self._constant(f"{node.name}_{i}", one) for i, one in enumerate(value)]
        if value.ndim == 0 and not drawn:
            return literal(value.item())
        found = self._constant(node.name, value)
        where = place_of(self.capture.sources.of(node))
        self.notes.append(
            f"{ast.unparse(found)} is what was drawn at random{where}" if drawn
            else f"{ast.unparse(found)} was calculated once{where}, and does not follow changes"
        )  # fmt: skip
        return found

    def _constant(self, wanted: str, value: Any) -> ast.expr:
        name = self._names.give(wanted)
        self.inputs[name] = numbers(value)
        return ast.Name(name, ast.Load())

    def _store(self, node: Any, tree: ast.expr) -> None:
        """A line that gives an operation's result a name, or several results theirs."""
        if isinstance(tree, (ast.Name, ast.Constant, ast.Attribute)) and _is_path(tree):
            self._values[node] = tree
            return
        value = node.meta.get("val")
        if isinstance(value, (list, tuple)):
            names = self._part_names(node, len(value))
            self._values[node] = [ast.Name(name, ast.Load()) for name in names]
            self._line(node, f"{', '.join(names)}{',' if len(names) == 1 else ''} = {ast.unparse(tree)}")
            return
        name = self._names.give(LOSS if node is self.capture.output else wanted_name(node))
        self._values[node] = ast.Name(name, ast.Load())
        self._line(node, f"{name} = {ast.unparse(tree)}")

    def _part_names(self, node: Any, count: int) -> list[str]:
        users = {user.args[1]: user.name for user in node.users if user.target is operator.getitem}
        wanted = [users.get(i, "") for i in range(count)]
        return [
            self._names.give(name if name and not name.startswith("getitem") else f"{node.name}_{i}")
            for i, name in enumerate(wanted)
        ]

    def _line(self, node: Any, text: str) -> None:
        self.lines.append("    " * self._depth + text)
        self.sources.append(self.capture.sources.of(node))
        self.nodes.append(node)

    def _change(self, operation: Operation) -> None:
        """An operation in place: on what nothing else looks at a new name, else a change of the tensor's memory."""
        node, target = operation.node, operation.node.args[0]
        if operation.name == "index_put":
            if operation["accumulate"]:
                raise self._refusal(node, f"{operation.full_name} with accumulate=True")
            index = ast.unparse(places(operation, self.written))
            text = f"{self._text(target)}[{index}] = {self._text(operation['values'])}"
            self._line(node, text)
        elif operation.name in OVERWRITING:
            given = OVERWRITING[operation.name]
            text = "" if given is None else self._text(operation[given])
            self._line(node, f"{self._text(target)}.{operation.name}_({text})")
        elif self._is_shared(target):
            self._line(node, f"{self._text(target)}.copy_({ast.unparse(self._expression(operation))})")
        else:
            before = self._values[target]
            self._store(node, self._expression(operation))
            for other, value in [*self._values.items()]:
                if value is before:
                    self._values[other] = self._values[node]
            return
        self._values[node] = self._values[target]

    def _text(self, value: Any) -> str:
        return ast.unparse(self.written(value))

    def _is_shared(self, node: Any) -> bool:
        """Whether a tensor is a part of another's memory or another a part of its, or is given."""
        if isinstance(self._values[node], Leaf) or not hasattr(node.target, "_schema"):
            return True
        own = Operation(node)
        if own.is_view and not own.in_place:
            return True
        return any(
            hasattr(user.target, "_schema") and Operation(user).is_view and not Operation(user).in_place
            for user in node.users
        )

    def _block(self, node: Any, kind: str) -> None:
        """A part that stands under `torch.no_grad()`, or under a context that changes no number."""
        first = BLOCKS[kind]
        inner = getattr(self.capture.module, node.args[first - 1].target)
        given = node.args[first:]
        silent = kind == "wrap_with_set_grad_enabled" and not node.args[0]
        with self._indented(node, "with torch.no_grad():" if silent else None):
            holes = [one for one in inner.graph.nodes if one.op == "placeholder"]
            for hole, value in zip(holes, given, strict=True):
                self._values[hole] = self._values[value] if self._is_node(value) else literal(value)
            self._run([one for one in inner.graph.nodes if one.op != "placeholder"])
        [last] = [one for one in inner.graph.nodes if one.op == "output"]
        self._values[node] = [self._values[one] if self._is_node(one) else literal(one) for one in last.args[0]]

    @contextmanager
    def _indented(self, node: Any, heading: str | None) -> Iterator[None]:
        if heading is None:
            yield
            return
        self._line(node, heading)
        at, self._depth = len(self.lines), self._depth + 1
        yield
        self._depth -= 1
        if len(self.lines) == at:
            del self.lines[at - 1], self.sources[at - 1], self.nodes[at - 1]

    def _finished(self) -> str:
        """The name of the loss, which gets a line where it is no result of its own."""
        tree = self.written(self.capture.output)
        if isinstance(tree, ast.Name) and tree.id not in self.inputs and tree.id not in self.parameters:
            return tree.id
        name = self._names.give(LOSS)
        self._line(self.capture.output, f"{name} = {ast.unparse(tree)} * 1")
        return name

    @property
    def unread(self) -> list[str]:
        """The model's tensors that the loss does not depend on."""
        given = {self._leaf_names[identity] for identity in self._given}
        own = (leaf for leaf in self.capture.leaves.values() if leaf.trains)
        return sorted({self._leaf_names[id(leaf.tensor)] for leaf in own} - given)


def place_of(source: Source | None) -> str:
    """` at model.py:12 (in net.0)`; empty where nobody knows."""
    if source is None:
        return ""
    module = f" (in {source['module']})" if source["module"] else ""
    return f" at {source['file']}:{source['line']}{module}"


def numbers(tensor: Any) -> Array:
    """A tensor's numbers as an array that is a copy; half precision as float32."""
    plain = tensor.detach().cpu()
    if plain.is_complex():
        raise Problem("not_in_language", "Complex numbers are not part of the language")
    if plain.is_floating_point() and plain.element_size() < 4:
        plain = plain.float()
    array: Array = plain.numpy().copy()
    return array


def _is_path(tree: ast.expr) -> bool:
    while isinstance(tree, (ast.Attribute, ast.Subscript)):
        if isinstance(tree, ast.Attribute) and tree.attr in ("T", "mT"):
            return False
        tree = tree.value
    return isinstance(tree, (ast.Name, ast.Constant))


def _needed(graph: Any, output: Any, folded: frozenset[Any]) -> set[Any]:
    """The operations that the loss depends on: those that change a tensor which is needed, too, and none of those
    behind what is `folded`."""
    found: set[Any] = set()

    def add(node: Any) -> None:
        stack = [node]
        while stack:
            one = stack.pop()
            if one not in found:
                found.add(one)
                stack += () if one in folded else one.all_input_nodes

    add(output)
    changes = [node for node in graph.nodes if hasattr(node.target, "_schema") and Operation(node).in_place]
    while True:
        roots = {_root(node) for node in found}
        missing = [node for node in changes if node not in found and _root(node) in roots]
        if not missing:
            return found
        for node in missing:
            add(node)


def _root(node: Any) -> Any:
    """The tensor whose memory a node's value is in."""
    while hasattr(node.target, "_schema") and node.args:
        operation = Operation(node)
        if not (operation.in_place or operation.is_view) or not hasattr(node.args[0], "meta"):
            break
        node = node.args[0]
    return node
