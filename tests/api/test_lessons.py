"""Lessons over HTTP: the list, one of them, a teacher's own, and answers judged on a run's own numbers."""

from typing import Any

from starlette.testclient import TestClient

from backprop_explorer.lessons import lessons
from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem

STEP: dict[str, Any] = {"lesson": "training-step"}


def own() -> dict[str, Any]:
    return {
        "title": "Mine",
        "description": "A slope.",
        "minutes": 1,
        "document": {"program": "loss = (w * x - y) ** 2", "inputs": {"x": 2, "y": 1}, "parameters": {"w": 1}},
        "chapters": [
            {
                "title": "One",
                "text": "The loss is {loss}.",
                "step": "w.g",
                "question": {"kind": "number", "ask": "What?", "value": "w.g", "hint": "Chain.", "because": "{w.g}."},
            }
        ],
    }


def test_the_lessons_are_listed_and_answered_with_their_numbers(client: TestClient) -> None:
    listed = client.get("/api/lessons").json()
    assert [entry["name"] for entry in listed] == list(lessons)
    assert all(entry.keys() == {"name", "title", "description", "minutes", "chapters"} for entry in listed)
    lesson = client.get("/api/lessons/training-step").json()
    assert lesson["example"] == "lesson13"
    assert "{" not in lesson["chapters"][0]["text"]
    steps = client.post("/api/trace", json=client.get("/api/examples/lesson13").json()).json()["steps"]
    for chapter in lesson["chapters"]:
        if chapter["fresh"]:
            continue
        step = steps[chapter["index"]]
        assert chapter["step"] == (f"{step['output']}.next" if step["phase"] == "update" else step["output"])


def test_an_unknown_lesson_and_an_unknown_chapter(client: TestClient, run: RunClient) -> None:
    problem = assert_problem(client.get("/api/lessons/training-stop"), 404, "unknown_lesson")
    assert "training-step" in problem["hint"]
    assert_problem(run("POST", "/chapter", {**STEP, "chapter": 99}), 404, "unknown_chapter")
    assert_problem(run("POST", "/chapter", {"lesson": "nothing", "chapter": 1}), 404, "unknown_lesson")
    assert_problem(run("POST", "/chapter", {**STEP, "chapter": 0}), 422, "invalid_request")
    assert_problem(run("POST", "/answer", {**STEP, "chapter": 1, "answer": 1}), 422, "no_question")
    assert_problem(run("POST", "/answer", {**STEP, "chapter": 2, "answer": {}}), 422, "bad_answer")


def test_a_lesson_of_one_s_own(client: TestClient) -> None:
    answer = client.post("/api/lessons", json=own())
    assert answer.status_code == 200, answer.text
    assert answer.json()["chapters"][0]["text"] == "The loss is 1."
    assert answer.json()["document"] == own()["document"]
    wrong = own()
    wrong["chapters"][0]["step"] = "v.g"
    problem = assert_problem(client.post("/api/lessons", json=wrong), 422, "unknown_step")
    assert problem["detail"].startswith("Chapter 1 (“One”)")
    run = RunClient(client, own()["document"])
    asked = {"lesson": own(), "chapter": 1}
    assert run("POST", "/answer", {**asked, "answer": 4}).json() == {"right": True, "message": "4."}
    assert run("POST", "/answer", {**asked, "answer": 5}).json() == {"right": False, "message": "Chain."}


def test_a_run_s_own_numbers_are_told_and_judged(run: RunClient) -> None:
    asked = {**STEP, "chapter": 2}
    before = run("POST", "/answer", {**asked, "reveal": True}).json()["solution"]["number"]
    assert run("POST", "/answer", {**asked, "answer": before}).json()["right"]
    version = run.get()["version"]
    run("PATCH", "/tensors/w1", {"cells": [{"index": [2, 0], "value": 7}]})
    assert not run("POST", "/answer", {**asked, "answer": before}).json()["right"]
    assert run("POST", "/answer", {**asked, "answer": run.get("/tensors/l1.matmul")["value"][5][0]}).json()["right"]
    assert run.get()["version"] == version + 1, "judging changes nothing"


def test_a_chapter_of_a_later_iteration_needs_a_run_that_has_reached_it(run: RunClient) -> None:
    at = next(n for n, chapter in enumerate(lessons["training-step"]["chapters"], 1) if chapter.get("iteration"))
    assert run("POST", "/chapter", {**STEP, "chapter": at}).status_code == 404
    run("POST", "/iterations", {"count": 1})
    chapter = run("POST", "/chapter", {**STEP, "chapter": at}).json()
    assert chapter["iteration"] == 1
    assert f"now it is {run.get()['loss']:.3g}" in chapter["text"]
