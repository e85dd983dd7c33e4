"""The same exercise again: the program of a document on tensors of other shapes, with other numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backprop_explorer.engine import Budget, Document, Plan, compile_document
from backprop_explorer.engine.document import checked_seed
from backprop_explorer.engine.labels import label_bounds
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.practice.dimensions import Axis, Dimensions
from backprop_explorer.practice.perturbed_check import visible_property
from backprop_explorer.problem import Problem

LONGEST = 7
"""An axis as short as those of an exercise gets another length of at most so much; a longer one changes as little."""

ATTEMPTS = 12
"""So often shapes and numbers are drawn until the program runs and teaches something; then the shapes stay."""

DECIMALS = 1
"""Numbers of an exercise are to be calculated with by hand."""

MANY = 1_000_000
"""A document of more numbers is drawn twice at most."""

SEEDS = 2**31
"""Where no seed is given, it is one below this."""


def variant(document: Mapping[str, Any], seed: int | None = None) -> dict[str, Any]:
    """A document like this one with axes of other lengths and with other numbers, ready to be kept as JSON.

    The same document and seed give the same; without a seed one is drawn. The answer's `seed` is the one that was used.
    """
    content = renewed(Document.parse(document), seed).to_json_dict()
    for kind in ("inputs", "parameters"):
        content[kind] = {name: array.tolist() for name, array in content[kind].items()}
    return content


def renewed(document: Document, seed: int | None = None, budget: Budget | None = None) -> Document:
    """The same of a document that was read.

    Axes whose length the program itself says keep it, and so does data that is cut into batches. Inputs stay what they
    visibly are: labels, masks, one-hot rows, rows that add up to 1, numbers of one sign. Raises a `Problem` for a
    program that cannot be compiled.
    """
    chosen = int(np.random.default_rng().integers(SEEDS)) if seed is None else checked_seed(seed)
    plan = compile_document(document, budget=budget)
    whole = replace(document, batch=None, recipes={}, seed=chosen)
    attempts = ATTEMPTS if plan.elements <= MANY else 1
    found = None
    for attempt in range(2 * attempts):
        random = np.random.default_rng([chosen, attempt])
        shapes = _shapes(plan, random) if attempt < attempts and document.batch is None else {}
        found = _filled(whole, plan, shapes, random, budget) or found
        if found is not None and _teaches(found, budget):
            break
    return replace(found or whole, batch=document.batch)


def _shapes(plan: Plan, random: np.random.Generator) -> dict[str, Shape]:
    """Other shapes of the given tensors: each dimension that may change has another length than before, and if there
    are enough of them all have different ones."""
    dimensions = Dimensions(plan.program)
    leaves = plan.program.forward.leaves
    axes = [(node, axis) for node in leaves.values() for axis in range(node.ndim) if node.shape[axis] > 1]
    free = {dimensions.of(one): one[0].shape[one[1]] for one in axes if dimensions.of(one) not in dimensions.fixed}
    fixed = [one[0].shape[one[1]] for one in axes if dimensions.of(one) not in free]
    lengths = dict(_lengths(free, fixed, random))
    return {
        name: tuple(lengths.get(dimensions.of((node, axis)), length) for axis, length in enumerate(node.shape))
        for name, node in leaves.items()
    }


def _lengths(free: Mapping[Axis, int], fixed: Iterable[int], random: np.random.Generator) -> Iterator[tuple[Axis, int]]:
    taken = set(fixed)
    for axis, before in free.items():
        least, most = (2, LONGEST) if before <= LONGEST else (before - LONGEST, before + LONGEST)
        others = [length for length in range(least, most + 1) if length != before]
        unused = [length for length in others if length not in taken]
        length = int(random.choice(unused or others))
        taken.add(length)
        yield axis, length


def _filled(
    document: Document, plan: Plan, shapes: Mapping[str, Shape], random: np.random.Generator, budget: Budget | None
) -> Document | None:
    """The document with numbers of these shapes; None where its program does not run with them."""
    tensors = document.tensors
    labels = {name for name in document.whole if plan.program.forward.leaves[name].kind.name == "whole"}
    wanted = {name: shapes.get(name, array.shape) for name, array in tensors.items()}
    numbers = {
        name: np.zeros(wanted[name]) if name in labels else _numbers(array, wanted[name], random)
        for name, array in tensors.items()
    }
    try:
        if labels:
            bounds = label_bounds(compile_document(_with(document, numbers), budget=budget).program.graph.nodes)
            numbers |= {name: _labels(tensors[name], wanted[name], bounds.get(name), random) for name in labels}
        return _with(document, numbers)
    except Problem:
        return None


def _with(document: Document, numbers: Mapping[str, Array]) -> Document:
    return replace(
        document,
        inputs={name: numbers[name] for name in document.inputs},
        parameters={name: numbers[name] for name in document.parameters},
    )


def _labels(before: Array, shape: Shape, bounds: tuple[int, int] | None, random: np.random.Generator) -> Array:
    """Labels that the program accepts; none counts from the end where none did before."""
    least, most = bounds or (int(before.min()), int(before.max()))
    least = max(least, min(0, int(before.min())))
    return random.integers(least, most + 1, shape).astype(np.float64)


def _numbers(before: Array, shape: Shape, random: np.random.Generator) -> Array:
    """Numbers as the ones before were: of the same kind, sign and size, never 0, with few decimals."""
    kind = visible_property(before)
    if kind == "one_hot":
        return np.eye(shape[-1])[random.integers(shape[-1], size=shape[:-1])]
    if kind == "mask":
        return _mask(float(before.mean()), shape, random)
    if kind == "shares":
        drawn = random.integers(1, 10, shape).astype(np.float64)
        return np.asarray(drawn / drawn.sum(-1, keepdims=True))
    finite = np.abs(before[np.isfinite(before)])
    most = float(finite.max()) if finite.size and finite.any() else 1.0
    decimals = max(DECIMALS, 1 - int(np.floor(np.log10(most))))
    drawn = np.maximum(np.round(random.uniform(0, most, shape), decimals), 10.0**-decimals)
    signs = 1.0 if (before > 0).all() else -1.0 if (before < 0).all() else random.choice([-1.0, 1.0], shape)
    return np.asarray(drawn * signs)


def _mask(share: float, shape: Shape, random: np.random.Generator) -> Array:
    """As many ones as before in proportion, at least one of them and one zero."""
    size = int(np.prod(shape))
    ones = min(max(round(share * size), 1), max(size - 1, 1))
    return np.asarray(random.permutation((np.arange(size) < ones).astype(np.float64)).reshape(shape))


def _teaches(document: Document, budget: Budget | None) -> bool:
    """Whether the program runs on it, all numbers are finite, and every parameter has a gradient that is not all 0."""
    try:
        plan = compile_document(document, budget=budget)
    except Problem:
        return False
    with np.errstate(all="ignore"):
        loss = plan.run()
        gradients = [plan[f"{name}.g"] for name in plan.program.parameters if f"{name}.g" in plan]
    return bool(np.isfinite(loss)) and all(np.isfinite(one).all() and one.any() for one in gradients)
