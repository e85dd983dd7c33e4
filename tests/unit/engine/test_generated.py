"""Generated programs: any valid one runs as the naive interpreter does, and its gradients are central differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.interpreter import interpret
from tests.amount import count

EXAMPLES = count(12, 2_000)
LEAVES = {"x": (3, 2), "w": (2, 4), "b": (2,), "s": (), "t": (2, 3, 2)}
SMOOTH = ["tanh({})", "sigmoid({})", "sin({})", "softplus({})", "0.5 * {}", "-{}", "{} ** 2", "{} / 3", "exp(0.1 * {})"]
ROWS = ["softmax({})", "log_softmax({})"]


@dataclass(frozen=True)
class Piece:
    """An expression and its shape."""

    code: str
    shape: tuple[int, ...]


@st.composite
def pieces(draw: st.DrawFn, known: dict[str, tuple[int, ...]], depth: int = 3) -> Piece:
    """An expression over known tensors that is valid by construction."""
    name = draw(st.sampled_from(sorted(known)))
    if depth == 0:
        return Piece(name, known[name])
    kind = draw(st.sampled_from(["leaf", "function", "binary", "matmul", "reduce", "move", "join", "look"]))
    inner = draw(pieces(known, depth - 1))
    if kind == "function":
        choice = draw(st.sampled_from([*SMOOTH, *ROWS] if inner.shape else SMOOTH))
        return Piece(choice.format(f"({inner.code})"), inner.shape)
    if kind == "binary":
        other = draw(pieces(known, depth - 1))
        try:
            shape = np.broadcast_shapes(inner.shape, other.shape)
        except ValueError:
            return inner
        return Piece(f"({inner.code}) {draw(st.sampled_from('+-*'))} ({other.code})", shape)
    if kind == "matmul" and len(inner.shape) >= 2:
        other = draw(pieces(known, depth - 1))
        if 1 <= len(other.shape) <= 2 and inner.shape[-1] == other.shape[0]:
            return Piece(f"({inner.code}) @ ({other.code})", inner.shape[:-1] + other.shape[1:])
        return Piece(f"({inner.code}).mT @ ({inner.code})", (*inner.shape[:-2], inner.shape[-1], inner.shape[-1]))
    return _moved(draw, kind, inner)


def _moved(draw: st.DrawFn, kind: str, inner: Piece) -> Piece:
    if not inner.shape:
        return inner
    axis = draw(st.integers(0, len(inner.shape) - 1))
    rest = inner.shape[:axis] + inner.shape[axis + 1 :]
    if kind == "reduce":
        return Piece(f"({inner.code}).{draw(st.sampled_from(['sum', 'mean', 'var']))}({axis})", rest)
    if kind == "move":
        if draw(st.booleans()):
            return Piece(f"({inner.code}).reshape(-1)", (int(np.prod(inner.shape)),))
        index = ", ".join([*[":"] * axis, draw(st.sampled_from(["0", "-1"]))])
        return Piece(f"({inner.code})[{index}]", rest)
    if kind == "join":
        doubled = (*inner.shape[:axis], 2 * inner.shape[axis], *inner.shape[axis + 1 :])
        return Piece(f"concatenate(({inner.code}, {inner.code}), {axis})", doubled)
    if kind == "look":
        return _looked_at(draw, inner, axis)
    return inner


def _looked_at(draw: st.DrawFn, inner: Piece, axis: int) -> Piece:
    """Padded, in windows, transposed, in slices that are put together again, or row by row."""
    code, shape = f"({inner.code})", inner.shape
    transposed = tuple(np.random.default_rng(axis).permutation(len(shape)).tolist())
    choices = [
        Piece(f"pad({code}, 1)", tuple(length + 2 for length in shape)),
        Piece(f"windows(pad({code}, 1), 2)", (*(length + 2 for length in shape[:-1]), shape[-1] + 1, 2)),
        Piece(f"standardize({code}, {axis}, 0.1)", shape),
        Piece(f"transpose({code}, {transposed})", tuple(shape[i] for i in transposed)),
        Piece(f"{code}[arange(1, -1, -1)]" if shape[0] > 1 else code, (min(2, shape[0]), *shape[1:])),
        Piece(f"concatenate(({code}[..., 1:], {code}[..., :1]), -1)" if shape[-1] > 1 else code, shape),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A few statements, the later ones using the earlier, and a loss that depends on all."""
    known, lines = dict(LEAVES), []
    for i in range(draw(st.integers(1, 4))):
        piece = draw(pieces(known))
        if int(np.prod(piece.shape)) > 200 or piece.code in known:
            continue
        lines.append(f"h{i} = {piece.code}")
        known[f"h{i}"] = piece.shape
    terms = [f"mean(tanh({name}))" for name in known]
    return "\n".join([*lines, f"loss = {' + '.join(terms)}"])


def inputs(seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: np.asarray(random.uniform(-1, 1, shape)) for name, shape in LEAVES.items()}


def compiled(program: str, seed: int) -> Plan:
    return bx.compile({"program": program, "inputs": inputs(seed)})


LEISURELY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LEISURELY
@given(programs())
@np.errstate(over="ignore")  # products of products may be so large that exp in a sigmoid overflows
def test_a_plan_equals_the_interpreter_on_its_first_and_second_run(program: str) -> None:
    plan = compiled(program, 0)
    for seed in (0, 1):
        for name, value in inputs(seed).items():
            plan[name] = value
        plan.run()
        naive = interpret(plan.program, plan.snapshot())
        for name, node in plan.program.nodes.items():
            np.testing.assert_allclose(plan[name], naive[node], rtol=1e-12, atol=1e-12, err_msg=program)


@LEISURELY
@given(programs())
@np.errstate(over="ignore")
def test_gradients_equal_central_differences(program: str) -> None:
    plan = compiled(program, 2)
    plan.run()
    gradients = {name: plan[f"{name}.g"].copy() for name in LEAVES}
    for name, start in inputs(2).items():
        direction = np.asarray(np.random.default_rng(3).uniform(-1, 1, start.shape))
        losses = []
        for steps in (-2, -1, 1, 2):
            plan[name] = start + steps * 1e-3 * direction
            losses.append(plan.run())
        plan[name] = start
        slope = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / 12e-3
        np.testing.assert_allclose(np.sum(gradients[name] * direction), slope, rtol=1e-6, atol=1e-8, err_msg=program)


@LEISURELY
@given(programs())
@np.errstate(over="ignore")
def test_opened_composites_give_the_same_gradients(program: str) -> None:
    closed = compiled(program, 4)
    opened = Plan(program_of(closed.document, open_boxes=True), closed.document)
    assert np.isclose(closed.run(), opened.run(), rtol=1e-12)
    for name in LEAVES:
        np.testing.assert_allclose(closed[f"{name}.g"], opened[f"{name}.g"], rtol=1e-9, atol=1e-12, err_msg=program)
