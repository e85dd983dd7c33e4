"""Elements that a gradient is not let through to, beside what central differences and NumPy say."""

from typing import Any

import numpy as np
import pytest

from backprop_explorer.engine import compile_document, trace
from backprop_explorer.examples import examples
from tests.amount import some
from tests.examples.telling import TELLING
from tests.together import each

A = [[1.0, -2.0, 0.5], [-0.25, 3.0, -1.5]]
MASK = [[True, False, True], [True, True, False]]
STEP = 1e-6


def blocked(program: str, a: Any = A, **inputs: Any) -> dict[str, list[int]]:
    found = trace(compile_document({"program": program, "parameters": {"a": a}, "inputs": inputs}))
    return {name: [*map(int, one["blocked"])] for name, one in found["tensors"].items() if "blocked" in one}


@each(
    ("program", "inputs"),
    [
        ("loss = sum(relu(a) * c)", {}),
        ("loss = sum(relu(a))", {}),
        ("loss = sum(relu(a).T @ c)", {}),
        ("loss = sum(a.max(1))", {}),
        ("loss = sum(maximum(a, 0.75) ** 2)", {}),
        ("loss = sum(clip(a, -1, 1) ** 2)", {}),
        ("loss = sum(where(m, a, 0) ** 2)", {"m": MASK}),
        ("loss = sum(where(m, 1, a) ** 2)", {"m": MASK}),
        ("loss = sum((a * m) ** 2)", {"m": MASK}),
        ("loss = sum(a * (c > 0))", {}),
        ("loss = sum(dropout(a, 0.5) ** 2)", {}),
        ("loss = sum(max_pool2d(a, (2, 1)) ** 2)", {}),
        ("h = dropout(relu(a), 0.5)\nloss = sum(h ** 2)", {}),
    ],
)
def test_what_is_blocked_does_not_move_the_loss(program: str, inputs: dict[str, Any]) -> None:
    given = {**inputs, "c": [[1.0, 2.0, -0.5], [0.5, -1.0, 1.5]]} if "c" in program else inputs
    a = [[A]] if "pool" in program else A
    plan = compile_document({"program": program, "parameters": {"a": a}, "inputs": given})
    closed = blocked(program, a, **given).get("a", [])
    moves = []
    for flat in range(6):
        losses = []
        for step in (STEP, -STEP):
            moved = np.array(a)
            moved.flat[flat] += step
            plan["a"] = moved
            losses.append(plan.run())
        moves.append((losses[0] - losses[1]) / (2 * STEP))
    assert closed == [flat for flat in range(6) if abs(moves[flat]) < 1e-9] or "relu(a), 0.5" in program
    assert closed
    assert all(moves[flat] == 0 for flat in closed)


@pytest.mark.parametrize(
    "program", ["loss = sum(a ** 2)", "loss = sum(leaky_relu(a))", "loss = sum(tanh(a))", "loss = sum(0 * a)"]
)
def test_without_a_gate_nothing_is_blocked(program: str) -> None:
    assert blocked(program) == {}


def test_an_open_gate_blocks_nothing() -> None:
    assert blocked("loss = sum(relu(a + 10))") == {}


def test_several_uses_block_only_together() -> None:
    assert blocked("loss = sum(relu(a)) + sum(maximum(a, 0.75))") == {"a": [1, 3, 5]}
    assert blocked("loss = sum(relu(a)) + sum(a ** 2)") == {}


def test_where_the_gradient_is_not_listed_nothing_is() -> None:
    plan = compile_document({"program": "loss = sum(relu(a))", "parameters": {"a": A}})
    assert "blocked" not in trace(plan, values=False)["tensors"]["a"]
    assert "blocked" not in trace(plan, values=("a",))["tensors"]["a"]
    assert [*trace(plan, values=("a.g",))["tensors"]["a"]["blocked"]] == [1, 3, 5]


def test_relus_of_the_lesson() -> None:
    plan = compile_document(examples["lesson13"])
    found = trace(plan)["tensors"]
    np.testing.assert_array_equal(found["l1"]["blocked"], np.flatnonzero(plan["l1"] <= 0))
    assert [name for name, one in found.items() if "blocked" in one] == ["l1.matmul", "l1"]


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_in_the_examples_what_is_blocked_is_zero(name: str) -> None:
    for tensor in trace(compile_document(examples[name]))["tensors"].values():
        if "blocked" in tensor:
            assert not np.asarray(tensor["gradient"]).flat[tensor["blocked"]].any()


def test_a_deep_program() -> None:
    program = "h = a ** 2\nfor i in range(200):\n    h = h + relu(a)\nloss = sum(h)"
    assert blocked(program) == {}
