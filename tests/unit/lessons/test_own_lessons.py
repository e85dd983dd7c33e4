"""The lessons of the page: every number in a sentence, and every question, on their own numbers and on others."""

import re
from typing import Any

import numpy as np
import pytest

from backprop_explorer.engine import Document, Plan, compile_document
from backprop_explorer.explain.terms.explanation import explain
from backprop_explorer.lessons import ORDER, lessons
from backprop_explorer.lessons.lesson import Chapter
from backprop_explorer.lessons.numbers import training
from backprop_explorer.lessons.question import Question, Solution
from backprop_explorer.lessons.resolved import (
    chapter_on,
    document_of,
    judged_on,
    lesson_of,
    resolved,
)
from backprop_explorer.lessons.sentences import PLACEHOLDER, told
from backprop_explorer.practice import renewed
from tests.together import each

DECIMAL = re.compile(r"\d[.,]\d")
MOMENT = re.compile(r"(before|after)\(([^()]*)\)")
KEYS = ("ask", "hint", "because")


class Named(np.ndarray[Any, Any]):
    """A tensor of a trace as NumPy has it, with what stands behind a dot: its gradient, and parts such as
    `l1.matmul`."""


def numpy_names(plan: Plan) -> dict[str, Any]:
    """The trace as variables of Python, so that an expression can be evaluated without the language."""
    names: dict[str, Any] = {}
    for name in plan.tensors:
        parent, dot, child = name.rpartition(".")
        value = np.asarray(plan[name]).view(Named)
        if f"{name}.g" in plan:
            value.g = np.asarray(plan[f"{name}.g"])
        names[name] = value
        if dot and parent in names and not hasattr(np.ndarray, child):
            setattr(names[parent], child, value)
    for name, value in list(names.items()):  # a part may be listed before what it is a part of
        parent, dot, child = name.rpartition(".")
        if dot and parent in names and not hasattr(np.ndarray, child):
            setattr(names[parent], child, value)
    return names | {key: value for key, value in (plan.document.optimizer or {}).items() if key != "name"}


def evaluated(expression: str, content: dict[str, Any], iteration: int) -> str:
    def moment(match: re.Match[str]) -> str:
        other = iteration + (1 if match[1] == "after" else -1)
        return repr(float(by_python(match[2], numpy_names(at(content, other)))))

    names = numpy_names(at(content, iteration))
    if shape := re.fullmatch(r"shape\((.*)\)", expression):
        return str(by_python(shape[1], names).shape)
    return told(np.asarray(by_python(MOMENT.sub(moment, expression), names), float), expression)


def by_python(expression: str, names: dict[str, Any]) -> Any:
    """What Python and NumPy make of an expression of our own lessons."""
    functions = {"abs": np.abs, "sum": np.sum, "exp": np.exp, "log": np.log}
    return eval(expression, functions, names)  # noqa: S307


def at(content: Any, iteration: int) -> Plan:
    plan = compile_document(content)
    for _ in range(iteration):
        plan.step()
    plan.run()
    return plan


def texts(chapter: dict[str, Any]) -> list[str]:
    question = chapter.get("question") or {}
    options = [option["text"] for option in question.get("options", [])]
    return [chapter["text"], *(question[key] for key in KEYS if key in question), *options]


def chapters(name: str) -> list[Chapter]:
    return list(lesson_of(name).chapters)


@each("name", list(lessons))
def test_a_lesson_is_complete_and_each_question_can_be_answered(name: str) -> None:
    assert name in ORDER
    found = resolved(lesson_of(name), check=True)
    assert 5 <= found["minutes"] <= 18
    kinds = [chapter["question"]["kind"] for chapter in found["chapters"] if chapter["question"]]
    assert len(kinds) >= 3
    assert any(chapter["fresh"] for chapter in found["chapters"]), "ends with the same on other numbers"
    assert not found["chapters"][0]["fresh"]


@each("name", list(lessons))
def test_no_sentence_has_a_decimal_number_of_its_own(name: str) -> None:
    lesson = lessons[name]
    for chapter in lesson["chapters"]:
        for text in texts(chapter):
            assert not DECIMAL.search(PLACEHOLDER.sub("", text)), text
    assert DECIMAL.search("The loss is 0.5.")


@each("name", list(lessons))
def test_the_numbers_in_sentences_are_those_of_numpy(name: str) -> None:
    document = document_of(lesson_of(name))
    for chapter, content in zip(resolved(lesson_of(name))["chapters"], lessons[name]["chapters"], strict=True):
        numbers = renewed(document, 0) if chapter["fresh"] else document

        def number(match: re.Match[str], on: Document = numbers, iteration: int = chapter["iteration"]) -> str:
            return evaluated(match[1].strip(), on, iteration)

        assert PLACEHOLDER.sub(number, content["text"]) == chapter["text"]


def others(name: str) -> Document:
    """The lesson's document with other weights."""
    document, random = document_of(lesson_of(name)), np.random.default_rng(5)
    moved = {key: np.round(value + random.normal(0, 0.5, value.shape), 2) for key, value in document.parameters.items()}
    return document.replace(parameters=moved)


def answer_of(question: Question, solution: Solution, plan: Plan) -> Any:
    """What somebody answers who knows the solution."""
    if question.KIND == "drag":
        tensor, _, rest = question.weight.partition("[")  # type: ignore[attr-defined]
        index = tuple(int(part) for part in re.findall(r"\d+", rest))
        return {"from": float(plan[tensor][index]), "to": solution["number"]}
    if question.KIND == "reason":
        return solution["choices"][0] if solution["choices"] else None
    return next(solution[key] for key in ("cells", "shape", "formula", "number") if key in solution)  # type: ignore[literal-required]


WRONG: dict[str, Any] = {
    "number": 12345.678,
    "shape": [9, 9, 9],
    "formula": "loss.g * 3",
    "mend": "loss.g * 3",
}


def wrong_answer(question: Question, solution: Solution, plan: Plan) -> Any:
    if question.KIND == "cells":
        return [] if solution["cells"] else None
    if question.KIND == "drag":
        right = answer_of(question, solution, plan)
        return {"from": right["from"], "to": right["from"]}
    if question.KIND == "reason":
        return next((at for at in range(2) if at not in solution["choices"]), None)
    return WRONG[question.KIND]


CHANGED = [pytest.param(False, id="own", marks=pytest.mark.long), pytest.param(True, id="other numbers")]


@each("changed", CHANGED)
@each("name", list(lessons))
def test_every_question_is_judged_right_and_wrong(name: str, changed: bool) -> None:
    document = others(name) if changed else document_of(lesson_of(name))
    count = 0
    for chapter in chapters(name):
        if chapter.question is None:
            continue
        iterations = training(renewed(document, 3) if chapter.fresh else document)
        chapter_on(chapter, iterations)
        plan = iterations(chapter.iteration)
        solution = judged_on(chapter, iterations, None, reveal=True)["solution"]
        right = answer_of(chapter.question, solution, plan)
        if right is not None:
            verdict = judged_on(chapter, iterations, right)
            assert verdict["right"], (chapter.title, right, verdict)
            assert verdict["message"]
        wrong = wrong_answer(chapter.question, solution, plan)
        if wrong is not None:
            verdict = judged_on(chapter, iterations, wrong)
            assert not verdict["right"], (chapter.title, wrong)
            assert len(verdict["message"]) > 10
        count += 1
    assert count >= 3


@each("name", list(lessons))
def test_what_is_to_be_mended_is_wrong_and_diagnosed(name: str) -> None:
    for chapter in chapters(name):
        if chapter.question is None or chapter.question.KIND != "mend":
            continue
        document = document_of(lesson_of(name))
        iterations = training(renewed(document, 0) if chapter.fresh else document)
        question = chapter_on(chapter, iterations)["question"]
        assert question is not None
        verdict = judged_on(chapter, iterations, question["start"])
        assert not verdict["right"]
        assert verdict["message"]


SHOWN = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")
CODE = re.compile(r"`[^`]*`")


def numbers_shown(chapter: Any) -> list[str]:
    """The numbers in a question and the sentences before it; what stands in code is indices."""
    text = CODE.sub("", f"{chapter['text']} {chapter['question']['ask']}")
    return [found.rstrip(",") for found in SHOWN.findall(text)]


@each("name", list(lessons))
def test_no_question_for_a_number_takes_one_that_stands_in_its_own_sentences(name: str) -> None:
    document = document_of(lesson_of(name))
    for chapter in chapters(name):
        if chapter.question is None or chapter.question.KIND != "number":
            continue
        iterations = training(renewed(document, 0) if chapter.fresh else document)
        for number in numbers_shown(chapter_on(chapter, iterations)):
            assert not judged_on(chapter, iterations, number)["right"], (chapter.title, number)


@each("name", list(lessons)[6:])
def test_no_gradient_s_formula_is_written_twice(name: str) -> None:
    """It may be chosen first, and written on other numbers at the end. The first six lessons repeat on purpose."""
    questions = [chapter.question for chapter in chapters(name) if chapter.question is not None]
    written = [
        question.of  # type: ignore[attr-defined]
        for question in questions
        if question.KIND in ("formula", "mend") and not question.choices  # type: ignore[attr-defined]
    ]
    assert len(set(written)) == len(written), written


def test_what_is_round_is_not_what_was_asked_for() -> None:
    chapter = next(chapter for chapter in chapters("relu") if chapter.title == "It explodes")
    iterations = training(document_of(lesson_of("relu")))
    assert not judged_on(chapter, iterations, "60000")["right"]
    assert judged_on(chapter, iterations, "59,049")["right"]


def test_a_weight_that_was_dragged_the_wrong_way_first_may_come_back() -> None:
    chapter = next(chapter for chapter in chapters("cross-entropy") if chapter.title == "One bias, all samples")
    iterations = training(document_of(lesson_of("cross-entropy")))
    assert not judged_on(chapter, iterations, {"from": 0, "to": 1})["right"]
    assert judged_on(chapter, iterations, {"from": 1, "to": -0.25})["right"]


def test_one_number_of_a_row_moves_the_others_both_ways() -> None:
    """So a sentence must not say that all the others fall."""
    document = document_of(lesson_of("normalisation"))
    start, raised = compile_document(document), compile_document(document)
    h = np.array(raised["h"])
    h[0, 0] += 0.01
    raised["h"] = h
    start.run(), raised.run()
    moved = raised["n"][0] - start["n"][0]
    assert moved[1] < 0 < moved[3]


def test_the_components_of_the_state_are_not_taken_for_samples() -> None:
    plan = at(document_of(lesson_of("attention")), 0)
    terms = explain(plan, "loss", "value", [])["terms"]
    assert len(terms) == 2
    assert {term["sample"] for term in terms} == {0}


FIRST = (*ORDER[:6], "layouts")
"""Those that are read one after the other by somebody who is new to it."""
MOST_WORDS, MOST_CHAPTERS, MOST_MINUTES = 50, 12, 40


def told_before(name: str) -> list[tuple[Question, Solution, list[str], list[str]]]:
    """Each question with its solution, what its own chapter says, and what those before it said, filled in."""
    document, said, found = document_of(lesson_of(name)), list[str](), []
    for chapter in chapters(name):
        iterations = training(renewed(document, 0) if chapter.fresh else document)
        told_now = chapter_on(chapter, iterations)
        question = told_now["question"]
        own = [told_now["text"], *([question["ask"]] if question else [])]
        if chapter.question is not None:
            judged = judged_on(chapter, iterations, None, reveal=True)
            found.append((chapter.question, judged["solution"], own, [*said]))
            options = [option.text for option in getattr(chapter.question, "options", ())]
            own = [*own, chapter.question.because, *options]
        said += own
    return found


@each("name", FIRST)
def test_no_text_tells_a_formula_or_a_shape_before_it_is_asked_for(name: str) -> None:
    for question, solution, own, before in told_before(name):
        if question.KIND in ("formula", "mend"):
            codes = [code.strip("`").replace(" ", "") for text in (*before, *own) for code in CODE.findall(text)]
            assert not [code for code in codes if solution["formula"].replace(" ", "") in code], question.ask
        if question.KIND == "shape":
            assert str(tuple(solution["shape"])) not in " ".join(own), question.ask


@each("name", FIRST)
def test_a_first_lesson_is_short(name: str) -> None:
    read = [
        len(" ".join([chapter["title"], chapter["text"], chapter.get("question", {}).get("ask", "")]).split())
        for chapter in lessons[name]["chapters"]
    ]
    assert len(read) <= MOST_CHAPTERS
    assert max(read) <= MOST_WORDS, read


def test_the_first_six_lessons_take_forty_minutes_together_and_end_with_what_they_said() -> None:
    assert sum(lessons[name]["minutes"] for name in ORDER[:6]) <= MOST_MINUTES
    last = lessons[ORDER[5]]["chapters"][-1]
    assert "question" not in last, "it sums up the six"
