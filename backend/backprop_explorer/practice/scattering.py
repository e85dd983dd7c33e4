"""Mistakes with what several places give back to one: overwritten, averaged, counted once; and windows that stand
elsewhere, by another stride or padding, or with their kernel flipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from backprop_explorer.graph.node import Node
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.rules import rule_names
from backprop_explorer.language.scope import Scope
from backprop_explorer.ops.record import Array, OperandError
from backprop_explorer.practice.candidates import CandidateMistake, Mistakes
from backprop_explorer.problem import Problem


class Scattering(Mistakes):
    """Wrong mirrors of lookups and windows."""

    def places(self) -> Iterator[CandidateMistake]:
        """Where several elements go to one place, one of them alone is kept, or their mean."""
        for site in self.editable.nodes():
            if site.operation.family != "scatter":
                continue
            value, places = self.editable.value(site.operands[0]), self._places(site)
            if value is None or places is None or places.shape != value.shape:
                continue
            counts = np.bincount(places.ravel(), minlength=site.size)
            if counts.max(initial=0) > 1:
                yield from self._of_several(site, value, places, counts)

    def _places(self, site: Node) -> Array | None:
        """The place of the result to which each element of the operand goes: what the mirror takes back from a tensor
        of the places' own numbers."""
        editable = self.editable
        numbers = editable.number(np.arange(site.size, dtype=np.float64).reshape(site.shape), "places")
        name = site.operation.operand_name(0)
        try:
            scope = Scope(rule_names(site, numbers), internal=True)
            evaluator = Evaluator(editable.graph)
            back = evaluator.node(evaluator.rule(site.operation.rules[name], scope), "a rule")
        except (Problem, OperandError, KeyError):
            return None
        found = editable.value(back)
        return None if found is None else np.rint(found).astype(np.int64)

    def _of_several(self, site: Node, value: Array, places: Array, counts: Array) -> Iterator[CandidateMistake]:
        most = int(counts.max())
        message = (
            f"`{self.name}` is read up to {most} times at one place in {self.editable.step}, and yours keeps one of "
            "what comes back to it: add up with `+=`, or `np.add.at`, where you assign."
        )
        flat, to = value.ravel(), places.ravel()
        for order in (slice(None), slice(None, None, -1)):
            kept = np.zeros(site.size)
            kept[to[order]] = flat[order]
            one = kept.reshape(site.shape)
            yield from self.each("overwritten_not_added", iter([self._instead(site, one)]), message)
            yield from self._over_the_rest(site, one, counts.reshape(site.shape) > 0, message)
        total = np.bincount(to, weights=flat, minlength=site.size)
        mean = (total / np.maximum(1, counts)).reshape(site.shape)
        message = (
            f"Yours divides by how often each place of `{self.name}` is read in {self.editable.step}: what comes back "
            "to one place is summed, not averaged."
        )
        yield from self.each("mean_for_sum", iter([self._instead(site, mean)]), message)

    def _instead(self, site: Node, array: Array) -> Node | None:
        number = self.editable.number(array, "kept")
        return number if site is self.editable.root else self.editable.changed(site, number)

    def _over_the_rest(self, site: Node, kept: Array, touched: Array, message: str) -> Iterator[CandidateMistake]:
        """What is kept stands in the place of other contributions, too."""
        rest, whole = self._instead(site, np.zeros(site.shape)), self._instead(site, kept)
        if rest is None or whole is None or site is self.editable.root or touched.shape != whole.shape:
            return
        others, value = self.editable.value(rest), self.editable.value(whole)
        if others is not None and value is not None:
            number = self.editable.number(np.where(touched, kept, others), "kept")
            yield from self.each("overwritten_not_added", iter([number]), message)

    # -- windows

    def windows(self) -> Iterator[CandidateMistake]:
        """A kernel that is not flipped, a stride or a padding that is not there."""
        for site in self.editable.sites("fold"):
            yield from self._stride_of_fold(site)
        for site in self.editable.sites("windows"):
            yield from self._stride_of_windows(site)
            yield from self._padding_of_windows(site)
        yield from self._turned_kernels()

    def _turned_kernels(self) -> Iterator[CandidateMistake]:
        editable = self.editable
        sizes = [one.parameters["size"] for one in editable.sites("fold", "windows")]
        message = (
            "The kernel is flipped the wrong way along its places: look at which element of it met which one of the "
            f"tensor in {editable.step}, and at where each of them goes back to."
        )
        for size in sizes:
            axes = tuple(range(-len(size), 0))
            for leaf in editable.leaves():
                value = editable.value(leaf)
                if value is not None and leaf.shape[-len(size) :] == size:
                    flipped = editable.number(np.flip(value, axes), f"flipped {leaf.name}")
                    yield from self.each("kernel_not_flipped", iter([editable.changed(leaf, flipped)]), message)
            whole = editable.value(editable.root)
            if whole is not None and whole.shape[-len(size) :] == size:
                flipped = editable.number(np.flip(whole, axes), "flipped")
                yield from self.each("kernel_not_flipped", iter([flipped]), message)

    def _ignored(self, what: str) -> str:
        return (
            f"Yours goes back as if {self.editable.step} had {what}: look at where the window of each result begins in "
            f"`{self.name}`."
        )

    def _stride_of_fold(self, site: Node) -> Iterator[CandidateMistake]:
        """The windows put back next to each other, or at every other place."""
        size, dilation = site.parameters["size"], site.parameters["dilation"]
        rank = len(size)
        counts = site.operands[0].shape[-2 * rank : -rank]
        for stride in self._other_strides(site):
            spatial = tuple(
                (count - 1) * stride + gap * (length - 1) + 1
                for count, length, gap in zip(counts, size, dilation, strict=True)
            )
            yield from self._moved_on_by(stride, site, shape=(*site.shape[:-rank], *spatial))

    def _stride_of_windows(self, site: Node) -> Iterator[CandidateMistake]:
        for stride in self._other_strides(site):
            yield from self._moved_on_by(stride, site)

    def _other_strides(self, site: Node) -> list[int]:
        return [stride for stride in (1, 2) if any(jump != stride for jump in site.parameters["stride"])]

    def _moved_on_by(self, stride: int, site: Node, **changed: Any) -> Iterator[CandidateMistake]:
        """The operation at the site with that stride along every axis."""
        editable, size = self.editable, site.parameters["size"]
        given = {**site.parameters, **changed, "stride": (stride,) * len(size)}
        made = editable.make(site.operation.name, site.operands[0], **given)
        value = None if made is None else editable.value(made)
        if value is not None:
            put = self._instead(site, fitted_to(value, site.shape))
            what = "no stride" if stride == 1 else f"a stride of {stride}"
            yield from self.each("stride_or_padding_ignored", iter([put]), self._ignored(what))

    def _padding_of_windows(self, site: Node) -> Iterator[CandidateMistake]:
        editable, inner = self.editable, site.operands[0]
        if inner.operation.name != "pad":
            return
        fewer = self._fewer_windows(site, inner)
        yield from self.each("stride_or_padding_ignored", fewer, self._ignored("no padding"))
        value = editable.value(inner.operands[0])
        if value is None:
            return
        for where in ("end", "start"):
            put = editable.number(fitted_to(value, inner.shape, at_end=where == "start"), "unpadded")
            changed = editable.changed(inner, put)
            yield from self.each("stride_or_padding_ignored", iter([changed]), self._ignored("no padding"))

    def _fewer_windows(self, site: Node, inner: Node) -> Iterator[Node | None]:
        """The windows of what is not padded, with as much of the gradient as they have places for."""
        editable = self.editable
        rank = len(site.parameters["size"])
        made = editable.make("windows", inner.operands[0], **site.parameters)
        for user in editable.sites("einsum") if made is not None else ():
            if site not in user.operands or len(user.operands) != 2:
                continue
            assert made is not None
            counts = made.shape[-2 * rank : -rank]
            other = next(one for one in user.operands if one is not site)
            for at_end in (False, True):
                index = (..., *(slice(-n, None) if at_end else slice(n) for n in counts))
                cut = editable.make("index", other, index=index)
                if cut is not None:
                    operands = [made if one is site else cut for one in user.operands]
                    yield editable.changed(user, editable.make("einsum", *operands, **user.parameters))

    def cropping(self) -> Iterator[CandidateMistake]:
        """What the padding added cut away at one end, or not at all."""
        editable = self.editable
        for site in editable.sites("index"):
            inner = site.operands[0]
            if inner.operation.name != "fold":
                continue
            yield from self.each(
                "stride_or_padding_ignored", iter([editable.changed(site, inner)]), self._ignored("no padding")
            )
            value = editable.value(inner)
            if value is not None:
                for at_end in (False, True):
                    put = self._instead(site, fitted_to(value, site.shape, at_end=at_end))
                    yield from self.each("stride_or_padding_ignored", iter([put]), self._ignored("no padding"))


def fitted_to(array: Array, shape: tuple[int, ...], *, at_end: bool = False) -> Array:
    """The array cut or filled up with zeros to a shape, at the end of each axis or, `at_end`, before its start."""
    result = np.zeros(shape)
    lengths = [min(a, b) for a, b in zip(array.shape, shape, strict=True)]
    here = tuple(slice(b - n, b) if at_end else slice(n) for n, b in zip(lengths, shape, strict=True))
    there = tuple(slice(a - n, a) if at_end else slice(n) for n, a in zip(lengths, array.shape, strict=True))
    result[here] = array[there]
    return result
