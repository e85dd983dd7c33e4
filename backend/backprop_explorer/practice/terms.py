"""Mistakes with what is added up within a rule: terms left out, means for sums, sums for means, other axes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.practice.candidates import MOST_TERMS, CandidateMistake, Code, Mistakes


class Terms(Mistakes):
    """Parts of a rule's own sums that are missing, or that are averaged."""

    def dropped(self) -> Iterator[CandidateMistake]:
        """Some terms of the rule were left out: of a product rule, or what comes back through a mean."""
        sites = [site for site in self.editable.sites("add", "subtract") if self._several(site)]
        for site in sites:
            for kept in (0, 1):
                yield from self._without({site: kept}, site.operands[1 - kept])
        for pair in islice(combinations(sites, 2), MOST_TERMS * (MOST_TERMS - 1) // 2):
            for first in (0, 1):
                for second in (0, 1):
                    chosen = {pair[0]: first, pair[1]: second}
                    yield from self._without(chosen, *(site.operands[1 - kept] for site, kept in chosen.items()))

    def _several(self, site: Node) -> bool:
        """Whether both terms carry a gradient: else one of them is a part of a derivative."""
        uses = {one.value for one in self.editable.contributions}
        return all(self._terms_gradient(one) for one in site.operands) and not (
            len(uses) > 1 and site is self.editable.root
        )

    def _terms_gradient(self, node: Node) -> bool:
        return node.operation is not CONSTANT and (self.editable.carries_gradient(node) or node.size > 1)

    def _without(self, chosen: dict[Node, int], *gone: Node) -> Iterator[CandidateMistake]:
        editable = self.editable
        changed: Node | None = editable.root
        swaps: dict[Node, Node] = {}
        for site, kept in chosen.items():
            part = site.operands[kept]
            by = editable.make("negative", part) if kept == 1 and site.operation.name == "subtract" else part
            if by is None:
                return
            swaps[site] = by
        changed = editable.exchanged(swaps)
        held = any(_is_mean(one) for node in gone for one in ancestors(node))
        kind: Code = "statistics_held_constant" if held else "missing_contribution"
        if not all(editable.carries_gradient(node) for node in gone):
            kind = "missing_local_derivative"
        yield from self.each(kind, iter([changed]), self._told(kind, gone))

    def _told(self, kind: Code, gone: tuple[Node, ...]) -> str:
        parts = " and ".join(f"`{code(one)}`" for one in gone[:2])
        if kind == "statistics_held_constant":
            return (
                f"Yours leaves out {parts}: the mean and the size that {self.editable.step} takes out depend on "
                f"`{self.name}`, too, so look at what comes back through them."
            )
        if kind == "missing_local_derivative":
            return f"Yours leaves out {parts}: look at how {self.editable.step} changes with `{self.name}`, as a whole."
        return (
            f"Yours leaves out {parts}: a product, a quotient or a sum of several ways has one term for each of them, "
            f"so look at all the ways on which `{self.name}` changes {self.editable.step}."
        )

    def averages(self) -> Iterator[CandidateMistake]:
        """Every mean within the rule a sum, or every sum a mean."""
        editable = self.editable
        means = {site: site.operands[0] for site in editable.sites("divide") if _is_mean(site)}
        message = (
            f"Yours adds up where {self.editable.step} takes a mean: look at what dividing by a count does to the "
            "derivative."
        )
        yield from self.each("sum_for_mean", iter([editable.exchanged({**means})]), message)
        for site, by in means.items():
            yield from self.each("sum_for_mean", iter([editable.changed(site, by)]), message)
        swaps: dict[Node, Node] = {}
        for site in editable.sites("sum"):
            count = site.operands[0].size // max(1, site.size)
            made = editable.make("divide", site, editable.graph.constant(count))
            if made is not None:
                swaps[site] = made
        if len(swaps) > 1:
            message = "Yours takes means where the rule adds up: look at whether what comes back is averaged or added."
            yield from self.each("mean_for_sum", iter([editable.exchanged(swaps)]), message)


def _is_mean(node: Node) -> bool:
    """Whether it is a sum divided by a count."""
    return (
        node.operation.name == "divide"
        and node.operands[0].operation.name == "sum"
        and node.operands[1].operation is CONSTANT
    )
