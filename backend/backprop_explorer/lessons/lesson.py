"""A lesson as it is written, read and checked key by key; what its expressions mean is not asked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backprop_explorer.lessons.keys import names_of, object_of, problem, text_of, whole_of
from backprop_explorer.lessons.limits import LAST_ITERATION, MOST_CHAPTERS, MOST_MINUTES
from backprop_explorer.lessons.question import Question
from backprop_explorer.lessons.questions import read_question

SOURCES = ("example", "exercise", "document")
"""What a lesson is about: one of these."""
TABS = ("why", "terms", "shapes", "jacobian", "path")
"""The tabs of the page's explanation."""
_LESSON = ("title", "description", "minutes", *SOURCES, "chapters")
_CHAPTER = ("title", "text", "step", "iteration", "selection", "tab", "lit", "hide", "fresh", "question")


@dataclass(frozen=True)
class Chapter:
    """A sentence or two, where the page stands while it is read, and perhaps a question at which it halts."""

    title: str
    text: str
    step: str
    iteration: int = 0
    selection: str | None = None
    tab: str | None = None
    lit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    fresh: bool = False
    question: Question | None = None


@dataclass(frozen=True)
class Lesson:
    """`source` is the one key that says what it is about, with the name of an example or exercise, or a document."""

    title: str
    description: str
    minutes: int
    source: tuple[str, Any]
    chapters: tuple[Chapter, ...]


def read_lesson(content: object) -> Lesson:
    """The lesson that a JSON object describes. Raises a `Problem` that names the chapter, the key and what to do."""
    lesson = object_of(content, "The lesson", _LESSON)
    named = [key for key in SOURCES if key in lesson]
    if len(named) != 1:
        raise problem("The lesson", "needs one of example, exercise and document", 'such as "example": "lesson13"')
    chapters = lesson.get("chapters")
    if not isinstance(chapters, list) or not 1 <= len(chapters) <= MOST_CHAPTERS:
        raise problem("“chapters”", f"must be a list of 1 to {MOST_CHAPTERS} chapters")
    return Lesson(
        text_of(lesson, "title", "The lesson"),
        text_of(lesson, "description", "The lesson"),
        whole_of(lesson, "minutes", "The lesson", 1, MOST_MINUTES),
        (named[0], lesson[named[0]]),
        tuple(_chapter(chapter, f"Chapter {number}") for number, chapter in enumerate(chapters, 1)),
    )


def _chapter(content: object, where: str) -> Chapter:
    chapter = object_of(content, where, _CHAPTER)
    tab = chapter.get("tab")
    if tab is not None and tab not in TABS:
        raise problem(f"{where}, “tab”,", f"must be one of {', '.join(TABS)}")
    fresh = chapter.get("fresh", False)
    if not isinstance(fresh, bool):
        raise problem(f"{where}, “fresh”,", "must be true or false")
    question = chapter.get("question")
    return Chapter(
        text_of(chapter, "title", where),
        text_of(chapter, "text", where),
        text_of(chapter, "step", where),
        whole_of(chapter, "iteration", where, 0, LAST_ITERATION, 0),
        text_of(chapter, "selection", where) if chapter.get("selection") is not None else None,
        tab,
        names_of(chapter, "lit", where),
        names_of(chapter, "hide", where),
        fresh,
        None if question is None else read_question(question, f"{where}, question"),
    )
