"""Variants of an exercise: other shapes and numbers of the same program, in which the same rules hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.practice.check import judged
from backprop_explorer.practice.practice import solution, to_find
from backprop_explorer.problem import Problem
from tests.amount import some
from tests.examples.telling import TELLING
from tests.together import each

DOCUMENTS: dict[str, Any] = {name: exercises[name].document for name in exercises}
DOCUMENTS |= {name: examples[name] for name in examples}
FIXED = ("scalar", "embedding_bag", "convnet")
"""Programs whose lengths stand in their text, or that have no axes."""


def shapes(document: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in bx.compile(document).given.items()}


@each("name", some(DOCUMENTS, *TELLING, "network", "broadcast_add"))
def test_a_variant_is_the_same_program_on_other_numbers(name: str) -> None:
    before = bx.compile(DOCUMENTS[name])
    found = bx.variant(DOCUMENTS[name], 3)
    plan = bx.compile(json.loads(json.dumps(found)))
    assert np.isfinite(plan.run())
    assert plan.program.text == before.program.text
    assert plan.given.keys() == before.given.keys()
    assert all(
        array.shape != before.given[k].shape or (array != before.given[k]).any() for k, array in plan.given.items()
    )
    assert all(np.abs(plan[f"{parameter}.g"]).max() > 0 for parameter in plan.program.parameters)
    for tensor in to_find(plan.program):
        assert judged(plan, str(tensor.name), solution(plan, tensor)).correct


@each("name", [name for name in DOCUMENTS if name not in FIXED])
def test_axes_have_other_lengths(name: str) -> None:
    assert shapes(bx.variant(DOCUMENTS[name], 5)) != shapes(DOCUMENTS[name])


@pytest.mark.parametrize("name", FIXED)
def test_lengths_that_the_program_says_stay(name: str) -> None:
    assert shapes(bx.variant(DOCUMENTS[name], 5)) == shapes(DOCUMENTS[name])


def test_a_seed_makes_it_repeatable() -> None:
    document = exercises["network"].document
    assert bx.variant(document, 11) == bx.variant(document, 11)
    assert bx.variant(document, 11)["seed"] == 11
    assert bx.variant(document, 11)["inputs"] != bx.variant(document, 12)["inputs"]
    drawn = bx.variant(document)
    assert bx.variant(document, drawn["seed"]) == drawn


def test_inputs_stay_what_they_are() -> None:
    document = {
        "program": "p = softmax(x @ w)\nd = -sum(y * log(p)) + sum(m * (x @ w)[:, 0])\nloss = d + sum(E[i] * log(s))",
        "inputs": {
            "x": [[1.5, -2], [0.3, 1], [2, 1]],
            "y": [[1, 0, 0], [0, 1, 0], [1, 0, 0]],
            "m": [1, 0, 1],
            "i": [1, 0],
            "s": [[0.5, 4], [2, 1]],
        },
        "parameters": {"w": [[0.5, 1, -1], [1, 2, 0.4]], "E": [[1, 2], [3, 4], [-1, 2]]},
    }
    for seed in range(6):
        found = bx.variant(document, seed)["inputs"]
        y, m, i, s = (np.asarray(found[name]) for name in "ymis")
        assert ((y.sum(1) == 1) & (y.max(1) == 1)).all()
        assert set(m.tolist()) == {0, 1}
        assert i.dtype.kind == "i"
        assert 0 <= i.min() <= i.max() < len(bx.variant(document, seed)["parameters"]["E"])
        assert (s > 0).all()


@pytest.mark.parametrize("seed", [-1, 1.5, 2**63, True])
def test_a_seed_that_is_none(seed: Any) -> None:
    with pytest.raises(Problem, match="seed must be a whole number"):
        bx.variant(exercises["relu"].document, seed)


def test_data_in_batches_keeps_its_shapes() -> None:
    document = {
        "program": "loss = mse(x @ w, y)",
        "inputs": {"x": [[1.0, 2], [3, 4], [5, 7], [1, 1]], "y": [1.0, 2, 3, 4]},
        "parameters": {"w": [1.0, 2]},
        "batch": {"size": 2},
    }
    found = bx.variant(document, 1)
    assert shapes(found) == shapes(document)
    assert found["batch"] == {"size": 2, "shuffle": True}
