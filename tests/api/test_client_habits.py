"""The client as Python's users write with it: names, numbers of any library, addresses, and long trainings."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

import backprop_explorer as bx
from tests.api.stream import ENDLESS, endless_document
from tests.server import Server
from tests.unit.engine.test_numbers import Frame, Tensor


@pytest.fixture(scope="module")
def client(ordinary: Server) -> Iterator[bx.Client]:
    with bx.Client(ordinary.url) as client:
        yield client


@contextmanager
def spied(client: bx.Client) -> Iterator[list[httpx.Response]]:
    """The answers that a client gets meanwhile."""
    answers: list[httpx.Response] = []
    client._http.event_hooks["response"] = [answers.append]
    yield answers
    client._http.event_hooks["response"] = []


def test_a_run_is_a_dictionary_of_its_tensors(client: bx.Client) -> None:
    run, plan = client.create({"example": "rnn"}), bx.compile(client.call("GET", "/examples/rnn"))
    assert list(run) == list(plan)
    assert len(run) == len(plan)
    for name in ("x", "wx", "wx.g", "h", "h.g", "h__1", "loss"):
        assert name in run, name
        assert name in plan, name
    for name in ("w9", "wx.h", "w9.g", 3):
        assert name not in run, name
        assert name not in plan, name
    with pytest.raises(bx.Problem, match="No run with this id"):
        "w1" in bx.RemoteRun(client, "nothing")  # noqa: B015


def test_labels_have_no_gradient_in_a_run(client: bx.Client) -> None:
    run = client.create({"example": "softmax_classifier"})
    assert "labels" in run
    assert "labels.g" not in run


def test_numbers_may_be_of_any_library(client: bx.Client) -> None:
    rows = [[1.0, 2.0], [3.0, 4.5]]
    document = {"program": "loss = (x * w).sum()", "optimizer": {"name": "sgd", "lr": np.float64(0.1)}}
    for given in (Tensor(rows, requires_grad=True), Frame(rows), [np.array([1, 2]), (3.0, np.float32(4.5))]):
        run = client.create({**document, "inputs": {"x": given}, "parameters": {"w": np.ones((2, 2))}})
        np.testing.assert_array_equal(run["x"], rows)
        run["w"] = given
        np.testing.assert_array_equal(run["w"], rows)
        assert run.check(w=given)["correct"]
    assert len(run.train(np.int64(5))) == 6
    assert run.iteration == 5
    assert run.change(seed=np.int32(3), optimizer={"name": "sgd", "lr": np.float32(0.5)})["optimizer"]["lr"] == 0.5


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("w", object(), "w must be a number; got an object of the type object"),
        ("w", [[1, 2], [3]], "w[1] must have 2 elements"),
        ("w", [1.0], "w has the shape (2, 2); got (1,)"),
        ("W", np.ones((2, 2)), 'no tensor called W; did you mean "w"?'),
    ],
)
def test_what_cannot_be_set_is_a_problem(client: bx.Client, name: str, value: Any, says: str) -> None:
    run = client.create({"program": "loss = sum(w)", "parameters": {"w": np.ones((2, 2))}})
    with pytest.raises(bx.Problem) as caught:
        run[name] = value
    assert says in str(caught.value)


def test_what_is_no_json_is_a_problem(client: bx.Client) -> None:
    with pytest.raises(bx.Problem, match="what is sent is no JSON"):
        client.create({"program": object()})


def test_numbers_that_are_not_finite_travel_in_arrays(client: bx.Client) -> None:
    x = np.array([[np.nan, np.inf], [-np.inf, 1.0]])
    run = client.create({"program": "loss = sum(w)", "parameters": {"w": np.ones((2, 2))}})
    run["w"] = x
    np.testing.assert_array_equal(run["w"], x)
    verdict = run.check(w=x)["verdicts"]["w"]
    assert verdict["verdict"] == "wrong_value"


def test_loss_and_iteration_leave_the_document_where_it_is(client: bx.Client) -> None:
    document = {"program": "loss = mean(x @ w)", "inputs": {"x": np.random.default_rng(1).random((5000, 20))}}
    run = client.create({**document, "parameters": {"w": np.ones((20, 1))}, "optimizer": {"name": "sgd", "lr": 0.1}})
    losses = run.train(2)
    with spied(client) as answers:
        assert (run.loss, run.iteration) == (losses[-1], 2)
        assert client.run(run.id).id == run.id
    assert [len(answer.content) < 2000 for answer in answers] == [True] * 3
    state = run.state()
    assert np.shape(state["document"]["inputs"]["x"]) == (5000, 20)
    assert len(state["losses"]) == 3
    small = client.call("GET", f"/runs/{run.id}", document="false")
    assert small == {key: value for key, value in state.items() if key not in ("document", "losses")}
    with pytest.raises(bx.Problem):
        client.call("GET", f"/runs/{run.id}", document="perhaps")


def test_a_training_is_ended_by_leaving_it_without_a_stream(client: bx.Client) -> None:
    run = client.create(endless_document())
    for patience in (0.5, 2, 8, 30):  # so long until it has begun
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{client._http.base_url}runs/{run.id}/iterations", json={"count": ENDLESS}, timeout=patience)
        if iteration := run.iteration:  # the answer waits for the training, which has ended
            break
    assert 0 < iteration < ENDLESS
    assert run.undo()["iteration"] == 0


def test_a_training_may_take_longer_than_other_answers(client: bx.Client) -> None:
    run, began, enough = client.create(endless_document()), threading.Event(), threading.Event()

    def look(_: dict[str, Any]) -> None:
        began.set()
        if enough.is_set():
            raise InterruptedError

    def train() -> None:
        with pytest.raises(InterruptedError):
            run.train(ENDLESS, progress=look)

    with (
        bx.Client(str(client._http.base_url).removesuffix("/api/"), timeout=0.3) as hasty,
        ThreadPoolExecutor() as pool,
    ):
        first = pool.submit(train)
        try:
            assert began.wait(60)
            other = bx.RemoteRun(hasty, run.id)
            second = pool.submit(other.train, 1)  # waits for its turn, silently
            for _ in range(2):
                with pytest.raises(bx.Problem, match=r"did not answer within 0\.3 seconds: it is busy") as caught:
                    other.loss  # noqa: B018
                assert caught.value.code == "timeout"
            assert not second.done()
        finally:
            enough.set()
        first.result()
        assert len(second.result()) == 2


@contextmanager
def another_service(body: bytes, kind: str, status: int = 200) -> Iterator[str]:
    """A server that answers all with this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


PAGE = b"<!doctype html><title>Log in</title>"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (PAGE, "text/html; charset=utf-8", 200),
        (PAGE, "text/html", 302),
        (PAGE, "text/html", 500),
        (json.dumps({"message": "who are you?"}).encode(), "application/json", 401),
        (json.dumps(["x"]).encode(), "application/json", 200),
    ],
)
def test_another_service_is_told_apart(body: bytes, kind: str, status: int) -> None:
    with another_service(body, kind, status) as url, bx.Client(url) as client:
        run = bx.RemoteRun(client, "some")
        calls = [
            lambda: client.create({"example": "lesson13"}),
            lambda: client.run("some"),
            lambda: run["w1"],
            lambda: run.train(2),
        ]
        for call in calls:
            with pytest.raises(bx.Problem, match="is no Backprop Explorer") as caught:
                call()
            assert caught.value.code == "not_the_service"


@pytest.mark.parametrize("ending", ["", "/", "/?run=abc", "/#run=abc", "/?a=b#c"])
def test_an_address_may_be_copied_from_the_browser(client: bx.Client, ending: str) -> None:
    url = str(client._http.base_url).removesuffix("/api/")
    for whole in (url, url.removeprefix("http://")):
        with bx.Client(f"{whole}{ending}") as other:
            assert "lesson13" in other.examples()


@pytest.mark.parametrize(
    "url", ["", "ftp://localhost", "http://", "http://localhost:port", "file:///etc", "http://[::1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(bx.Problem, match=re.escape("such as http://127.0.0.1:8000")) as caught:
        bx.Client(url)
    assert caught.value.code == "bad_address"


def test_a_file_that_is_loaded_answers_a_run(client: bx.Client, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(client.create({"example": "lesson13"}).export("json"))
    assert client.load(file).iteration == 0
