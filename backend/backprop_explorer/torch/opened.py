"""A PyTorch model as a document: `bx.torch.open(model, *args)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backprop_explorer.engine import Plan, compile_document
from backprop_explorer.problem import Problem
from backprop_explorer.torch.capture import Capture, capture
from backprop_explorer.torch.program import Program, Refused, place_of

if TYPE_CHECKING:
    from backprop_explorer.client import Client, RemoteRun

OPTIMIZER = {"name": "sgd", "lr": 0.01}


class Opened:
    """A model as it was captured.

    document   a program in PyTorch's words, the model's tensors under their names in `state_dict`, the arguments
    notes      what there is to know: shared and unused tensors, what was drawn at random or calculated once
    """

    def __init__(self, document: dict[str, Any], notes: list[str]) -> None:
        self.document = document
        self.notes = notes

    def plan(self) -> Plan:
        """A plan of the document, ready to run; each call gives a new one."""
        return compile_document(self.document)

    def run(self, server: str | Client | None = None) -> RemoteRun:
        """A new run on a server, by its address or a client; by default the one on this machine."""
        from backprop_explorer.address import ADDRESS
        from backprop_explorer.client import Client

        client = server if isinstance(server, Client) else Client(server or ADDRESS)
        return client.create(self.document)

    def __repr__(self) -> str:
        head = f"<{self.document['title']}: {len(self.document['program'].splitlines())} lines"
        return "\n".join([f"{head}, {len(self.document['parameters'])} parameters>", *self.notes])

    def _repr_html_(self) -> str:
        """What a notebook shows: the loss, the program with its shapes, the parameters, the notes."""
        from backprop_explorer.notebook import plan_html

        return plan_html(self.plan(), self.notes)


def open(model: Callable[..., Any], *args: Any, loss: Callable[[Any], Any] | None = None, **kwargs: Any) -> Opened:
    """Captures one call `model(*args, **kwargs)` with `torch.export` as it is: mode, buffers, shared weights, the
    shapes of these arguments. The model is not changed.

    `loss` is a function of what the model gives. Without it the loss is the one single number that the model gives,
    else the mean of its output, and of several outputs the sum of their means. Raises a `Problem` for what cannot be
    captured or has no counterpart, with the operator, the file and the line.
    """
    captured = capture(model, args, kwargs, loss)
    program = _compiled(captured)
    notes = [*program.notes, *(f"the loss does not depend on {name}: it is left out" for name in program.unread)]
    return Opened(_document(model, captured, program), notes)


def _compiled(captured: Capture) -> Program:
    """The program, tried out. What the language does not know is calculated once where no gradient depends on it."""
    folded: frozenset[Any] = frozenset()
    while True:
        program: Program | None = None
        try:
            program = Program(captured, folded)
            compile_document(_document(None, captured, program))
            return program
        except Problem as problem:
            node = problem.node if isinstance(problem, Refused) else _failing(program, problem)
            further = _folding(captured, node) - folded
            if further:
                folded |= further
                continue
            if isinstance(problem, Refused) or node is None:
                raise
            where = place_of(captured.sources.of(node))
            raise Problem(problem.code, f"{node.target}{where}: {problem.detail}", hint=problem.hint) from None


def _failing(program: Program | None, problem: Problem) -> Any:
    if program is None or problem.line is None or not 0 < problem.line <= len(program.nodes):
        return None
    return program.nodes[problem.line - 1]


def _folding(captured: Capture, node: Any) -> frozenset[Any]:
    """What may be calculated once where the language does not take an operation: it itself, else its operands."""
    if node is None:
        return frozenset()
    if _can_fold(captured, node):
        return frozenset([node])
    calculated = [one for one in node.all_input_nodes if one.op == "call_function"]
    return frozenset(one for one in calculated if _can_fold(captured, one))


def _can_fold(captured: Capture, node: Any) -> bool:
    """Whether an operation's result needs no gradient and depends on no floating-point argument of the call."""
    value = captured.values.get(node)
    results = value if isinstance(value, (list, tuple)) else (value,)
    torch = captured.torch
    if value is None or not all(torch.is_tensor(one) and not one.requires_grad for one in results):
        return False
    seen: set[Any] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        leaf = captured.leaves.get(one.name) if one.op == "placeholder" else None
        if leaf is not None and not leaf.own and leaf.tensor.is_floating_point() and leaf.tensor.ndim:
            return False
        stack += [other for other in one.all_input_nodes if other not in seen]
        seen.update(one.all_input_nodes)
    return True


def _document(model: Any, captured: Capture, program: Program) -> dict[str, Any]:
    torch = captured.torch
    floats = [leaf.tensor.dtype for leaf in captured.leaves.values() if leaf.tensor.is_floating_point()]
    return {
        "title": getattr(model, "__name__", None) or type(model).__name__,
        "program": "\n".join(program.lines),
        "inputs": program.inputs,
        "parameters": program.parameters,
        "loss": program.loss,
        "dtype": "float64" if torch.float64 in floats else "float32",
        "dialect": "torch",
        "optimizer": dict(OPTIMIZER),
        "sources": program.sources,
    }
