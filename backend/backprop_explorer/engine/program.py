"""A compiled program: forward, backward and update as one graph, without numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np

from backprop_explorer.engine.differentiate import Backward, GradientOverride, differentiate
from backprop_explorer.engine.feed import COUNTER, ROWS
from backprop_explorer.engine.listing import Line, list_lines
from backprop_explorer.engine.update import Update, build_update
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.graph.walk import ancestors, in_order
from backprop_explorer.language.dialect import DIFFERENCES, inferred_dialect
from backprop_explorer.language.forward import Forward, build_forward
from backprop_explorer.language.scope import LEGACY
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem, suggestion

Role = Literal["input", "parameter", "intermediate", "loss", "state"]
Field = Literal["value", "gradient"]
Aim = Literal["value", "gradient", "next"]
"""Of a tensor: its value, its gradient, or what the update makes of it."""
Name = tuple[str, Field]
"""What a node's numbers are known by: a tensor's name, and which of its numbers they are."""


@dataclass(frozen=True)
class TensorInfo:
    """What is known of a tensor before any number is."""

    name: str
    role: Role
    shape: Shape
    dtype: str
    differentiable: bool
    named: bool
    line: int | None


@dataclass(eq=False)
class Program:
    """The iteration as a graph: what a plan executes and a trace lists."""

    text: str
    forward: Forward
    backward: Backward
    update: Update | None
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    batch: Mapping[str, Node]
    key: CompileKey
    as_written: bool = True
    """Whether its composites are closed, and its gradients the true ones."""

    @property
    def graph(self) -> Graph:
        """All nodes, in the order in which they can be computed."""
        return self.forward.graph

    @property
    def state(self) -> dict[str, Node]:
        """What an iteration starts from besides the given tensors: which rows are in the batch, random numbers, the
        optimizer's own tensors."""
        return {**self.batch, **self.graph.draws, **(self.update.state if self.update else {})}

    @property
    def rates(self) -> dict[str, Node]:
        """The optimizer's options that are expressions of the iteration."""
        return self.update.rates if self.update else {}

    @cached_property
    def scheduled(self) -> list[Node]:
        """The nodes that give these, in order: they follow from the iteration alone, so a run of it calculates them."""
        return [node for node in in_order(*self.rates.values()) if node.operands]

    @property
    def kept(self) -> dict[str, Node]:
        """What is shown besides the forward program's tensors: what an iteration starts from, and rates."""
        return {**self.state, **self.rates}

    @cached_property
    def lines(self) -> list[Line]:
        """The steps of the iteration."""
        return list_lines(self.forward, self.backward, self.update)

    @cached_property
    def visible(self) -> dict[str, Node]:
        """The tensors of the forward program by name: given ones first, then in the order of the program."""
        made = [node for statement in self.forward.statements for node in statement.nodes if not node.hidden]
        return {**self.forward.leaves, **{str(node.name): node for node in made}}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every tensor that can be asked for: values, the optimizer's state, aliases, and gradients as `w1.g`."""
        known = {**self.visible, **self.kept}
        gradients = {
            f"{name}.g": self.backward.gradient[node]
            for name, node in self.visible.items()
            if node in self.backward.gradient
        }
        gradients |= {str(line.output): line.node for line in self.lines if line.phase == "backward"}
        latest = {
            name: value
            for name, value in self.forward.scope.names.items()
            if isinstance(value, Node) and name not in known
        }
        latest_gradients = {
            f"{name}.g": self.backward.gradient[node] for name, node in latest.items() if node in self.backward.gradient
        }
        return {**gradients, **latest_gradients, **latest, **known}

    @cached_property
    def names(self) -> dict[Node, Name]:
        """Name and field by which a node's numbers are known; of several names the program's own counts, `l1` before
        `l1.matmul`."""
        tensors = sorted(self.visible.items(), key=lambda item: self.tensors[item[0]].named)
        gradient = self.backward.gradient
        known: dict[Node, Name] = {gradient[node]: (name, "gradient") for name, node in tensors if node in gradient}
        return known | {node: (name, "value") for name, node in {**self.visible, **self.kept}.items()}

    @cached_property
    def names_after(self) -> dict[Node, tuple[str, Aim]]:
        """The same, and the next values that the update makes."""
        results = self.update.results if self.update else {}
        return {**{node: (name, "next") for name, node in results.items()}, **self.names}

    def updated(self, name: str) -> Node:
        """What the update makes of a tensor, or a rate that it goes by; a `Problem` for what it does not make."""
        results = self.update.results if self.update else {}
        if name not in results:
            raise Problem(
                "not_updated",
                f"the update does not change {name[:60]}" if results else "the document has no optimizer, so no update",
                tensor=name[:60],
                hint=f"it changes {', '.join(results)}" if results else None,
            )
        return results[name]

    @cached_property
    def tensors(self) -> dict[str, TensorInfo]:
        """What a trace lists: the forward program's tensors and the optimizer's state."""
        return {name: self._info(name, node) for name, node in {**self.visible, **self.kept}.items()}

    def _info(self, name: str, node: Node) -> TensorInfo:
        roles: dict[str, Role] = {**dict.fromkeys(self.inputs, "input"), **dict.fromkeys(self.parameters, "parameter")}
        role: Role = "loss" if node is self.backward.loss else roles.get(name, "intermediate")
        if name in self.kept:
            role = "state"
        return TensorInfo(
            name,
            role,
            node.shape,
            str(node_dtype(node, self.graph)),
            role != "state" and node.differentiable and (role != "parameter" or node in self.backward.reached),
            name in self.forward.leaves or "." not in name,  # of others only names that the engine gives have dots
            node.line,
        )


def unknown_tensor(name: str, known: Iterable[str]) -> Problem:
    """There is no tensor of that name; the hint is the nearest of those that there are."""
    text, hint = f"there is no tensor called {name[:60]}", suggestion(name, known)
    return Problem("unknown_tensor", text, status=404, tensor=name[:60], hint=hint)


def node_dtype(node: Node, graph: Graph) -> str:
    """The type of a tensor's numbers: labels are int64, masks bool, all else has the program's type."""
    return _DTYPES.get(node.kind.name) or _name(graph.dtype)


_DTYPES = {"whole": "int64", "bool": "bool"}


@lru_cache
def _name(dtype: np.dtype[Any]) -> str:
    return str(dtype)  # which NumPy makes anew each time


Leaves = tuple[tuple[str, Shape, str], ...]
"""Name, shape and whether a list is of whole numbers ("open"), truth values ("bool") or neither ("float")."""


def _records() -> tuple[object, ...]:
    return (*OPERATIONS.values(), *COMPOSITES.values(), *OPTIMIZERS.values())


@dataclass(frozen=True)
class CompileKey:
    """What a compiled program depends on, and nothing else: the same key gives the same program.

    `optimizer` is the document's as sorted pairs; `batch` is the number of rows of a batch, where the inputs are one.
    A program for `measuring` has no backward pass, and what acts in training alone is off.
    The `dialect` is `doubtful` where nobody gave it, so that a warning says where it matters.
    `records` are the operations, composites and optimizers that are known, so that a program compiled before one of
    them was registered is not taken for one compiled after.
    """

    text: str
    leaves: Leaves
    parameters: tuple[str, ...] = ()
    loss: str | None = None
    dtype: str = "float64"
    optimizer: tuple[tuple[str, Any], ...] | None = None
    budget: Budget = field(default_factory=Budget.unlimited)
    batch: int | None = None
    open_boxes: bool = False
    dialect: str = LEGACY
    doubtful: bool = False
    measuring: bool = False
    records: tuple[object, ...] = field(default_factory=_records)


def frozen_options(optimizer: Mapping[str, Any] | None) -> tuple[tuple[str, Any], ...] | None:
    """A document's optimizer as a part of a key."""
    if optimizer is None:
        return None
    return tuple(
        sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in optimizer.items())
    )


def compile_program(key: CompileKey, own: GradientOverride | None = None) -> Program:
    """Parses, differentiates and adds the update. The same key is compiled once, unless there are gradients of
    somebody's `own`."""
    try:
        return _compiled(key) if own is None else _built(key, own)
    except RecursionError:
        raise Problem(
            "too_deep", "the program is nested too deeply", hint="give parts of the expression names of their own"
        ) from None


_KINDS: Mapping[str, Literal["open", "bool"]] = {"open": "open", "bool": "bool"}


def _built(key: CompileKey, own: GradientOverride | None = None) -> Program:
    graph = Graph(key.dtype, key.budget, whole=True)  # its elements are counted by what a plan keeps
    kinds: dict[str, tuple[Shape, Kind]] = {
        name: (shape, Kind(_KINDS.get(kind, "float"))) for name, shape, kind in key.leaves
    }
    graph.measuring = key.measuring
    graph.qualified = DIFFERENCES if key.dialect == "torch" else ()
    forward = build_forward(key.text, kinds, graph, open_boxes=key.open_boxes, dialect=key.dialect)
    if key.doubtful:
        _warn_of_dialect(key.text, graph)
    loss = _loss(forward, key.loss)
    forward.evaluator.given.check(ancestors(loss))
    backward = Backward(loss) if key.measuring else differentiate(forward, loss, own)
    parameters = [forward.leaves[name] for name in key.parameters]
    if not key.measuring:
        _warn_of_unreached([node for node in parameters if node not in backward.reached], graph)
    nodes = [node for node in parameters if node in backward.reached]
    update = None if key.optimizer is None else build_update(forward, backward, nodes, dict(key.optimizer))
    chosen = {} if key.batch is None else {ROWS: (key.batch,), COUNTER: ()}
    told = {name: graph.leaf(name, shape, Kind("whole")) for name, shape in chosen.items()}
    graph.meter.check_flop()
    inputs = tuple(name for name, _, _ in key.leaves if name not in key.parameters)
    as_written = own is None and not key.open_boxes
    return Program(key.text, forward, backward, update, inputs, key.parameters, told, key, as_written)


_compiled = lru_cache(maxsize=256)(_built)


def _warn_of_dialect(text: str, graph: Graph) -> None:
    """Says where the program has a word that NumPy and PyTorch mean differently, and not whose it is."""
    found = inferred_dialect(text)
    if found.line is not None:
        graph.warnings.append({"line": found.line, "code": "dialect", "message": found.doubt})


def _loss(forward: Forward, name: str | None) -> Node:
    names = forward.scope.names
    if name is None:
        loss = names.get("loss", forward.statements[-1].root)
    elif name in names:
        loss = names[name]
    else:
        raise Problem(
            "unknown_loss", f"no line of the program assigns its loss, {name[:40]}", hint=suggestion(name, names)
        )
    if not isinstance(loss, Node):
        raise Problem(
            "loss_not_scalar", f"the loss {name or 'loss'} must be a tensor without axes that depends on the parameters"
        )
    return loss


def _warn_of_unreached(parameters: Iterable[Node], graph: Graph) -> None:
    """Says which parameters the loss does not depend on: as in PyTorch they have no gradient and stay as they are."""
    for parameter in parameters:
        message = f"The loss does not depend on the parameter {parameter.name}: it has no gradient and is not updated"
        graph.warnings.append({"line": None, "code": "unused_parameter", "message": message})
