"""How much a program may ask for: what is counted is what a plan keeps, and compiling takes time in proportion."""

import cProfile
import pstats
import tracemalloc
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Budget, compile_document
from backprop_explorer.examples import examples
from tests.amount import count, some

RECURRENT = """h = zeros((2, 8))
for t in range({rounds}):
    h = tanh(x[t] @ wx + h @ wh + b)
loss = mean((h - y) ** 2)"""


def numbers(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).standard_normal(shape) * 0.1


def recurrent(rounds: int) -> dict[str, Any]:
    return {
        "program": RECURRENT.format(rounds=rounds),
        "inputs": {"x": numbers(rounds, 2, 8), "y": numbers(2, 8)},
        "parameters": {"wx": numbers(8, 8), "wh": numbers(8, 8), "b": numbers(8)},
    }


def block(layers: int = 1, d: int = 64, heads: int = 4, t: int = 16) -> dict[str, Any]:
    """Blocks as GPT-2 has them."""
    split = f".reshape({t}, {heads}, {d // heads}).transpose(1, 0, 2)"
    lines = ["h = x"]
    parameters: dict[str, Any] = {}
    for k in range(layers):
        shapes = {"wq": (d, d), "wk": (d, d), "wv": (d, d), "wo": (d, d), "w1": (d, 4 * d), "w2": (4 * d, d)}
        parameters |= {f"{name}{k}": numbers(*shape) for name, shape in shapes.items()}
        parameters |= {f"{name}{k}": np.ones(d) for name in ("g", "k")} | {f"{name}{k}": numbers(d) for name in "bc"}
        lines += [
            f"n{k} = layer_norm(h, g{k}, b{k})",
            f"q{k}, s{k}, v{k} = (n{k} @ wq{k}){split}, (n{k} @ wk{k}){split}, (n{k} @ wv{k}){split}",
            f"a{k} = softmax(where(mask, q{k} @ s{k}.mT / {(d // heads) ** 0.5}, -1e9))",
            f"h = h + (a{k} @ v{k}).transpose(1, 0, 2).reshape({t}, {d}) @ wo{k}",
            f"h = h + gelu(layer_norm(h, k{k}, c{k}) @ w1{k}) @ w2{k}",
        ]
    lines.append("loss = mean((h - y) ** 2)")
    inputs = {"x": numbers(t, d), "y": numbers(t, d), "mask": np.tril(np.ones((t, t), bool))}
    return {"program": "\n".join(lines), "inputs": inputs, "parameters": parameters}


def allocated(document: dict[str, Any], budget: Budget | None = None) -> tuple[bx.Plan, int]:
    """The plan, and the bytes that NumPy has allocated for it, by Python's own account of memory."""
    tracemalloc.start()
    try:
        plan = compile_document(document, budget)
        plan.run()
        plan.propose()
        shot = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    of_numpy = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    return plan, sum(trace.size for trace in shot.filter_traces([of_numpy]).traces)


SIZES = {
    "block": block(),
    "recurrent": recurrent(30),
    "adam": {**block(), "optimizer": {"name": "adam", "lr": 0.01}},
    "float32": {**block(), "dtype": "float32"},
    **{name: examples[name] for name in ("mnist_cnn", "mnist_mlp", "transformer") if name in examples},
}


@pytest.mark.parametrize("document", list(SIZES.values()), ids=list(SIZES))
def test_what_is_counted_is_what_is_kept(document: dict[str, Any]) -> None:
    plan, held = allocated(document)
    counted = plan.kept * np.dtype(plan.document.dtype).itemsize
    assert held <= 1.15 * counted + 50_000  # small arrays that are made by the way, such as constants
    assert counted <= 1.05 * held + 50_000


def test_a_block_of_gpt_2_opens_by_default() -> None:
    plan = compile_document(block(d=768, heads=12, t=128), Budget())
    results = sum(node.size for node in plan.program.graph.nodes)
    assert plan.kept < 0.8 * results  # what is the same twice, or only looked at in another shape, is kept once


def test_views_cost_nothing() -> None:
    def kept(lines: str) -> int:
        document = {"program": f"h = x * 2\n{lines}loss = sum(h * h)", "parameters": {"x": numbers(100, 100)}}
        return compile_document(document).kept

    assert kept("h = h.T\n" * 50) - kept("") < 100


@pytest.mark.parametrize(
    "document", [recurrent(100), block(16)], ids=["100 rounds of a recurrent network", "16 layers of a GPT"]
)
def test_real_loops_open_by_default(document: dict[str, Any]) -> None:
    plan = compile_document(document, Budget())
    assert np.isfinite(plan.run())


@pytest.mark.parametrize(
    ("program", "budget", "said"),
    [
        (
            "h = x\nfor i in range(100):\n    h = tanh(h) * x\nloss = sum(h)",
            Budget(primitives=150),
            "The steps of the forward pass alone would need about 200, more than the limit primitives of 150",
        ),
        (
            "h = x\nfor i in range(10):\n    for j in range(10): h = tanh(h) * x\nloss = sum(h)",
            Budget(primitives=150),
            "The steps of the forward pass alone would need about 200, more than the limit primitives of 150",
        ),
        (
            "h = x\nfor i in range(100):\n    h = tanh(h) * x\nloss = sum(h)",
            Budget(primitives=300),
            "The steps of an iteration would need about 700, more than the limit primitives of 300",
        ),
        (
            "h = x\nwhile True:\n    h = tanh(h) * x\nloss = sum(h)",
            Budget(primitives=300),
            "The steps of an iteration would need more than the limit primitives of 300",
        ),
        (
            "h = x.T @ x\nfor i in range(100):\n    h = tanh(h @ h)\nloss = sum(h)",
            Budget(iteration_flop=10_000_000),
            "The floating-point operations of an iteration would need 312,330,400, more",
        ),
    ],
)
def test_a_refusal_names_the_whole_as_far_as_it_is_known(program: str, budget: Budget, said: str) -> None:
    with pytest.raises(bx.Problem) as caught:
        compile_document({"program": program, "parameters": {"x": numbers(50, 80)}}, budget)
    assert caught.value.detail.startswith(said)


def test_memory_that_would_be_needed_is_told_as_a_whole() -> None:
    document = {
        "program": "h = x.T @ x\nfor i in range(50):\n    h = tanh(h @ h)\nloss = sum(h)",
        "parameters": {"x": numbers(40, 60)},
    }
    whole = compile_document(document).kept
    assert compile_document(document, Budget(trace_elements=whole)).kept == whole
    with pytest.raises(bx.Problem, match="All tensors and gradients together would need about") as caught:
        compile_document(document, Budget(trace_elements=20_000))
    told = int(caught.value.detail.split("about ")[1].split(", more")[0].replace(",", ""))
    assert 0.9 * whole < told < 1.2 * whole


GROWING = {
    "a tensor assigned anew": "for i in range({n}): x = x + 1\nloss = sum(x)",
    "lines": "{lines}loss = sum(x)",
    "elements set": "h = x * 1\nfor i in range({n}): h[0, 0] = h[0, 1]\nloss = sum(h)",
    "one row read": "h = 0\nfor i in range({n}): h = h + sum(x[0] * i)\nloss = h",
    "rows read in turn": "h = 0\nfor i in range({n}): h = h + sum(x[i % 3] * i)\nloss = h",
    "views": "h = x * 1\nfor i in range({n}): h = h[None][0]\nloss = sum(h)",
    "transposed": "h = x * 1\nfor i in range({n}): h = h.T\nloss = sum(h * h)",
    "products": "h = x\nfor i in range({n}): h = h @ (x.T @ x)\nloss = sum(h)",
    "a list": "h = []\nfor i in range({n}): h.append(x * i)\nloss = sum(stack(h[-3:]))",
}


LONGER = ("one row read", "rows read in turn", "products", "transposed", "a tensor assigned anew")


# Elements that are read, views and a step for each round occur in the others, too.
@pytest.mark.parametrize("name", some(GROWING, *(name for name in GROWING if name not in LONGER)))
def test_compiling_takes_time_in_proportion(name: str) -> None:
    """Counted in calls of functions, which are the same on every machine."""
    program = GROWING[name]

    def calls(n: int) -> int:
        document = {
            "program": program.format(n=n, lines="x = x + 1\n" * n),
            "parameters": {"x": np.ones((3, 3))},
        }
        profile = cProfile.Profile()
        profile.runcall(compile_document, document)
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    calls(60)  # what is made on first use
    few = count(200, 300)
    assert calls(2 * few) < 2.3 * calls(few)
