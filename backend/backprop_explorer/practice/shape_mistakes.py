"""Mistakes of arrangement: what is multiplied with what, summed along what, transposed how."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from backprop_explorer.graph.code import code, raw
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.language.rules import Contribution
from backprop_explorer.practice.candidates import CandidateMistake, Code, Mistakes
from backprop_explorer.wording import listed

MOST_USES = 6
"""Of how many uses of a tensor every selection is tried."""


class Arrangement(Mistakes):
    """Uses forgotten, sums left out, products and axes mixed up, other tensors."""

    def contributions(self) -> Iterator[CandidateMistake]:
        """Some of several uses were forgotten."""
        uses = self.editable.contributions
        if not 1 < len(uses) <= MOST_USES:
            return
        for count in range(len(uses) - 1, 0, -1):
            message = (
                f"`{self.name}` is read {len(uses)} times on the way to the loss, and yours counts "
                f"{'only one' if count == 1 else f'only {count}'} of them: look at every place that reads it."
            )
            for chosen in combinations(uses, count):
                kind, more = self._selection(uses, chosen)
                yield from self.each(kind, iter([self._total(chosen)]), f"{message}{more}")
        rows = [one.user.shape[0] if one.user.ndim else 1 for one in uses]
        if len({*rows}) > 1:
            yield from self.each("mean_for_sum", iter([self._mean_of_means(uses, rows)]), self._unequal(rows))

    def _mean_of_means(self, uses: Sequence[Contribution], rows: Sequence[int]) -> Node | None:
        """Each use's part weighted as if all had equally many rows: a mean of the parts' means."""
        editable, total = self.editable, None
        for one, count in zip(uses, rows, strict=True):
            weight = editable.graph.constant(sum(rows) / (len(rows) * count))
            part = editable.make("multiply", editable.copied(one.value), weight)
            total = part if total is None or part is None else editable.make("add", total, part)
        return total

    def _unequal(self, rows: Sequence[int]) -> str:
        return (
            f"Yours is the mean of the means of parts that have {listed(map(str, sorted(rows)))} rows: that counts the "
            "rows of a small part more than those of a large one. Add all up, and divide by the number of all rows."
        )

    def _total(self, chosen: Sequence[Contribution]) -> Node | None:
        total: Node | None = self.editable.copied(chosen[0].value)
        for one in chosen[1:]:
            total = None if total is None else self.editable.make("add", total, self.editable.copied(one.value))
        return total

    def _selection(self, uses: Sequence[Contribution], chosen: Sequence[Contribution]) -> tuple[Code, str]:
        """What counting these uses alone looks like: which of them are gone, and which are the last that the backward
        pass comes to."""
        gone = [one for one in uses if one not in chosen]
        if any(self._is_statistic(one) for one in gone) and not all(self._is_statistic(one) for one in chosen):
            return "statistics_held_constant", " What a mean or a sum takes out of it depends on it, too."
        rounds = [self._rounds_on(one) for one in uses]
        if any(rounds) and not any(self._rounds_on(one) for one in chosen) and all(map(self._rounds_on, gone)):
            return "only_last_step", " What the next round of the loop reads of it counts, too."
        last = max(uses, key=lambda one: -one.user.id)
        if [*chosen] == [last] and all(self._way_end(one).ndim for one in uses if self.editable.tensor.ndim):
            return "overwritten_not_added", " That is the last one that a backward pass comes to: is `=` where `+=` is?"
        return "missing_contribution", ""

    def _way_end(self, one: Contribution) -> Node:
        return self.editable.way(one)[-1].user

    def _is_statistic(self, one: Contribution) -> bool:
        """Whether the use folds the tensor, and what it gives meets the tensor again."""
        for link in self.editable.way(one):
            if (
                link.user.operation.family == "reduction"
                and link.user.ndim
                and link.user.size < self.editable.tensor.size
            ):
                return True
            if link.box is not None and any(node.operation.family == "reduction" for node in link.box.inside):
                return link.user.size < self.editable.tensor.size and link.user.ndim > 0
        return False

    def _rounds_on(self, one: Contribution) -> bool:
        """Whether the use is in a later round of a loop than the tensor."""
        here, there = _round(self.editable.tensor), _round(self.editable.way(one)[-1].user)
        return here is not None and there is not None and there > here

    def sums(self) -> Iterator[CandidateMistake]:
        """A sum was left out, or taken along other axes."""
        editable = self.editable
        for one in editable.contributions:
            if one.raw.shape != editable.tensor.shape:
                yield from self.each("missing_batch_sum", iter([editable.copied(one.raw)]), self._stretched(one.raw))
        for site in editable.sites("sum"):
            inner = site.operands[0]
            message = self._stretched(inner) if site is editable.root else self._not_summed(inner)
            kind: Code = "diagonal_only" if self._mixes(site) else "missing_batch_sum"
            yield from self.each(kind, iter([editable.changed(site, inner)]), message)
            yield from self.each("mean_for_sum", iter([self._averaged(site)]), self._mean(inner))
            message = (
                f"You probably summed along other axes of `{code(inner)}` {inner.shape}: look at which of them "
                f"`{self.name}` {editable.tensor.shape} does not have."
            )
            yield from self.each("axis_wrong", self._other_axes(site), message)

    def _mixes(self, site: Node) -> bool:
        """Whether the sum is what mixes the elements of one row in the derivative of the step."""
        users = [self.editable.way(one)[-1].user for one in self.editable.contributions]
        within = any(site in other.operands for other in self.editable.sites("subtract"))
        return within and len(users) == 1 and users[0].shape == self.editable.tensor.shape

    def _stretched(self, raw: Node) -> str:
        return (
            f"You probably stopped before adding up: `{self.name}` {self.editable.tensor.shape} takes part in all of "
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
            "several paths is averaged or summed."
        )

    def _averaged(self, site: Node) -> Node | None:
        count = self.editable.graph.constant(site.operands[0].size // site.size)
        return self.editable.changed(site, self.editable.make("divide", site, count))

    def _other_axes(self, site: Node) -> Iterator[Node | None]:
        inner = site.operands[0]
        for count in range(1, inner.ndim + 1):
            for axes in combinations(range(inner.ndim), count):
                if axes != site.parameters["axis"]:
                    for kept in (False, True):
                        made = self.editable.make("sum", inner, axis=axes, keepdims=kept)
                        yield self.editable.changed(site, made)
                        yield self.editable.changed(site, self._forced(made, site.shape))

    def _forced(self, node: Node | None, shape: tuple[int, ...]) -> Node | None:
        """What is cut off to a shape, or repeated to it, where it has as many axes of other lengths."""
        if node is None or node.shape == shape or node.ndim != len(shape):
            return None
        if all(own >= wanted for own, wanted in zip(node.shape, shape, strict=True)):
            return self.editable.make("index", node, index=tuple(slice(None, length) for length in shape))
        if all(own in (1, wanted) for own, wanted in zip(node.shape, shape, strict=True)):
            return self.editable.make("broadcast_to", node, shape=shape)
        return None

    def products(self) -> Iterator[CandidateMistake]:
        """`*` where `@` belongs, or the reverse."""
        message = (
            "You probably multiplied element by element with `*`: look at the axis that the forward step "
            f"{self.editable.step} has on both sides, and whether anything is summed along it in yours."
        )
        for site in self.editable.sites("matmul", "einsum"):
            if len(site.operands) == 2:
                yield from self.each("elementwise_for_matmul", self._paired(site, "multiply"), message)
        message = (
            f"You probably took the matrix product `@`: the forward step {self.editable.step} pairs elements that "
            "stand at the same place, so look at whether anything is to be summed."
        )
        for site in self.editable.sites("multiply"):
            yield from self.each("elementwise_for_matmul", self._paired(site, "matmul"), message)

    def turns(self) -> Iterator[CandidateMistake]:
        """Operands, or the result, transposed the wrong way."""
        message = (
            f"The right tensors, but with rows and columns mixed up: look at which axis of `{self.name}` "
            f"{self.editable.tensor.shape} counts what, and which axis of each factor does."
        )
        for site in self.editable.sites("matmul"):
            yield from self.each("transposed", self._paired(site, "matmul"), message)
        for site in self.editable.sites("mT", "transpose"):
            yield from self.each("transposed", iter([self.editable.changed(site, site.operands[0])]), message)
        for site in self.editable.sites("reshape", "index"):
            yield from self.each("transposed", iter([self.editable.changed(site, site.operands[0])]), self._axes())
        for leaf in self.editable.leaves():
            yield from self.each("transposed", iter([self.editable.changed(leaf, self._transposed(leaf))]), message)
            yield from self.each("transposed", self._along_others(leaf), message)
            column = self.editable.make("reshape", leaf, shape=(leaf.size, 1)) if leaf.ndim == 1 else None
            yield from self.each("transposed", iter([self.editable.changed(leaf, column)]), self._axes())

    def _along_others(self, leaf: Node) -> Iterator[Node | None]:
        """The call of a composite, along another axis."""
        box = closed_box(self.editable.stands_for[leaf])
        axis = raw(box.bound.get("axis")) if box is not None else None
        if box is not None and isinstance(axis, int):
            for other in {*range(leaf.ndim), None} - {axis % max(1, leaf.ndim)}:
                yield self.editable.changed(leaf, self.editable.called(box, axis=other))

    def _axes(self) -> str:
        return (
            "The axes do not meet as they should, and broadcasting hides it: write the shapes side by side, aligned at "
            f"the right, and look at which axis `{self.name}` {self.editable.tensor.shape} has more or less."
        )

    def _paired(self, site: Node, name: str) -> Iterator[Node | None]:
        """The operands of a product, each as it is and transposed, in both orders, joined by another operation; with
        the result summed, too, where it has axes too many."""
        plain = [operand.operands[0] if operand.operation.name == "mT" else operand for operand in site.operands]
        if any(operand.operation is CONSTANT for operand in plain):
            return
        for a, b in (plain, plain[::-1]):
            for left in (a, self._transposed(a)):
                for right in (b, self._transposed(b)):
                    made = self.editable.make(name, left, right) if left is not None and right is not None else None
                    if made is not site:
                        yield self.editable.changed(site, made)
                        yield from self.fitted(made)

    def _transposed(self, node: Node) -> Node | None:
        return self.editable.make("mT", node) if node.ndim > 1 else None

    def neighbours(self) -> Iterator[CandidateMistake]:
        """Another tensor of the same step in a tensor's place."""
        editable = self.editable
        ways = [one for start in editable.contributions for one in editable.way(start)]
        near = {node: None for one in ways for node in (editable.tensor, one.user, *one.user.operands)}
        for node in near:
            if node.shown and not node.hidden and node.kind.name == "float":
                yield from self._with_value(editable.copied(node), node)

    def _with_value(self, other: Node, node: Node) -> Iterator[CandidateMistake]:
        """Another value in a value's place, everywhere or in one place only."""
        for leaf in self.editable.leaves():
            if self.editable.stands_for[leaf].phase in ("leaf", "forward"):
                message = self._mistaken_for(leaf, str(node.name))
                kind: Code = "activation_for_preactivation" if self._activates(leaf, node) else "wrong_tensor"
                yield from self.each(kind, self._in_places(leaf, other), message)

    def _in_places(self, leaf: Node, other: Node) -> Iterator[Node | None]:
        editable = self.editable
        yield editable.changed(leaf, other)
        for site in editable.nodes():
            for position in (i for i, operand in enumerate(site.operands) if operand is leaf):
                operands = (*site.operands[:position], other, *site.operands[position + 1 :])
                yield editable.changed(site, editable.make(site.operation.name, *operands, **site.parameters))

    def _activates(self, leaf: Node, other: Node) -> bool:
        """Whether one of the two is a function of the other, element by element."""
        own = self.editable.stands_for[leaf]
        return any(
            after.shape == before.shape and after is not before and _source(after) is before
            for after, before in ((own, other), (other, own))
        )

    def tensors(self) -> Iterator[CandidateMistake]:
        """Another tensor in a tensor's place, or another gradient altogether."""
        editable = self.editable
        others = [*self._named_gradients(), *self._named_values()]
        for leaf in editable.leaves():
            for other, name in others:
                message = self._mistaken_for(leaf, name)
                yield from self.each("wrong_tensor", iter([editable.changed(leaf, other)]), message)
        for other, name in others:
            yield from self.each("wrong_tensor", iter([other, self._transposed(other)]), self._mistaken(name))

    def parts(self) -> Iterator[CandidateMistake]:
        """A part of another tensor in a tensor's place."""
        others = [*self._named_gradients(), *self._named_values()]
        for leaf in self.editable.leaves():
            for other, name in others:
                message = self._mistaken(name).replace(f"`{name}`", f"a part of `{name}`", 1)
                yield from self.each("wrong_tensor", self._parts(leaf, other), message)

    def _parts(self, leaf: Node, other: Node) -> Iterator[Node | None]:
        """One place along an axis of a tensor that has an axis more, the first or the last; or every other place."""
        if other.ndim == leaf.ndim + 1:
            for axis in range(other.ndim):
                if other.shape[:axis] + other.shape[axis + 1 :] == leaf.shape:
                    for place in (0, other.shape[axis] - 1):
                        index = (*(slice(None),) * axis, place, ...)
                        yield self.editable.changed(leaf, self.editable.make("index", other, index=index))
        elif other.ndim == leaf.ndim and other.shape != leaf.shape:
            steps = [math.ceil(many / few) if few else 0 for many, few in zip(other.shape, leaf.shape, strict=True)]
            if all(steps) and all(-(-n // k) == m for n, k, m in zip(other.shape, steps, leaf.shape, strict=True)):
                index = tuple(slice(None, None, step) for step in steps)
                yield self.editable.changed(leaf, self.editable.make("index", other, index=index))

    def shifted(self) -> Iterator[CandidateMistake]:
        """The values of a loop's rounds, each taken one round too late or too early."""
        editable = self.editable
        visible = editable.plan.program.visible
        for step in (1, -1):
            swaps: dict[Node, Node] = {}
            for leaf in editable.leaves():
                other = self._version(editable.stands_for[leaf], step)
                if other is not None and other in visible and visible[other].shape == leaf.shape:
                    swaps[leaf] = editable.copied(visible[other])
            bases = dict.fromkeys(_base(one) for one in swaps.values())
            parts = [{leaf: one for leaf, one in swaps.items() if _base(one) == base} for base in bases]
            for chosen in (swaps, *parts):
                names = ", ".join(f"`{leaf.name}`" for leaf in chosen)
                message = (
                    f"Yours takes the values of another round of the loop in the place of {names}: look at what "
                    f"`{self.name}` met in each round, before or after it was calculated anew."
                )
                yield from self.each("wrong_tensor", iter([editable.exchanged({**chosen})]), message)

    def _version(self, node: Node, step: int) -> str | None:
        """The name of a tensor's version in another round; what a loop starts with stands before the first."""
        if node.phase == "backward":
            return None
        number = _round(node)
        if number is not None:
            return f"{_base(node)}__{number + step}"
        ahead = [name for name in self.editable.plan.program.visible if name.endswith("__1")]
        near = [name for name in ahead if str(node.name).startswith(name.removesuffix("__1"))]
        return near[0] if step == 1 and near else None

    def _named_gradients(self) -> Iterator[tuple[Node, str]]:
        for tensor in self.editable.space.in_order():
            if tensor.shown and not tensor.hidden and tensor is not self.editable.tensor:
                yield self.editable.copied(self.editable.backward.gradient[tensor]), f"{tensor.name}.g"

    def _named_values(self) -> Iterator[tuple[Node, str]]:
        visible = self.editable.plan.program.visible
        for name, tensor in visible.items():
            if tensor.shown and not tensor.hidden and tensor.kind.name == "float":
                yield self.editable.copied(tensor), name
        for tensor in visible.values():  # `x @ w1`, where a bias is added before the result has a name
            unnamed = not tensor.shown and not tensor.hidden and tensor.kind.name == "float" and tensor.ndim
            if unnamed and tensor.line == self.editable.tensor.line:
                yield self.editable.number(self.editable.plan.array(tensor), code(tensor)), code(tensor)

    def _mistaken(self, name: str) -> str:
        return (
            f"You probably used `{name}` where another tensor belongs: look at which result `{self.name}` goes into "
            f"directly, in {self.editable.step}, and what else that step reads."
        )

    def _mistaken_for(self, leaf: Node, name: str) -> str:
        """The same, of a tensor in the place of one that stands in the gradient; if that one only decides what passes,
        as `z` in `z > 0`, all the rest is right."""
        readers = [node for node in self.editable.nodes() if leaf in node.operands]
        if not readers or not all(map(_is_step, readers)):
            return self._mistaken(name)
        step, own = self.editable.step, leaf.name
        if all(one.kind.name == "bool" for one in readers):
            return (
                f"Your mask is of `{name}`, but what {step} lets through depends on `{own}`: "
                f"take the mask of `{own}`, and multiply what comes in by it."
            )
        taken = listed(dict.fromkeys(f"`{one.operation.name}`" for one in readers))
        return f"Yours takes {taken} of `{name}`, but the derivative of {step} depends on `{own}`: take it of `{own}`."


def _is_step(node: Node) -> bool:
    """Whether its derivative is 0 wherever it has one: a comparison, a sign, a rounded number."""
    return node.operation.family == "elementwise" and not node.operation.rules


def _base(node: Node) -> str:
    """The name without the number of its version."""
    return str(node.name).rpartition("__")[0] or str(node.name)


def _round(node: Node) -> int | None:
    """The number of a tensor's version, as the rounds of a loop make them."""
    _, _, number = str(node.name).rpartition("__")
    return int(number) if number.isdecimal() else None


def _source(node: Node) -> Node | None:
    """The tensor of which a function of one tensor is taken."""
    box = closed_box(node)
    operands = box.operands if box is not None else [*node.operands]
    return operands[0] if len(operands) == 1 else None
