"""Files that come in, over HTTP."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from starlette.testclient import TestClient

from tests.amount import count, some
from tests.api.conftest import RunClient, client_of
from tests.api.problem_shape import assert_problem
from tests.onnx_network import network, network_in_two

BYTES = {"Content-Type": "application/octet-stream"}
FORMATS = ("json", "html", "numpy", "pytorch", "npz", "safetensors")


def send(client: TestClient, file: bytes, path: str = "/api/import", **query: str) -> Any:
    return client.post(path, content=file, params=query, headers=BYTES)


def arrays(**tensors: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **tensors)
    return file.getvalue()


@pytest.mark.parametrize("format", some(FORMATS, "json", "npz", "numpy"))
def test_a_run_that_left_as_a_file_comes_back(client: TestClient, run: RunClient, format: str) -> None:
    run("PATCH", "", {"optimizer": {"name": "adam", "lr": 0.01}})
    run("POST", "/iterations", {"count": 3})
    answer = send(client, run("GET", f"/export?format={format}").content)
    assert answer.status_code == 200, answer.text
    assert answer.json()["format"] == format
    assert answer.json()["document"] == run.get()["document"]
    again = RunClient(client, answer.json()["document"])
    assert again.get()["loss"] == run.get()["loss"]


def test_a_document_that_cannot_be_sent_back_says_what_can_be_done(tmp_path: Path) -> None:
    document = {"program": "loss = sum(w)", "parameters": {"w": {"shape": [80, 80], "init": "normal"}}}
    with client_of(tmp_path) as client:
        file = RunClient(client, document)("GET", "/export?format=safetensors").content
        assert not send(client, file).json()["warnings"]
    with client_of(tmp_path / "small", body_bytes=len(file) + 100) as client:
        answer = send(client, file).json()
        assert client.post("/api/runs", json=answer["document"]).status_code == 413
        (told,) = [warning for warning in answer["warnings"] if "body_bytes" in warning]
        assert "?run=true" in told
        assert told.startswith("The document takes ")
        begun = send(client, file, run="true")
        assert (begun.status_code, begun.json()["warnings"]) == (201, [])


def test_the_formats_are_listed_with_what_can_be_done(client: TestClient) -> None:
    listing = {format["name"]: format for format in client.get("/api/formats").json()}
    assert {name for name, format in listing.items() if format["exports"]} == set(FORMATS)
    assert {name for name, format in listing.items() if format["imports"]} == {
        *(*FORMATS, "onnx", "code", "npy", "csv", "tsv", "png", "jpeg", "pictures", "text"),
    }
    assert listing["pytorch"]["ending"] == "py"


def test_an_onnx_network_runs_and_trains(client: TestClient) -> None:
    answer = send(client, network()).json()
    assert answer["format"] == "onnx"
    assert any("made up" in warning for warning in answer["warnings"])
    run = RunClient(client, answer["document"])
    losses = run("POST", "/iterations", {"count": 5}).json()["losses"]
    assert losses[-1] < losses[0]


def test_a_network_in_two_files_comes_as_an_archive_of_both(client: TestClient) -> None:
    files = network_in_two()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    answer = send(client, packed.getvalue())
    assert answer.status_code == 200, answer.text
    assert answer.json()["document"]["parameters"] == send(client, network()).json()["document"]["parameters"]
    problem = assert_problem(send(client, files["network.onnx"]), 422, "external_data")
    assert "network.onnx.data" in problem["detail"]
    assert "zip" in problem["hint"]


def test_a_run_begins_at_once_where_that_is_wanted(client: TestClient, run: RunClient) -> None:
    answer = send(client, run("GET", "/export?format=npz").content, run="true")
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/runs/{answer.json()['run']['id']}"
    assert client.get(answer.headers["location"]).json()["document"] == run.get()["document"]


def test_json_may_say_that_it_is_json(client: TestClient, run: RunClient) -> None:
    document = run.get()["document"]
    assert client.post("/api/import", json=document).json() == {
        "format": "json",
        "document": document,
        "warnings": [],
        "notes": [],
        "backward": [],
    }


def test_tensors_alone_go_into_a_run_as_one_change(client: TestClient, run: RunClient) -> None:
    file = arrays(w1=np.full((10, 2), 0.25), b1=np.array([1, 2]), w9=np.ones(3))
    problem = assert_problem(send(client, file), 422, "no_program")
    assert "w1" in problem["detail"]
    assert "/import" in problem["hint"]
    answer = send(client, file, f"{run.path}/import")
    assert answer.status_code == 200, answer.text
    assert answer.json()["replaced"] == ["b1", "w1"]
    assert answer.json()["warnings"] == ["left out, since the run has no input or parameter of the name: w9"]
    assert answer.headers["etag"] == '"2"'
    parameters = run.get()["document"]["parameters"]
    assert parameters["w1"] == [[0.25, 0.25]] * 10
    assert parameters["b1"] == [1.0, 2.0]
    before = run("POST", "/undo").json()
    assert not before["can_undo"]
    assert run.get()["document"]["parameters"]["b1"] == [0.0, 0.0]


def test_a_file_with_a_document_gives_a_run_its_numbers(client: TestClient, run: RunClient) -> None:
    file = run("GET", "/export?format=safetensors").content
    run("POST", "/iterations", {"count": 2})
    answer = send(client, file, f"{run.path}/import").json()
    assert {"w1", "b1", "x", "y"} <= {*answer["replaced"]}
    assert answer["loss"] == run.get("/trace", iteration=0)["loss"]
    assert answer["iteration"] == 2


def test_labels_stay_whole_and_dotted_names_are_found(client: TestClient) -> None:
    document = {
        "program": "loss = cross_entropy(x @ fc_weight, y)",
        "inputs": {"x": [[1.0, 2.0]], "y": [0]},
        "parameters": {"fc_weight": [[0.5, 1.0], [0.25, 0.0]]},
    }
    run = RunClient(client, document)
    answer = send(client, arrays(**{"fc.weight": np.eye(2), "y": np.array([1.0])}), f"{run.path}/import")
    assert answer.status_code == 200, answer.text
    assert run.get()["document"]["inputs"]["y"] == [1]
    assert run.get()["document"]["parameters"]["fc_weight"] == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("tensors", "code", "words"),
    [
        ({"w1": np.ones((2, 10))}, "wrong_shape", "w1 has the shape (10, 2); the file's has (2, 10)"),
        ({"v": np.ones(3)}, "no_tensor_fits", "none of the file's tensors (v)"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    client: TestClient, run: RunClient, tensors: dict[str, Any], code: str, words: str
) -> None:
    problem = assert_problem(send(client, arrays(**tensors), f"{run.path}/import"), 422, code)
    assert words in problem["detail"]
    assert run.get()["version"] == 1


def test_a_table_goes_into_a_run_with_its_label_and_other_rows(client: TestClient) -> None:
    run = RunClient(client, {
        "program": "loss = cross_entropy(x @ w, kind)",
        "inputs": {"x": [[1.0, 2.0]], "kind": [0]},
        "parameters": {"w": [[0.5, 1.0], [0.25, 0.0]]},
        "optimizer": {"name": "sgd", "lr": 0.1},
    })  # fmt: skip
    file = b"width,height,species\n1,2,0\n3,4,1\n5,6.5,0\n"
    assert "width, height and species" in assert_problem(send(client, file), 422, "no_program")["detail"]
    answer = send(client, file, f"{run.path}/import", label="species")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["format"], answer.json()["replaced"]) == ("csv", ["kind", "x"])
    inputs = run.get()["document"]["inputs"]
    assert inputs == {"x": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]], "kind": [0, 1, 0]}
    assert run("POST", "/iterations", {"count": 1}).status_code == 200
    problem = assert_problem(send(client, b"a,b\n1,\n", f"{run.path}/import"), 422, "missing_value")
    assert problem["where"] == {"line": 2, "column": 2}
    sent = client.post(f"{run.path}/import?label=3", content=b"1,2,1\n", headers={"Content-Type": "text/csv"})
    assert sent.status_code == 200, sent.text
    assert run.get()["document"]["inputs"]["kind"] == [1]


def test_one_array_goes_into_the_tensor_that_is_said(client: TestClient) -> None:
    twins = {"program": "loss = sum(a * b)", "parameters": {"a": [1.0, 2.0], "b": [3.0, 4.0]}}
    run = RunClient(client, twins)
    file = io.BytesIO()
    np.save(file, np.array([5.0, 6.0]))
    assert "?tensor=a" in assert_problem(send(client, file.getvalue(), f"{run.path}/import"), 422)["hint"]
    answer = send(client, file.getvalue(), f"{run.path}/import", tensor="b")
    assert (answer.json()["format"], answer.json()["loss"]) == ("npy", 17.0)


def test_a_version_that_has_passed(client: TestClient, run: RunClient) -> None:
    run("POST", "/iterations", {"count": 1})
    answer = client.post(f"{run.path}/import", content=arrays(b1=np.ones(2)), headers={**BYTES, "If-Match": '"1"'})
    assert_problem(answer, 412, "version_changed")


def test_what_is_wrong_with_a_request(client: TestClient) -> None:
    assert_problem(send(client, b""), 422, "empty_file")
    assert_problem(send(client, b"GIF89a"), 422, "unknown_format")
    assert_problem(send(client, b"PK\x03\x04"), 422, "bad_file")
    assert_problem(send(client, b"{}", format="npx"), 422)
    assert_problem(send(client, b'{"program": "loss = f(x)", "inputs": {"x": 1.0}}'), 422)
    assert_problem(client.post("/api/import", content=b"{}", headers={"Content-Type": "text/plain"}), 415)
    assert_problem(send(client, arrays(w=np.ones(1)), "/api/runs/none/import"), 404, "unknown_run")


def test_what_unpacks_to_more_than_the_limit(tmp_path: Any) -> None:
    bomb = arrays(w=np.zeros(100_000))
    assert len(bomb) < 2000
    with client_of(tmp_path, unpacked_bytes=100_000) as client:
        problem = assert_problem(send(client, bomb), 413, "unpacks_too_large")
        assert "BACKPROP_UNPACKED_BYTES" in problem["hint"]


def test_a_file_is_never_run(client: TestClient) -> None:
    script = b"import numpy as np\nopen('/tmp/never', 'w')\nraise SystemExit\n"
    assert_problem(send(client, script), 422, "no_loss")
    assert not Path("/tmp/never").exists()


MODEL = """import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))

    def forward(self, x):
        return self.net(x).squeeze(-1)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(10):
    loss = nn.MSELoss()(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
SENT = {
    "inputs": {"x": [[1.0, 2.0], [0.5, -1.0]], "y": [0.25, -0.5]},
    "parameters": {"net.0.weight": [[0.5, 1.0], [0.0, -1.0], [2.0, 0.5]], "net.2.bias": [0.125]},
}


def test_code_with_its_tensors_becomes_a_run_whose_tensors_have_the_names_of_pytorch(client: TestClient) -> None:
    answer = client.post("/api/import?run=true", json={"code": MODEL, **SENT})
    assert answer.status_code == 201
    assert answer.json()["format"] == "code"
    assert {"training", "parameter", "init"} <= {note["code"] for note in answer.json()["notes"]}
    base = f"/api/runs/{answer.json()['run']['id']}"
    trace = client.get(f"{base}/trace").json()
    assert trace["tensors"]["net.0.weight"]["value"] == SENT["parameters"]["net.0.weight"]
    changed = client.patch(f"{base}/tensors/net.0.weight", json={"cells": [{"index": [0, 1], "value": 0.25}]})
    assert changed.status_code == 200
    gradient = client.get(f"{base}/tensors/net.0.weight?field=gradient").json()["value"]
    given = {"gradients": {"net.0.weight": gradient, "net.2.bias": "loss.input.g.sum(0)"}}
    checked = client.post(f"{base}/check", json=given).json()
    assert checked["verdicts"]["net.0.weight"]["verdict"] == "correct"
    step = next(step for step in client.get(f"{base}/trace").json()["steps"] if step["output"] == "net.2.weight.g")
    said = client.post(f"{base}/check", json={"gradients": {"net.2.weight": step["code"]}}).json()
    assert said["correct"]
    explained = client.get(f"{base}/explain?tensor=net.0.weight&field=gradient&index=0,1").json()
    assert sum(term["value"] for term in explained["terms"]) == pytest.approx(explained["value"], rel=1e-9)
    losses = client.post(f"{base}/iterations", json={"count": 3}).json()["losses"]
    assert losses[-1] < losses[0]
    for format in FORMATS:
        file = client.get(f"{base}/export?format={format}")
        assert file.status_code == 200
        assert send(client, file.content).json()["document"]["parameters"].keys() == {
            "net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias",
        }  # fmt: skip


def test_a_document_of_code_can_be_posted_back_and_its_list_s_tensors_changed(client: TestClient) -> None:
    code = (
        "import torch\nws = [torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)]\n"
        "loss = (ws[0] * ws[1]).sum()\nloss.backward()\n"
    )
    document = client.post("/api/import?inputs=ws%5B1%5D", content=code.encode(), headers=BYTES).json()["document"]
    assert (document["inputs"], document["parameters"]) == ({"ws[1]": [3.0]}, {"ws[0]": [1.0, 2.0]})
    state = client.post("/api/runs", json=document).json()
    answer = client.patch(f"/api/runs/{state['id']}/tensors/ws%5B0%5D", json={"data": [5.0, 6.0]})
    assert answer.json()["loss"] == 33.0
    checked = client.post("/api/check", json={**document, "gradients": {"ws[0]": "ws[1] * ones((2,))"}}).json()
    assert checked["correct"]


def test_what_code_lacks_is_named_with_its_line(client: TestClient) -> None:
    answer = send(client, b"import numpy as np\nw = np.random.randn(2)\nloss = (w * q).sum()\n")
    problem = assert_problem(answer, 422, "missing_tensor")
    assert problem["where"] == {"line": 3, "tensor": "q"}
    assert '"inputs"' in problem["hint"]


@settings(max_examples=count(40, 150), deadline=None)
@given(st.sampled_from(["json", "html", "numpy", "npz", "safetensors", "onnx", "code"]), st.data())
def test_bytes_that_were_changed_are_read_or_refused(described_files: Any, format: str, data: st.DataObject) -> None:
    client, files = described_files
    file = bytearray(files[format])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(file)))
        file[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    answer = send(client, bytes(file))
    if answer.status_code != 200:
        assert 400 <= answer.status_code < 500
        assert_problem(answer, answer.status_code)


@pytest.fixture(scope="module")
def described_files(client: TestClient) -> tuple[TestClient, dict[str, bytes]]:
    """A file of each format."""
    run = RunClient(client, {"example": "scalar"})
    return client, {name: run("GET", f"/export?format={name}").content for name in FORMATS} | {
        "onnx": network(),
        "code": MODEL.encode(),
    }


def test_what_follows_the_iteration_begins_anew_and_says_so(client: TestClient, run: RunClient) -> None:
    run("PATCH", "", {"batch": {"size": 4}, "optimizer": {"name": "sgd", "lr": "0.5 * 0.9 ** iteration"}})
    run("POST", "/iterations", {"count": 3})
    answer = send(client, run("GET", "/export?format=npz").content)
    expected = "its batches and its lr follow the number of the iteration, and a new run begins at 0"
    assert expected in answer.json()["warnings"]
    fresh = RunClient(client, {"example": "lesson13"})
    assert expected not in send(client, fresh("GET", "/export?format=npz").content).json()["warnings"]


@pytest.mark.parametrize("lengths", [[-1], [2, -3], [-1, 3]])
def test_a_length_below_0_is_open(client: TestClient, lengths: list[int]) -> None:
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, lengths)
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "graph", [given], [made])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    answer = send(client, model.SerializeToString())
    assert answer.status_code == 200, answer.text
    assert min(client.post("/api/trace", json=answer.json()["document"]).json()["tensors"]["x"]["shape"]) > 0
