"""Lessons: which there are, one with its numbers, a chapter on a run's numbers, and answers judged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from backprop_explorer.api import schemas
from backprop_explorer.api.estimates import drawn_elements
from backprop_explorer.api.http import answer
from backprop_explorer.api.openapi import answering, taking
from backprop_explorer.api.request import answered, checked, made_of_json
from backprop_explorer.api.service import Service
from backprop_explorer.api.shapes import response
from backprop_explorer.engine import Budget
from backprop_explorer.lessons.lesson import Chapter
from backprop_explorer.lessons.question import Judged
from backprop_explorer.lessons.resolved import (
    ChapterAnswer,
    LessonAnswer,
    LessonSummary,
    chapter_at,
    chapter_on,
    judged_on,
    lesson_of,
    named_lesson,
    resolved,
    summaries,
)
from backprop_explorer.processes import weigh
from backprop_explorer.runs import Run

router = APIRouter(prefix="/api")
_PASSES = 50
"""So often a chapter computes at most about all numbers of an iteration; so does the diagnosis of a wrong formula."""


@router.get("/lessons", response_model=response(list[LessonSummary]), responses=answering())
async def list_lessons() -> Response:
    """The lessons in teaching order."""
    return await run_in_threadpool(lambda: answer(summaries()))


@router.get("/lessons/{name}", response_model=response(LessonAnswer), responses=answering(status_404="No such lesson"))
async def get_lesson(request: Request, name: str) -> Response:
    """One lesson on its own document: each step by its index, each sentence with its numbers."""
    lesson, budget = named_lesson(name), Service.of(request).settings.budget
    return await run_in_threadpool(lambda: _resolved(budget, lesson))


@router.post(
    "/lessons",
    response_model=response(LessonAnswer),
    responses=answering(body=True),
    openapi_extra=taking(schemas.Lesson),
)
async def check_lesson(request: Request) -> Response:
    """A lesson of one's own, checked and filled in as `GET /lessons/{name}` answers; nothing is kept."""
    return await answered(request, partial(_resolved, Service.of(request).settings.budget, check=True))


def _resolved(budget: Budget, content: Mapping[str, Any], *, check: bool = False) -> Response:
    lesson = lesson_of(content)
    weigh(_PASSES * len(lesson.chapters) * drawn_elements(content.get("document")))
    with np.errstate(all="ignore"):
        return answer(resolved(lesson, budget, check=check))


@router.post(
    "/runs/{id}/chapter",
    response_model=response(ChapterAnswer),
    responses=answering(run=True, body=True),
    openapi_extra=taking(schemas.ChapterWanted),
)
async def chapter_of_run(request: Request, id: str) -> Response:
    """A chapter of a lesson with the run's own numbers."""
    settings = Service.of(request).settings
    wanted = await made_of_json(request, settings, partial(checked, schemas.ChapterWanted))
    chapter = chapter_at(lesson_of(wanted.lesson), wanted.chapter)
    return await Service.of(request).look(request, id, partial(_chapter, chapter), None)


def _chapter(chapter: Chapter, run: Run) -> Response:
    weigh(_PASSES * run.present.elements)
    with np.errstate(all="ignore"):
        return answer(chapter_on(chapter, run.studied))


@router.post(
    "/runs/{id}/answer",
    response_model=response(Judged),
    responses=answering(run=True, body=True),
    openapi_extra=taking(schemas.LessonAnswered),
)
async def judge_answer(request: Request, id: str) -> Response:
    """Whether an answer to a chapter's question is right on the run's own numbers, and what helps where it is not."""
    settings = Service.of(request).settings
    given = await made_of_json(request, settings, partial(checked, schemas.LessonAnswered))
    chapter = chapter_at(lesson_of(given.lesson), given.chapter)
    work = partial(_judged, chapter, given.answer, given.reveal)
    return await Service.of(request).look(request, id, work, None)


def _judged(chapter: Chapter, given: object, reveal: bool, run: Run) -> Response:
    weigh(_PASSES * run.present.elements)
    with np.errstate(all="ignore"):
        return answer(judged_on(chapter, run.studied, given, reveal=reveal))
