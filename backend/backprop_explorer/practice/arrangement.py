"""Mistakes of arrangement: what is multiplied with what, summed along what, turned how."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from backprop_explorer.graph.code import code, raw
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.language.rules import Contribution
from backprop_explorer.practice.mutation import Mistakes, Mutation

MOST_USES = 6
"""Of how many uses of a tensor every selection is tried."""


class Arrangement(Mistakes):
    """Uses forgotten, sums left out, products and axes mixed up, other tensors."""

    def contributions(self) -> Iterator[Mutation]:
        """Some of several uses were forgotten."""
        uses = self.sketch.contributions
        if not 1 < len(uses) <= MOST_USES:
            return
        for count in range(len(uses) - 1, 0, -1):
            message = (
                f"`{self.name}` is read {len(uses)} times on the way to the loss, and yours counts "
                f"{'only one' if count == 1 else f'only {count}'} of them: look at every place that reads it."
            )
            yield from self.each("missing_contribution", self._selections(uses, count), message)

    def _selections(self, uses: list[Contribution], count: int) -> Iterator[Node | None]:
        for chosen in combinations(uses, count):
            total: Node | None = self.sketch.copied(chosen[0].value)
            for one in chosen[1:]:
                total = None if total is None else self.sketch.make("add", total, self.sketch.copied(one.value))
            yield total

    def sums(self) -> Iterator[Mutation]:
        """A sum was left out, or taken along other axes."""
        sketch = self.sketch
        for one in sketch.contributions:
            if one.raw.shape != sketch.tensor.shape:
                yield from self.each("missing_batch_sum", iter([sketch.copied(one.raw)]), self._stretched(one.raw))
        for site in sketch.sites("sum"):
            inner = site.operands[0]
            message = self._stretched(inner) if site is sketch.root else self._not_summed(inner)
            yield from self.each("missing_batch_sum", iter([sketch.changed(site, inner)]), message)
            yield from self.each("mean_for_sum", iter([self._averaged(site)]), self._mean(inner))
            message = (
                f"You probably summed along other axes of `{code(inner)}` {inner.shape}: look at which of them "
                f"`{self.name}` {sketch.tensor.shape} does not have."
            )
            yield from self.each("missing_batch_sum", self._other_axes(site), message)

    def _stretched(self, raw: Node) -> str:
        return (
            f"You probably stopped before adding up: `{self.name}` {self.sketch.tensor.shape} takes part in all of "
            f"{raw.shape}, so look at along which axes it was repeated, and what becomes of the copies' gradients."
        )

    def _not_summed(self, inner: Node) -> str:
        return (
            f"You probably left out a sum over `{code(inner)}` {inner.shape}: look at which elements of the result "
            f"each element of `{self.name}` changes; it gets something back from all of them."
        )

    def _mean(self, inner: Node) -> str:
        return (
            f"You probably took a mean over `{code(inner)}` {inner.shape}: look at whether what comes back along "
            "several ways is averaged or added up."
        )

    def _averaged(self, site: Node) -> Node | None:
        count = self.sketch.graph.constant(site.operands[0].size // site.size)
        return self.sketch.changed(site, self.sketch.make("divide", site, count))

    def _other_axes(self, site: Node) -> Iterator[Node | None]:
        inner = site.operands[0]
        for count in range(1, inner.ndim + 1):
            for axes in combinations(range(inner.ndim), count):
                if axes != site.parameters["axis"]:
                    for kept in (False, True):
                        yield self.sketch.changed(site, self.sketch.make("sum", inner, axis=axes, keepdims=kept))

    def products(self) -> Iterator[Mutation]:
        """`*` where `@` belongs, or the reverse."""
        message = (
            "You probably multiplied element by element with `*`: look at the axis that the forward step "
            f"{self.sketch.step} has on both sides, and whether anything is added up along it in yours."
        )
        for site in self.sketch.sites("matmul", "einsum"):
            if len(site.operands) == 2:
                yield from self.each("elementwise_for_matmul", self._paired(site, "multiply"), message)
        message = (
            f"You probably took the matrix product `@`: the forward step {self.sketch.step} pairs elements that "
            "stand at the same place, so look at whether anything is to be summed."
        )
        for site in self.sketch.sites("multiply"):
            yield from self.each("elementwise_for_matmul", self._paired(site, "matmul"), message)

    def turns(self) -> Iterator[Mutation]:
        """Operands, or the result, turned the wrong way."""
        message = (
            f"The right tensors, but with rows and columns mixed up: look at which axis of `{self.name}` "
            f"{self.sketch.tensor.shape} counts what, and which axis of each factor does."
        )
        for site in self.sketch.sites("matmul"):
            yield from self.each("transposed", self._paired(site, "matmul"), message)
        for site in self.sketch.sites("mT", "transpose"):
            yield from self.each("transposed", iter([self.sketch.changed(site, site.operands[0])]), message)
        for site in self.sketch.sites("reshape", "index"):
            yield from self.each("transposed", iter([self.sketch.changed(site, site.operands[0])]), self._axes())
        for leaf in self.sketch.leaves():
            yield from self.each("transposed", iter([self.sketch.changed(leaf, self._turned(leaf))]), message)
            yield from self.each("transposed", self._along_others(leaf), message)
            column = self.sketch.make("reshape", leaf, shape=(leaf.size, 1)) if leaf.ndim == 1 else None
            yield from self.each("transposed", iter([self.sketch.changed(leaf, column)]), self._axes())

    def _along_others(self, leaf: Node) -> Iterator[Node | None]:
        """The call of a composite, along another axis."""
        box = closed_box(self.sketch.stands_for[leaf])
        axis = raw(box.bound.get("axis")) if box is not None else None
        if box is not None and isinstance(axis, int):
            for other in {*range(leaf.ndim), None} - {axis % max(1, leaf.ndim)}:
                yield self.sketch.changed(leaf, self.sketch.called(box, axis=other))

    def _axes(self) -> str:
        return (
            "The axes do not meet as they should, and broadcasting hides it: write the shapes side by side, aligned at "
            f"the right, and look at which axis `{self.name}` {self.sketch.tensor.shape} has more or less."
        )

    def _paired(self, site: Node, name: str) -> Iterator[Node | None]:
        """The operands of a product, each as it is and turned, in both orders, joined by another operation; with the
        result summed, too, where it has axes too many."""
        plain = [operand.operands[0] if operand.operation.name == "mT" else operand for operand in site.operands]
        if any(operand.operation is CONSTANT for operand in plain):
            return
        for a, b in (plain, plain[::-1]):
            for left in (a, self._turned(a)):
                for right in (b, self._turned(b)):
                    made = self.sketch.make(name, left, right) if left is not None and right is not None else None
                    if made is not site:
                        yield self.sketch.changed(site, made)
                        yield from self.fitted(made)

    def _turned(self, node: Node) -> Node | None:
        return self.sketch.make("mT", node) if node.ndim > 1 else None

    def neighbours(self) -> Iterator[Mutation]:
        """Another tensor of the same step in a tensor's place."""
        sketch = self.sketch
        ways = [one for start in sketch.contributions for one in sketch.way(start)]
        near = {node: None for one in ways for node in (sketch.tensor, one.user, *one.user.operands)}
        for node in near:
            if node.shown and not node.hidden and node.kind.name == "float":
                message = self._mistaken(str(node.name))
                yield from self.each("wrong_tensor", self._with_value(sketch.copied(node)), message)

    def _with_value(self, other: Node) -> Iterator[Node | None]:
        """Another value in a value's place, everywhere or in one place only."""
        sketch = self.sketch
        for leaf in sketch.leaves():
            if sketch.stands_for[leaf].phase in ("leaf", "forward"):
                yield sketch.changed(leaf, other)
                for site in sketch.nodes():
                    for position in (i for i, operand in enumerate(site.operands) if operand is leaf):
                        operands = (*site.operands[:position], other, *site.operands[position + 1 :])
                        yield sketch.changed(site, sketch.make(site.operation.name, *operands, **site.parameters))

    def tensors(self) -> Iterator[Mutation]:
        """Another tensor in a tensor's place, or another gradient altogether."""
        sketch = self.sketch
        others = [*self._named_gradients(), *self._named_values()]
        for leaf in sketch.leaves():
            for other, name in others:
                yield from self.each("wrong_tensor", iter([sketch.changed(leaf, other)]), self._mistaken(name))
        for other, name in others:
            yield from self.each("wrong_tensor", iter([other, self._turned(other)]), self._mistaken(name))

    def _named_gradients(self) -> Iterator[tuple[Node, str]]:
        for tensor in self.sketch.space.in_order():
            if tensor.shown and not tensor.hidden and tensor is not self.sketch.tensor:
                yield self.sketch.copied(self.sketch.backward.gradient[tensor]), f"{tensor.name}.g"

    def _named_values(self) -> Iterator[tuple[Node, str]]:
        for name, tensor in self.sketch.plan.program.visible.items():
            if tensor.shown and not tensor.hidden and tensor.kind.name == "float":
                yield self.sketch.copied(tensor), name

    def _mistaken(self, name: str) -> str:
        return (
            f"You probably used `{name}` where another tensor belongs: look at which result `{self.name}` goes into "
            f"directly, in {self.sketch.step}, and what else that step reads."
        )
