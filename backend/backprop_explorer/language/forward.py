"""The forward program: text to a graph whose tensors have the names that the user knows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Box, Kind, Node
from backprop_explorer.graph.walk import in_order
from backprop_explorer.language.body import assigned, check_written, turns, unrolled
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.names import check_name
from backprop_explorer.language.scope import LEGACY, Scope
from backprop_explorer.language.source import column_of, parsed
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
    """An assignment that ran: the result, and everything that was made for it, in order; `round` in a loop."""

    target: str
    line: int
    root: Node
    nodes: list[Node]
    round: Round | None = None


@dataclass(eq=False)
class Forward:
    """A forward program: its graph, statements in order, given tensors, and what each name stands for at the end."""

    graph: Graph
    evaluator: Evaluator
    scope: Scope
    leaves: dict[str, Node]
    statements: list[Statement] = field(default_factory=list)
    aliases: dict[str, Node] = field(default_factory=dict)


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
        forward.leaves[name] = forward.scope.names[name] = graph.leaf(check_name(name), shape, kind)
    for written in parsed(text):
        if isinstance(written, (ast.FunctionDef, ast.For)):
            check_written(forward.evaluator, written)
        if isinstance(written, ast.For):
            for count, statement in turns(forward.evaluator, written, forward.scope):
                _run(forward, statement, Round(written.lineno, count))
        else:
            for statement in unrolled(forward.evaluator, [written], forward.scope):
                _run(forward, statement)
    if not forward.statements:
        raise Problem(
            "empty_program", "the program has no assignment", hint="write a line such as loss = mse(x @ w, y)"
        )
    _name(forward)
    graph.line = None
    for node in graph.nodes:
        if node.kind.name == "open":
            node.kind.name = "float"
    return forward


def _run(forward: Forward, statement: ast.Assign | ast.Return | ast.FunctionDef, repeat: Round | None = None) -> None:
    evaluator, graph = forward.evaluator, forward.graph
    if isinstance(statement, ast.Return):
        raise evaluator.problem("not_in_language", "return stands in a def only", statement)
    if isinstance(statement, ast.FunctionDef):
        _define(forward, statement)
        return
    graph.line = statement.lineno
    first = len(graph.nodes)
    pairs = assigned(evaluator, statement, forward.scope)
    fresh = {node for node in graph.nodes[first:] if node.phase != "leaf"}
    for target, value in pairs:
        check_name(target.id, line=target.lineno, column=column_of(evaluator.text, target))
        forward.scope.names[target.id] = value
        forward.aliases.pop(target.id, None)
        if not isinstance(value, Node):
            continue
        if value in fresh:
            made = in_order(value, among=fresh.__contains__)
            fresh -= set(made)
            forward.statements.append(Statement(target.id, statement.lineno, value, made, repeat))
        elif value is not forward.leaves.get(target.id):
            forward.aliases[target.id] = value
    if fresh and forward.statements and forward.statements[-1].line == statement.lineno:
        last = forward.statements[-1]
        last.nodes = sorted([*last.nodes, *fresh], key=lambda node: node.id)


def _define(forward: Forward, definition: ast.FunctionDef) -> None:
    arguments = definition.args
    plain = not (
        arguments.posonlyargs
        or arguments.kwonlyargs
        or arguments.vararg
        or arguments.kwarg
        or definition.decorator_list
    )
    if not plain:
        raise forward.evaluator.problem("not_in_language", "a def has plain parameters and no decorators", definition)
    for argument in arguments.args:
        check_name(argument.arg, line=argument.lineno)
    forward.scope.functions[check_name(definition.name, line=definition.lineno)] = definition


def _name(forward: Forward) -> None:
    """Gives every tensor its key: the statement's target, a version of it, or the target and the word for the
    operation."""
    total = Counter(statement.target for statement in forward.statements)
    seen: Counter[str] = Counter()
    for statement in forward.statements:
        seen[statement.target] += 1
        versioned = total[statement.target] > 1 or statement.target in forward.leaves
        name = f"{statement.target}__{seen[statement.target]}" if versioned else statement.target
        statement.root.name, statement.root.shown = name, True
        _name_unnamed(statement, name)


def _name_unnamed(statement: Statement, prefix: str) -> None:
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
            word = "transposed"  # y.mT in the code of a step is y, turned, and no tensor of that name
        name = f"{enclosing[node].output.name if node in enclosing else prefix}.{word}"
        words[name] += 1
        node.name = name + (f"_{words[name]}" if words[name] > 1 else "")
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
