"""A lesson that somebody wrote: what is taken, and what is said of the rest."""

import copy
from typing import Any

import numpy as np
import pytest

from backprop_explorer.engine import compile_document
from backprop_explorer.lessons import limits
from backprop_explorer.lessons.lesson import read_lesson
from backprop_explorer.lessons.numbers import Numbers, training
from backprop_explorer.lessons.places import place_of, step_of
from backprop_explorer.lessons.resolved import chapter_at, judged_on, lesson_of, resolved
from backprop_explorer.lessons.sentences import filled
from backprop_explorer.problem import Problem
from tests.together import each

DOCUMENT: dict[str, Any] = {
    "program": "h = relu(x @ w + b)\nloss = mean(h ** 2)",
    "inputs": {"x": [[1.0, -2.0], [0.5, 1.0], [2.0, 0.0]]},
    "parameters": {"w": [[1.0, -1.0], [0.5, 2.0]], "b": [0.25, -0.5]},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
SAID = {"ask": "Which?", "hint": "Look again.", "because": "So it is."}
QUESTIONS: dict[str, dict[str, Any]] = {
    "cells": {"of": "h", "where": "h > 0"},
    "number": {"value": "w.g[0, 0]"},
    "shape": {"of": "w.g"},
    "drag": {"weight": "w[0, 0]", "falls": "loss"},
    "formula": {"of": "w"},
    "mend": {"of": "b", "mistake": "mean_for_sum"},
    "reason": {"options": [{"text": "Yes.", "holds": "loss > 0"}, {"text": "No.", "holds": "loss < 0"}]},
}


def lesson(**chapter: Any) -> dict[str, Any]:
    return copy.deepcopy(
        {
            "title": "Mine",
            "description": "A lesson.",
            "minutes": 3,
            "document": DOCUMENT,
            "chapters": [{"title": "One", "text": "The loss is {loss}.", "step": "loss", **chapter}],
        }
    )


def asking(kind: str, **more: Any) -> dict[str, Any]:
    return lesson(question={"kind": kind, **SAID, **QUESTIONS[kind], **more})


@each("kind", list(QUESTIONS))
def test_each_kind_of_question_is_resolved(kind: str) -> None:
    question = resolved(lesson_of(asking(kind)), check=True)["chapters"][0]["question"]
    assert question is not None
    assert question["kind"] == kind
    assert question["ask"] == "Which?"


@each(
    ("change", "said"),
    [
        ({"chapters": []}, "“chapters” must be a list"),
        ({"chapters": [{}] * (limits.MOST_CHAPTERS + 1)}, "“chapters” must be a list"),
        ({"minutes": 0}, "“minutes”"),
        ({"minutes": True}, "“minutes”"),
        ({"title": ""}, "“title”"),
        ({"title": "x" * (limits.LONGEST_TEXT + 1)}, "“title”"),
        ({"example": "lesson13"}, "one of example, exercise and document"),
        ({"colour": 1}, "“colour”"),
        ({"document": 3}, "“document”"),
    ],
)
def test_a_wrong_key_of_a_lesson(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem, match=said):
        resolved(lesson_of({**lesson(), **change}))


@each(
    ("chapter", "said"),
    [
        ({"step": "loss2"}, "Chapter 1.*no step computes 'loss2'"),
        ({"text": "It is {los}."}, "Chapter 1.*los"),
        ({"text": "It is {w.g}, {loss"}, None),
        ({"text": "{x.g + w.g}"}, "Chapter 1"),
        ({"text": "{loss} " * (limits.MOST_NUMBERS + 1)}, "at most"),
        ({"text": f"{{loss{' + 0' * 60}}}"}, "at most 200 characters"),
        ({"iteration": 21}, "Chapter 1, “iteration”"),
        ({"iteration": "1"}, "Chapter 1, “iteration”"),
        ({"selection": "w.g[5, 0]"}, "Chapter 1.*axis 0 of w"),
        ({"selection": "w.g[0]"}, "Chapter 1"),
        ({"tab": "whi"}, "Chapter 1, “tab”"),
        ({"lit": "x"}, "Chapter 1, “lit”"),
        ({"lit": ["q"]}, "Chapter 1.*no tensor 'q'"),
        ({"fresh": 1}, "Chapter 1, “fresh”"),
        ({"quest": {}}, "Chapter 1, “quest”"),
        ({"text": "{before(loss)}"}, "no iteration before"),
        ({"text": "{after(loss}"}, "never closed"),
    ],
)
def test_a_wrong_key_of_a_chapter(chapter: dict[str, Any], said: str | None) -> None:
    if said is None:  # a brace that is not closed is a brace
        assert resolved(lesson_of(lesson(**{**chapter, "text": "It is {loss"})))["chapters"][0]["text"] == "It is {loss"
        return
    with pytest.raises(Problem, match=said):
        resolved(lesson_of(lesson(**chapter)))


@each(
    ("kind", "change", "said"),
    [
        ("cells", {"where": "w > 0"}, "has the shape"),
        ("cells", {"where": "h < -1"}, "no cell"),
        ("cells", {"where": None}, "“where”"),
        ("cells", {"moves": "w[0, 0]"}, "either where or moves"),
        ("number", {"value": "w.g"}, "one number is needed"),
        ("number", {"tolerance": 2}, "“tolerance”"),
        ("number", {"unit": "dozen"}, "“unit”"),
        ("shape", {"of": "q"}, "no tensor"),
        ("drag", {"rises": "loss"}, "one of falls, rises"),
        ("drag", {"weight": "h[0, 0]"}, "only given numbers"),
        ("drag", {"falls": "b[1]"}, "no value within"),
        ("formula", {"choices": ["x.T"]}, "“choices”"),
        ("formula", {"choices": ["x.T", "w"]}, "none of the choices is right"),
        ("mend", {"mistake": "kernel_not_flipped"}, "cannot be made"),
        ("mend", {"mistake": "no_such"}, "“mistake”"),
        ("reason", {"options": [{"text": "A", "holds": "loss < 0"}] * 2}, "none of the options"),
        ("reason", {"options": [{"text": "A", "holds": "loss > 0"}] * 2}, "every one of the options"),
        ("reason", {"options": [{"text": "A", "zero": "input"}] * 2}, "needs the question’s|needs the question's"),
        ("reason", {"options": [{"text": "A"}] * 2}, "either holds or zero"),
        ("reason", {"hint": 3}, "“hint”"),
    ],
)
def test_a_wrong_key_of_a_question(kind: str, change: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem, match=said):
        resolved(lesson_of(asking(kind, **change)), check=True)


def test_an_unknown_kind_and_what_is_no_object() -> None:
    with pytest.raises(Problem, match="kind") as refused:
        read_lesson(lesson(question={"kind": "cell", **SAID}))
    assert "cells" in (refused.value.hint or "")
    for content in (None, [], "lesson", 3):
        with pytest.raises(Problem):
            read_lesson(content)
    with pytest.raises(Problem, match="Chapter 1 must be"):
        read_lesson({**lesson(), "chapters": [3]})
    with pytest.raises(Problem, match="no lesson") as unknown:
        lesson_of("training-stop")
    assert unknown.value.status == 404
    assert "training-step" in (unknown.value.hint or "")


def judge(content: dict[str, Any], answer: object) -> dict[str, Any]:
    return dict(judged_on(chapter_at(lesson_of(content), 1), training(content["document"]), answer))


def test_cells_tell_how_many_are_wrong_and_which() -> None:
    h = np.maximum(np.array(DOCUMENT["inputs"]["x"]) @ DOCUMENT["parameters"]["w"] + DOCUMENT["parameters"]["b"], 0)
    right = np.argwhere(h > 0).tolist()
    assert judge(asking("cells"), right) == {"right": True, "message": "So it is."}
    off = np.argwhere(h <= 0).tolist()[0]
    said = judge(asking("cells"), [*right[1:], off])
    assert said == {"right": False, "message": "1 cell too many and 1 missing. Look again.", "off": [off]}
    for answer in (None, "all", [[0]], [[0, 9]], [[0, True]], [3]):
        with pytest.raises(Problem, match="must be"):
            judge(asking("cells"), answer)


def test_cells_that_a_number_moves() -> None:
    question = {"kind": "cells", **SAID, "of": "h", "moves": "w[0, 1]"}
    x, w, b = np.array(DOCUMENT["inputs"]["x"]), np.array(DOCUMENT["parameters"]["w"]), DOCUMENT["parameters"]["b"]
    passes = (x @ w + b)[:, 1] > 0
    right = [[int(row), 1] for row in np.flatnonzero(passes & (x[:, 0] != 0))]
    assert judge(lesson(question=question), right)["right"]
    assert not judge(lesson(question=question), [*right, [0, 0]])["right"]
    with pytest.raises(Problem, match="felt for no cell"):
        resolved(lesson_of(lesson(question={**question, "of": "x"})), check=True)


def test_numbers_may_be_fractions_and_a_wrong_sign_is_said() -> None:
    content = asking("number", value="b[0]")
    for answer in (0.25, "1/4", "0.25", 0.2501):
        assert judge(content, answer)["right"]
    assert "sign" in judge(content, "\u22121/4")["message"]
    assert judge(content, 0.3) == {"right": False, "message": "Look again."}
    for odd in ("a/b", "1/0", None, [1], True):
        with pytest.raises(Problem, match="number or a fraction"):
            judge(content, odd)


def test_a_number_may_be_exact_rounded_or_with_commas() -> None:
    content = asking("number", value="784 * 3200 * 50 / 1000000", unit="million")
    asked = resolved(lesson_of(content))["chapters"][0]["question"]
    assert asked is not None
    assert asked["unit"] == "million"
    for answer in ("125.44", "125", "125440000", 125440000, "125,440,000", "125,44", "125,440,000.0", "130"):
        assert judge(content, answer)["right"] is (answer != "130"), answer
    third = asking("number", value="x[1, 0] * 0.247")  # 0.1235
    for answer, right in (("0.12", True), ("0.1235", True), ("0.13", False), ("0.1", False), ("0", False)):
        assert judge(third, answer)["right"] is right, answer
    assert "sign" in judge(third, "-0.12")["message"]
    whole = asking("number", value="6 * 4231", tolerance=0)
    for answer, right in (("25386", True), ("25,386", True), ("25,4", False), ("25000", False), (25385, False)):
        assert judge(whole, answer)["right"] is right, answer
    for odd in ("1,2,3", "1,23,456", ",", "1" * 50):
        with pytest.raises(Problem, match="number or a fraction"):
            judge(whole, odd)


def test_shapes_tell_what_is_wrong_with_them() -> None:
    content = asking("shape", of="x.g")
    assert judge(content, [3, 2])["right"]
    assert "swapped" in judge(content, [2, 3])["message"]
    assert "2 axes" in judge(content, [6])["message"]
    assert judge(content, [4, 4])["message"] == "Look again."


def test_a_drag_is_judged_by_where_the_weight_was_and_is() -> None:
    content = asking("drag")
    slope = training(DOCUMENT)(0)["w.g"][0, 0]
    down = 1 - 0.1 * float(np.sign(slope))
    assert judge(content, {"from": 1, "to": down})["right"]
    assert not judge(content, {"from": 1, "to": 2 - down})["right"]
    assert not judge(content, {"from": 1, "to": 1})["right"]
    until = lesson(question={"kind": "drag", **SAID, "weight": "b[0]", "until": "h[0, 0] == 0"})
    assert judge(until, {"from": 0.25, "to": -9})["right"]
    with pytest.raises(Problem, match="where the weight was"):
        judge(content, 3)


def test_a_formula_is_diagnosed_and_a_mended_line_judged() -> None:
    right = "x.T @ ((x @ w + b > 0) * h.g)"
    assert judge(asking("formula"), right)["right"]
    assert "was never closed" in judge(asking("formula"), "x.T @ (")["message"]
    wrong = judge(asking("formula"), f"{right} / 3")
    assert not wrong["right"]
    assert wrong["message"] != "Look again.", "the engine knows what is wrong"
    start = resolved(lesson_of(asking("mend")))["chapters"][0]["question"]
    assert start is not None
    assert not judge(asking("mend"), start["start"])["right"]


MASKED: dict[str, Any] = {
    "program": "h = x @ w\nz = relu(h)\nloss = mean((z - t) ** 2)",
    "inputs": {"x": [[1.0, -2.0], [0.5, 1.0], [2.0, 0.0]], "t": [[1, 1], [-1, -1], [-1, 1]]},
    "parameters": {"w": [[1.0, -1.0], [0.5, 2.0]]},
}
"""What comes back is positive just where relu lets through."""


@pytest.mark.parametrize("kind", ["formula", "mend"])
def test_a_formula_that_is_right_by_accident_does_not_count(kind: str) -> None:
    mistake = {"mistake": "missing_local_derivative"} if kind == "mend" else {}
    content = lesson(step="h.g", question={"kind": kind, **SAID, "of": "h", **mistake}) | {"document": MASKED}
    plan = training(MASKED)(0)
    assert np.array_equal(np.maximum(plan["z.g"], 0), plan["h.g"]), "the wrong formula gives the right numbers"
    assert judge(content, "(h > 0) * z.g")["right"]
    said = judge(content, "relu(z.g)")
    assert said == {"right": False, "message": "Right for these numbers only: for others it is wrong. Look again."}


def test_a_choice_that_is_right_by_accident_does_not_count() -> None:
    choices = ["relu(z.g)", "(h > 0) * z.g"]
    question = {"kind": "formula", **SAID, "of": "h", "choices": choices}
    content = lesson(step="h.g", question=question) | {"document": MASKED}
    assert "these numbers only" in judge(content, choices[0])["message"]
    plan = training(MASKED)
    assert judged_on(chapter_at(lesson_of(content), 1), plan, None, reveal=True)["solution"]["choices"] == [1]


def test_a_reason_is_what_holds_and_a_zero_what_the_engine_says_of_it() -> None:
    assert judge(asking("reason"), 0)["right"]
    assert not judge(asking("reason"), 1)["right"]
    zeros = {
        "of": "w.g[1, 0]",
        "options": [{"text": "x is 0.", "zero": "input"}, {"text": "A mask.", "zero": "masked"}],
    }
    assert judge(asking("reason", **zeros), 0)["right"]
    assert not judge(asking("reason", **zeros), 1)["right"]


def test_places_and_steps() -> None:
    program = compile_document(DOCUMENT).program
    assert place_of(program, "w.g[1, 0]") == {"tensor": "w", "field": "gradient", "index": [1, 0]}
    assert place_of(program, "w.next") == {"tensor": "w", "field": "next"}
    assert place_of(program, "loss") == {"tensor": "loss", "field": "value"}
    outputs = [line.output for line in program.lines]
    assert step_of(program, "w.g") == outputs.index("w.g")
    assert program.lines[step_of(program, "w.next")].phase == "update"


def test_other_iterations() -> None:
    numbers = Numbers(training(DOCUMENT), 1)
    assert filled("{loss} {before(loss)} {lr} {shape(x)}", numbers).split()[2:] == ["0.1", "(3,", "2)"]
    plan = compile_document(DOCUMENT)
    losses = [plan.step() for _ in range(3)]
    assert numbers.number("before(loss)") == losses[0]
    assert numbers.number("loss") == losses[1]
    assert numbers.number("after(loss)") == losses[2]
    assert numbers.number("after(loss) < before(loss)") == (losses[2] < losses[0])
