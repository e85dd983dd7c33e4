"""Mistakes of differentiation: factors of the chain rule, local derivatives, signs and constants."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.language.rules import Contribution
from backprop_explorer.ops import OPERATIONS, Operation
from backprop_explorer.practice.mutation import Mistakes, Mutation

SMALL = 0.01
"""A number that is added and is no greater keeps a division or a logarithm from zero."""


class Derivation(Mistakes):
    """Factors of the chain rule left out, and local derivatives that are not the step's."""

    def factors(self) -> Iterator[Mutation]:
        """A factor of the chain rule was left out."""
        sketch = self.sketch
        for one in sketch.contributions:
            for link in sketch.whole_way(one):
                nodes = self._handed_on(link)
                yield from self.each("missing_local_derivative", iter(nodes[:1]), self._unchanged(link))
                yield from self.each("missing_local_derivative", iter(nodes[1:]), self._missing_local())
        for site in sketch.sites("multiply", "divide", "matmul", "einsum"):
            for position, gone in enumerate(site.operands):
                if gone.operation is CONSTANT:
                    continue
                kept = [operand for i, operand in enumerate(site.operands) if i != position]
                carries = sketch.carries_gradient(gone)
                message = self._missing_gradient() if carries else self._missing_local()
                changes = (change for one in kept for change in self._kept(site, one))
                yield from self.each(
                    "missing_incoming_gradient" if carries else "missing_local_derivative", changes, message
                )

    def _kept(self, site: Node, kept: Node) -> Iterator[Node | None]:
        """What is left of a product, turned as it stood there or as it was."""
        plain = kept.operands[0] if kept.operation.name == "mT" else kept
        for one in {kept: None, plain: None}:
            yield self.sketch.changed(site, one)
            yield self.sketch.changed(site, self.sketch.make("broadcast_to", one, shape=site.shape))
            yield from self.fitted(one)

    def _handed_on(self, one: Contribution) -> list[Node | None]:
        """The gradient that comes in, unchanged or summed to the tensor's shape, with either sign."""
        sketch, incoming = self.sketch, self.sketch.incoming(one)
        lead = incoming.ndim - sketch.tensor.ndim
        summed = sketch.make("sum", incoming, axis=tuple(range(lead)), keepdims=False) if lead > 0 else None
        found: list[Node | None] = [incoming, summed]
        return [*found, *(sketch.make("negative", node) for node in found if node is not None)]

    def _missing_local(self) -> str:
        return (
            "You probably passed the gradient on without the whole derivative of the step itself: look at how the "
            f"result of {self.sketch.step} changes with `{self.name}`, element by element."
        )

    def _unchanged(self, one: Contribution) -> str:
        """The message about the incoming gradient where the tensor's own belongs; with its name, if it has one."""
        if not one.incoming.shown:
            return self._missing_local()
        return (
            f"Yours is the incoming gradient, `{one.incoming.name}`, unchanged: look at how the result of "
            f"{self.sketch.step} changes with `{self.name}`, element by element."
        )

    def _missing_gradient(self) -> str:
        return (
            f"That is only the derivative of {self.sketch.step} by itself: look at what the chain rule multiplies "
            "it with, the gradient that comes in from behind."
        )

    def derivatives(self) -> Iterator[Mutation]:
        """A part of the local derivative is another function, or missing."""
        sketch = self.sketch
        message = (
            f"The derivative of {sketch.step} is not that: look at how its result changes when `{self.name}` "
            "changes a little, for one element that is positive and one that is negative."
        )
        for site in sketch.sites("multiply"):
            yield from self.each("missing_local_derivative", self._undifferentiated(site), message)
        for site in sketch.nodes():
            yield from self.each("missing_local_derivative", self._simplified(site), message)
        yield from self.each("missing_local_derivative", self._overdone(), message)

    def _undifferentiated(self, site: Node) -> Iterator[Node | None]:
        """The step's result, or what it reads, where its derivative belongs."""
        sketch = self.sketch
        ways = [one for start in sketch.contributions for one in sketch.way(start)]
        boxes = [one.box for one in ways if one.box is not None]
        values = [node for one in ways for node in (one.user, *one.user.operands)]
        values += [node for box in boxes for node in box.inside if node.kind.name == "float"]
        for factor in site.operands:
            if factor.operation is not CONSTANT and not sketch.carries_gradient(factor):
                for value in values:
                    yield sketch.changed(factor, sketch.copied(value))

    def _overdone(self) -> Iterator[Node | None]:
        """A factor too many, or the step's own function once more."""
        sketch = self.sketch
        for one in sketch.contributions:
            for value in (one.user, *one.user.operands):
                if value.operation is not CONSTANT:
                    yield sketch.make("multiply", sketch.root, sketch.copied(value))
                    yield sketch.make("multiply", sketch.copied(one.raw), sketch.copied(value))
            if len(one.user.operands) == 1:
                for leaf in sketch.leaves():
                    again = sketch.make(one.user.operation.name, leaf, **one.user.parameters)
                    yield sketch.changed(leaf, again)

    def _simplified(self, site: Node) -> Iterator[Node | None]:
        """Another operation in an operation's place: one of its operands, its mirror, its inverse."""
        sketch, name = self.sketch, site.operation.name
        if not site.operands or name in ("multiply", "matmul", "negative", "mT", "sum"):
            return
        for operand in site.operands:
            yield sketch.changed(site, operand)
            if operand.ndim > site.ndim or name in ("broadcast_to", "unindex", "scatter_add"):
                yield operand
        for other in alternatives(site.operation):
            yield sketch.changed(site, sketch.make(other, *site.operands))
        if name == "power":
            for step in (-1, 1):
                exponent = sketch.make("add", site.operands[1], sketch.graph.constant(step))
                yield sketch.changed(site, sketch.make("power", site.operands[0], exponent) if exponent else None)
        if name == "subtract":
            yield sketch.changed(site, sketch.make("negative", site.operands[1]))
        if name == "where":
            condition, a, b = site.operands
            yield sketch.changed(site, sketch.make("where", condition, b, a))

    def signs(self) -> Iterator[Mutation]:
        """A sign inside of the expression is the other one."""
        message = f"A minus is missing, or one too many: look at every minus in {self.sketch.step} and its derivative."
        for site in self.sketch.sites("negative"):
            yield from self.each("wrong_sign", iter([self.sketch.changed(site, site.operands[0])]), message)
        for site in self.sketch.sites("subtract", "add"):
            a, b = site.operands
            other = "add" if site.operation.name == "subtract" else "subtract"
            made = [self.sketch.make(other, a, b), self.sketch.make("subtract", b, a)]
            yield from self.each("wrong_sign", (self.sketch.changed(site, one) for one in made), message)

    def constants(self) -> Iterator[Mutation]:
        """A constant inside of the expression is another one, or missing."""
        sketch = self.sketch
        message = f"A constant is off: look at every number in {sketch.step}, and at what its derivative makes of it."
        for site in sketch.nodes():
            for position, operand in enumerate(site.operands):
                if operand.operation is CONSTANT and self._is_small(site, operand):
                    forgotten = (
                        f"Yours is what comes out without the {operand.text} that is added in {sketch.step}: it keeps "
                        "the derivative from being divided by zero, too."
                    )
                    yield from self.each("eps_forgotten", self._without_number(site, position), forgotten)
                if operand.operation is CONSTANT:
                    yield from self.each("constant_factor", self._other_numbers(site, position), message)

    @staticmethod
    def _is_small(site: Node, number: Node) -> bool:
        return site.operation.name == "add" and 0 < abs(float(number.parameters["value"])) <= SMALL

    def _without_number(self, site: Node, position: int) -> Iterator[Node | None]:
        """The sum without its number, here and wherever else the same is added to the same."""
        yield self.sketch.changed(site, site.operands[1 - position])

    def _other_numbers(self, site: Node, position: int) -> Iterator[Node | None]:
        sketch, value = self.sketch, float(site.operands[position].parameters["value"])
        usual = {1.0, 2.0, 0.0, 0.5, 0.01, -value, value * 2, value / 2, value + 1, value - 1, value * value}
        if value > 0:
            usual |= {math.sqrt(value), 1 / value}
        for other in (one for one in usual - {value} if math.isfinite(one)):
            operands = list(site.operands)
            operands[position] = sketch.graph.constant(other)
            yield sketch.changed(site, sketch.make(site.operation.name, *operands, **site.parameters))


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
