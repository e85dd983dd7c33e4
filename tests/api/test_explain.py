"""Explanations over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import RunClient


def test_a_weights_gradient_is_one_product_per_sample(run: RunClient) -> None:
    answer = run.get("/explain", tensor="w1", field="gradient", index="0,1")
    assert (answer["tensor"], answer["field"], answer["index"]) == ("w1", "gradient", [0, 1])
    assert (answer["op"], answer["family"], answer["code"], answer["term_count"]) == (
        "matmul",
        "contraction",
        "x.T @ l1.g",
        6,
    )
    assert [term["sample"] for term in answer["terms"]] == list(range(6))
    trace = run.get("/trace")["tensors"]
    for sample, term in enumerate(answer["terms"]):
        x, g = term["factors"]
        assert (x["code"], x["value"]) == (f"x[{sample}, 0]", trace["x"]["value"][sample][0])
        assert (g["code"], g["value"]) == (f"l1.g[{sample}, 1]", trace["l1"]["gradient"][sample][1])
        cell = {"tensor": "l1", "field": "gradient", "index": [sample, 1], "value": g["value"]}
        assert g["cells"] == [cell]
    assert sum(term["value"] for term in answer["terms"]) == pytest.approx(answer["value"], rel=1e-12)
    assert answer["value"] == trace["w1"]["gradient"][0][1]


def test_any_iteration_can_be_explained(run: RunClient) -> None:
    run("POST", "/iterations", {"count": 3})
    for iteration in (0, 2, 3):
        query = {"tensor": "w2", "field": "gradient", "index": "1,0", "iteration": iteration}
        trace = run.get("/trace", iteration=iteration)
        assert run.get("/explain", **query)["value"] == trace["tensors"]["w2"]["gradient"][1][0]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ({"tensor": "w1", "index": "0"}, 422, "w1 has 2 axes (10, 2); got an index of length 1"),
        ({"tensor": "w1", "index": "10,0"}, 422, "axis 0 of w1 (10, 2) has the indices 0 to 9; got 10"),
        ({"tensor": "w9", "index": "0,0"}, 404, "there is no tensor called w9"),
        ({"tensor": "w1", "index": "a,b"}, 422, "an index is whole numbers with commas"),
        ({"tensor": "w1", "index": "-1,0"}, 422, "an index is whole numbers with commas"),
        ({"tensor": "w1", "index": "0,0", "iteration": "7"}, 404, "iteration"),
        ({"index": "0,0"}, 422, "tensor"),
        ({"tensor": "w1", "field": "both", "index": "0,0"}, 422, "field"),
    ],
)
def test_what_cannot_be_explained(run: RunClient, query: dict[str, str], status: int, says: str) -> None:
    answer = run("GET", "/explain", params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


def test_why_a_step_is_what_it_is(run: RunClient) -> None:
    steps = run.get("/trace")["steps"]
    step = next(one["index"] for one in steps if one["output"] == "w1.g")
    answer = run.get("/why", step=step)
    assert (answer["code"], answer["tensor"], answer["field"]) == ("x.T @ l1.g", "w1", "gradient")
    assert answer["index"] is None
    assert answer["formula"]["code"] == "w1.g[i, j] = sum(x[b, i] * l1.g[b, j], b)"
    assert answer["candidates"]["list"][0]["code"] == "x.T @ l1.g"
    element = run.get("/why", tensor="w1", field="gradient", index="2,1")
    assert (element["step"], element["index"]) == (step, [2, 1])
    assert element["numbers"]["code"].startswith("w1.g[2, 1] = ")


def test_inside_of_composites(run: RunClient) -> None:
    trace = run.get("/trace", open="true")
    assert "loss.d" in trace["tensors"]
    answer = run.get("/explain", tensor="loss.d", field="gradient", index="0", open="true")
    assert answer["value"] == trace["tensors"]["loss.d"]["gradient"][0]
    assert run.get("/uses", tensor="loss.d", index="0", open="true")["gradient"] == answer["value"]
    assert run.get("/why", tensor="loss.d", field="gradient", open="true")["story"]
    assert run("GET", "/explain", params={"tensor": "loss.d", "index": "0"}).status_code == 404


def test_the_jacobian_and_its_budget(run: RunClient) -> None:
    answer = run.get("/jacobian", step=0, input="w1")
    assert (len(answer["value"]), len(answer["value"][0])) == (12, 20)
    assert answer["contraction"]["max_abs_difference"] == 0
    assert "value" not in run.get("/jacobian", step=0, input="w1", values="none")


def test_a_change_shows_inside_of_composites_at_once(run: RunClient) -> None:
    before = run.get("/explain", tensor="loss.d", index="0", open="true")["value"]
    run("PATCH", "/tensors/b2", {"cells": [{"index": [0], "value": 5.0}]})
    assert run.get("/explain", tensor="loss.d", index="0", open="true")["value"] != before


@pytest.mark.parametrize(
    ("path", "query", "status", "says"),
    [
        ("/why", {}, 422, "either a step or a tensor"),
        ("/why", {"step": "1", "tensor": "w1"}, 422, "either a step or a tensor"),
        ("/why", {"step": "99"}, 404, "the iteration has the steps 0 to"),
        ("/why", {"tensor": "x"}, 422, "x is given"),
        ("/jacobian", {"step": "0", "input": "w2"}, 404, "does not read w2"),
        ("/uses", {"tensor": "w1", "index": "10,0"}, 422, "axis 0 of w1"),
    ],
)
def test_what_cannot_be_asked(run: RunClient, path: str, query: dict[str, str], status: int, says: str) -> None:
    answer = run("GET", path, params=query)
    assert answer.status_code == status
    assert says in answer.json()["detail"]


def test_a_term_says_why_it_is_zero(run: RunClient) -> None:
    trace = run.get("/trace")
    l1, x = trace["tensors"]["l1"], trace["tensors"]["x"]["value"]
    relu = next(step for step in trace["steps"] if step["op"] == "relu")
    for row in range(10):
        for term in run.get("/explain", tensor="w1", field="gradient", index=f"{row},1")["terms"]:
            sample, before = term["sample"], l1["value"][term["sample"]][1]
            if before <= 0:
                assert term["zero"] == "blocked"
                assert term["by"] == {
                    "step": relu["index"],
                    "output": "l2",
                    "op": "relu",
                    "code": "relu(l1)",
                    "tensor": "l1",
                    "index": [sample, 1],
                    "value": before,
                }
            elif x[sample][row] == 0:
                assert term["zero"] == "input"
                assert "by" not in term
            else:
                assert ("zero" in term) == (term["value"] == 0)


def test_a_trace_says_which_elements_are_blocked_and_how_large_tensors_are(run: RunClient) -> None:
    tensors = run.get("/trace")["tensors"]
    flat = [number for row in tensors["l1"]["value"] for number in row]
    assert tensors["l1"]["blocked"] == [at for at, number in enumerate(flat) if number <= 0]
    assert {name for name, tensor in tensors.items() if "blocked" in tensor} == {"l1", "l1.matmul"}
    for values in ("none", "all"):
        for name, tensor in run.get("/trace", values=values)["tensors"].items():
            for field in ("value", "gradient"):
                norm = tensor["norm"][field]
                if norm is None:
                    assert tensors[name][field] is None
                else:
                    statistics = run.get(f"/tensors/{name}", field=field)["statistics"]
                    assert norm == pytest.approx(statistics["norm"], rel=1e-12)
    assert "blocked" not in run.get("/trace", values="none")["tensors"]["l1"]


def test_each_link_of_a_path_has_its_step_and_the_product_so_far(run: RunClient) -> None:
    steps = run.get("/trace")["steps"]
    told = run.get("/uses", tensor="w1", index="3,1")
    first, *links = told["chain"]
    assert (first["step"], first["product"], first["gradient"]) == (None, told["chain_product"], told["gradient"])
    assert (links[-1]["tensor"], links[-1]["product"], links[-1]["gradient"]) == ("loss", 1.0, 1.0)
    for before, link in zip(told["chain"], links, strict=False):
        assert before["product"] == pytest.approx(link["derivative"] * link["product"])
        assert steps[link["step"]]["of"] == {"tensor": link["tensor"], "field": link["field"]}
        whole = run.get(
            f"/tensors/{link['tensor']}", field="gradient", window=",".join(f"{i}:{i + 1}" for i in link["index"])
        )
        part = whole["value"]
        while isinstance(part, list):
            part = part[0]
        assert link["gradient"] == part


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_not_finite_says_which_operation_made_it(client: TestClient) -> None:
    run = RunClient(client, {"program": "b = sqrt(x)\nc = b * 2\nloss = sum(c)", "parameters": {"x": [4.0, -1.0]}})
    for answer in (
        run.get("/explain", tensor="c", index="1"),
        run.get("/explain", tensor="x", field="gradient", index="1"),
        run.get("/why", tensor="c", index="1"),
        run.get("/why", tensor="c"),
        run.get("/why", step=0, index="1"),
    ):
        [birth] = answer["births"]
        assert birth["message"] == "b[1] is NaN: sqrt(-1)"
        assert (birth["tensor"], birth["field"], birth["index"], birth["step"]) == ("b", "value", [1], 0)
        assert birth["operands"] == [{"code": "x[1]", "value": -1.0}]
        assert birth["cure"].endswith("`sqrt(maximum(x, 0) + 1e-12)`")
    assert "births" not in run.get("/why", tensor="c", index="0")
    assert "births" not in run.get("/explain", tensor="c", index="0")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_training_made_so_says_at_which_iteration(client: TestClient) -> None:
    """Each iteration takes a quarter off: 0.125 is the first number below 0, at iteration 5."""
    document = {"program": "h = sqrt(w)\nloss = sum(w) + sum(0 * h)", "parameters": {"w": [9.0, 1.125]}}
    run = RunClient(client, {**document, "optimizer": {"name": "sgd", "lr": 0.25}})
    run("POST", "/iterations", {"count": 9})
    for answer in (
        run.get("/explain", tensor="loss", index=""),
        run.get("/explain", tensor="w", index="1"),
        run.get("/why", tensor="h", index="1"),
        {"births": run.get("/trace")["warnings"]},
    ):
        birth = answer["births"][0]
        assert birth["message"] == "At iteration 5 h[1] is NaN: sqrt(-0.125)"
        assert (birth["iteration"], birth["tensor"], birth["index"], birth["step"]) == (5, "h", [1], 0)
    assert "iteration" not in run.get("/explain", tensor="h", index="1", iteration="5")["births"][0]
    assert run.get("/trace", iteration="4")["warnings"] == []
    run("POST", "/undo")
    assert run.get("/trace")["warnings"] == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_training_that_diverges_in_a_matrix_product_is_traced_all_the_same(client: TestClient) -> None:
    """Uphill with w1: zeros of x meet infinite weights, in operands whose shapes are not each other's."""
    run = RunClient(client, {"example": "lesson13"})
    run("POST", "/iterations", {"count": 20, "gradients": {"w1": "-x.T @ l1.g"}})
    for iteration in range(12, 21):
        trace = run.get("/trace", iteration=str(iteration))
        births = [warning for warning in trace["warnings"] if warning["code"] == "not_finite"]
        assert bool(births) == (not isinstance(trace["loss"], float)), iteration
