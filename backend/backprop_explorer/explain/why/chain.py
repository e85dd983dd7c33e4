"""From a gradient back to the forward operations whose rules made it: the links of the chain rule in one step."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.node import Node
from backprop_explorer.language.rules import Contribution


@dataclass(frozen=True)
class Link:
    """One forward operation on the way: `tensor` is used by the contribution's user."""

    tensor: Node
    contribution: Contribution

    @property
    def user(self) -> Node:
        """The result of the operation that uses the tensor."""
        return self.contribution.user

    @property
    def position(self) -> int:
        """Which of the user's operands the tensor is."""
        operation, name = self.user.operation, self.contribution.operand
        if not operation.variadic and name in operation.operands:
            return operation.operands.index(name)
        return self.user.operands.index(self.tensor)


def differentiated(program: Program, line: Line) -> Node | None:
    """The tensor whose gradient, or a contribution to it, a step of the backward pass calculates."""
    if line.phase != "backward":
        return None
    whole, backward = line.output.partition(".g__")[0], program.backward
    owners = [tensor for tensor in backward.gradient if f"{tensor.name}.g" == line.output or tensor.name == whole]
    return owners[0] if owners else None


def links(program: Program, line: Line, tensor: Node) -> list[Link]:
    """The operations whose rules stand in a step's code, from the tensor towards the loss; none for a sum of
    contributions, which have steps of their own, and for the loss itself."""
    contributions = program.backward.contributions.get(tensor, [])
    own = [one for one in contributions if one.value is line.node] if len(contributions) > 1 else contributions
    found: list[Link] = []
    while len(own) == 1:
        found.append(Link(tensor, own[0]))
        incoming = own[0].incoming
        if (incoming.shown and incoming is not line.node) or incoming.constant is not None:
            break  # one that came in unchanged has no name but the one that is asked about
        tensor = own[0].user
        own = program.backward.contributions.get(tensor, [])
    return found
