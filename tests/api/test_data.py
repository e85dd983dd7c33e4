"""Data of one's own through HTTP: looked into, put into a run, made a run of; rows that are held out."""

from typing import Any

import numpy as np
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem
from tests.unit.importing.test_raw_data import RAMP, TEXT, saved, zipped

BYTES = {"Content-Type": "application/octet-stream"}
FLOWERS = b"long,wide,kind\n" + b"".join(
    b"%d.5,%d.25,%s\n" % (at % 5, (at * 3) % 7, [b"rose", b"daisy", b"tulip"][at % 3]) for at in range(15)
)


def send(client: TestClient, path: str, file: bytes, **query: str) -> Response:
    return client.post(path, content=file, headers=BYTES, params=query)


def test_a_table_with_words_begins_a_run_that_trains(client: TestClient) -> None:
    made = send(client, "/api/import", FLOWERS, run="true", model="linear", title="Flowers")
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert "The 3 classes of y: 0 is daisy, 1 is rose and 2 is tulip" in made.json()["warnings"]
    run = client.get(path).json()
    assert run["title"] == "Flowers"
    assert run["document"]["vocabulary"] == {"y": ["daisy", "rose", "tulip"]}
    losses = client.post(f"{path}/iterations", json={"count": 20}).json()["losses"]
    assert losses[-1] < losses[0]
    again = send(client, f"{path}/import", b"long,wide,kind\n1,2,tulip\n3,4,rose\n", label="kind")
    assert again.status_code == 200, again.text
    inputs = client.get(path).json()["document"]["inputs"]
    assert (inputs["x"], inputs["y"]) == ([[1, 2], [3, 4]], [2, 1])
    unknown = send(client, f"{path}/import", b"long,wide,kind\n1,2,violet\n", label="kind")
    assert "violet" in assert_problem(unknown, 422, "unknown_word")["detail"]


def test_a_file_is_looked_into_and_changes_nothing(client: TestClient) -> None:
    run = RunClient(client, {"example": "softmax_classifier"})
    identity = run.path.rsplit("/", 1)[1]
    found = send(client, "/api/data", FLOWERS, run=identity).json()
    assert (found["format"], found["holds"], found["label"]) == ("csv", "table", "kind")
    assert found["fits"] is None
    assert "2 columns (long and wide)" in found["problem"]["detail"]
    four = b"a,b,c,d,kind\n1,2,3,4,x\n5,6,7,8,y\n"
    fits = send(client, "/api/data", four, run=identity).json()["fits"]
    assert {one["name"]: one["after"] for one in fits["tensors"]} == {"x": [2, 4], "labels": [2]}
    assert run.get()["version"] == 1
    assert send(client, "/api/data", b'{"program": "loss = w", "parameters": {"w": 1}}').json()["holds"] == "program"
    assert_problem(send(client, "/api/data", FLOWERS, run="none"), 404, "unknown_run")
    assert_problem(send(client, "/api/data", FLOWERS, label="none"), 422)
    assert_problem(send(client, "/api/data", b"a,b\n1,\n"), 422, "missing_value")


def test_columns_are_left_out_and_a_target_is_chosen(client: TestClient) -> None:
    document = {
        "program": "loss = cross_entropy(x @ w, y) + cross_entropy(x @ w, z)",
        "inputs": {"x": [[1.0, 2.0]], "y": [0], "z": [1]},
        "parameters": {"w": [[0.5, 1.0], [0.25, 0.0]]},
    }
    run = RunClient(client, document)
    file = b"id,a,b,z,first\n7,1,2,1,0\n"
    path = f"{run.path}/import"
    assert_problem(send(client, path, file, label="first"), 422, "no_tensor_fits")
    answer = send(client, path, file, label="first", target="y", leave="id")
    assert answer.status_code == 200, answer.text
    assert run.get()["document"]["inputs"] == {"x": [[1, 2]], "y": [0], "z": [1]}


def test_one_hot_rows_where_the_target_has_them(client: TestClient) -> None:
    document = {
        "program": "loss = mse(softmax(x @ w), t)",
        "inputs": {"x": [[1.0, 2.0]], "t": [[1.0, 0.0, 0.0]]},
        "parameters": {"w": {"shape": [2, 3], "init": "normal"}},
    }
    run = RunClient(client, document)
    answer = send(client, f"{run.path}/import", b"a,b,kind\n1,2,rose\n3,4,daisy\n", label="kind").json()
    assert run.get()["document"]["inputs"]["t"] == [[0, 1, 0], [1, 0, 0]]
    assert "The labels are one-hot rows, since t takes a number for each class" in answer["warnings"]
    labelled = RunClient(
        client, {**document, "program": "loss = cross_entropy(x @ w, t)", "inputs": {"x": [[1.0, 2.0]], "t": [1]}}
    )
    answer = send(client, f"{labelled.path}/import", b"a,b,kind\n1,2,1\n3,4,3\n", label="kind").json()
    assert labelled.get()["document"]["inputs"]["t"] == [0, 1]
    assert "The labels 1 and 3 became the class numbers 0 to 1 of t" in answer["warnings"]


def test_pictures_and_text_begin_runs(client: TestClient) -> None:
    pictures = zipped(low__1=saved(RAMP), high__1=saved(255 - RAMP))
    made = send(client, "/api/import", pictures, run="true", model="mlp")
    document = client.get(made.headers["location"]).json()["document"]
    assert np.allclose(document["inputs"]["x"][1], RAMP.reshape(-1) / 255)
    assert document["vocabulary"] == {"y": ["high", "low"]}
    made = send(client, "/api/import", TEXT.encode(), run="true", model="mlp", tokens="words", length="2")
    document = client.get(made.headers["location"]).json()["document"]
    words = document["vocabulary"]["x"]
    assert [words[at] for at in document["inputs"]["x"][0]] == ["to", "be"]
    assert words[document["inputs"]["y"][0]] == "or"
    assert "?model=linear" in assert_problem(send(client, "/api/import", TEXT.encode()), 422, "no_program")["hint"]


def test_a_picture_that_unpacks_to_more_than_the_limit(tmp_path: Any) -> None:
    with client_of(tmp_path, unpacked_bytes=10_000) as client:
        problem = assert_problem(send(client, "/api/data", saved(np.zeros((99, 99), np.uint8))), 413)
        assert "BACKPROP_UNPACKED_BYTES" in problem["hint"]


def held_of(run: RunClient) -> list[float] | None:
    found: list[float] | None = run.get().get("validation_losses")
    return found


def test_the_loss_on_held_out_rows_is_kept_with_the_run(client: TestClient) -> None:
    run = RunClient(client, {"example": "softmax_classifier"})
    assert run.get()["validation_loss"] is None
    assert held_of(run) is None
    changed = run("PATCH", "", {"validation": {"count": 2, "shuffle": False}}).json()
    assert changed["validation"] == {"count": 2, "shuffle": False}
    first = changed["validation_loss"]
    document = run.get()["document"]
    x, labels = np.array(document["inputs"]["x"]), np.array(document["inputs"]["labels"])
    parameters = document["parameters"]
    scores = x[3:] @ parameters["w"] + parameters["b"]
    assert first == pytest.approx(float(np.mean(np.log(np.exp(scores).sum(1)) - scores[[0, 1], labels[3:]])))
    trained = run("POST", "/iterations", {"count": 5}).json()
    held = trained["validation_losses"]
    assert len(held) == len(trained["losses"]) == 6
    assert (held[0], held[-1]) == (first, trained["validation_loss"])
    assert held_of(run) == held == run.get("/history")["validation_losses"]
    plot = run.get("/plots/loss")
    assert plot["validation_losses"] == held
    assert "On the rows that are held out it is" in plot["text"]
    assert run.get("/trace")["batch"]["rows"] == [0, 1, 2]
    assert run.get("/export", format="json")["events"][2]["validation_losses"] == held
    fork = client.post(f"{run.path}/fork", json={"iteration": 3}).headers["location"]
    assert client.get(fork).json()["validation_losses"] == held[:4]
    run("POST", "/undo")
    assert held_of(run) == [first]
    run("POST", "/redo")
    assert held_of(run) == held
    run("PATCH", "/tensors/w", {"data": np.zeros((4, 3)).tolist()})
    edited = held_of(run)
    assert edited is not None
    assert edited[:5] == held[:5]
    assert edited[5] == pytest.approx(np.log(3), rel=0.2)
    file = run("GET", "/export?format=numpy").content
    assert send(client, "/api/import", file).json()["document"]["validation"] == {"count": 2, "shuffle": False}
    run("PATCH", "", {"validation": None})
    assert held_of(run) is None


def test_the_run_is_the_same_after_the_server_begins_anew(tmp_path: Any) -> None:
    with client_of(tmp_path) as client:
        run = RunClient(client, {"example": "digits"})
        run("PATCH", "", {"validation": {"fraction": 0.25}})
        run("POST", "/iterations", {"count": 4})
        before = run.get()
    with client_of(tmp_path) as client:
        after = client.get(run.path).json()
    assert after["validation_losses"] == before["validation_losses"]
    assert after == before


def test_a_split_that_cannot_be_says_why(client: TestClient) -> None:
    run = RunClient(client, {"example": "rnn"})
    problem = assert_problem(run("PATCH", "", {"validation": {"fraction": 0.2}}), 422, "bad_validation")
    assert "does not run with the 5 rows" in problem["detail"]
    assert problem["where"]["line"]
    assert run.get()["version"] == 1


def test_the_shape_of_a_missing_tensor_follows_from_its_use(client: TestClient) -> None:
    sent = {"x": {"shape": [6, 10], "dtype": "float64"}, "y": {"shape": [6, 2], "dtype": "float64"}}
    body = {"code": "loss = mse(x @ w, y)", "name": "w", "inputs": sent}
    assert client.post("/api/shapes", json=body).json()["parameter"] == {"shape": [10, 2], "whole": False}
    assert_problem(client.post("/api/shapes", json={"code": "loss = w"}), 422)
    assert_problem(client.post("/api/shapes", json={**body, "code": "loss = ("}), 422)
