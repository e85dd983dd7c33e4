"""The explanations of all elements of a tensor in one form: the same terms, whose indices move with the element's.

`w1.g[i, j]` is the sum of `x[b, i] * l1.g[b, j]` whatever i and j are: the terms of one element and what each index
does when the element's moves by one tell those of all others. A form is taken where it gives the very explanations of
the corners and of elements drawn at random; where a tensor has none, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import prod
from random import Random
from typing import Any, NotRequired, TypedDict

from backprop_explorer.engine import Plan
from backprop_explorer.engine.program import Aim
from backprop_explorer.explain import explain

MOST_TERMS = 2_000
"""Of an element; those of a longer sum are not written down."""
_TRIED = 24
_DIM = re.compile(r"(?:([A-Za-z_]\w*)(?: ([+-]) (\d+))?|(\d+))")

Index = tuple[int, ...]


class Dimension(TypedDict):
    """One index of a factor's cell: what it is at the element 0 and how it moves with each of the element's indices.

    In index form it is a letter and a number, or a number alone.
    """

    steps: list[int]
    letter: NotRequired[str]
    start: int


class FormFactor(TypedDict):
    """A factor: a number (`value`), or a cell, with the index that it has in each term of the element 0."""

    code: str
    loose: bool
    value: NotRequired[float]
    tensor: NotRequired[str]
    field: NotRequired[Aim]
    dimensions: NotRequired[list[Dimension]]
    places: NotRequired[list[list[int]]]


class FormGroup(TypedDict):
    """Terms that differ in their indices alone: their positions, and what an explanation's group says of them."""

    terms: list[int]
    letters: list[str]
    places: list[list[int]]
    factors: list[FormFactor]


class Form(TypedDict):
    """What an explanation says of every element, and its groups of terms; `samples` are the terms' places in the batch,
    as of the element 0, and `sample_steps` how they move with each of the element's indices. `zeros` tells of each
    element, and each of its terms, why that is 0."""

    common: dict[str, Any]
    groups: list[FormGroup]
    samples: list[int | None]
    sample_steps: list[int]
    zeros: NotRequired[list[list[dict[str, Any]]]]


def form_of(plan: Plan, tensor: str, field: Aim, shape: Index) -> Form | None:
    """The form of a tensor's explanations; None where they have none. The plan has run; the shape has elements."""
    form = likely_form(plan, tensor, field, shape)
    if form is None:
        return None
    tried = (_told(plan, tensor, field, index) for index in _tries(shape))
    return form if all(_told_by(form, told["index"]) == _outlined(told) for told in tried) else None


def likely_form(plan: Plan, tensor: str, field: Aim, shape: Index) -> Form | None:
    """The form that fits the first element and its neighbours, and perhaps no others."""
    first = _told(plan, tensor, field, (0,) * len(shape))
    if first["term_count"] > len(first["terms"]):
        return None
    return _form(first, [_told(plan, tensor, field, _unit(axis, shape)) for axis in range(len(shape))])


def _told(plan: Plan, tensor: str, field: Aim, index: Index) -> Any:
    return explain(plan, tensor, field, index, limit=MOST_TERMS)


def _unit(axis: int, shape: Index) -> Index:
    """One step along an axis, where it has one."""
    return tuple(int(at == axis and length > 1) for at, length in enumerate(shape))


def _tries(shape: Index) -> Iterator[Index]:
    draw = Random(prod(shape))
    yield tuple(length - 1 for length in shape)
    for _ in range(_TRIED):
        yield tuple(draw.randrange(length) for length in shape)


def _form(first: Any, moved: Sequence[Any]) -> Form | None:
    """The form that these explanations have, of the element 0 and of its neighbours along each axis."""
    if any(_outline(told) != _outline(first) for told in moved):
        return None
    groups: list[FormGroup] = []
    for at, group in enumerate(first["groups"]):
        factors = [_factor(place, at, first, moved) for place in range(len(group["factors"]))]
        if None in factors:
            return None
        groups.append({
            "terms": group["terms"], "letters": group["letters"], "places": group["places"],
            "factors": [factor for factor in factors if factor],
        })  # fmt: skip
    common = {name: first[name] for name in ("shape", "op", "family", "code", "mathml", "term_count")}
    samples = [term.get("sample") for term in first["terms"]]
    steps = [_sample_step(samples, [term.get("sample") for term in told["terms"]]) for told in moved]
    if None in steps:
        return None
    return {
        "common": common, "groups": groups,
        "samples": samples, "sample_steps": [step for step in steps if step is not None],
    }  # fmt: skip


def _sample_step(samples: list[int | None], there: list[int | None]) -> int | None:
    """By how much the samples of all terms that have one move; None where they do not move together."""
    if [one is None for one in samples] != [one is None for one in there]:
        return None
    by = {b - a for a, b in zip(samples, there, strict=True) if a is not None and b is not None}
    return by.pop() if len(by) == 1 else None if by else 0


def _outline(told: Any) -> list[Any]:
    """What all explanations of one form have in common: which terms are in which group, with which letters."""
    return [(group["terms"], group["letters"], group["places"]) for group in told["groups"]]


def _factor(at: int, group: int, first: Any, moved: Sequence[Any]) -> FormFactor | None:
    """One factor of a group's terms; None for what is neither a cell nor a constant, or does not move evenly."""
    general = first["groups"][group]["factors"][at]
    own, *others = (
        [told["terms"][term]["factors"][at] for term in told["groups"][group]["terms"]] for told in (first, *moved)
    )
    if not any(one["cells"] for one in own):
        values = {one["value"] for one in [*own, *(one for there in others for one in there)]}
        return {"code": general["code"], "loose": general["loose"], "value": values.pop()} if len(values) == 1 else None
    if any(len(one["cells"]) != 1 or "pieces" in one for one in own):
        return None
    cells = [one["cells"][0] for one in own]
    if len({(cell["tensor"], cell["field"]) for cell in cells}) != 1:
        return None
    places = [cell["index"] for cell in cells]
    steps = [_step(places, [one["cells"][0]["index"] for one in there]) for there in others]
    name, _, inside = general["code"].rstrip("]").partition("[")
    texts = inside.split(", ") if inside else []
    if None in steps or len(texts) != len(places[0]):
        return None
    dimensions = [_dimension(text, [step[axis] for step in steps if step]) for axis, text in enumerate(texts)]
    if None in dimensions:
        return None
    return {
        "code": name, "loose": general["loose"], "tensor": cells[0]["tensor"], "field": cells[0]["field"],
        "dimensions": [dimension for dimension in dimensions if dimension], "places": places,
    }  # fmt: skip


def _step(places: list[Any], there: list[Any]) -> Index | None:
    """By how much all of these indices move."""
    by = {tuple(b - a for a, b in zip(*pair, strict=True)) for pair in zip(places, there, strict=True)}
    return by.pop() if len(by) == 1 else None


def _dimension(text: str, steps: list[int]) -> Dimension | None:
    found = _DIM.fullmatch(text)
    if found is None:
        return None
    letter, sign, number, alone = found.groups()
    if letter is None:
        return {"steps": steps, "start": int(alone)}
    return {"steps": steps, "letter": letter, "start": int(f"{sign}{number}") if number else 0}


def along(steps: Sequence[int], index: Sequence[int]) -> int:
    """By how much something moves with an element's indices."""
    return sum(step * at for step, at in zip(steps, index, strict=True))


def code_of(factor: FormFactor, index: Sequence[int]) -> str:
    """A factor in letters, as a group has it."""
    if "dimensions" not in factor:
        return factor["code"]
    texts = [
        _text(dimension, dimension["start"] + along(dimension["steps"], index)) for dimension in factor["dimensions"]
    ]
    return f"{factor['code']}[{', '.join(texts)}]" if texts else factor["code"]


def _text(dimension: Dimension, number: int) -> str:
    letter = dimension.get("letter")
    if letter is None:
        return str(number)
    return f"{letter} {'+' if number > 0 else '-'} {abs(number)}" if number else letter


def _told_by(form: Form, index: Sequence[int]) -> list[Any]:
    """The groups that the form gives an element, with the cells of their terms, after the samples of the terms."""
    step = along(form["sample_steps"], index)
    found: list[Any] = [[None if one is None else one + step for one in form["samples"]]]
    for group in form["groups"]:
        cells = []
        for factor in group["factors"]:
            by = [along(dimension["steps"], index) for dimension in factor.get("dimensions", [])]
            own = factor.get("places", [None] * len(group["terms"]))
            cells.append([None if at is None else [a + b for a, b in zip(at, by, strict=True)] for at in own])
        codes = [code_of(factor, index) for factor in group["factors"]]
        found.append((group["terms"], group["letters"], group["places"], codes, cells))
    return found


def _outlined(told: Any) -> list[Any]:
    """The same of an explanation."""
    found: list[Any] = [[term.get("sample") for term in told["terms"]]]
    for group in told["groups"]:
        terms = [told["terms"][at] for at in group["terms"]]
        codes = [factor["code"] for factor in group["factors"]]
        cells = [
            [(term["factors"][at]["cells"] or [{"index": None}])[0]["index"] for term in terms]
            for at in range(len(codes))
        ]
        found.append((group["terms"], group["letters"], group["places"], codes, cells))
    return found
