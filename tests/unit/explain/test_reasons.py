"""Why an operation passes back what it does: every record says it, in the names of the network, and its pictures have
the engine's numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan, compile_document, opened
from backprop_explorer.examples import examples
from backprop_explorer.explain import why_step
from backprop_explorer.graph.node import Box
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.reference.sample import sample_document
from tests.amount import every
from tests.together import each

PLAIN = ("elementwise", "leaf")
"""Families whose gradient is obvious element by element: the rule itself is the reason."""


def ran(document: dict[str, Any]) -> Plan:
    plan = bx.compile(document)
    plan.run()
    return plan


def why(plan: Plan, output: str, index: tuple[int, ...] | None = None, phase: str = "backward") -> dict[str, Any]:
    step = next(i for i, line in enumerate(plan.program.lines) if (line.output, line.phase) == (output, phase))

    def inside() -> Plan:
        other = opened(plan)
        other.run()
        return other

    return why_step(plan, step, inside, index)


def told(answer: dict[str, Any], kind: str) -> str:
    return "\n".join(one["text"] for one in answer["story"] if one["kind"] == kind)


@each("name", [name for name, one in OPERATIONS.items() if one.rules and not one.internal])
def test_every_operation_says_why(name: str) -> None:
    record = OPERATIONS[name]
    if record.family in PLAIN and record.kink is None:
        return
    assert set(record.why) == set(record.rules) or (record.family in PLAIN and not record.why), name


@each("name", every(2, [name for name, one in COMPOSITES.items() if not one.internal]))
def test_every_composite_says_why_for_each_tensor_that_it_differentiates(name: str) -> None:
    record = COMPOSITES[name]
    asked = set(record.gradients)
    for sample in record.samples:
        plan = compile_document(dict(sample_document(name, sample)))
        boxes = [box for node in plan.program.graph.nodes for box in node.boxes if box.record is record]
        asked |= {key for box in boxes for key in _given(plan, box)}
    assert asked <= set(record.why), name


def _given(plan: Plan, box: Box) -> list[str]:
    leaves = set(plan.program.forward.leaves.values())
    return [name for name, value in box.bound.items() if value in leaves and value.differentiable]


def test_sentences_are_whole_and_speak_of_what_there_is() -> None:
    records = [*OPERATIONS.values(), *COMPOSITES.values()]
    for record in records:
        names = (
            {name.lstrip("*") for name in record.operands}
            if hasattr(record, "operands")
            else {argument.arg for argument in record.definition.args.args}
        )
        for operand, sentence in record.why.items():
            assert operand in names, record.name
            places = set(re.findall(r"{(\w+)}", sentence))
            assert places <= names | {"y", "g", "line", "mean", "over"}, (record.name, places)
            assert sentence.rstrip().endswith((".", "{mean}")), record.name
            assert sentence.count("`") % 2 == 0
            assert len(sentence) < 420, record.name


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_says_what_its_idea_is(name: str) -> None:
    plan = ran({**examples["lesson13"], "optimizer": {"name": name}})
    answer = why(plan, "w1", phase="update")
    assert OPTIMIZERS[name].why in told(answer, "optimizer")
    titles = [one["title"] for one in answer["story"]]
    assert {"Why minus?", "What does the learning rate do?", "Aren't the weights constant?"} <= set(titles)
    assert f"Here it is {OPTIMIZERS[name].options['lr']:g}." in told(answer, "rate")


def test_a_step_of_sgd_is_told_in_numbers() -> None:
    text = told(why(ran(examples["lesson13"]), "w1", phase="update"), "rate")
    assert "`w1[9, 0]` has the slope 0.667 and changes by \u22120.333." in text


def test_a_step_without_momentum_does_not_speak_of_it() -> None:
    for momentum, said in ((0, False), (0.9, True)):
        plan = ran({**examples["lesson13"], "optimizer": {"name": "sgd", "lr": 0.1, "momentum": momentum}})
        assert ("with momentum" in told(why(plan, "w1", phase="update"), "update")) == said


def test_the_weight_that_moves_most_is_named() -> None:
    plan = ran(examples["lesson13"])
    text = told(why(plan, "w2", phase="update"), "farthest")
    after = ran(examples["lesson13"])
    after.step()
    most = {name: abs(after[name] - plan[name]).max() for name in plan.program.parameters}
    assert text.startswith(f"`b1[0]` and `w2[0, 0]` move farthest, by {max(most.values()):.3g} each.")
    assert "`w1[9, 0]` by 0.333" in text


@each("name", [name for name, one in {**OPERATIONS, **COMPOSITES}.items() if one.samples])
def test_every_record_is_explained_in_a_program(name: str) -> None:
    record = {**OPERATIONS, **COMPOSITES}[name]
    for sample in record.samples[:2]:
        plan = ran(dict(sample_document(name, sample)))
        for step, line in enumerate(plan.program.lines):
            if line.phase == "backward":
                answer = why_step(plan, step, lambda plan=plan: plan)
                assert not re.search(r"[{}]", told(answer, "reason"))


def test_a_tensor_that_is_both_operands_has_its_reasons() -> None:
    document = {"program": "s = a @ a\nloss = sum(s ** 2) + mse(a, a)", "parameters": {"a": [[1.0, 2.0], [0.5, 1.0]]}}
    plan = ran(document)
    steps = [i for i, line in enumerate(plan.program.lines) if line.output.startswith("a.g")]
    assert len(steps) > 2
    for step in steps:
        assert why_step(plan, step, lambda: plan)["story"]


def test_a_target_that_was_broadcast_is_compared_with_nothing() -> None:
    document = {"program": "loss = mse(x, t)", "parameters": {"x": [[1.0, 2.0], [0.5, 1.0]], "t": [1.0, 0.0]}}
    plan = ran(document)
    assert why(plan, "t.g")["comparison"] is None
    assert len(why(plan, "x.g", (0, 1))["comparison"]["rows"]) == 2


def test_softmax_says_that_the_others_fall() -> None:
    plan = ran(examples["attention_head"])
    answer = why(plan, "scores.g", (3, 1))
    reason = told(answer, "reason")
    assert "Every probability in a row of `p` depends on every score of that row" in reason
    assert "`p.g` counts only as far as it differs from its mean" in reason
    effect = answer["effect"]
    assert (effect["tensor"], effect["index"], effect["output"]) == ("p.where", [3, 1], "p")
    assert [cell["index"] for cell in effect["cells"]] == [[3, 0], [3, 1], [3, 2], [3, 3]]
    moves = [cell["derivative"] for cell in effect["cells"]]
    assert [move > 0 for move in moves] == [False, True, False, False]
    assert sum(moves) == pytest.approx(0, abs=1e-15)
    assert effect["total"] == pytest.approx(plan["scores.g"][3, 1], rel=1e-12)


@pytest.mark.parametrize(("line", "axis"), [("row", 1), ("column", 0)])
def test_the_line_is_called_by_its_axis(line: str, axis: int) -> None:
    document = {"program": f"p = softmax(s, {axis})\nloss = sum(p ** 2)", "parameters": {"s": [[1.0, 2.0], [0.5, 0.1]]}}
    assert f"in a {line} of `p` depends on every score of that {line}" in told(why(ran(document), "s.g"), "reason")


@pytest.mark.parametrize("name", ["layer_norm", "batch_norm"])
def test_what_raising_a_number_does_is_what_central_differences_say(name: str) -> None:
    plan = ran(examples[name])
    at = (2, 1)
    effect = why(plan, "h.g", at)["effect"]
    h, eps = plan["h"].copy(), 1e-6
    axis = 1 if name == "layer_norm" else 0

    def results(x: np.ndarray) -> np.ndarray:
        gain, shift = plan["gain"], plan["shift"]
        return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + 1e-5) * gain + shift

    up, down = h.copy(), h.copy()
    up[at] += eps
    down[at] -= eps
    expected = (results(up) - results(down)) / (2 * eps)
    assert effect["output"] == "n"
    assert {tuple(cell["index"]) for cell in effect["cells"]} == {
        (2, i) if axis else (i, 1) for i in range(h.shape[axis])
    }
    for cell in effect["cells"]:
        assert cell["derivative"] == pytest.approx(expected[tuple(cell["index"])], rel=1e-5, abs=1e-8)
    assert sum(cell["contribution"] for cell in effect["cells"]) == pytest.approx(plan["h.g"][at], rel=1e-9)


def test_of_many_results_the_strongest_are_listed_and_the_rest_is_summed() -> None:
    document = {
        "program": "p = softmax(s)\nloss = sum(p ** 2)",
        "parameters": {"s": np.random.default_rng(0).normal(size=(2, 40))},
    }
    plan = ran(document)
    effect = why(plan, "s.g", (1, 7))["effect"]
    assert (len(effect["cells"]), effect["cell_count"]) == (12, 40)
    total = sum(cell["contribution"] for cell in effect["cells"]) + effect["rest"]
    assert total == pytest.approx(plan["s.g"][1, 7], rel=1e-9)
    assert effect["rest"] != 0


@pytest.mark.parametrize(
    ("example", "output", "words", "divisor"),
    [
        ("softmax_classifier", "scores.g", ("probability", "expected"), 5),
        ("lesson13", "out.g", ("prediction", "target"), 3),
        ("xor", "score.g", ("probability", "expected"), 4),
    ],
)
def test_a_loss_shows_what_it_compares(example: str, output: str, words: tuple[str, str], divisor: float) -> None:
    plan = ran(examples[example])
    index = (1, 0) if output != "scores.g" else (1, 2)
    shown = why(plan, output, index)["comparison"]
    assert (shown["first"], shown["second"]) == words
    assert shown["divisor"] == pytest.approx(divisor)
    for row in shown["rows"]:
        assert (row["first"] - row["second"]) / divisor == pytest.approx(row["gradient"], rel=1e-9, abs=1e-15)
    if example == "softmax_classifier":
        scores = plan["scores"][1]
        p = np.exp(scores) / np.exp(scores).sum()
        assert [row["first"] for row in shown["rows"]] == pytest.approx(list(p))
        assert [row["second"] for row in shown["rows"]] == [0, 1, 0]


def test_a_mean_says_what_it_divides_by_and_a_sum_does_not() -> None:
    document: dict[str, Any] = {
        "program": "loss = mse(a, t)", "inputs": {"t": [0.0, 1.0, 2.0]}, "parameters": {"a": [1.0, 1.0, 1.0]},
    }  # fmt: skip
    text = told(why(ran(document), "a.g"), "reason")
    assert "each difference `a - t`" in text
    assert "its own error times 2 / 3," in text
    text = told(why(ran({**document, "program": 'loss = mse(a, t, reduction="sum")'}), "a.g"), "reason")
    assert "its own error times 2," in text
    assert "mean" not in text


def test_a_convolution_says_that_its_kernel_is_shared() -> None:
    text = told(why(ran(examples["convnet"]), "k1.g", (0, 0, 1, 1)), "reason")
    assert "The kernel is the same at every place and for every sample" in text
    assert "the element of `image` that lay under it there" in text


def test_composites_that_are_opened_leave_the_word_to_their_steps() -> None:
    plan = opened(ran(examples["layer_norm"]))
    plan.run()
    for step, line in enumerate(plan.program.lines):
        if line.phase == "backward":
            answer = why_step(plan, step, lambda: plan)
            assert "Why does `layer_norm` pass this back?" not in [one["title"] for one in answer["story"]]


def test_data_and_weights_have_their_questions() -> None:
    plan = ran(examples["lesson13"])
    assert "forward and backward pass use the same numbers of `w1`" in told(why(plan, "w1.g"), "constant")
    assert "Why is there a gradient of `x`, which is data?" in [one["title"] for one in why(plan, "x.g")["story"]]
    assert told(why(plan, "l1.g"), "constant") == told(why(plan, "l1.g"), "data") == ""


def test_what_relu_cuts_off_is_named() -> None:
    text = told(why(ran(examples["lesson13"]), "l1.g"), "through")
    assert "3 numbers that came in different from 0 went out as 0: `l1.g[0, 1]`, `l1.g[3, 0]`, `l1.g[4, 1]`." in text


def test_dead_units_say_why() -> None:
    document = {**examples["lesson13"], "optimizer": {"name": "sgd", "lr": 5}}
    plan = bx.compile(document)
    plan.step()
    plan.run()
    dead = [one for one in why(plan, "l1.g")["story"] if one["kind"] == "dead"]
    assert [one["title"] for one in dead] == ["Why are units 0 and 1 dead?"]
    highest = plan["l1"].max()
    assert highest < 0
    assert f"`l1` is at most \u2212{-highest:.3g} there for all 6 samples" in dead[0]["text"]
    assert told(why(ran(examples["lesson13"]), "l1.g"), "dead") == ""


def test_what_rounding_leaves_of_a_zero_is_said_where_it_decides() -> None:
    plan = bx.compile(examples["lesson13"])
    plan.step()
    plan.run()
    left = {(int(i), int(j)) for i, j in np.argwhere((plan["l1"] != 0) & (abs(plan["l1"]) < 1e-14))}
    assert left == {(3, 1), (4, 0)}  # by hand 1/6 - 1/6 and 1/2 - 1/2
    for output, phase in (("l1.g", "backward"), ("l2", "forward")):
        text = told(why(plan, output, phase=phase), "rounding")
        assert "`l1[3, 1]` is 1.67e\u221216 and `l1[4, 0]` is 1.11e\u221216, and 0 on paper" in text
    assert told(why(ran(examples["lesson13"]), "l1.g"), "rounding") == ""


@pytest.mark.parametrize("stored", ["in_out", "out_in"])
def test_both_layouts_give_the_same_network(stored: str) -> None:
    random = np.random.default_rng(3)
    w = random.normal(size=(4, 3))
    document: dict[str, Any] = {
        "program": f"h = x @ {'w' if stored == 'in_out' else 'w.T'} + b\nloss = mean((h - t) ** 2)",
        "inputs": {"x": random.normal(size=(5, 4)), "t": random.normal(size=(5, 3))},
        "parameters": {"w": w if stored == "in_out" else w.T, "b": np.zeros(3)},
    }
    plan = ran(document)
    for output in ("w.g", "x.g"):
        both = why(plan, output)["layouts"]
        assert [one["name"] for one in both] == ["in_out", "out_in"]
        assert [one["shape"] for one in both] == [[4, 3], [3, 4]]
        assert [one["own"] for one in both] == [stored == "in_out", stored == "out_in"]
        for one in both:
            turned = ran({
                **document,
                "program": f"h = {one['forward']} + b\nloss = mean((h - t) ** 2)",
                "parameters": {"w": w if one["name"] == "in_out" else w.T, "b": np.zeros(3)},
            })  # fmt: skip
            assert float(turned.loss) == pytest.approx(float(plan.loss))
            for name in ("weight_gradient", "input_gradient"):
                tensor, _, code = one[name].partition(".g = ")
                report = bx.check(turned, {tensor: code})
                assert report.correct, one[name]
    assert why(plan, "h.g")["layouts"] is None
