"""Terms in index form: those that differ in their indices alone are one sum over letters, `x[b, 0] * l1.g[b, 1]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from backprop_explorer.engine.program import Program
from backprop_explorer.explain.letters import BATCH_LETTERS, LETTERS, axis_letters
from backprop_explorer.explain.terms.factor import At, Cell, Factor, pieces
from backprop_explorer.explain.terms.terms import Term
from backprop_explorer.graph.code import Code
from backprop_explorer.graph.node import Node
from backprop_explorer.ops.indexing import linear_code
from backprop_explorer.ops.record import SIGN


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


_Form = list[str | int]


@dataclass(frozen=True)
class _Running:
    letter: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class _Letters:
    """Which letters there are: those of the program's axes, those of the result, which stay its own, and names."""

    program: Program
    of_axes: Mapping[tuple[Node, int], str]
    result: frozenset[str]
    names: frozenset[str]

    def own(self, found: tuple[Cell, int] | None) -> str:
        """The letters of a cell's axis."""
        if found is None:
            return ""
        (cell, axis), suffix = found, ".g" if found[0].field == "gradient" else ""
        node = self.program.nodes.get(f"{cell.tensor}{suffix}")
        return "" if node is None else self.of_axes.get((node, axis), "")

    def fresh(self, used: set[str], own: str, *, batch: bool) -> str:
        """A letter that says nothing else, of its own where one is free."""
        pool = BATCH_LETTERS + LETTERS if batch else LETTERS + BATCH_LETTERS
        free = [letter for letter in own + pool if letter not in used and letter not in self.names]
        said = self.result.union(*self.of_axes.values())
        unused = [letter for letter in free if letter in own or letter not in said]
        return next(iter(unused or free), f"i{len(used)}")


def groups(program: Program, terms: Sequence[Term], samples: Sequence[int | None], result: Node) -> list[Group]:
    """The terms by their form, in the order in which the forms appear; `samples` has each term's place in the batch.

    The letters of the result's own axes stay theirs.
    """
    of_axes = axis_letters(program)
    own = frozenset(of_axes[result, axis][0] for axis in range(result.ndim) if (result, axis) in of_axes)
    letters = _Letters(program, of_axes, own, frozenset(name.partition(".")[0] for name in program.nodes))
    written = [[_form(factor) for factor in term] for term in terms]
    forms: dict[tuple[tuple[str | None, ...], ...], list[int]] = {}
    for position, term in enumerate(written):
        form = tuple(tuple([None if isinstance(piece, int) else piece for piece in factor]) for factor in term)
        forms.setdefault(form, []).append(position)
    return [
        _group(terms[found[0]], [written[i] for i in found], found, [samples[i] for i in found], letters)
        for found in forms.values()
    ]


def _form(factor: Factor) -> _Form:
    """A factor's code as text and indices."""
    return [text if of is None else of.position for text, of in pieces(factor.code, At)]


def _group(
    first: Term,
    forms: Sequence[Sequence[_Form]],
    positions: list[int],
    samples: Sequence[int | None],
    letters: _Letters,
) -> Group:
    """Of the first term, and of all as text and indices."""
    rows = [[piece for form in term for piece in form if isinstance(piece, int)] for term in forms]
    columns = list(zip(*rows, strict=True))
    axes = [found for factor in first for found in _axes(factor.code)]
    running = _running(columns, tuple(samples), [letters.own(found) for found in axes], letters)
    names = iter([_in_letters(column, running) for column in columns])
    factors: list[GroupFactor] = []
    for factor, form in zip(first, forms[0], strict=True):
        code = "".join(next(names) if isinstance(piece, int) else piece for piece in form)
        factors.append({"code": code, "loose": factor.precedence < SIGN})
    return {
        "letters": [one.letter for one in running],
        "factors": factors,
        "terms": positions,
        "places": [[one.values[row] for one in running] for row in range(len(forms))],
    }


def _axes(code: str) -> Iterator[tuple[Cell, int] | None]:
    """The cell and its axis for each index in a factor's code; None for an index that is no cell's."""
    stack: list[tuple[str, Cell | None, list[int]]] = [(code, None, [])]
    while stack:
        piece, cell, seen = stack.pop()
        if not isinstance(piece, Code):
            continue
        if isinstance(piece.of, At):
            yield None if cell is None else (cell, len(seen))
            seen.append(piece.of.position)
            continue
        if isinstance(piece.of, Cell):
            cell, seen = piece.of, []
        stack.extend((inner, cell, seen) for inner in reversed(piece.pieces))


def _running(
    columns: Sequence[tuple[int, ...]],
    samples: tuple[int | None, ...],
    owns: Sequence[str],
    letters: _Letters,
) -> list[_Running]:
    """A letter for everything that runs by itself: that of its axis, where it is free. The batch comes first."""
    running: list[_Running] = []
    for column in sorted(columns, key=lambda column: column != samples):
        if _expressed(column, running) is None:
            used = {*letters.result, *(one.letter for one in running)}
            choices = next((own for own, other in zip(owns, columns, strict=True) if own and other == column), "")
            running.append(_Running(letters.fresh(used, choices, batch=column == samples), column))
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
