"""A lesson as it is played: its names resolved, its numbers filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, TypedDict

from backprop_explorer.engine import Document
from backprop_explorer.engine.document import checked_seed
from backprop_explorer.examples.named import named_document
from backprop_explorer.graph.budget import Budget
from backprop_explorer.lessons import lessons
from backprop_explorer.lessons.lesson import Chapter, Lesson, read_lesson
from backprop_explorer.lessons.numbers import At, Numbers, training
from backprop_explorer.lessons.places import Place, place_of, step_of
from backprop_explorer.lessons.question import Judged, QuestionAnswer
from backprop_explorer.lessons.sentences import filled
from backprop_explorer.practice.renewal import renewed
from backprop_explorer.problem import Problem, suggestion

SEED = 0
"""Of the variant on which a fresh chapter of a lesson without a run is filled in."""


class ChapterAnswer(TypedDict):
    """A chapter with its numbers filled in."""

    title: str
    text: str
    step: Annotated[str, "what the step computes"]
    index: Annotated[int, "of that step, from 0"]
    iteration: int
    selection: Place | None
    tab: Annotated[str | None, "of the explanation: why, terms, shapes, jacobian or path"]
    lit: list[Place]
    hide: Annotated[list[Place], "covered; where there is a question, until it is answered"]
    fresh: Annotated[bool, "on a variant of the run: the same program with other shapes and numbers"]
    question: QuestionAnswer | None


class LessonAnswer(TypedDict):
    """A lesson on its own document."""

    title: str
    description: str
    minutes: int
    example: NotRequired[str]
    exercise: NotRequired[str]
    document: NotRequired[dict[str, Any]]
    chapters: list[ChapterAnswer]


class LessonSummary(TypedDict):
    """A lesson, to choose from."""

    name: str
    title: str
    description: str
    minutes: int
    chapters: int


def summaries() -> list[LessonSummary]:
    """The lessons in teaching order."""
    return [
        {
            "name": name,
            "title": lesson["title"],
            "description": lesson["description"],
            "minutes": lesson["minutes"],
            "chapters": len(lesson["chapters"]),
        }
        for name, lesson in lessons.items()
    ]


def named_lesson(name: object) -> dict[str, Any]:
    """The lesson of that name; a `Problem` of status 404 with the nearest name where there is none."""
    if not isinstance(name, str) or name not in lessons:
        hint = suggestion(str(name), lessons) or f"there are {', '.join(lessons)}"
        raise Problem("unknown_lesson", f"there is no lesson {str(name)[:60]!r}", status=404, hint=hint)
    return lessons[name]


def lesson_of(wanted: object) -> Lesson:
    """The lesson of that name, or the one that a JSON object describes."""
    return read_lesson(wanted if isinstance(wanted, Mapping) else named_lesson(wanted))


def document_of(lesson: Lesson, budget: Budget | None = None) -> Document:
    """What a lesson is about."""
    kind, content = lesson.source
    found = content if kind == "document" else named_document(kind, content)
    if not isinstance(found, dict):
        raise Problem("bad_lesson", "The lesson's “document” must be a JSON object")
    return Document.parse(found, budget)


def resolved(lesson: Lesson, budget: Budget | None = None, *, check: bool = False) -> LessonAnswer:
    """The lesson on its own document. Raises a `Problem` that names the chapter, what is wrong and what to do; with
    `check` also for a question that cannot be answered."""
    document = document_of(lesson, budget)
    own = training(document, budget)
    other = training(renewed(document, checked_seed(SEED), budget), budget) if _has_fresh(lesson) else own
    kind, content = lesson.source
    answer: LessonAnswer = {
        "title": lesson.title,
        "description": lesson.description,
        "minutes": lesson.minutes,
        kind: content,  # type: ignore[misc]
        "chapters": [
            _checked(chapter, number, other if chapter.fresh else own, check)
            for number, chapter in enumerate(lesson.chapters, 1)
        ],
    }
    return answer


def chapter_at(lesson: Lesson, number: int) -> Chapter:
    """The chapter of that number, from 1."""
    if not 1 <= number <= len(lesson.chapters):
        raise Problem("unknown_chapter", f"The lesson has the chapters 1 to {len(lesson.chapters)}", status=404)
    return lesson.chapters[number - 1]


def chapter_on(chapter: Chapter, at: At) -> ChapterAnswer:
    """A chapter with the numbers of its iteration."""
    numbers = Numbers(at, chapter.iteration)
    program = numbers.plan.program
    question = chapter.question
    hide = [place_of(program, name) for name in chapter.hide]
    covered = question.covered(numbers) if question is not None else []
    return {
        "title": chapter.title,
        "text": filled(chapter.text, numbers),
        "step": chapter.step,
        "index": step_of(program, chapter.step),
        "iteration": chapter.iteration,
        "selection": None if chapter.selection is None else place_of(program, chapter.selection),
        "tab": chapter.tab,
        "lit": [place_of(program, name) for name in chapter.lit],
        "hide": [*hide, *(place for place in covered if place not in hide)],
        "fresh": chapter.fresh,
        "question": None if question is None else question.asked(numbers),
    }


def judged_on(chapter: Chapter, at: At, answer: object, *, reveal: bool = False) -> Judged:
    """The verdict on an answer to a chapter's question; with `reveal` the solution instead."""
    question = chapter.question
    if question is None:
        raise Problem("no_question", "This chapter asks nothing")
    numbers = Numbers(at, chapter.iteration)
    if reveal:
        return {**question.right(numbers), "solution": question.solved(numbers)}
    return question.judged(numbers, answer)


def _checked(chapter: Chapter, number: int, at: At, check: bool) -> ChapterAnswer:
    try:
        found = chapter_on(chapter, at)
        if check and chapter.question is not None:
            chapter.question.check(Numbers(at, chapter.iteration))
        return found
    except Problem as problem:
        problem.detail = f"Chapter {number} (“{chapter.title[:60]}”): {problem.detail}"
        problem.status = 422
        raise


def _has_fresh(lesson: Lesson) -> bool:
    return any(chapter.fresh for chapter in lesson.chapters)
