"""The forward program: text to a graph whose tensors have the names that the user knows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.graph.graph import Graph, Warned
from backprop_explorer.graph.node import Box, Kind, Node
from backprop_explorer.graph.walk import ancestors, in_order
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.foreign import check_written
from backprop_explorer.language.given import names_of
from backprop_explorer.language.given_names import given_names
from backprop_explorer.language.names import check_name, check_tensor_name, spelled
from backprop_explorer.language.objects import named
from backprop_explorer.language.places import holds_objects, replaced
from backprop_explorer.language.scope import LEGACY, Class, Function, Scope
from backprop_explorer.language.source import column_of, parsed
from backprop_explorer.language.statements import run
from backprop_explorer.language.targets import Pair
from backprop_explorer.language.values import Masked, nodes_in
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Round:
    """A repeat of a loop of the program, the outermost where loops are nested: the line of its `for`, and the count of
    the repeat from 1."""

    line: int
    count: int


@dataclass(eq=False)
class Statement:
    """An assignment that ran: the result, and everything that was made for it, in order; `round` in a loop. The name
    may stand for more than the result, which is then called after a `part` of it."""

    target: str
    line: int
    root: Node
    nodes: list[Node]
    round: Round | None = None
    part: str = ""


@dataclass(eq=False)
class Forward:
    """A forward program: its graph, statements in order, given tensors, and what each name stands for at the end."""

    graph: Graph
    evaluator: Evaluator
    scope: Scope
    leaves: dict[str, Node]
    statements: list[Statement] = field(default_factory=list)
    aliases: dict[str, Node] = field(default_factory=dict)

    @property
    def notes(self) -> list[Warned]:
        """What of the text was left out, by line."""
        return self.evaluator.notes


def build_forward(
    text: str,
    leaves: Mapping[str, tuple[Shape, Kind]],
    graph: Graph,
    *,
    open_boxes: bool = False,
    dialect: str = LEGACY,
) -> Forward:
    """Parses and evaluates a program over given tensors. Raises a `Problem` with its place for whatever is wrong."""
    graph.meter.budget.check("program_characters", len(text), "the program's text")
    forward = Forward(graph, Evaluator(graph, text, open_boxes=open_boxes), Scope(dialect=dialect), {})
    for name, (shape, kind) in leaves.items():
        forward.leaves[name] = graph.leaf(check_tensor_name(name), shape, kind)
        forward.leaves[name].text = spelled(name)
    forward.scope.names |= given_names(forward.leaves)
    forward.evaluator.given.leaves = forward.leaves
    recorder = _Recorder(forward)
    for written in parsed(text):
        if isinstance(written, COMPOUND):
            check_written(forward.evaluator, written)
        signal = run(forward.evaluator, [written], forward.scope, recorder)
        if signal is not None:
            raise forward.evaluator.problem(
                "not_in_language", "return stands in a def, break and continue in a loop", written
            )
    if not forward.statements:
        values = [value for value in forward.scope.names.values() if isinstance(value, Node)]
        forward.evaluator.given.check(ancestors(*values))
        raise Problem(
            "empty_program", "the program has no assignment", hint="write a line such as loss = mse(x @ w, y)"
        )
    recorder.end()
    _name(forward)
    graph.line = None
    for node in graph.nodes:
        if node.kind.name == "open":
            node.kind.name = "float"
    return forward


COMPOUND = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.With)
"""Statements with others inside."""


class _Recorder:
    """Makes a `Statement` of every assignment that runs, and gives it the nodes that were made for it."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self._loops: list[ast.stmt] = []
        self._round: Round | None = None
        self._seen = len(forward.graph.nodes)
        self._waiting: list[Node] = []

    def begins(self, statement: ast.stmt) -> None:
        self.forward.graph.line = statement.lineno

    def round(self, loop: ast.stmt, count: int | None) -> None:
        """Only the outermost loop counts."""
        if count is None:
            self._loops = [one for one in self._loops if one is not loop]
        elif loop not in self._loops:
            self._loops.append(loop)
        if self._loops[:1] == [loop] and count is not None:
            self._round = Round(loop.lineno, count)
        elif not self._loops:
            self._round = None

    def ran(self, statement: ast.stmt, pairs: list[Pair]) -> None:
        forward, graph = self.forward, self.forward.graph
        given = forward.evaluator.given
        if given.unset or given.objects:
            pairs = self._settled(pairs)
        fresh = set(self._waiting) | {
            node for node in graph.nodes[self._seen :] if node.phase != "leaf" and not given.touched(node)
        }
        self._seen = len(graph.nodes)
        first = len(forward.statements)
        for target, value in pairs:
            if isinstance(value, Node):
                self._record(statement, target, value, fresh)
            else:
                if isinstance(value, (Function, Class)):
                    self._check(target)
                forward.aliases.pop(target.id, None)
        for target, value in pairs:
            part = "masked" if isinstance(value, Masked) else ""
            for node in () if isinstance(value, Node) else nodes_in(value):
                if node in fresh:
                    self._record(statement, target, node, fresh, part)
        if len(forward.statements) > first:
            forward.statements[-1].nodes = sorted([*forward.statements[-1].nodes, *fresh], key=lambda node: node.id)
            fresh = set()
        self._waiting = sorted(fresh, key=lambda node: node.id)

    def _settled(self, pairs: list[Pair]) -> list[Pair]:
        """Puts the document's tensors where what the statement gave a name to is to have its numbers."""
        evaluator, names = self.forward.evaluator, self.forward.scope.names
        given = evaluator.given
        for root in dict.fromkeys(target.id for target, _ in pairs):
            value = names.get(root)
            named(value, root)
            objects = holds_objects(value, evaluator.graph.meter.work)

            def settled(place: str, one: Any, root: str = root, objects: bool = objects) -> Any:
                if not isinstance(one, Node):
                    known = objects and place != root and any(name in given.leaves for name in names_of(place, root))
                    return given.settled(place, root, evaluator.graph.constant(one)) if known else one
                node = evaluator.seen(one)
                return given.settled(place, root, node) if objects or given.touched(node) else one

            names[root] = replaced(value, root, settled, evaluator.graph.meter.work)
        return [(target, names.get(target.id, value)) for target, value in pairs]

    def _record(self, statement: ast.stmt, target: ast.Name, value: Node, fresh: set[Node], part: str = "") -> None:
        forward = self.forward
        forward.aliases.pop(target.id, None)
        if target.id == "_":  # what nobody wants a name for
            return
        self._check(target)
        if value in fresh:
            made = in_order(value, among=fresh.__contains__)
            fresh -= set(made)
            forward.statements.append(Statement(target.id, statement.lineno, value, made, self._round, part))
        elif value is not forward.leaves.get(target.id) and forward.scope.names.get(target.id) is value:
            forward.aliases[target.id] = value

    def _check(self, target: ast.Name) -> None:
        check_name(target.id, line=target.lineno, column=column_of(self.forward.evaluator.text, target))

    def end(self) -> None:
        """What was made for nothing goes to the last statement; names stand for what their tensors have become."""
        graph, last = self.forward.graph, self.forward.statements[-1]
        rest = [node for node in graph.nodes[self._seen :] if node.phase != "leaf"]
        last.nodes = sorted({*last.nodes, *self._waiting, *rest}, key=lambda node: node.id)
        self.forward.evaluator.memory.final(self.forward.scope.names)


def _name(forward: Forward) -> None:
    """Gives every tensor its key: the statement's target, a version of it, or the target and the word for the
    operation."""
    total = Counter(statement.target for statement in forward.statements)
    seen: Counter[str] = Counter()
    for statement in forward.statements:
        seen[statement.target] += 1
        versioned = total[statement.target] > 1 or statement.target in forward.leaves
        name = f"{statement.target}__{seen[statement.target]}" if versioned else statement.target
        statement.root.name, statement.root.shown = f"{name}.{statement.part}" if statement.part else name, True
        _name_unnamed(statement, name, forward.leaves)
    _show_long(forward)


LONGEST = 200
"""Operations that may stand in the code of one step; where there were more, a part of it is shown by its name."""


def _show_long(forward: Forward) -> None:
    """Shows what would make the code of others too long: what is used again and again, as a state in a loop of the
    library's, would stand there each time."""
    lengths: dict[Node, int] = {}
    for node in forward.graph.nodes:
        length = 1 + sum(1 if one.shown else lengths.get(one, 1) for one in node.operands)
        lengths[node] = min(length, LONGEST + 1)  # what doubles from line to line would have thousands of digits
        if lengths[node] > LONGEST and node.name is not None:
            node.shown, lengths[node] = True, 1


def _name_unnamed(statement: Statement, prefix: str, taken: Container[str]) -> None:
    """What stands in the statement is named after it, what is inside a composite of its own after that."""
    local_names = _local_names(statement.nodes)
    enclosing = _enclosing(statement)
    words: Counter[str] = Counter()
    for node in sorted(statement.nodes, key=lambda node: node in enclosing):
        if node.name is not None:
            continue
        local = local_names.get(node.id)
        word = local or (node.boxes[-1].name if node.boxes else node.operation.name)
        if word == "mT" and node.ndim > 2:
            word = "transposed"  # y.mT in the code of a step is y, transposed, and no tensor of that name
        name = f"{enclosing[node].output.name if node in enclosing else prefix}.{word}"
        words[name] += 1
        while (own := name + (f"_{words[name]}" if words[name] > 1 else "")) in taken:
            words[name] += 1  # a tensor of the document's wins
        node.name = own
        node.shown = local is not None and not node.hidden


def _enclosing(statement: Statement) -> dict[Node, Box]:
    """The outermost composite around each node, unless the composite is the statement itself."""
    boxes = sorted((box for node in statement.nodes for box in node.boxes), key=lambda box: len(box.inside))
    around = {node: box for box in boxes for node in box.inside if node is not box.output}
    return {node: box for node, box in around.items() if box.output is not statement.root}


def _local_names(nodes: Iterable[Node]) -> dict[int, str]:
    """The names of open composites' locals by node id; of nested composites the outermost name counts."""
    names: dict[int, str] = {}
    for node in nodes:
        for box in node.boxes:
            if not box.closed:
                names.update(box.names)
    return names
