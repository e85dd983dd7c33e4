"""The optimizer's update of every parameter, as a program in the same language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.engine.differentiate import Backward
from backprop_explorer.engine.schedule import ITERATION, check_schedule, is_scheduled, own_name, scheduled
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.graph.walk import written_out
from backprop_explorer.language.body import run_body
from backprop_explorer.language.forward import Forward
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.values import written
from backprop_explorer.library.optimizers import ALLOWED, OPTIMIZERS, SCHEDULED, Optimizer, allowed_words
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.problem import Problem, suggestion

SHARED_STEP = "optimizer.step"
"""The number of updates made so far: one scalar for all parameters, the only state that is not one tensor per
parameter."""


@dataclass(eq=False)
class Update:
    """The update program: pairs of a given tensor and its next value, in order, and the optimizer's own tensors by
    name. `rates` are the options that an expression of the iteration gives, which the update reads and nothing keeps.

    `results` are its steps by name, in an order in which they can be carried out one after the other, each next value
    taking the place of the present one: rates, next values, and in between what still reads a value that the next step
    replaces. `inlined` are the nodes that stand in these steps without a name, `locals`
    what the optimizer's text calls such nodes, by their ids.
    """

    assignments: list[tuple[Node, Node]] = field(default_factory=list)
    state: dict[str, Node] = field(default_factory=dict)
    rates: dict[str, Node] = field(default_factory=dict)
    results: dict[str, Node] = field(default_factory=dict)
    inlined: set[Node] = field(default_factory=set)
    locals: dict[int, str] = field(default_factory=dict)


def checked_options(optimizer: Mapping[str, Any]) -> tuple[Optimizer, dict[str, Any]]:
    """The optimizer that a document names, with all its options. Raises a `Problem` for what it does not know or
    allow."""
    name = optimizer.get("name")
    if not isinstance(name, str):
        raise Problem("bad_optimizer", "an optimizer needs a name", hint=f"one of {', '.join(OPTIMIZERS)}")
    if name not in OPTIMIZERS:
        raise Problem(
            "bad_optimizer",
            f"there is no optimizer called {name[:40]!r}",
            hint=suggestion(name, OPTIMIZERS) or f"one of {', '.join(OPTIMIZERS)}",
        )
    record = OPTIMIZERS[name]
    options = dict(record.options)
    for option, value in optimizer.items():
        if option == "name":
            continue
        if option not in options:
            raise Problem(
                "bad_optimizer",
                f"{name} has no option {option[:40]!r}",
                hint=suggestion(option, options) or f"its options are {', '.join(options)}",
            )
        allowed, _ = ALLOWED[option]
        if option in SCHEDULED and is_scheduled(value):
            check_schedule(option, value)
        elif not allowed(value):
            got = str(value)[:40]
            raise Problem("bad_optimizer", f"{option} of {name} must be {allowed_words(option)}; got {got}")
        options[option] = tuple(value) if isinstance(value, list) else value
    if options.get("nesterov") and not options["momentum"]:
        raise Problem("bad_optimizer", "nesterov needs a momentum greater than 0")
    return record, options


def build_update(forward: Forward, backward: Backward, parameters: list[Node], optimizer: Mapping[str, Any]) -> Update:
    """Appends the update program to the graph."""
    record, options = checked_options(optimizer)
    graph, update = forward.graph, Update()
    graph.phase = "update"
    states = record.states(options)
    options |= _rates(forward, update, options)
    shared = {}
    for leaf in graph.draws.values():
        _assign(forward, update, leaf, graph.make(OPERATIONS["redraw"], [leaf]))
    if "step" in states:
        shared["step"] = _shared_step(forward, update)
    for parameter in parameters:
        own = {
            name: graph.leaf(f"{parameter.name}.{name}", parameter.shape, Kind("float"))
            for name in states
            if name not in shared
        }
        update.state |= {str(leaf.name): leaf for leaf in own.values()}
        names = {
            "p": parameter,
            "g": backward.gradient[parameter],
            **shared,
            **own,
            **{key: written(value) for key, value in options.items()},
        }
        _update_one(forward, update, record, Scope(names, internal=True), own, parameter)
    if ITERATION in update.state:
        iteration = update.state[ITERATION]
        following = forward.evaluator.rule("iteration + 1", Scope({"iteration": iteration}, internal=True))
        _assign(forward, update, iteration, following)
    return update


def _rates(forward: Forward, update: Update, options: Mapping[str, Any]) -> dict[str, Node]:
    """The options that are expressions, as scalars with names of their own."""
    texts = {option: value for option, value in options.items() if option in SCHEDULED and is_scheduled(value)}
    if not texts:
        return {}
    graph = forward.graph
    iteration = update.state[ITERATION] = graph.leaf(ITERATION, (), Kind("float"))
    nodes = {option: scheduled(graph, text, iteration) for option, text in texts.items()}
    found = {option: _own(forward, update, node, own_name(option)) for option, node in nodes.items()}
    update.rates = {str(node.name): node for node in found.values()}
    return found


def _shared_step(forward: Forward, update: Update) -> Node:
    leaf = forward.graph.leaf(SHARED_STEP, (), Kind("float"))
    update.state[SHARED_STEP] = leaf
    following = forward.evaluator.rule("step + 1", Scope({"step": leaf}, internal=True))
    return _assign(forward, update, leaf, following)


def _update_one(
    forward: Forward, update: Update, record: Optimizer, scope: Scope, own: Mapping[str, Node], parameter: Node
) -> None:
    settled: dict[str, Node] = {}

    def settle_states() -> None:
        for name, leaf in own.items():
            value = scope.names[name]
            if value is leaf or value is settled.get(name):
                continue
            if name in settled:
                raise ValueError(f"the rule of {record.name} assigns {name} twice; one assignment is its next value")
            _save_readers(forward, update, scope, name, leaf, parameter)
            settled[name] = scope.names[name] = _assign(forward, update, leaf, scope.names[name])

    following, names = run_body(forward.evaluator, record.definition, scope, settle_states)
    update.locals |= names
    _assign(forward, update, parameter, following)


def _save_readers(forward: Forward, update: Update, scope: Scope, assigned: str, leaf: Node, parameter: Node) -> None:
    """Gives each local that reads the present value of a state a step of its own, before the state's next value takes
    its name: what is written after that would mean the next value."""
    for local in list(scope.names):
        value = scope.names[local]
        if local == assigned or not isinstance(value, Node) or value.shown and value is not leaf:
            continue
        if value is leaf or leaf in written_out(value):
            name, taken = f"{parameter.name}.{local}", {node.name for node in forward.graph.nodes}
            while name in taken:
                name += "_"
            saved = _own(forward, update, value, name)
            scope.names |= {other: saved for other, same in scope.names.items() if same is value}


def _assign(forward: Forward, update: Update, leaf: Node, following: Any) -> Node:
    """Names the next value after its tensor, so that what comes later in the update refers to it by that name."""
    node = _own(forward, update, forward.evaluator.node(following, "an update"), str(leaf.name))
    update.assignments.append((leaf, node))
    return node


def _own(forward: Forward, update: Update, node: Node, name: str) -> Node:
    """The node as a step of that name; a copy of one that has a name already, or stands in an earlier step."""
    if node.phase != "update" or node.shown or node in update.inlined:
        node = forward.graph.make(OPERATIONS["identity"], [node])
    node.name, node.shown = name, True
    forward.graph.settle(node)
    update.results[name] = node
    update.inlined |= set(written_out(node))
    return node
