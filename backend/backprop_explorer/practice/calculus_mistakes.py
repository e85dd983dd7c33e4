"""Mistakes of differentiation: factors of the chain rule, local derivatives, signs and constants."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.language.rules import Contribution
from backprop_explorer.ops import OPERATIONS, Operation
from backprop_explorer.practice.candidates import CandidateMistake, Mistakes

SMALL = 0.01
"""A number that is added and is no greater keeps a division or a logarithm from zero."""


class Derivation(Mistakes):
    """Factors of the chain rule left out, and local derivatives that are not the step's."""

    def factors(self) -> Iterator[CandidateMistake]:
        """A factor of the chain rule was left out."""
        editable = self.editable
        for one in editable.contributions:
            for link in editable.whole_way(one):
                nodes = self._handed_on(link)
                yield from self.each("missing_local_derivative", iter(nodes[:1]), self._unchanged(link))
                yield from self.each("missing_local_derivative", iter(nodes[1:]), self._missing_local())
        for site in editable.sites("multiply", "divide", "matmul", "einsum"):
            for position, gone in enumerate(site.operands):
                if gone.operation is CONSTANT:
                    continue
                kept = [operand for i, operand in enumerate(site.operands) if i != position]
                carries = editable.carries_gradient(gone)
                message = self._missing_gradient() if carries else self._missing_local()
                changes = (change for one in kept for change in self._kept(site, one))
                yield from self.each(
                    "missing_incoming_gradient" if carries else "missing_local_derivative", changes, message
                )

    def _kept(self, site: Node, kept: Node) -> Iterator[Node | None]:
        """What is left of a product, transposed as it stood there or as it was."""
        plain = kept.operands[0] if kept.operation.name == "mT" else kept
        for one in {kept: None, plain: None}:
            yield self.editable.changed(site, one)
            yield self.editable.changed(site, self.editable.make("broadcast_to", one, shape=site.shape))
            yield from self.fitted(one)

    def _handed_on(self, one: Contribution) -> list[Node | None]:
        """The gradient that comes in, unchanged or summed to the tensor's shape, with either sign."""
        editable, incoming = self.editable, self.editable.incoming(one)
        lead = incoming.ndim - editable.tensor.ndim
        summed = editable.make("sum", incoming, axis=tuple(range(lead)), keepdims=False) if lead > 0 else None
        found: list[Node | None] = [incoming, summed]
        return [*found, *(editable.make("negative", node) for node in found if node is not None)]

    def _missing_local(self) -> str:
        return (
            "You probably passed the gradient on without the whole derivative of the step itself: look at how the "
            f"result of {self.editable.step} changes with `{self.name}`, element by element."
        )

    def _unchanged(self, one: Contribution) -> str:
        """The message about the incoming gradient where the tensor's own belongs; with its name, if it has one."""
        if not one.incoming.shown:
            return self._missing_local()
        return (
            f"Yours is the incoming gradient, `{one.incoming.name}`, unchanged: look at how the result of "
            f"{self.editable.step} changes with `{self.name}`, element by element."
        )

    def _missing_gradient(self) -> str:
        return (
            f"That is only the derivative of {self.editable.step} by itself: look at what the chain rule multiplies "
            "it with, the gradient that comes in from behind."
        )

    def derivatives(self) -> Iterator[CandidateMistake]:
        """A part of the local derivative is another function, or missing."""
        editable = self.editable
        message = (
            f"The derivative of {editable.step} is not that: look at how its result changes when `{self.name}` "
            "changes a little, for one element that is positive and one that is negative."
        )
        for site in editable.sites("multiply"):
            yield from self.each("missing_local_derivative", self._undifferentiated(site), message)
        for site in editable.nodes():
            yield from self.each("missing_local_derivative", self._simplified(site), message)
        yield from self.each("missing_local_derivative", self._overdone(), message)

    def _undifferentiated(self, site: Node) -> Iterator[Node | None]:
        """The step's result, or what it reads, where its derivative belongs."""
        editable = self.editable
        ways = [one for start in editable.contributions for one in editable.way(start)]
        boxes = [one.box for one in ways if one.box is not None]
        values = [node for one in ways for node in (one.user, *one.user.operands)]
        values += [node for box in boxes for node in box.inside if node.kind.name == "float"]
        for factor in site.operands:
            if factor.operation is not CONSTANT and not editable.carries_gradient(factor):
                for value in values:
                    yield editable.changed(factor, editable.copied(value))

    def _overdone(self) -> Iterator[Node | None]:
        """A factor too many, or the step's own function once more."""
        editable = self.editable
        for one in editable.contributions:
            for value in (one.user, *one.user.operands):
                if value.operation is not CONSTANT:
                    yield editable.make("multiply", editable.root, editable.copied(value))
                    yield editable.make("multiply", editable.copied(one.raw), editable.copied(value))
            if len(one.user.operands) == 1:
                for leaf in editable.leaves():
                    again = editable.make(one.user.operation.name, leaf, **one.user.parameters)
                    yield editable.changed(leaf, again)

    def _simplified(self, site: Node) -> Iterator[Node | None]:
        """Another operation in an operation's place: one of its operands, its mirror, its inverse."""
        editable, name = self.editable, site.operation.name
        if not site.operands or name in ("multiply", "matmul", "negative", "mT", "sum"):
            return
        for operand in site.operands:
            yield editable.changed(site, operand)
            if operand.ndim > site.ndim or name in ("broadcast_to", "unindex", "scatter_add"):
                yield operand
        for other in alternatives(site.operation):
            yield editable.changed(site, editable.make(other, *site.operands))
        if name == "power":
            for step in (-1, 1):
                exponent = editable.make("add", site.operands[1], editable.graph.constant(step))
                yield editable.changed(site, editable.make("power", site.operands[0], exponent) if exponent else None)
        if name == "subtract":
            yield editable.changed(site, editable.make("negative", site.operands[1]))
        if name == "where":
            condition, a, b = site.operands
            yield editable.changed(site, editable.make("where", condition, b, a))

    def signs(self) -> Iterator[CandidateMistake]:
        """A sign inside of the expression is the other one."""
        message = (
            f"A minus is missing, or one too many: look at every minus in {self.editable.step} and its derivative."
        )
        for site in self.editable.sites("negative"):
            yield from self.each("wrong_sign", iter([self.editable.changed(site, site.operands[0])]), message)
        for site in self.editable.sites("subtract", "add"):
            a, b = site.operands
            other = "add" if site.operation.name == "subtract" else "subtract"
            made = [self.editable.make(other, a, b), self.editable.make("subtract", b, a)]
            yield from self.each("wrong_sign", (self.editable.changed(site, one) for one in made), message)

    def constants(self) -> Iterator[CandidateMistake]:
        """A constant inside of the expression is another one, or missing."""
        editable = self.editable
        message = f"A constant is off: look at every number in {editable.step}, and at what its derivative makes of it."
        for site in editable.nodes():
            for position, operand in enumerate(site.operands):
                if operand.operation is CONSTANT and self._is_small(site, operand):
                    forgotten = (
                        f"Yours is what comes out without the {operand.text} that is added in {editable.step}: it "
                        "keeps the derivative from being divided by zero, too."
                    )
                    yield from self.each("eps_forgotten", self._without_number(site, position), forgotten)
                if operand.operation is CONSTANT:
                    yield from self.each("constant_factor", self._other_numbers(site, position), message)

    @staticmethod
    def _is_small(site: Node, number: Node) -> bool:
        return site.operation.name == "add" and 0 < abs(float(number.parameters["value"])) <= SMALL

    def _without_number(self, site: Node, position: int) -> Iterator[Node | None]:
        """The sum without its number, here and wherever else the same is added to the same."""
        yield self.editable.changed(site, site.operands[1 - position])

    def _other_numbers(self, site: Node, position: int) -> Iterator[Node | None]:
        editable, value = self.editable, float(site.operands[position].parameters["value"])
        usual = {1.0, 2.0, 0.0, 0.5, 0.01, -value, value * 2, value / 2, value + 1, value - 1, value * value}
        if value > 0:
            usual |= {math.sqrt(value), 1 / value}
        for other in (one for one in usual - {value} if math.isfinite(one)):
            operands = list(site.operands)
            operands[position] = editable.graph.constant(other)
            yield editable.changed(site, editable.make(site.operation.name, *operands, **site.parameters))


@lru_cache(maxsize=256)
def alternatives(operation: Operation) -> tuple[str, ...]:
    """The operations that could be taken for one: elementwise, of as many operands, with the same kind of result."""
    if operation.family != "elementwise" or operation.parameters:
        return ()
    return tuple(
        other.name
        for other in OPERATIONS.values()
        if other is not operation
        and other.family == "elementwise"
        and (len(other.operands), other.result) == (len(operation.operands), operation.result)
        and not other.parameters
        and not other.whole
    )
