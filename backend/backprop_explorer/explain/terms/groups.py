"""Terms in index form: those that differ in their indices alone are one sum over letters, `x[b, 0] * l1.g[b, 1]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from backprop_explorer.engine.program import Program
from backprop_explorer.explain.terms.factor import At, Factor, pieces
from backprop_explorer.explain.terms.terms import Term
from backprop_explorer.ops.indexing import linear_code
from backprop_explorer.ops.record import SIGN

BATCH_LETTERS = "bnst"
LETTERS = "ijklmpqruvaefhcd"


class GroupFactor(TypedDict):
    """A factor in letters; `loose` where it needs parentheses in a product."""

    code: str
    loose: bool


class Group(TypedDict):
    """Terms of one form, by their positions: the letters that run in it, their values in each term, and its factors."""

    letters: list[str]
    factors: list[GroupFactor]
    terms: list[int]
    places: list[list[int]]


@dataclass(frozen=True)
class _Running:
    letter: str
    values: tuple[int, ...]


def groups(program: Program, terms: Sequence[Term], samples: Sequence[int | None], *, named: int = 0) -> list[Group]:
    """The terms by their form, in the order in which the forms appear; `samples` has each term's place in the batch.

    The result has `named` axes besides its batch, whose letters are those of its formula and stay theirs.
    """
    taken = {name.partition(".")[0] for name in program.nodes}
    taken |= set([letter for letter in LETTERS if letter not in taken][:named])
    forms: dict[tuple[tuple[str | None, ...], ...], list[int]] = {}
    for position, term in enumerate(terms):
        form = tuple(tuple(None if isinstance(piece, int) else piece for piece in _form(factor)) for factor in term)
        forms.setdefault(form, []).append(position)
    return [_group([terms[i] for i in found], found, [samples[i] for i in found], taken) for found in forms.values()]


def _form(factor: Factor) -> Iterator[str | int]:
    """A factor's code as text and indices."""
    for text, of in pieces(factor.code, At):
        yield text if of is None else of.position


def _group(terms: Sequence[Term], positions: list[int], samples: Sequence[int | None], taken: set[str]) -> Group:
    rows = [[piece for factor in term for piece in _form(factor) if isinstance(piece, int)] for term in terms]
    columns = list(zip(*rows, strict=True))
    running = _running(columns, tuple(samples), taken)
    names = iter([_in_letters(column, running) for column in columns])
    factors: list[GroupFactor] = []
    for factor in terms[0]:
        code = "".join(next(names) if isinstance(piece, int) else piece for piece in _form(factor))
        factors.append({"code": code, "loose": factor.precedence < SIGN})
    return {
        "letters": [one.letter for one in running],
        "factors": factors,
        "terms": positions,
        "places": [[one.values[row] for one in running] for row in range(len(terms))],
    }


def _running(columns: Sequence[tuple[int, ...]], samples: tuple[int | None, ...], taken: set[str]) -> list[_Running]:
    """A letter for everything that runs by itself; the batch, which comes first, has its own."""
    running: list[_Running] = []
    for column in sorted(columns, key=lambda column: column != samples):
        if _expressed(column, running) is None:
            pool = BATCH_LETTERS + LETTERS if column == samples else LETTERS + BATCH_LETTERS
            used = taken | {one.letter for one in running}
            letter = next((letter for letter in pool if letter not in used), f"i{len(running)}")
            running.append(_Running(letter, column))
    return running


def _in_letters(column: tuple[int, ...], running: Sequence[_Running]) -> str:
    code = _expressed(column, running)
    assert code is not None
    return code


def _expressed(column: tuple[int, ...], running: Sequence[_Running]) -> str | None:
    """An index that stays, or what it is in letters: `k`, `k + 2`, `4 - k`; None where no letter says it."""
    if len(set(column)) == 1:
        return str(column[0])
    for step in (1, -1):
        for one in running:
            rest = {index - step * value for index, value in zip(column, one.values, strict=True)}
            if len(rest) == 1:
                return linear_code([(step, one.letter)], rest.pop())
    return None
