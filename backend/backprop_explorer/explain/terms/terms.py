"""A sum of products whose terms are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from backprop_explorer.explain.terms.factor import Factor

Term = list[Factor]


@dataclass(frozen=True)
class Terms:
    """So many terms, made when they are asked for."""

    count: int
    make: Callable[[], Iterator[Term]]

    def first(self, limit: int) -> list[Term]:
        """The first terms."""
        return list(islice(self.make(), limit))


def single(factors: Term) -> Terms:
    """One term."""
    return Terms(1, lambda: iter([factors]))


def chained(parts: list[Terms]) -> Terms:
    """The terms of several sums."""
    return Terms(sum(part.count for part in parts), lambda: (term for part in parts for term in part.make()))


def times(terms: Terms, factors: Term, *, before: bool = False) -> Terms:
    """Each term with further factors."""
    if not factors:
        return terms
    return Terms(terms.count, lambda: (factors + term if before else term + factors for term in terms.make()))
