"""All mistakes that are looked for, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_explorer.practice.arrangement import Arrangement
from backprop_explorer.practice.derivation import Derivation
from backprop_explorer.practice.functions import Functions
from backprop_explorer.practice.mutation import Mutation
from backprop_explorer.practice.scattering import Scattering
from backprop_explorer.practice.sketch import Sketch
from backprop_explorer.practice.terms import Terms
from backprop_explorer.practice.variants import Variants


def mutations(sketch: Sketch, *, few: bool = False) -> Iterator[Mutation]:
    """The wrong gradients that the usual mistakes give; for a `few` numbers those alone that are no accident."""
    arrangement, derivation, terms = Arrangement(sketch), Derivation(sketch), Terms(sketch)
    scattering, functions, variants = Scattering(sketch), Functions(sketch), Variants(sketch)
    likely = (
        arrangement.contributions, arrangement.sums, terms.dropped, arrangement.products, variants.masks,
        scattering.places, scattering.windows, scattering.cropping, derivation.factors, derivation.signs,
        terms.averages, arrangement.turns, arrangement.neighbours, derivation.constants, variants.composites,
        variants.diagonals, functions.own, derivation.derivatives,
    )  # fmt: skip
    rare = (arrangement.tensors, arrangement.parts, arrangement.shifted, functions.others, variants.once_more)
    for family in likely if few and sketch.tensor.size == 1 else (*likely, *rare[: 1 if few else None]):
        yield from family()
