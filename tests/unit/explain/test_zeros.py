"""Why terms are 0: what is told of each kind, that a blocking step really blocks, and that the question is bounded."""

import time
from typing import Any

import numpy as np
import pytest

from backprop_explorer.engine import Plan, compile_document
from backprop_explorer.examples import examples
from backprop_explorer.explain import explain, uses
from tests.amount import some
from tests.examples.telling import TELLING
from tests.together import each

X = [[1.0, -2.0], [0.0, 3.0]]
W = [[1.0, -1.0], [1.0, 1.0]]
"""`X @ W` is [[-1, -3], [3, 3]]."""


def ran(program: str, inputs: dict[str, Any] | None = None, **parameters: Any) -> Plan:
    given = {"x": X} if inputs is None else inputs
    plan = compile_document({"program": program, "inputs": given, "parameters": parameters or {"w": W}})
    with np.errstate(all="ignore"):
        plan.run()
    return plan


def zeros(plan: Plan, name: str, *index: int) -> list[dict[str, Any]]:
    """The terms that are 0 of a value or gradient (`w.g`)."""
    tensor, gradient = name.removesuffix(".g"), name.endswith(".g")
    told = explain(plan, tensor, "gradient" if gradient else "value", index)
    return [dict(term) for term in told["terms"] if term["value"] == 0]


def told(term: dict[str, Any]) -> tuple[Any, ...]:
    """The reason, and of a step the operation and the element."""
    by = term.get("by", {})
    found = (term["zero"], by.get("op"), by.get("tensor"), by.get("index"))
    return found[:1] if not by else found


RELU = "l = x @ w\nh = relu(l)\nout = h @ v\nloss = sum(out * out)"
POOL = "c = conv2d(x, w, padding=1)\nh = max_pool2d(c, 2)\nloss = sum(h * h)"
IMAGE = {"x": [[[[1.0, 2.0], [3.0, 4.0]]]]}
KERNEL = [[[[0.5, 1.0, 0.25], [0.75, 2.0, 0.5], [1.0, 0.25, 0.5]]]]


@each(
    ("program", "given", "element", "reasons"),
    [
        (RELU, {"v": [[1.0], [2.0]]}, "w.g[0,0]", [("blocked", "relu", "l", [0, 0]), ("input",)]),
        (RELU, {"v": [[1.0], [2.0]]}, "w.g[1,1]", [("blocked", "relu", "l", [0, 1])]),
        (RELU, {"v": [[1.0], [2.0]]}, "l.g[0,1]", [("blocked", "relu", "l", [0, 1])]),
        (RELU, {"v": [[1.0], [2.0]]}, "v.g[0,0]", [("blocked", "relu", "l", [0, 0])]),
        (RELU, {"v": [[1.0], [2.0]]}, "out[0,0]", [("blocked", "relu", "l", [0, 0]), ("blocked", "relu", "l", [0, 1])]),
        (RELU, {"v": [[1.0], [0.0]]}, "h.g[1,1]", [("exact",)]),
        (RELU, {"v": [[1.0], [0.0]]}, "l[1,0]", [("input",)]),
        ("loss = sum(relu(x @ w))", {}, "loss.matmul.g[0,0]", [("blocked", "relu", "loss.matmul", [0, 0])]),
        (
            "loss = sum(maximum(x @ w, 0.5))",
            {},
            "loss.matmul.g[0,0]",
            2 * [("blocked", "maximum", "loss.matmul", [0, 0])],
        ),
        (
            "l = x @ w\nloss = sum(clip(l, 0, 2))",
            {},
            "w.g[1,0]",
            [("blocked", "clip", "l", [0, 0]), ("blocked", "clip", "l", [1, 0])],
        ),
        ("l = 99 * (x @ w)\nh = tanh(l)\nloss = sum(h * h)", {}, "l.g[1,0]", [("blocked", "tanh", "l", [1, 0])]),
        ("loss = sum((x @ w).max(1))", {}, "loss.matmul.g[0,1]", [("blocked", "max", "loss.matmul", [0, 1])]),
        ("l = x @ w\nh = where(m, l, 0)\nloss = sum(h)", {"m": "mask"}, "w.g[1,1]", [("masked", "where", "l", [0, 1])]),
        ("l = x @ w\nh = where(m, l, 0)\nloss = sum(h)", {"m": "mask"}, "h[0,1]", [("masked", "where", "l", [0, 1])]),
        ("l = x @ w\nh = l * (x > 0)\nloss = sum(h)", {}, "h[0,1]", [("masked", "multiply", "l", [0, 1])]),
        ("l = x @ w\nh = l * (x > 0)\nloss = sum(h * h)", {}, "l.g[0,1]", [("masked", "multiply", "l", [0, 1])]),
        ("l = x @ w\nh = l * (l > 0)\nloss = sum(h)", {}, "l.g[0,1]", [("blocked", "multiply", "l", [0, 1])]),
        ("loss = mse(x @ w, y)", {"y": [[-1.0, 0.0], [0.0, 0.0]]}, "w.g[1,0]", [("exact",)]),
        ("loss = sum((x * x) @ w)", {}, "x[1,0]", [("input",)]),
        (POOL, {"image": True}, "c[0,0,0,0]", 5 * [("padding",)]),
        (
            "h = scaled_dot_product_attention(x @ w, x, x, is_causal=True)\nloss = sum(h)",
            {},
            "h[0,1]",
            [("masked", "scaled_dot_product_attention", None, None)],
        ),
    ],
)
def test_each_kind(program: str, given: dict[str, Any], element: str, reasons: list[tuple[Any, ...]]) -> None:
    inputs: dict[str, Any] = {"x": X}
    parameters: dict[str, Any] = {"w": W}
    if "image" in given:
        inputs, parameters = dict(IMAGE), {"w": KERNEL}
    if "m" in given:
        inputs["m"] = [[True, False], [True, True]]
    inputs |= {"y": given["y"]} if "y" in given else {}
    parameters |= {"v": given["v"]} if "v" in given else {}
    name, _, index = element.removesuffix("]").rpartition("[")
    found = zeros(ran(program, inputs, **parameters), name, *map(int, index.split(",")))
    assert [told(term) for term in found] == reasons


def test_a_difference_of_two_zeros_is_blocked_by_nothing() -> None:
    """The prediction is 0 because of relu, but its gradient because the target is 0, too."""
    plan = ran(
        "out = relu(x @ w) @ v + b\nloss = mse(out, y)", {"x": X, "y": [[0.0], [1.0]]}, w=W, v=[[1.0], [2.0]], b=[0.0]
    )
    assert plan["out"][0, 0] == 0
    assert [told(term) for term in zeros(plan, "b.g", 0)] == [("exact",)]


def test_dropout_blocks_what_it_drops() -> None:
    plan = ran("l = x @ w\nh = dropout(l, 0.5)\nloss = sum(h)")
    dropped = np.argwhere(plan["h"] == 0)
    assert 0 < len(dropped) < 4
    for index in dropped.tolist():
        assert [told(term) for term in zeros(plan, "l.g", *index)] == [("blocked", "dropout", "l", index)]


def test_the_step_is_one_of_the_trace() -> None:
    plan = ran(RELU, None, w=W, v=[[1.0], [2.0]])
    (term,) = zeros(plan, "l.g", 0, 1)
    assert term["by"] == {
        "step": 1, "output": "h", "op": "relu", "code": "relu(l)", "tensor": "l", "index": [0, 1], "value": -3.0,
    }  # fmt: skip
    assert plan.program.lines[1].output == "h"


def test_what_is_not_zero_has_no_reason() -> None:
    plan = ran(RELU, None, w=W, v=[[1.0], [2.0]])
    terms = explain(plan, "w", "gradient", (1, 0))["terms"]
    assert any(term["value"] for term in terms)
    assert all(("zero" in term) == (term["value"] == 0) for term in terms)


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_in_the_examples_every_reason_holds(name: str) -> None:
    plan = compile_document(examples[name])
    plan.run()
    kinds = set()
    for tensor, info in plan.tensors.items():
        if not info.differentiable:
            continue
        for index in ((0,) * len(info.shape), tuple(length - 1 for length in info.shape)):
            for field in ("value", "gradient"):
                for term in explain(plan, tensor, field, index)["terms"]:
                    kinds.add(check_reason(plan, dict(term)))
    assert kinds


def check_reason(plan: Plan, term: dict[str, Any]) -> str | None:
    zero = [factor for factor in term["factors"] if factor["value"] == 0]
    assert ("zero" in term) == bool(zero and term["value"] == 0)
    if "zero" not in term:
        return None
    by = term.get("by")
    if by is not None:
        line = plan.program.lines[by["step"]]
        assert (line.phase, line.output, str(line.code)) == ("forward", by["output"], by["code"])
        assert term["zero"] in ("blocked", "masked")
    if by is not None and "tensor" in by:
        assert float(plan[by["tensor"]][tuple(by["index"])]) == by["value"]
        branches = uses(plan, by["tensor"], "value", by["index"])["branches"]
        cells = [cell for branch in branches if branch["step"] == by["step"] for cell in branch["cells"]]
        assert any(branch["step"] == by["step"] for branch in branches)
        assert all(cell["derivative"] == 0 for cell in cells if cell["index"] == by["index"])
    return str(term["zero"])


def test_a_deep_program_is_bounded() -> None:
    program = "h = x @ w\nfor i in range(400):\n    h = relu(h @ v)\nloss = sum(h)"
    plan = ran(program, {"x": np.zeros((4, 8)).tolist()}, w=np.zeros((8, 8)).tolist(), v=np.ones((8, 8)).tolist())
    begun = time.process_time()
    found = zeros(plan, "w.g", 0, 0)
    assert time.process_time() - begun < 5
    assert found
    assert all("zero" in term for term in found)
