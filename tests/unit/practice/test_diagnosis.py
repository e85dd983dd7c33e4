"""Diagnoses: of each mutation of each backward rule in the catalogue, and of the seeds' network."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.graph.node import Node
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.rules import rule_names
from backprop_explorer.language.scope import Scope
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Array, OperandError, Sample
from backprop_explorer.practice.check import Verdict, check, judged
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.practice.practice import solution, to_find
from backprop_explorer.problem import Problem
from tests.amount import every, some
from tests.examples.telling import TELLING
from tests.together import each
from tests.unit.ops.test_records import RECORDS, numbers

SAMPLES = [pytest.param(one, id=f"{name}: {one.code}") for name, known in RECORDS.items() for one in known.samples]


def ran(sample: Sample) -> Plan:
    """The sample under a probe without any symmetry, so that no two gradients are equal by accident."""
    trial = bx.compile({"program": f"result = {sample.code}\nloss = sum(result * result)", "inputs": numbers(sample)})
    probe = np.random.default_rng(7).uniform(0.5, 1.5, trial["result"].shape)
    probe *= np.where(np.arange(probe.size).reshape(probe.shape) % 3 == 1, -1, 1)
    program, inputs = f"result = {sample.code}\nloss = sum(result * probe)", {**numbers(sample), "probe": probe}
    plan = bx.compile({"program": program, "inputs": inputs})
    plan.run()
    return plan


def answered(plan: Plan, name: str, given: Array) -> Verdict:
    with np.errstate(all="ignore"):
        return judged(plan, name, np.asarray(given, np.float64))


# -- changes of the whole gradient


def whole_changes(plan: Plan, tensor: Node, right: Array) -> Iterator[tuple[str, Array]]:
    """The code that is expected, and numbers that deserve it."""
    yield "wrong_sign", -right
    yield "constant_factor", (2.5 if right.size > 1 else 7) * right
    if right.ndim == 2 and min(right.shape) > 1:
        yield "transposed", right.T
    uses = plan.program.backward.contributions[tensor]
    if len(uses) > 1:
        for one in uses:
            yield "missing_contribution", np.array(plan.array(one.value), np.float64)
    for one in uses:
        if one.raw.shape != tensor.shape and one.raw.size > tensor.size:
            yield "missing_batch_sum", np.array(plan.array(one.raw), np.float64)
            yield "mean_for_sum", right * tensor.size / one.raw.size


def proportional(a: Array, b: Array) -> bool:
    if a.shape != b.shape or not b.any():
        return False
    ratio = float((a * b).sum() / (b * b).sum())
    return bool(np.allclose(a, ratio * b, atol=1e-9))


FORGOTTEN = ("missing_contribution", "overwritten_not_added", "statistics_held_constant")
"""What it can be called that one of several uses was forgotten."""


@each("sample", every(16, SAMPLES))
def test_changes_of_the_whole_gradient(sample: Sample) -> None:
    plan = ran(sample)
    for name in sample.shapes.keys() - sample.whole.keys() - set(sample.blocked):
        tensor = namespace(plan.program).target(name)
        right = np.array(plan[f"{name}.g"], np.float64)
        if not right.any():
            continue
        for code, given in whole_changes(plan, tensor, right):
            verdict = answered(plan, name, given)
            if verdict.correct or code == "transposed" and proportional(given, right):
                continue
            assert verdict.diagnosis is not None
            if code == "missing_contribution" and proportional(given, right):
                assert verdict.diagnosis.code in ("missing_contribution", "constant_factor", "wrong_sign"), name
            elif code == "missing_contribution":
                assert verdict.diagnosis.code in FORGOTTEN, (name, verdict.diagnosis)
            else:
                assert verdict.diagnosis.code == code, (name, code, verdict.diagnosis)


# -- changes of a rule's text


class Replaced(ast.NodeTransformer):
    """Puts something else in one place of a tree."""

    def __init__(self, place: ast.AST, by: ast.expr) -> None:
        self.place, self.by = place, by

    def visit(self, node: ast.AST) -> Any:
        return self.by if node is self.place else super().visit(node)


def rule_changes(rule: str) -> Iterator[tuple[str, str]]:
    """Every small change of a rule: what was done, and the text that it leaves."""
    for position, place in enumerate(ast.walk(ast.parse(rule, mode="eval").body)):
        for number, (what, _) in enumerate(changes_of(place)):
            tree = ast.parse(rule, mode="eval").body
            same = list(ast.walk(tree))[position]
            yield what, ast.unparse(Replaced(same, changes_of(same)[number][1]).visit(tree))


def changes_of(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """What somebody would get wrong about one operation of a rule."""
    match node:
        case ast.BinOp(left=a, op=ast.Mult() | ast.Div() | ast.MatMult() as op, right=b):
            other: ast.operator = ast.Mult() if isinstance(op, ast.MatMult) else ast.MatMult()
            joined = [("@ and *", ast.BinOp(a, other, b))] if not isinstance(op, ast.Div) else []
            return [("a factor dropped", a), ("a factor dropped", b), *joined]
        case ast.BinOp(left=a, op=ast.Sub(), right=b):
            return [
                ("a sign", ast.BinOp(a, ast.Add(), b)),
                ("a sign", ast.BinOp(b, ast.Sub(), a)),
                ("a term dropped", a),
            ]
        case ast.BinOp(left=a, op=ast.Add(), right=b):
            return [("a sign", ast.BinOp(a, ast.Sub(), b)), ("a term dropped", a), ("a term dropped", b)]
        case ast.BinOp(left=a, op=ast.Pow()):
            return [("a power dropped", a)]
        case ast.UnaryOp(op=ast.USub(), operand=a):
            return [("a sign", a)]
        case ast.Attribute(value=a, attr="mT" | "T"):
            return [("a transpose dropped", a)]
        case ast.Call(func=ast.Name(id="sum"), args=[a, *_]):
            return [("a sum dropped", a)]
        case ast.Call(func=ast.Name(id="where"), args=[c, a, b]):
            transposed = ast.Call(ast.Name("where", ast.Load()), [c, b, a], [])
            return [("a mask transposed", transposed), ("a mask dropped", a)]
        case ast.Call(func=ast.Name(id="sigmoid" | "sign" | "cos" | "sin" | "exp" | "log" | "softmax"), args=[a, *_]):
            return [("a function dropped", a)]
        case ast.Name(id="y"):
            return [("x for y", ast.Name("x", ast.Load()))]
    return []


def changed_rule(plan: Plan, name: str, text: str) -> Array | None:
    """What a changed rule gives for a tensor, with broadcasting undone; None where it does not run."""
    tensor = namespace(plan.program).target(name)
    (use,) = plan.program.backward.contributions[tensor]
    editable = EditableGradient(plan, tensor)
    names = {**use.box.scope, "g": use.incoming, "y": use.user} if use.box else rule_names(use.user, use.incoming)
    names |= {"i": 0}
    scope = Scope({key: _copied(editable, value) for key, value in names.items()}, internal=True)
    try:
        node = Evaluator(editable.graph).node(Evaluator(editable.graph).rule(text, scope), "a rule")
        lead = node.ndim - tensor.ndim
        axes = (*range(lead), *(i + lead for i, n in enumerate(tensor.shape) if n == 1 < node.shape[i + lead]))
        if lead >= 0 and axes and node.shape != tensor.shape:
            node = editable.graph.make(OPERATIONS["sum"], [node], {"axis": axes, "keepdims": lead == 0})
        return np.array(editable.value(node), np.float64)
    except (Problem, OperandError, KeyError, TypeError, IndexError, ValueError, AttributeError):
        return None


def _copied(editable: EditableGradient, value: Any) -> Any:
    if isinstance(value, Node):
        return editable.copied(value)
    return tuple(_copied(editable, one) for one in value) if isinstance(value, tuple) else value


def wrong_rules(plan: Plan, names: Iterable[str]) -> Iterator[tuple[str, str, str, Verdict]]:
    """Each change of each rule that gives those tensors' gradients, unless it changes nothing: the tensor, what was
    done, the rule that is left, the verdict."""
    for name in names:
        uses = plan.program.backward.contributions.get(namespace(plan.program).target(name), [])
        for what, text in rule_changes(uses[0].rule) if len(uses) == 1 else ():
            given = changed_rule(plan, name, text)
            if given is None:
                continue
            verdict = answered(plan, name, given)
            if not verdict.correct:
                yield name, what, text, verdict


FITTING = {
    "a sign": {
        "wrong_sign", "missing_local_derivative", "wrong_tensor", "constant_factor", "mean_for_sum",
        "missing_batch_sum", "axis_wrong",
    },
    "a factor dropped": {
        "missing_local_derivative", "missing_incoming_gradient", "constant_factor", "sum_for_mean",
        "elementwise_for_matmul", "wrong_sign", "wrong_tensor", "missing_batch_sum", "missing_contribution",
        "diagonal_only", "statistics_held_constant",
    },
    "@ and *": {
        "elementwise_for_matmul", "missing_local_derivative", "transposed", "missing_batch_sum",
        "statistics_held_constant",
    },
    "a term dropped": {
        "missing_local_derivative", "missing_contribution", "statistics_held_constant", "constant_factor",
        "wrong_tensor",
    },
    "a power dropped": {"missing_local_derivative", "constant_factor"},
    "a transpose dropped": {"transposed"},
    "a sum dropped": {"missing_batch_sum", "diagonal_only"},
    "a mask transposed": {"missing_local_derivative", "constant_factor"},
    "a mask dropped": {"missing_local_derivative", "constant_factor", "mask_ignored"},
    "a function dropped": {"missing_local_derivative", "wrong_tensor", "constant_factor"},
    "x for y": {
        "wrong_tensor", "activation_for_preactivation", "missing_local_derivative", "mean_for_sum",
        "missing_batch_sum",
    },
}  # fmt: skip
"""Which diagnoses fit a change; a factor of 1 or of a constant makes one look like another."""

UNKNOWN = {
    ("binary_cross_entropy", "a sign"): "the logarithm of a negative number, which is no number",
    ("binary_cross_entropy", "a factor dropped"): "one of two divisors that depend on the numbers",
    ("power", "a sign"): "the exponent's sign is folded into the code: 2 * a * g has no exponent any more",
    ("tanh", "x for y"): "of a single number near 0, which is nearly its own tanh: only rounding is seen",
    **{(name, "a sum dropped"): "divides by zero, which is said instead" for name in ("max", "min")},
    ("mse", "a factor dropped"): "a number without axes, once for a target that was stretched: two mistakes in one",
    ("erf", "a factor dropped"): "of a single number: 2 / sqrt(pi) upside down is a factor that nobody has a name for",
    ("prod", "x for y"): "each number divided by itself, where the product was to be divided by it",
    ("std", "x for y"): "a division by each number, where the standard deviation was meant",
    ("silu", "a function dropped"): "one of two sigmoids, within a sum",
    ("erf", "a power dropped"): "of a single number: 2 / pi for 2 / sqrt(pi) is no factor that has a name either",
    **{("gelu", f"a {what} dropped"): "a constant within one part of a sum" for what in ("power", "factor")},
    **{("erfc", f"a {what} dropped"): "of a single number: as with erf" for what in ("power", "factor")},
    ("tan", "x for y"): "within one part of a sum",
    **{(name, "a power dropped"): "within one part of a sum" for name in ("arctan2", "arcsinh")},
    **{(f"arc{name}", "a sign"): "the root of a negative number, no number" for name in ("sin", "cos", "sinh", "cosh")},
    **{
        (norm, what): "one mean for another in a difference of three parts"
        for norm in ("standardize", "layer_norm", "batch_norm")
        for what in ("a factor dropped", "x for y", "@ and *")
    },
}
"""Why some changes are not recognised."""


@pytest.mark.parametrize("sample", every(14, SAMPLES))
def test_each_change_of_each_rule_has_its_diagnosis(sample: Sample, request: pytest.FixtureRequest) -> None:
    record = request.node.callspec.id.partition(":")[0]
    plan = ran(sample)
    names = sorted(sample.shapes.keys() - sample.whole.keys() - set(sample.blocked))
    for name, what, text, verdict in wrong_rules(plan, names):
        assert verdict.diagnosis is not None
        if verdict.diagnosis.code in ("unknown", "wrong_approximation"):
            assert (record, what) in UNKNOWN, (name, text)
        else:
            assert verdict.diagnosis.code in FITTING[what], (name, text, verdict.diagnosis)


@each("name", some(["lesson13", *exercises], "lesson13", "broadcast_add", "cross_entropy", "network"))
def test_in_the_seeds_network_and_the_exercises_nothing_is_unknown(name: str) -> None:
    plan = bx.compile(examples[name] if name in examples else exercises[name].document)
    plan.run()
    seen = 0
    for tensor, what, text, verdict in wrong_rules(plan, [str(one.name) for one in to_find(plan.program)]):
        assert verdict.diagnosis is not None
        assert verdict.diagnosis.code in FITTING[what], (tensor, text, verdict.diagnosis)
        seen += 1
    assert seen
    for one in to_find(plan.program):
        right = np.array(plan[f"{one.name}.g"])
        for code, given in whole_changes(plan, one, right):
            verdict = answered(plan, str(one.name), given)
            assert verdict.correct or verdict.diagnosis and verdict.diagnosis.code != "unknown", (one.name, code)


# -- what a diagnosis says


def test_a_message_never_gives_the_answer() -> None:
    for name in exercises:
        plan = bx.compile(exercises[name].document)
        plan.run()
        for mistake in exercises[name].mistakes:
            verdict = judged(plan, mistake["tensor"], mistake["answer"])
            assert verdict.diagnosis is not None
            answer = solution(plan, namespace(plan.program).target(mistake["tensor"]))
            assert re.fullmatch(r"[\w.]+", answer) or answer not in verdict.diagnosis.message


LESSON = {
    "w1": [
        ("l1.g.T @ x", "wrong_shape", "transposed"), ("x * l1.g", "error", "elementwise_for_matmul"),
        ("x.T @ l2.g", "wrong_value", "wrong_tensor"), ("x.T @ out.g", "wrong_shape", "wrong_tensor"),
        ("-x.T @ l1.g", "wrong_value", "wrong_sign"), ("x.T @ l1.g / 6", "wrong_value", "mean_for_sum"),
        ("2 * x.T @ l1.g", "wrong_value", "constant_factor"), ("l1.g", "wrong_shape", "missing_local_derivative"),
        ("x @ l1.g.T", "error", "transposed"), ("x.T", "wrong_shape", "missing_incoming_gradient"),
        ("x[:, :, None] * l1.g[:, None, :]", "wrong_shape", "missing_batch_sum"),
        ("x.T @ l1", "wrong_value", "wrong_tensor"),
    ],
    "b1": [
        ("l1.g", "wrong_shape", "missing_batch_sum"), ("l1.g.mean(0)", "wrong_value", "mean_for_sum"),
        ("l2.g.sum(0)", "wrong_value", "wrong_tensor"), ("1", "wrong_shape", "missing_local_derivative"),
    ],
    "l1": [
        ("l2.g", "wrong_value", "missing_local_derivative"), ("l1 * l2.g", "wrong_value", "missing_local_derivative"),
    ],
    "l2": [("out.g @ w2", "error", "transposed"), ("w2 @ out.g", "error", "transposed")],
    "out": [
        ("2 * (out[:, 0] - y)[:, None]", "wrong_value", "sum_for_mean"),
        ("2 / 6 * (out - y)", "wrong_shape", "transposed"),
        ("2 / 6 * (y - out[:, 0])[:, None]", "wrong_value", "wrong_sign"),
        ("(out[:, 0] - y)[:, None] / 6", "wrong_value", "constant_factor"),
        ("(out[:, 0] - y)[:, None] ** 2 / 6", "wrong_value", "missing_local_derivative"),
    ],
}  # fmt: skip
"""Answers to the seeds' network, with verdict and diagnosis."""


@each(("tensor", "text", "verdict", "code"), [(t, *row) for t, rows in LESSON.items() for row in rows])
def test_wrong_answers_to_the_seeds_network(tensor: str, text: str, verdict: str, code: str) -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    found = judged(plan, tensor, text)
    assert found.diagnosis is not None
    assert (found.verdict, found.diagnosis.code) == (verdict, code)
    assert len(found.diagnosis.message) > 40


def test_numbers_from_elsewhere_are_diagnosed_like_formulae() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    torch_layout = plan["w1.g"].T.tolist()
    assert judged(plan, "w1", torch_layout).diagnosis.code == "transposed"  # type: ignore[union-attr]


SQUARE = {
    "program": "h = x @ w\nout = relu(h)\nloss = mse(out, y)",
    "inputs": {"x": [[1.0, -2.0], [0.5, 1.5]], "y": [[0.0, 1.0], [2.0, 0.5]]},
    "parameters": {"w": [[0.3, -0.7], [1.1, 0.4]]},
}


@each(
    ("document", "tensor", "text", "notes"),
    [
        (SQUARE, "w", "x @ h.g", ("coincidental_shape",)),
        (SQUARE, "w", "h.g.T @ x", ("coincidental_shape",)),
        (SQUARE, "w", "x * h.g", ("coincidental_shape",)),
        (SQUARE, "w", "x.T @ h.g", ()),
        (SQUARE, "w", "2 * x.T @ h.g", ()),
        (SQUARE, "x", "h.g @ w", ("coincidental_shape",)),
        (SQUARE, "h", "(h > 0) * out.g", ()),
        (examples["lesson13"], "w1", "x.T @ l2.g", ()),
    ],
)
def test_a_shape_that_fits_by_coincidence_is_noted(
    document: dict[str, Any], tensor: str, text: str, notes: tuple[str, ...]
) -> None:
    plan = bx.compile(document)
    plan.run()
    assert judged(plan, tensor, text).notes == notes


def test_a_difference_within_the_tolerance_is_correct() -> None:
    wide, narrow = bx.compile(SQUARE), bx.compile({**SQUARE, "dtype": "float32"})
    for plan, small, large in ((wide, 1e-10, 1e-8), (narrow, 1e-5, 1e-3)):
        plan.run()
        right = np.array(plan["w.g"], np.float64)
        assert judged(plan, "w", right + small).correct
        assert judged(plan, "w", right + large).verdict == "wrong_value"


def test_a_formula_that_is_right_for_these_numbers_only_is_noted() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    before = plan.snapshot()
    found = check(plan, {"l1": "relu(l1) * l2.g", "w1": "x.T @ l1.g", "b2": "out.g.sum(0)"})["verdicts"]
    assert {name: verdict["verdict"] for name, verdict in found.items()} == dict.fromkeys(found, "correct")
    assert found["l1"]["notes"] == ["coincidental_numbers"]
    assert "for others it is wrong" in found["l1"]["hint"]
    assert found["w1"]["notes"] == found["b2"]["notes"] == []
    assert all(np.array_equal(before[name], array) for name, array in plan.snapshot().items())


@each("name", some([*examples, *exercises], *TELLING, "network", "broadcast_add"))
def test_solutions_are_right_for_other_numbers_too(name: str) -> None:
    plan = bx.compile(examples[name] if name in examples else exercises[name].document)
    plan.run()
    found = check(plan, {str(one.name): solution(plan, one) for one in to_find(plan.program)})
    assert found["correct"]
    assert not any(verdict["notes"] for verdict in found["verdicts"].values())
