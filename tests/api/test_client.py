"""The client in Python, against the real server."""

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import backprop_explorer as bx
from tests.api.stream import ENDLESS, endless_document
from tests.onnx_network import network_in_two
from tests.server import ForkedServer, Server, free_port, running


@pytest.fixture(scope="module")
def client(ordinary: Server) -> Iterator[bx.Client]:
    with bx.Client(ordinary.url) as client:
        yield client


def test_a_run_is_what_a_plan_is(client: bx.Client) -> None:
    document = client.call("GET", "/examples/lesson13")
    run, plan = client.create({"example": "lesson13"}), bx.compile(document)
    losses = run.train(20)
    assert losses == [*(plan.step() for _ in range(20)), plan.run()]
    assert (run.iteration, run.loss) == (20, losses[-1])
    for name in ("w1", "w1.g", "l1", "l1.matmul", "l1.matmul.g", "loss", "y"):
        assert np.array_equal(run[name], plan[name]), name
        assert run[name].dtype == plan[name].dtype
    assert run.tensor("w1", iteration=0).tolist() == document["parameters"]["w1"]


def test_a_document_of_many_numbers_is_sent_as_a_file(tmp_path: Path) -> None:
    """As JSON it would be larger than a body may be."""
    random = np.random.default_rng(0)
    document = {
        "title": "many numbers",
        "program": "h = x @ w\nloss = mean(where(mask, h, 0) ** 2) + cross_entropy(h, labels)",
        "inputs": {
            "x": random.standard_normal((4, 700)).astype(np.float32),
            "labels": random.integers(0, 800, 4),
            "mask": random.random((4, 800)) > 0.5,
        },
        "parameters": {"w": random.standard_normal((700, 800)) * 0.1},
        "optimizer": {"name": "sgd", "lr": 0.1},
        "dtype": "float32",
    }
    small = running(tmp_path / "runs.sqlite3", tmp_path / "log", kind=ForkedServer, BACKPROP_BODY_BYTES="4000000")
    with small as server, bx.Client(server.url) as client:
        run, plan = client.create(document), bx.compile(document)
        assert np.array_equal(np.float32(run.train(2)), np.float32([plan.step(), plan.step(), plan.run()]))
        for name in ("x", "labels", "mask", "w", "w.g"):
            assert np.array_equal(run[name], plan[name]), name
            assert run[name].dtype == plan[name].dtype
        sent = client.call("GET", f"/runs/{run.id}")["document"]
        assert (sent["title"], sent["dialect"]) == ("many numbers", plan.document.dialect)
        with pytest.raises(bx.Problem, match="larger than the limit body_bytes") as caught:
            client.call("POST", "/runs", document)
        assert "POST /import" in str(caught.value.hint)


def test_a_document_of_many_numbers_that_is_wrong_is_told_so(client: bx.Client) -> None:
    document = {"program": "loss = sum(w)", "parameters": {"w": np.ones((1000, 600))}, "optimiser": {}}
    with pytest.raises(bx.Problem, match="no key 'optimiser'"):
        client.create(document)


def test_a_long_training_tells_how_far_it_is(client: bx.Client) -> None:
    run, told = client.create({"example": "lesson13"}), []
    losses = run.train(500, progress=told.append)
    assert len(losses) == 501
    assert (told[-1]["done"], told[-1]["count"], told[-1]["loss"]) == (500, 500, losses[-1])
    with pytest.raises(bx.Problem) as caught:
        run.train(5, {"w1": "l1.g"}, progress=told.append)
    assert caught.value.status == 422
    assert run.iteration == 500


def test_an_exception_ends_the_training_and_what_was_done_is_kept(client: bx.Client) -> None:
    def enough(told: dict) -> None:
        if told["done"]:
            raise KeyboardInterrupt

    run = client.create(endless_document())
    with pytest.raises(KeyboardInterrupt):
        run.train(ENDLESS, progress=enough)
    assert 0 < run.iteration < ENDLESS
    assert run.undo()["iteration"] == 0


def test_numbers_are_set_undone_and_redone(client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    before = run["w1"]
    run["w1"] = before * 2
    run["b2"] = [0.25]
    assert np.array_equal(run["w1"], before * 2)
    run.undo()
    run.undo()
    assert np.array_equal(run["w1"], before)
    run.redo()
    assert np.array_equal(run["w1"], before * 2)
    assert run.change(optimizer={"name": "adam", "lr": 0.1})["optimizer"]["name"] == "adam"
    run.train(2)
    assert run["w1.exp_avg"].shape == (10, 2)


def test_arrays_may_stand_in_a_document(client: bx.Client) -> None:
    x = np.array([[1.0, np.inf], [np.nan, -np.inf]])
    document = {"program": "loss = sum(x * w)", "inputs": {"x": x}, "parameters": {"w": np.ones((2, 2))}}
    run = client.create(document)
    assert np.array_equal(run["x"], x, equal_nan=True)
    assert np.isnan(run.loss)
    assert client.trace({**document, "inputs": {"x": np.eye(2)}})["loss"] == 2


def test_explanations_checks_and_files(client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    found = run.explain("w1.g", 2, 1)
    assert (found["field"], found["index"]) == ("gradient", [2, 1])
    assert found["value"] == run["w1.g"][2, 1]
    assert run.explain("loss")["tensor"] == "loss"
    assert run.check(w1="x.T @ l1.g", b1=np.array([9.0, 9.0]))["verdicts"]["b1"]["verdict"] == "wrong_value"
    run.train(1)
    page = run.export("html", first_iteration=0).decode()
    assert "iterations 0–1 ·" in page
    archive = np.load(io.BytesIO(run.export("npz")), allow_pickle=False)
    assert np.array_equal(archive["w1.g"], run["w1.g"])
    assert client.run(run.id).trace()["loss"] == run.loss
    assert "lesson13" in client.examples()
    run.delete()
    with pytest.raises(bx.Problem, match="No run with this id"):
        run.state()


def test_a_check_has_a_tolerance_and_takes_any_name(client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    near = run["w1.g"] + 1e-3
    assert not run.check(w1=near)["correct"]
    assert run.check(w1=near, tolerance={"atol": 1e-2, "rtol": 0})["correct"]
    assert [*run.check({"l1.matmul": run["l1.g"]}, w1=near)["verdicts"]] == ["l1.matmul", "w1"]


def test_a_variant_has_other_shapes(client: bx.Client) -> None:
    run = client.create({"exercise": "network"})
    other = run.variant(seed=7)
    assert other["w1"].shape != run["w1"].shape
    assert other.check(w1="x.T @ l1.g")["correct"]
    assert (run.variant(7)["w1"] == other["w1"]).all()
    assert run.variant().id not in (run.id, other.id)


def test_a_fork_goes_its_own_way(client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    losses = run.train(5)
    copy = run.fork(2)
    assert copy.id != run.id
    assert (copy.iteration, copy.loss) == (2, losses[2])
    assert copy.train(3)[1:] == losses[3:]
    assert run.fork().loss == run.loss
    assert 'stroke="currentColor"' in copy._repr_html_()


def test_others_look_at_a_run_and_fork_it(client: bx.Client) -> None:
    run = client.create({"example": "lesson13"})
    run.train(2)
    view = run.state()["view_id"]
    assert (run.url, run.view_url) == (f"{client.url}/#run={run.id}", f"{client.url}/#view={view}")
    looked = client.run(view)
    assert (looked.id, looked.loss, looked.view_url) == (view, run.loss, run.view_url)
    with pytest.raises(bx.Problem, match="for looking at the run") as caught:
        looked.train(1)
    assert caught.value.code == "view_only"
    copy = looked.fork()
    assert copy.id not in (run.id, view)
    copy.train(1)
    assert (copy.iteration, run.iteration) == (3, 2)


def test_files_come_back(client: bx.Client, tmp_path: Path) -> None:
    run = client.create({"example": "lesson13"})
    run.train(3)
    exported = tmp_path / "run.npz"
    exported.write_bytes(run.export("npz"))
    again = client.load(exported)
    assert again.loss == run.loss
    assert again.id != run.id
    np.savez(tmp_path / "weights.npz", w1=np.full((10, 2), 0.25), other=np.ones(2))
    with pytest.warns(UserWarning, match="left out, since the run has no input or parameter of the name: other"):
        assert again.load(tmp_path / "weights.npz") == ["w1"]
    assert again["w1"].tolist() == [[0.25, 0.25]] * 10
    with pytest.raises(bx.Problem, match="tensors only"):
        client.load(str(tmp_path / "weights.npz"))


def test_a_network_in_two_files_is_loaded_from_where_they_lie(client: bx.Client, tmp_path: Path) -> None:
    for name, content in network_in_two().items():
        (tmp_path / name).write_bytes(content)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert client.load(tmp_path / "network.onnx")["fc_weight"].tolist() == [[1.0] * 3] * 2
    assert any("made up" in str(one.message) for one in told)
    (tmp_path / "network.onnx.data").rename(tmp_path / "weights.bin")
    with pytest.raises(bx.Problem, match=r"in another file, 'network\.onnx\.data', which is missing"):
        client.load(tmp_path / "network.onnx")
    with pytest.raises(bx.Problem, match=r"given are 'weights\.bin'"):
        client.load(tmp_path / "network.onnx", tmp_path / "weights.bin")


def test_what_the_service_refuses_is_a_problem_with_its_place(client: bx.Client) -> None:
    with pytest.raises(bx.Problem) as caught:
        client.create({"program": "a = 1\nloss = sotfmax(w)", "parameters": {"w": [1.0]}})
    problem = caught.value
    assert (problem.code, problem.status, problem.line) == ("unknown_function", 422, 2)
    assert problem.hint == 'did you mean "softmax"?'
    assert "sotfmax" in problem.detail
    run = client.create({"example": "lesson13"})
    with pytest.raises(bx.Problem) as caught:
        run["w1"] = [1.0]
    assert (caught.value.code, caught.value.tensor) == ("wrong_shape", "w1")
    with pytest.raises(bx.Problem, match="no tensor called w9"):
        run["w9"]
    with pytest.raises(bx.Problem) as caught:
        run.undo()
    assert caught.value.status == 409


def test_nobody_there_is_a_problem(tmp_path: Path) -> None:
    with bx.Client(f"http://127.0.0.1:{free_port()}") as client, pytest.raises(bx.Problem, match="no answer") as caught:
        client.examples()
    assert caught.value.code == "unreachable"


def test_another_service_is_told_apart(client: bx.Client) -> None:
    with bx.Client(f"{client._http.base_url}elsewhere") as other, pytest.raises(bx.Problem):
        other.call("GET", "/../../lib/nothing.js")


TAGS = {"div", "strong", "a", "svg", "path", "pre", "code", "table", "caption", "tbody", "tr", "td"}


def test_a_notebook_shows_a_run_without_scripts(client: bx.Client) -> None:
    document = {"program": "loss = w * w", "parameters": {"w": 1.5}, "title": "<script>alert('1')</script>&"}
    run = client.create(document)
    shown = run._repr_html_()
    assert re.findall(r'href="([^"]*)"', shown) == [run.url]
    assert "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;" in shown
    assert set(re.findall(r"<(\w+)", shown)) <= TAGS
    assert re.findall(r"<td[^>]*>([^<]*)<", shown) == ["1.5", "3"]


def test_a_notebook_shows_the_beginning_of_a_long_program(client: bx.Client) -> None:
    program = "\n".join([*(f"a{k} = w * {k}" for k in range(99)), "loss = a9 * 1  # " + "long" * 1000])
    shown = client.create({"program": program, "parameters": {"w": 1.5}})._repr_html_()
    assert "a39 = w * 39" in shown
    assert "a40" not in shown
    assert "… and 60 more lines" in shown


def test_a_notebook_shows_the_beginning_of_what_is_large(client: bx.Client) -> None:
    weights = np.arange(2 * 3 * 12 * 10.0).reshape(2, 3, 12, 10)
    weights[0, 0, 0, :2] = np.nan, -np.inf
    document = {"program": "loss = (w * w).sum() + (b * b).sum()", "parameters": {"w": weights, "b": np.arange(9.0)}}
    run = client.create({**document, "optimizer": {"name": "sgd", "lr": 0.25}})
    first = run._repr_html_()
    run.train(3)
    second = run._repr_html_()
    assert "(2, 3, 12, 10)" in first
    assert "<svg" not in first
    cells = re.findall(r"<td[^>]*>([^<]*)<", first.split("<table")[1])
    assert cells[:9] == ["nan", "−inf", *map(str, range(2, 8)), "…"]
    assert len(cells) == 8 * 9 + 8
    assert "iteration 3" in second
    assert "loss nan" in second
    assert set(re.findall(r"<(\w+)", second)) <= TAGS
