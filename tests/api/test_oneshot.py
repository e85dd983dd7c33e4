"""Health, the catalogue, the examples, and a trace of a document."""

import re
from importlib.metadata import version

import pytest
from starlette.testclient import TestClient

from backprop_explorer.examples import examples
from tests.amount import some
from tests.api.problem_shape import assert_problem
from tests.examples.telling import TELLING

TENSOR = {"role", "shape", "dtype", "value", "gradient"}
STEP = {"index", "phase", "line", "op", "family", "inputs", "output", "code", "latex", "mathml"}


def test_health(client: TestClient) -> None:
    assert client.get("/api/health").json() == {"status": "ok", "version": version("backprop-explorer")}


def test_head_is_get_without_its_body(client: TestClient) -> None:
    answer, whole = client.head("/api/health"), client.get("/api/health")
    assert (answer.status_code, answer.content) == (200, b"")
    ids = [one.headers.pop("X-Request-ID") for one in (answer, whole)]
    assert ids[0] != ids[1]
    assert answer.headers == whole.headers


def test_the_catalogue(client: TestClient) -> None:
    catalogue = client.get("/api/ops").json()
    assert {"matmul", "relu", "sum", "softmax", "mse"} <= {operation["name"] for operation in catalogue}
    keys = {"name", "family", "operands", "parameters", "formula", "rules", "kink", "source"}
    assert all(keys <= entry.keys() for entry in catalogue)


def test_the_catalogue_tells_what_the_libraries_call_the_same(client: TestClient) -> None:
    catalogue = {operation["name"]: operation for operation in client.get("/api/ops").json()}
    assert catalogue["exp"]["spelled"] == ["np.exp", "torch.exp", "Tensor.exp"]
    assert "torch.amax" in catalogue["max"]["spelled"]
    assert "torch.max" not in catalogue["max"]["spelled"]  # with an axis it is a pair
    assert "np.greater" in catalogue["greater"]["spelled"]


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_a_librarys_words(client: TestClient, library: str) -> None:
    words = client.get(f"/api/ops?library={library}").json()
    assert len(words) > 150
    assert all(word.keys() == {"name", "library", "paths", "signature", "summary", "means"} for word in words)
    assert {word["library"] for word in words} == {library}
    assert all(word["means"] and word["paths"] for word in words)
    paths = [path for word in words for path in word["paths"]]
    assert len({*paths}) == len(paths)
    assert not {"np.empty", "torch.randn", "torch.equal"} & {*paths}  # known only so that they can be refused by name


def test_a_word_has_its_librarys_defaults_and_its_meaning(client: TestClient) -> None:
    words = {path: word for word in client.get("/api/ops?library=torch").json() for path in word["paths"]}
    assert words["torch.addmm"]["signature"] == "input, mat1, mat2, *, beta=1, alpha=1"
    assert words["torch.lerp"]["means"] == "input + weight * (end - input)"
    assert words["torch.addmm"] == words["Tensor.addmm"]
    assert words["F.linear"]["signature"] == "input, weight, bias=None"


def test_an_unknown_library_is_refused(client: TestClient) -> None:
    answer = client.get("/api/ops?library=jax")
    assert answer.status_code == 422
    assert "library" in answer.json()["detail"]


def test_the_optimizers(client: TestClient) -> None:
    optimizers = {optimizer["name"]: optimizer for optimizer in client.get("/api/optimizers").json()}
    assert optimizers.keys() == {"sgd", "adam", "adamw", "rmsprop", "adagrad"}
    assert optimizers["adam"]["options"]["betas"] == [0.9, 0.999]


def test_the_data_sets(client: TestClient) -> None:
    listed = {entry["name"]: entry for entry in client.get("/api/datasets").json()}
    assert listed.keys() == {"circles", "digits", "iris", "moons", "spirals"}
    assert all(entry["source"] and entry["licence"] for entry in listed.values())
    assert listed["iris"]["fields"]["x"]["shape"] == [4]
    assert listed["iris"]["classes"] == ["setosa", "versicolor", "virginica"]
    assert listed["digits"]["fields"]["x"]["views"] == [[8, 8], [1, 8, 8]]
    assert listed["moons"]["options"].keys() == {"seed", "noise"}


@pytest.mark.parametrize("name", ["circles", "digits", "iris", "moons", "spirals"])
def test_a_listed_data_set_trains(client: TestClient, name: str) -> None:
    [entry] = [entry for entry in client.get("/api/datasets").json() if entry["name"] == name]
    features, classes = entry["fields"]["x"]["shape"][0], len(entry["classes"])
    fields = {field: {"dataset": name, "field": field, "count": 12} for field in ("x", "y")}
    weights = {"shape": [features, classes], "init": "xavier_normal"}
    document = {"program": "loss = cross_entropy(x @ w, y)", "inputs": fields, "parameters": {"w": weights}}
    trace = client.post("/api/trace", json=document)
    assert trace.status_code == 200, trace.text
    assert trace.json()["tensors"]["x"]["shape"] == [12, features]
    fields["x"]["count"] = entry["count"] + 1
    problem = assert_problem(client.post("/api/trace", json=document), 422, "unknown_dataset")
    assert f"from 1 to {entry['count']}" in problem["detail"]
    assert problem["where"] == {"tensor": "x"}


def test_the_examples_are_listed(client: TestClient) -> None:
    listed = client.get("/api/examples").json()
    assert [example["name"] for example in listed] == list(examples)
    keys = {"name", "title", "description", "shelf", "question", "attempt", "picture"}
    assert all(example.keys() == keys for example in listed)
    shelves = [example["shelf"] for example in listed]
    assert list(dict.fromkeys(shelves)) == ["First steps", "Layers", "Models"]
    assert shelves == sorted(shelves)  # each shelf's together


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_an_example_begins_with_a_question_and_a_picture_of_its_own_tensors(client: TestClient, name: str) -> None:
    listed = next(one for one in client.get("/api/examples").json() if one["name"] == name)
    tensors = client.post("/api/trace", json=examples[name]).json()["tensors"]
    assert listed["question"].endswith("?")
    for text in (listed["question"], listed["attempt"]):
        for code in re.findall("`([^`]+)`", text):
            assert code.partition("[")[0].removesuffix(".g") in tensors, code
    *drawn, last = listed["picture"]
    assert last == {"name": "loss", "shape": [], "count": 1}
    for one in drawn:
        versions = [key for key in tensors if key == one["name"] or key.startswith(f"{one['name']}__")]
        assert tensors[versions[-1]]["shape"] == one["shape"]


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_an_example_is_ready_to_be_posted(client: TestClient, name: str) -> None:
    document = client.get(f"/api/examples/{name}").json()
    trace = client.post("/api/trace", json=document)
    assert trace.status_code == 200, trace.text
    assert trace.json()["loss"] == client.post("/api/runs", json=document).json()["loss"]


def test_a_trace(client: TestClient) -> None:
    trace = client.post("/api/trace", json=client.get("/api/examples/lesson13").json()).json()
    assert trace.keys() >= {"loss", "tensors", "steps", "warnings"}
    assert all(tensor.keys() >= TENSOR for tensor in trace["tensors"].values())
    assert all(step.keys() >= STEP for step in trace["steps"])
    assert [step["index"] for step in trace["steps"]] == list(range(len(trace["steps"])))
    backward = {step["output"]: step["code"] for step in trace["steps"] if step["phase"] == "backward"}
    assert (backward["w1.g"], backward["b1.g"], backward["loss.g"]) == ("x.T @ l1.g", "l1.g.sum(0)", "1")


def test_an_opened_trace(client: TestClient) -> None:
    document = client.get("/api/examples/lesson13").json()
    closed, opened = (client.post(f"/api/trace?open={value}", json=document).json() for value in ("false", "true"))
    assert closed["tensors"].keys() < opened["tensors"].keys()
    assert closed["loss"] == opened["loss"]


def test_a_broadcast_that_is_probably_a_mistake_is_warned_of(client: TestClient) -> None:
    document = client.get("/api/examples/lesson13").json()
    document["program"] = document["program"].replace("out[:, 0]", "out")
    warnings = client.post("/api/trace", json=document).json()["warnings"]
    assert [warning["code"] for warning in warnings] == ["broadcast"]


def test_without_an_optimizer_there_is_no_update(client: TestClient) -> None:
    document = client.get("/api/examples/lesson13").json()
    del document["optimizer"]
    steps = client.post("/api/trace", json=document).json()["steps"]
    assert {step["phase"] for step in steps} == {"forward", "backward"}


def test_numbers_that_are_not_finite(client: TestClient) -> None:
    document = client.get("/api/examples/lesson13").json()
    document["parameters"]["b2"] = ["Infinity"]
    trace = client.post("/api/trace", json=document).json()
    assert trace["loss"] == "Infinity"
    assert trace["tensors"]["b2"]["value"] == ["Infinity"]
