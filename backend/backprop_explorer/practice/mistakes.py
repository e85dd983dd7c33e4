"""All mistakes that are looked for, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_explorer.practice.calculus_mistakes import Derivation
from backprop_explorer.practice.candidates import CandidateMistake
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.functions import Functions
from backprop_explorer.practice.scattering import Scattering
from backprop_explorer.practice.shape_mistakes import Arrangement
from backprop_explorer.practice.terms import Terms
from backprop_explorer.practice.variants import Variants


def mutations(editable: EditableGradient, *, few: bool = False) -> Iterator[CandidateMistake]:
    """The wrong gradients that the usual mistakes give; for a `few` numbers those alone that are no accident."""
    arrangement, derivation, terms = Arrangement(editable), Derivation(editable), Terms(editable)
    scattering, functions, variants = Scattering(editable), Functions(editable), Variants(editable)
    likely = (
        arrangement.contributions, arrangement.sums, terms.dropped, arrangement.products, variants.masks,
        scattering.places, scattering.windows, scattering.cropping, derivation.factors, derivation.signs,
        terms.averages, arrangement.turns, arrangement.neighbours, derivation.constants, variants.composites,
        variants.diagonals, functions.own, derivation.derivatives,
    )  # fmt: skip
    rare = (arrangement.tensors, arrangement.parts, arrangement.shifted, functions.others, variants.once_more)
    for family in likely if few and editable.tensor.size == 1 else (*likely, *rare[: 1 if few else None]):
        yield from family()
