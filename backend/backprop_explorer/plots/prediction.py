"""What a program predicts, and what it should have: found by structure, from the loss backwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop_explorer.engine import Plan, compile_document
from backprop_explorer.engine.program import Program
from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.graph.walk import in_order
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

ANSWERS = ((0.0, 1.0), (-1.0, 1.0))
"""The pairs of numbers that a target says no and yes with."""


@dataclass(frozen=True)
class Prediction:
    """The tensor that meets the data in the loss, and the data that it meets there."""

    output: Node
    target: Node

    @property
    def name(self) -> str:
        """The prediction as it stands in the program."""
        return code(self.output)


def not_applicable(reason: str, hint: str | None = None) -> Problem:
    """This plot makes no sense for this program or its data."""
    return Problem("not_applicable", reason, hint=hint)


@lru_cache(maxsize=64)
def prediction_of(program: Program) -> Prediction:
    """The last tensor on the way to the loss through which all goes that its inputs have to say, while other data comes
    in later: the target. Where data is its own target, the first tensor on the way back that meets data. A `Problem`
    where there is none."""
    reads = _inputs_of(program)
    whole = reads[program.backward.loss]
    learned = _made_of(program, program.parameters)
    for node in reversed(program.graph.nodes):
        said = reads.get(node, frozenset())
        if node in learned and said and said < whole and not node.hidden and _all_goes_through(program, node, said):
            return Prediction(node, _target_of(program, node, reads))
    return _met(program, learned)


def _inputs_of(program: Program) -> dict[Node, frozenset[str]]:
    """The inputs that each forward node depends on."""
    found = {leaf: frozenset[str]() for leaf in program.forward.leaves.values()}
    found |= {program.forward.leaves[name]: frozenset([name]) for name in program.inputs}
    for node in program.graph.nodes:
        if node.phase == "forward":
            parts = [found[operand] for operand in node.operands if operand in found]
            found[node] = frozenset[str]().union(*parts)
    return found


def _all_goes_through(program: Program, node: Node, inputs: frozenset[str]) -> bool:
    """Whether the loss would know nothing of these inputs but for the node."""
    later = {program.forward.leaves[name] for name in inputs}
    for other in program.graph.nodes:
        if other is not node and other.phase == "forward" and any(operand in later for operand in other.operands):
            later.add(other)
    return program.backward.loss not in later


def _target_of(program: Program, output: Node, reads: dict[Node, frozenset[str]]) -> Node:
    """What the prediction meets: a tensor of the program, or the input itself where it is met in several forms."""
    later = {output}
    met: dict[Node, None] = {}
    for node in program.graph.nodes:
        if node.phase == "forward" and any(operand in later for operand in node.operands):
            later.add(node)
    for node in later - {output}:
        box = closed_box(node)
        operands = box.operands if box else [] if node.hidden else node.operands
        met |= dict.fromkeys(operand for operand in operands if operand not in later and reads.get(operand))
    if len(met) == 1:
        return next(iter(met))
    return program.forward.leaves[min(name for operand in met for name in reads[operand])]


def _met(program: Program, learned: set[Node]) -> Prediction:
    """Back from the loss to where what was learned meets data."""
    data = _made_of(program, program.inputs)
    node = program.backward.loss
    while True:
        box = closed_box(node)
        operands = [one for one in (box.operands if box else node.operands) if one.operation is not CONSTANT]
        outputs = [operand for operand in operands if operand in learned and operand in data]
        targets = [operand for operand in operands if operand in data and operand not in learned]
        if not outputs:
            raise not_applicable("the loss compares nothing that was learned with data, so there is no prediction")
        if targets:
            return Prediction(outputs[0], targets[-1])
        node = outputs[0]


def _made_of(program: Program, names: tuple[str, ...]) -> set[Node]:
    """The forward nodes that depend on one of the given tensors."""
    found = {program.forward.leaves[name] for name in names}
    for node in program.graph.nodes:
        if node.phase == "forward" and any(operand in found for operand in node.operands):
            found.add(node)
    return found


@dataclass(frozen=True)
class Classes:
    """What a classifier says of each sample: `truth` and `said` are positions in `names`. With two classes that one
    score tells apart, `threshold` is where it changes its mind."""

    names: list[str]
    truth: Array
    said: Array
    threshold: float | None

    @property
    def right(self) -> Array:
        """Which samples are classified as they should be."""
        return np.asarray(self.truth == self.said)


def on_all_rows(plan: Plan) -> Plan:
    """The plan, or where an iteration takes a part of the data, one with the same numbers that has run on all of it."""
    if plan.batch is None:
        return plan
    whole = compile_document(plan.document.replace(batch=None, validation=None), plan.program.graph.meter.budget)
    trained = {name: array for name, array in plan.snapshot().items() if name in plan.program.parameters}
    whole.restore(trained, partial=True)
    whole.run()
    return whole


def classes_of(plan: Plan, prediction: Prediction) -> Classes:
    """The classes as the plan stands. A `Problem` where the program is no classifier."""
    scores, target = plan.array(prediction.output), plan.array(prediction.target)
    if prediction.target.kind.name == "whole":
        return _labelled(scores.reshape(-1, scores.shape[-1]), target.reshape(-1))
    if _is_one_hot(target) and scores.shape == target.shape:
        flat = scores.reshape(-1, scores.shape[-1])
        return _labelled(flat, target.reshape(flat.shape).argmax(1))
    return _told_apart(plan, prediction, scores, target)


def _labelled(scores: Array, labels: Array) -> Classes:
    names = [str(label) for label in range(scores.shape[-1])]
    return Classes(names, labels.astype(int), scores.argmax(1), None)


def _is_one_hot(target: Array) -> bool:
    if target.ndim != 2 or target.shape[1] < 2:
        return False
    return bool(((target == 0) | (target == 1)).all() and (target.sum(1) == 1).all())


def _told_apart(plan: Plan, prediction: Prediction, scores: Array, target: Array) -> Classes:
    """Two classes and one score a sample: said is the class whose loss would be the smaller one."""
    answers = next((pair for pair in ANSWERS if set(np.unique(target)) <= set(pair)), None)
    if answers is None or not target.ndim or not scores.size == target.size == target.shape[0]:
        reason = f"{prediction.name} is no score of classes: {code(prediction.target)} holds neither labels nor 0 and 1"
        raise not_applicable(reason)
    threshold = threshold_of(plan, prediction, answers)
    if threshold is None:
        raise not_applicable(f"no threshold of {prediction.name} tells its two classes apart by this loss")
    truth, said = (target.reshape(-1) == answers[1]).astype(int), (scores.reshape(-1) > threshold).astype(int)
    return Classes([f"{answer:g}" for answer in answers], truth, said, threshold)


def threshold_of(plan: Plan, prediction: Prediction, answers: tuple[float, float]) -> float | None:
    """The score at which both answers would have the same loss: 0 or their middle; None where it is neither."""
    for score in (0.0, sum(answers) / 2):
        no, yes = (_loss_of(plan, prediction, score, answer) for answer in answers)
        if abs(no - yes) <= 1e-6 * max(abs(no), abs(yes), 1e-12):
            return score
    return None


def _loss_of(plan: Plan, prediction: Prediction, score: float, answer: float) -> float:
    """The loss if all samples had that score, and were meant to have that answer."""
    program = plan.program
    changed = {
        prediction.output: np.full(prediction.output.shape, score, program.graph.dtype),
        prediction.target: np.full(prediction.target.shape, answer, program.graph.dtype),
    }
    nodes = [node for node in _after(program, prediction) if node not in changed]
    others = {operand for node in nodes for operand in node.operands} - {*nodes, *changed}
    known = {node: plan.array(node) for node in others if node.operation is not CONSTANT}
    with np.errstate(all="ignore"):
        return float(calculate(nodes, {**known, **changed}, program.graph.dtype)[program.backward.loss])


def _after(program: Program, prediction: Prediction) -> list[Node]:
    """What is calculated between the prediction and the loss, in order."""
    later = {prediction.output, prediction.target}
    for node in program.graph.nodes:
        if node.phase == "forward" and any(operand in later for operand in node.operands):
            later.add(node)
    return in_order(program.backward.loss, among=later.__contains__)
