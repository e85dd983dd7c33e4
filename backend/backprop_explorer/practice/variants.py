"""Mistakes with the step as a whole: only its Jacobian's diagonal, another mask, other numbers in a composite, its
derivative once more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import ancestors, copied
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.candidates import CandidateMistake, Mistakes

MOST_COLUMNS = 256
"""So long an axis may be to have its Jacobian's diagonal taken, one element after the other."""

REACH = 32
"""So many operations are looked through before a value for a mask that is ignored there."""


class Variants(Mistakes):
    """What the step's derivative would be of another step."""

    def masks(self) -> Iterator[CandidateMistake]:
        """A mask of the forward pass that the backward pass does not know."""
        editable = self.editable
        message = (
            "Yours goes back as if nothing were masked: look at which elements the mask keeps from taking part in "
            f"{editable.step}, and use what the forward pass made with it."
        )
        for leaf in editable.leaves():
            node = editable.stands_for[leaf]
            if node.phase != "forward":
                continue
            for mask in self._masks_before(node):
                branch = mask.operands[1]
                if branch.shape == mask.shape:
                    yield from self.each(
                        "mask_ignored", iter([editable.changed(leaf, self._again(node, mask))]), message
                    )
        for site in editable.sites("where"):
            if not site.operands[0].given or self._is_mask(site.operands[0]):
                yield from self.each("mask_ignored", iter([editable.changed(site, site.operands[1])]), message)
                transposed = editable.make("mT", site.operands[0])
                other = None if transposed is None else editable.make("where", transposed, *site.operands[1:])
                yield from self.each("mask_ignored", iter([editable.changed(site, other)]), self._turned_mask())

    def _turned_mask(self) -> str:
        return (
            f"Yours lets through what is masked, and masks the rest: look at which elements the mask keeps in "
            f"{self.editable.step}."
        )

    def _is_mask(self, node: Node) -> bool:
        """Whether it is an input of zeros and ones, or made of one."""
        standing = [self.editable.stands_for.get(one) for one in ancestors(node)]
        inputs = [one for one in standing if one is not None]
        names = self.editable.plan.program.inputs
        return bool(inputs) and all(
            str(one.name) in names and np.isin(self.editable.plan.array(one), (0, 1)).all() for one in inputs
        )

    def _masks_before(self, node: Node) -> list[Node]:
        near = islice(ancestors(node), REACH)
        return [one for one in near if one.operation.name == "where" and one is not node][:2]

    def _again(self, node: Node, mask: Node) -> Node | None:
        """A value calculated again without the mask."""
        editable = self.editable
        path = {node}
        for one in sorted(ancestors(node), key=lambda each: each.id):
            if one is mask or any(operand in path for operand in one.operands):
                path.add(one)
        path.discard(node)
        path.discard(mask)

        def leaf(one: Node) -> Node | None:
            if one is node or one in path:
                return None
            return editable.number(editable.plan.array(one), str(one.name))

        start = editable.number(editable.plan.array(mask.operands[1]), "unmasked")
        try:
            return copied(node, editable.graph, {mask: start}, leaf)
        except Exception:
            return None

    def composites(self) -> Iterator[CandidateMistake]:
        """The call of a composite without the small number that it adds."""
        editable = self.editable
        message = (
            f"Yours is what comes out without the small number that {editable.step} adds under its root: it keeps the "
            "derivative from being divided by zero, too."
        )
        for leaf in editable.leaves():
            box = closed_box(editable.stands_for[leaf])
            if box is not None and "eps" in box.bound:
                yield from self.each(
                    "eps_forgotten", iter([editable.changed(leaf, editable.called(box, eps=0))]), message
                )

    def diagonals(self) -> Iterator[CandidateMistake]:
        """The Jacobian's diagonal alone, with the incoming gradient and without it."""
        editable = self.editable
        uses = editable.contributions
        if len(uses) != 1 or uses[0].incoming.shape != editable.tensor.shape or not editable.tensor.ndim:
            return
        leaf = editable.incoming(uses[0])
        incoming = editable.value(leaf)
        if leaf.operands or incoming is None or leaf.operation is CONSTANT:
            return
        for axis in {editable.tensor.ndim - 1, 0}:
            if not 1 < editable.tensor.shape[axis] <= MOST_COLUMNS:
                continue
            diagonal = self._diagonal(leaf, axis)
            if diagonal is None:
                return
            message = (
                f"Yours takes each element of {editable.step} to depend on its own element of `{self.name}` alone: it "
                "depends on the others of its row, too, so look at what they give back."
            )
            yield from self.each("diagonal_only", iter([editable.number(diagonal * incoming, "diagonal")]), message)
            message = (
                f"Yours is the derivative of {editable.step} by itself, and of each element by its own alone: look at "
                "what the chain rule multiplies it with, the gradient that comes in from behind."
            )
            yield from self.each("missing_incoming_gradient", iter([editable.number(diagonal, "diagonal")]), message)

    def _diagonal(self, leaf: Node, axis: int) -> Array | None:
        editable = self.editable
        result = np.zeros(leaf.shape)
        for place in range(leaf.shape[axis]):
            at: tuple[slice | int, ...] = (*(slice(None),) * axis, place)
            unit = np.zeros(leaf.shape)
            unit[at] = 1.0
            value = None
            changed = editable.changed(leaf, editable.number(unit, "unit"))
            if changed is not None:
                value = editable.value(changed)
            if value is None:
                return None
            result[at] = value[at]
        return result

    def once_more(self) -> Iterator[CandidateMistake]:
        """The derivative of the step that made the tensor, besides: the gradient of what that step reads."""
        editable = self.editable
        for tensor, uses in editable.backward.contributions.items():
            for one in uses:
                if one.user is not editable.tensor or one.raw.shape != editable.tensor.shape:
                    continue
                leaf = editable.copied(one.incoming)
                made = editable.copied(one.raw)
                changed = self._with_root(made, leaf)
                message = (
                    f"Yours is the gradient of `{tensor.name}`, one step further back: the derivative of what makes "
                    f"`{self.name}` is in it already."
                )
                yield from self.each("extra_local_derivative", iter([changed]), message)

    def _with_root(self, made: Node, leaf: Node) -> Node | None:
        kept, self.editable.root = self.editable.root, made
        try:
            return self.editable.exchanged({leaf: self.editable.number(self._root_value(kept), "gradient")})
        finally:
            self.editable.root = kept

    def _root_value(self, root: Node) -> Array:
        value = self.editable.value(root)
        return np.zeros(root.shape) if value is None else value
