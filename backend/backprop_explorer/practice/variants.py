"""Mistakes with the step as a whole: only its Jacobian's diagonal, another mask, other numbers in a composite, its
derivative once more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import ancestors, copied
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.mutation import Mistakes, Mutation

MOST_COLUMNS = 256
"""So long an axis may be to have its Jacobian's diagonal taken, one element after the other."""

REACH = 32
"""So many operations are looked through before a value for a mask that is ignored there."""


class Variants(Mistakes):
    """What the step's derivative would be of another step."""

    def masks(self) -> Iterator[Mutation]:
        """A mask of the forward pass that the backward pass does not know."""
        sketch = self.sketch
        message = (
            "Yours goes back as if nothing were masked: look at which elements the mask keeps from taking part in "
            f"{sketch.step}, and use what the forward pass made with it."
        )
        for leaf in sketch.leaves():
            node = sketch.stands_for[leaf]
            if node.phase != "forward":
                continue
            for mask in self._masks_before(node):
                branch = mask.operands[1]
                if branch.shape == mask.shape:
                    yield from self.each("mask_ignored", iter([sketch.changed(leaf, self._again(node, mask))]), message)
        for site in sketch.sites("where"):
            if not site.operands[0].given or self._is_mask(site.operands[0]):
                yield from self.each("mask_ignored", iter([sketch.changed(site, site.operands[1])]), message)
                turned = sketch.make("mT", site.operands[0])
                other = None if turned is None else sketch.make("where", turned, *site.operands[1:])
                yield from self.each("mask_ignored", iter([sketch.changed(site, other)]), self._turned_mask())

    def _turned_mask(self) -> str:
        return (
            f"Yours lets through what is masked, and masks the rest: look at which elements the mask keeps in "
            f"{self.sketch.step}."
        )

    def _is_mask(self, node: Node) -> bool:
        """Whether it is an input of zeros and ones, or made of one."""
        standing = [self.sketch.stands_for.get(one) for one in ancestors(node)]
        inputs = [one for one in standing if one is not None]
        names = self.sketch.plan.program.inputs
        return bool(inputs) and all(
            str(one.name) in names and np.isin(self.sketch.plan.array(one), (0, 1)).all() for one in inputs
        )

    def _masks_before(self, node: Node) -> list[Node]:
        near = islice(ancestors(node), REACH)
        return [one for one in near if one.operation.name == "where" and one is not node][:2]

    def _again(self, node: Node, mask: Node) -> Node | None:
        """A value calculated again without the mask."""
        sketch = self.sketch
        path = {node}
        for one in sorted(ancestors(node), key=lambda each: each.id):
            if one is mask or any(operand in path for operand in one.operands):
                path.add(one)
        path.discard(node)
        path.discard(mask)

        def leaf(one: Node) -> Node | None:
            if one is node or one in path:
                return None
            return sketch.number(sketch.plan.array(one), str(one.name))

        start = sketch.number(sketch.plan.array(mask.operands[1]), "unmasked")
        try:
            return copied(node, sketch.graph, {mask: start}, leaf)
        except Exception:
            return None

    def composites(self) -> Iterator[Mutation]:
        """The call of a composite without the small number that it adds."""
        sketch = self.sketch
        message = (
            f"Yours is what comes out without the small number that {sketch.step} adds under its root: it keeps the "
            "derivative from being divided by zero, too."
        )
        for leaf in sketch.leaves():
            box = closed_box(sketch.stands_for[leaf])
            if box is not None and "eps" in box.bound:
                yield from self.each("eps_forgotten", iter([sketch.changed(leaf, sketch.called(box, eps=0))]), message)

    def diagonals(self) -> Iterator[Mutation]:
        """The Jacobian's diagonal alone, with the incoming gradient and without it."""
        sketch = self.sketch
        uses = sketch.contributions
        if len(uses) != 1 or uses[0].incoming.shape != sketch.tensor.shape or not sketch.tensor.ndim:
            return
        leaf = sketch.incoming(uses[0])
        incoming = sketch.value(leaf)
        if leaf.operands or incoming is None or leaf.operation is CONSTANT:
            return
        for axis in {sketch.tensor.ndim - 1, 0}:
            if not 1 < sketch.tensor.shape[axis] <= MOST_COLUMNS:
                continue
            diagonal = self._diagonal(leaf, axis)
            if diagonal is None:
                return
            message = (
                f"Yours takes each element of {sketch.step} to depend on its own element of `{self.name}` alone: it "
                "depends on the others of its row, too, so look at what they give back."
            )
            yield from self.each("diagonal_only", iter([sketch.number(diagonal * incoming, "diagonal")]), message)
            message = (
                f"Yours is the derivative of {sketch.step} by itself, and of each element by its own alone: look at "
                "what the chain rule multiplies it with, the gradient that comes in from behind."
            )
            yield from self.each("missing_incoming_gradient", iter([sketch.number(diagonal, "diagonal")]), message)

    def _diagonal(self, leaf: Node, axis: int) -> Array | None:
        sketch = self.sketch
        result = np.zeros(leaf.shape)
        for place in range(leaf.shape[axis]):
            at: tuple[slice | int, ...] = (*(slice(None),) * axis, place)
            unit = np.zeros(leaf.shape)
            unit[at] = 1.0
            value = None
            changed = sketch.changed(leaf, sketch.number(unit, "unit"))
            if changed is not None:
                value = sketch.value(changed)
            if value is None:
                return None
            result[at] = value[at]
        return result

    def once_more(self) -> Iterator[Mutation]:
        """The derivative of the step that made the tensor, besides: the gradient of what that step reads."""
        sketch = self.sketch
        for tensor, uses in sketch.backward.contributions.items():
            for one in uses:
                if one.user is not sketch.tensor or one.raw.shape != sketch.tensor.shape:
                    continue
                leaf = sketch.copied(one.incoming)
                made = sketch.copied(one.raw)
                changed = self._with_root(made, leaf)
                message = (
                    f"Yours is the gradient of `{tensor.name}`, one step further back: the derivative of what makes "
                    f"`{self.name}` is in it already."
                )
                yield from self.each("extra_local_derivative", iter([changed]), message)

    def _with_root(self, made: Node, leaf: Node) -> Node | None:
        kept, self.sketch.root = self.sketch.root, made
        try:
            return self.sketch.exchanged({leaf: self.sketch.number(self._root_value(kept), "gradient")})
        finally:
            self.sketch.root = kept

    def _root_value(self, root: Node) -> Array:
        value = self.sketch.value(root)
        return np.zeros(root.shape) if value is None else value
