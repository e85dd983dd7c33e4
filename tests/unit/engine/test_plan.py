"""Plans: setting and reading tensors, snapshots, budgets, and the NumPy script of an iteration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Budget, Document, compile_document
from backprop_explorer.engine.buffers import CACHE_LINE
from backprop_explorer.examples import examples
from tests.amount import some
from tests.examples.telling import TELLING
from tests.new_operation import cube, registered
from tests.script import run
from tests.together import each


def lesson(**changes: Any) -> bx.Plan:
    return bx.compile({**examples["lesson13"], **changes})


def test_a_tensor_is_a_read_only_view_that_follows() -> None:
    plan = lesson()
    plan.run()
    weights, gradient = plan["w1"], plan["w1.g"]
    before = gradient.copy()
    plan.step()
    plan.run()
    assert not np.array_equal(gradient, before)
    assert gradient is plan["w1.g"]
    with pytest.raises(ValueError, match="read-only"):
        weights[0, 0] = 3


def test_compile_copies_and_setting_copies() -> None:
    x, w = np.ones((2, 2)), np.ones((2, 1))
    plan = bx.compile({"program": "loss = sum(x @ w)", "inputs": {"x": x}, "parameters": {"w": w}})
    x[:], w[:] = 5, 5
    assert plan.run() == 4
    fresh = np.full((2, 1), 2.0)
    plan["w"] = fresh
    fresh[:] = 9
    assert plan.run() == 8


@each(
    ("name", "value", "code", "status"),
    [
        ("l1", np.zeros((6, 2)), "not_editable", 422),
        ("loss", 1.0, "not_editable", 422),
        ("w1.g", np.zeros((10, 2)), "not_editable", 422),
        ("w9", 1.0, "unknown_tensor", 404),
        ("w1", np.zeros((2, 10)), "wrong_shape", 422),
        ("w1", np.full((10, 2), "1"), "not_a_number", 422),
        ("w1", np.zeros((10, 2), bool), "not_a_number", 422),
    ],
)
def test_what_cannot_be_set(name: str, value: Any, code: str, status: int) -> None:
    plan = lesson()
    before = plan.snapshot()
    with pytest.raises(bx.Problem) as caught:
        plan[name] = value
    assert (caught.value.code, caught.value.status) == (code, status)
    assert all(np.array_equal(array, before[key]) for key, array in plan.snapshot().items())


def test_labels_are_checked_when_they_are_set() -> None:
    plan = bx.compile(examples["softmax_classifier"])
    with pytest.raises(bx.Problem) as caught:
        plan["labels"] = np.array([0, 1, 3, 0, 1])
    assert (caught.value.code, caught.value.index) == ("bad_label", (2,))
    assert plan["labels"].tolist() == [0, 1, 2, 0, 1]
    before = plan.run()
    plan["labels"] = np.array([1, 1, 2, 0, 1])
    assert plan.run() != before
    with pytest.raises(bx.Problem, match="whole numbers"):
        plan["labels"] = np.array([0.5, 1, 2, 0, 1])


def test_a_snapshot_brings_back_the_same_bits() -> None:
    plan = lesson(optimizer={"name": "adam", "lr": 0.1})
    for _ in range(3):
        plan.step()
    kept = plan.snapshot()
    losses = [plan.step() for _ in range(5)]
    plan.restore(kept)
    assert [plan.step() for _ in range(5)] == losses


def test_a_step_needs_an_optimizer() -> None:
    plan = bx.compile({"program": "loss = sum(x ** 2)", "parameters": {"x": [1.0, 2.0]}})
    assert plan.run() == 5
    with pytest.raises(bx.Problem, match="no optimizer"):
        plan.step()


def test_the_document_has_the_present_numbers() -> None:
    plan = lesson()
    plan.step()
    again = bx.compile(plan.document.to_json_dict())
    assert again.run() == plan.run()
    np.testing.assert_array_equal(again["w1"], plan["w1"])


@each(
    ("limits", "program"),
    [
        ({"tensor_elements": 100}, "loss = sum(x @ w * broadcast_to(x[:, :1], (20, 10)).sum())"),
        ({"trace_elements": 50}, "loss = sum(x @ w)"),
        ({"iteration_flop": 100}, "loss = sum((x @ w) @ w.T)"),
        ({"primitives": 10}, "h = x @ w" + "\nh = h + 1" * 20 + "\nloss = sum(h)"),
        ({"program_characters": 10}, "loss = sum(x @ w)"),
        ({"repetitions": 5}, "h = x @ w\nfor i in range(6): h = h + i\nloss = sum(h)"),
    ],
)
def test_a_budget_is_named_with_its_setting(limits: dict[str, int], program: str) -> None:
    document = {"program": program, "inputs": {"x": np.ones((20, 2)).tolist()}, "parameters": {"w": [[1.0], [2.0]]}}
    with pytest.raises(bx.Problem) as caught:
        compile_document(document, Budget(**limits))
    (name,) = limits
    assert (caught.value.status, caught.value.code) == (413, "over_budget")
    assert name in caught.value.detail
    assert f"BACKPROP_{name.upper()}" in str(caught.value.hint)


def test_a_tensor_beyond_the_budget_is_never_drawn() -> None:
    document = {"program": "loss = sum(w)", "parameters": {"w": {"shape": [2**40, 2**40], "init": "normal"}}}
    with pytest.raises(bx.Problem, match="more than the limit tensor_elements"):
        Document.parse(document, Budget())


@each("name", some(examples, *TELLING))
@each("optimizer", [None, {"name": "adam", "lr": 0.01, "weight_decay": 0.1}])
def test_the_script_needs_numpy_alone_and_gives_the_same_numbers(name: str, optimizer: dict[str, Any] | None) -> None:
    plan = bx.compile({**examples[name], **({"optimizer": optimizer} if optimizer else {})})
    script = plan.code()
    plan.run()
    tensors = {step.output: plan[step.output].copy() for step in plan.program.lines if step.phase != "update"}
    plan.step()
    tensors |= {key: plan[key] for key in plan.program.parameters}
    printed, variables = run(script)
    assert printed.startswith("loss: ")
    for key, value in tensors.items():
        np.testing.assert_allclose(variables[key.replace(".", "_")], value, rtol=1e-12, atol=1e-14, err_msg=key)


@each("width", [2, 3, 10, 32, 33, 64, 65, 128])
@each("name", ["max", "min"])
def test_the_extremum_of_many_short_rows_is_numpys(name: str, width: int) -> None:
    x = np.random.default_rng(width).integers(-9, 9, (4, 128, width)).astype(float)
    x[0, :5, width // 2], x[1, 7], x[2, 3, -1], x[3, 2, 0] = np.nan, -np.inf, np.inf, -np.inf
    program = f"m = x.{name}(-1)\nloss = (m * w).sum()"
    plan = bx.compile({"program": program, "inputs": {"x": x}, "parameters": {"w": np.ones((4, 128))}})
    with np.errstate(all="ignore"):
        plan.run()
    np.testing.assert_array_equal(plan["m"], getattr(np, name)(x, axis=-1))
    transposed = bx.compile(
        {
            "program": f"m = x.transpose(0, 2, 1).{name}(2, keepdims=True)\nloss = m.sum()",
            "inputs": {"x": x.transpose(0, 2, 1)},
        }
    )
    with np.errstate(all="ignore"):
        transposed.run()
    np.testing.assert_array_equal(transposed["m"][..., 0], plan["m"])


def test_a_record_registered_anew_is_what_is_compiled() -> None:
    document = {"program": "loss = sum(cube(w))", "parameters": {"w": [2.0]}}
    with registered(cube()):
        assert bx.compile(document).run() == 8
    with registered(cube(forward=lambda x, out=None: np.power(x, 4, out=out))):
        assert bx.compile(document).run() == 16
    with pytest.raises(bx.Problem, match="cube"):
        bx.compile(document)


def test_large_buffers_begin_with_a_cache_line() -> None:
    x = np.ones((96, 96), np.float32)
    document = {"program": "h = x @ w\nloss = (relu(h) * 2).mean()", "parameters": {"x": x, "w": x}, "dtype": "float32"}
    plan = bx.compile(document)
    plan.run()
    large = {name: plan[name] for name in ("x", "w", "h", "x.g", "w.g", "h.g")}
    assert {name: array.ctypes.data % CACHE_LINE for name, array in large.items()} == dict.fromkeys(large, 0)
    assert plan["h"] == pytest.approx(96)


def test_a_gradient_that_is_a_part_of_anothers_buffer_is_the_product() -> None:
    random = np.random.default_rng(0)
    x, w, v = random.normal(size=(2, 5, 4)), random.normal(size=(4, 3)), random.normal(size=(1, 4))
    program = "a, b = torch.split(x @ w, [1, 2], -1)\nloss = sum((a @ v) ** 2) + sum(b ** 3)"
    plan = bx.compile({"program": program, "inputs": {"x": x}, "parameters": {"w": w, "v": v}})
    plan.run()
    a, b = np.split(x @ w, [1], -1)
    gradient = np.concatenate((2 * (a @ v) @ v.T, 3 * b**2), -1)
    np.testing.assert_allclose(plan["w.g"], np.einsum("bti,bto->io", x, gradient), rtol=1e-12)
