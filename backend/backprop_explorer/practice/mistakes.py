"""All mistakes that are looked for, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_explorer.practice.arrangement import Arrangement
from backprop_explorer.practice.derivation import Derivation
from backprop_explorer.practice.mutation import Mutation
from backprop_explorer.practice.sketch import Sketch


def mutations(sketch: Sketch) -> Iterator[Mutation]:
    """The wrong gradients that the usual mistakes give."""
    arrangement, derivation = Arrangement(sketch), Derivation(sketch)
    for family in (
        arrangement.contributions, arrangement.sums, arrangement.products, derivation.factors, derivation.signs,
        arrangement.turns, arrangement.neighbours, derivation.constants, derivation.derivatives, arrangement.tensors,
    ):  # fmt: skip
        yield from family()
