"""Networks of layers: their plans against the interpreter, and what the general rules of a plan make of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine.interpreter import interpret
from backprop_explorer.examples import examples
from tests.amount import every
from tests.script import run
from tests.together import each

RANDOM = np.random.default_rng(5)
CONVOLUTION = {
    "program": """
z1 = conv2d(x, k1, c1, padding=1)
a1 = relu(z1)
z2 = conv2d(a1, k2, c2, stride=2, padding=1)
a2 = silu(z2)
p = avg_pool2d(batch_norm(a2), 2)
z3 = p.reshape(4, -1) @ w
loss = cross_entropy(z3, y)
""",
    "inputs": {"x": RANDOM.standard_normal((4, 2, 9, 8)), "y": [0, 2, 1, 1]},
    "parameters": {
        "k1": RANDOM.standard_normal((3, 2, 3, 3)), "c1": RANDOM.standard_normal(3),
        "k2": RANDOM.standard_normal((6, 3, 3, 3)), "c2": RANDOM.standard_normal(6),
        "w": RANDOM.standard_normal((24, 3)),
    },
}  # fmt: skip
HEADS = {
    "program": """
n = layer_norm(x, gain, shift)
qkv = n @ w
q = qkv[..., :4].reshape(2, 5, 2, 2).transpose(0, 2, 1, 3)
k = qkv[..., 4:8].reshape(2, 5, 2, 2).transpose(0, 2, 1, 3)
v = qkv[..., 8:].reshape(2, 5, 2, 2).transpose(0, 2, 1, 3)
a = scaled_dot_product_attention(q, k, v, is_causal=True)
out = x + a.transpose(0, 2, 1, 3).reshape(2, 5, 4) @ o
loss = mse(out, t)
""",
    "inputs": {"x": RANDOM.standard_normal((2, 5, 4)), "t": RANDOM.standard_normal((2, 5, 4))},
    "parameters": {
        "gain": RANDOM.standard_normal(4), "shift": RANDOM.standard_normal(4), "w": RANDOM.standard_normal((4, 12)),
        "o": RANDOM.standard_normal((4, 4)),
    },
}  # fmt: skip
GROUPS = {
    "program": "h = conv2d(x, k, groups=2, padding=1)\nm = max_pool2d(h, 2, padding=1)\nloss = sum(m ** 2)",
    "inputs": {"x": RANDOM.standard_normal((2, 4, 5, 6))},
    "parameters": {"k": RANDOM.standard_normal((6, 2, 3, 3))},
}
BATCHES = {
    "program": """
a1 = relu(conv2d(x, k1, c1, padding=1))
a2 = relu(conv2d(a1, k2, c2, stride=2, padding=1))
a3 = conv2d(a2, k3, padding=2, dilation=2, groups=2)
p = max_pool2d(a3, 2, padding=1) + avg_pool2d(pad(a2, ((0, 0), (0, 0), (1, 1), (1, 2))), 3, stride=2)
s = conv1d(a1.mean(3), k4, padding="same")
v = conv3d(a1[:, None], k5, padding=1, stride=(1, 2, 2))
loss = cross_entropy(p.reshape(9, -1) @ w, y) + mean(s ** 2) + mean(silu(v) ** 2)
""",
    "inputs": {"x": RANDOM.standard_normal((9, 2, 9, 8)), "y": [0, 2, 1, 1, 0, 2, 2, 1, 0]},
    "parameters": {
        "k1": RANDOM.standard_normal((3, 2, 3, 3)), "c1": RANDOM.standard_normal(3),
        "k2": RANDOM.standard_normal((6, 3, 3, 3)), "c2": RANDOM.standard_normal(6),
        "k3": RANDOM.standard_normal((6, 3, 3, 3)), "k4": RANDOM.standard_normal((2, 3, 3)),
        "k5": RANDOM.standard_normal((2, 1, 2, 3, 3)), "w": RANDOM.standard_normal((54, 3)),
    },
}  # fmt: skip
"""So many samples that what is padded has them last in memory."""
ROWS = {
    "program": "a = softmax(x @ w)\nb = softmax((x @ w)[:, :37])\nc = (x * 2)[:, :40].min(-1)\n"
    "loss = sum(a ** 2) + sum(b ** 2) + sum(layer_norm(x, g, h) ** 3) + sum(c)",
    "inputs": {"x": RANDOM.standard_normal((300, 44))},
    "parameters": {
        "w": RANDOM.standard_normal((44, 60)), "g": RANDOM.standard_normal(44), "h": RANDOM.standard_normal(44)
    },
}  # fmt: skip
DROPPED = {
    "program": "h = dropout(relu(x @ w), 0.4)\nk = dropout(h, 0.4)\nloss = mse(k @ v, y)",
    "inputs": {"x": RANDOM.standard_normal((6, 5)), "y": RANDOM.standard_normal((6, 1))},
    "parameters": {"w": RANDOM.standard_normal((5, 8)), "v": RANDOM.standard_normal((8, 1))},
    "optimizer": {"name": "sgd", "lr": 0.01},
}
NETWORKS = {
    "convolution": CONVOLUTION, "heads": HEADS, "groups": GROUPS, "batches": BATCHES, "rows": ROWS, "dropped": DROPPED
}  # fmt: skip
NETWORKS |= {name: examples[name] for name in examples}


@each("dtype", ["float64", "float32"])
@each("name", every(3, list(NETWORKS)))
def test_a_plan_equals_the_interpreter_whatever_the_numbers(name: str, dtype: str) -> None:
    plan = bx.compile({**NETWORKS[name], "dtype": dtype})
    tolerance = 1e-12 if dtype == "float64" else 2e-4
    for round_ in range(3):
        plan.run()
        naive = interpret(plan.program, plan.snapshot())
        for tensor, node in plan.program.nodes.items():
            wanted = naive[node]
            scale = max(1.0, float(np.abs(np.where(np.isfinite(wanted), wanted, 0)).max()))
            np.testing.assert_allclose(plan[tensor], wanted, rtol=tolerance, atol=tolerance * scale, err_msg=tensor)
        plan.propose()
        for node, wanted in naive.items():  # also what has no memory of its own
            found, scale = (
                plan.array(node),
                max(1.0, float(np.abs(np.where(np.isfinite(wanted), wanted, 0)).max(initial=0))),
            )
            np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * scale, err_msg=repr(node))
        random = np.random.default_rng(round_)
        for tensor, array in plan.document.tensors.items():
            if array.dtype.kind == "f":
                plan[tensor] = array + 0.3 * random.standard_normal(array.shape)


def test_a_share_of_a_gradient_that_is_written_with_the_others_can_still_be_asked_for() -> None:
    plan = bx.compile(HEADS)
    plan.run()
    shares = [plan[f"qkv.g__{i}"] for i in (1, 2, 3)]
    assert all(share.any() for share in shares)
    assert not (shares[0] * shares[1]).any()
    np.testing.assert_array_equal(sum(shares), plan["qkv.g"])


def test_memory_is_not_much_more_than_the_numbers() -> None:
    """Within 1.15 times the bytes of all values and gradients, and of what several convolutions share."""
    random = np.random.default_rng(0)
    sizes = {"w1": (200, 300), "w2": (300, 100), "b": (300,)}
    plan = bx.compile(
        {
            "program": "h = relu(x @ w1 + b)\nout = h @ w2\nloss = mse(out, y)",
            "inputs": {"x": random.standard_normal((400, 200)), "y": random.standard_normal((400, 100))},
            "parameters": {name: random.standard_normal(shape) for name, shape in sizes.items()},
        }
    )
    shown = sum(plan[name].nbytes for name in plan.program.nodes)
    buffers = {id(_owner(array)): _owner(array).nbytes for array in plan._binder.buffers.values()}
    assert sum(buffers.values()) <= 1.15 * shown


def _owner(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def test_what_is_padded_for_windows_has_a_large_batch_last_in_memory() -> None:
    plan = bx.compile(BATCHES)
    padded = {array.shape: array for node, array in plan._binder.buffers.items() if node.operation.name == "pad"}
    for images in ((9, 2, 11, 10), (9, 3, 11, 10)):
        assert padded[images].strides[0] == 8
    assert plan["a1"].strides[0] == 8


def test_a_hidden_step_writes_over_the_one_before() -> None:
    """exp(x - max) of a closed softmax stands where x - max stood, which is calculated for whoever asks."""
    plan = bx.compile(
        {"program": "p = softmax(x)\nloss = sum(p ** 2)", "inputs": {"x": RANDOM.standard_normal((3, 4))}}
    )
    plan.run()
    [exponential] = [node for node in plan.program.graph.nodes if node.operation.name == "exp"]
    [shifted] = exponential.operands
    assert (plan.holds(exponential), plan.holds(shifted)) == (True, False)
    np.testing.assert_array_equal(np.exp(plan.array(shifted)), plan.array(exponential))


def test_dropout_draws_anew_after_an_update_and_the_same_again_on_replay() -> None:
    plan, again = bx.compile(DROPPED), bx.compile(DROPPED)
    kept, masks = [], []
    for _ in range(3):
        plan.run()
        masks.append(plan["h"] != 0)
        kept.append(plan.snapshot())
        plan.step()
    assert not np.array_equal(masks[0], masks[1])
    for before, mask in zip(kept, masks, strict=True):
        again.restore(before)
        again.run()
        np.testing.assert_array_equal(again["h"] != 0, mask)
    other = bx.compile({**DROPPED, "seed": 1})
    other.run()
    assert not np.array_equal(other["h"] != 0, masks[0])


def test_two_dropouts_have_masks_of_their_own() -> None:
    plan = bx.compile(
        {"program": "a = dropout(x)\nb = dropout(x)\nloss = sum(a * b)", "inputs": {"x": np.ones((6, 7))}}
    )
    plan.run()
    assert not np.array_equal(plan["a"], plan["b"])
    assert 0.2 < np.mean(plan["a"] == 0) < 0.8


@each("name", ["convolution", "heads", "dropped", "rnn", "transformer_block", "convnet"])
def test_the_script_of_a_network_computes_its_numbers(name: str) -> None:
    plan = bx.compile({"optimizer": {"name": "sgd", "lr": 0.1}, **NETWORKS[name]})
    loss = plan.run()
    printed, _ = run(plan.code())
    assert float(printed.split()[-1]) == pytest.approx(loss, rel=1e-9)
