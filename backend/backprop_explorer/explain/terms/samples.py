"""What each sample of the batch contributes to a sum."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import prod
from typing import TypedDict

from backprop_explorer.engine.program import Aim
from backprop_explorer.explain.terms.terms import Term, Terms

ALL_TERMS = 5000
"""Of a sum of more terms the samples' parts are not computed."""


class SampleSum(TypedDict):
    """A sample's part of a sum, and how many of its terms are not 0."""

    sample: int
    value: float
    terms: int


def sample_of(factors: Term, axes: dict[tuple[str, Aim], int]) -> int | None:
    """The position along the batch axis of a term's cells; None where they have none or disagree."""
    samples = {
        cell.index[axes[cell.tensor, cell.field]]
        for factor in factors
        for cell in factor.cells
        if (cell.tensor, cell.field) in axes
    }
    return samples.pop() if len(samples) == 1 else None


def sample_sums(terms: Terms, axes: dict[tuple[str, Aim], int]) -> list[SampleSum] | None:
    """The parts that add up to the sum, by sample; None where not every term is one sample's, or there are too many."""
    if terms.count > ALL_TERMS:
        return None
    found: dict[int, SampleSum] = {}
    for factors in _made(terms):
        sample = sample_of(factors, axes)
        if sample is None:
            return None
        value = prod(factor.value for factor in factors)
        own = found.setdefault(sample, {"sample": sample, "value": 0.0, "terms": 0})
        own["value"] += value
        own["terms"] += value != 0
    return [found[sample] for sample in sorted(found)]


def _made(terms: Terms) -> Iterable[Term]:
    return islice(terms.make(), terms.count)
