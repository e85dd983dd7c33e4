"""Networks out of layers, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.problem_shape import assert_problem

NETWORK = {"layers": [{"type": "linear", "units": 8}, {"type": "relu"}, {"type": "linear"}], "data": "moons"}


def test_a_network_is_ready_to_be_traced_and_run(client: TestClient) -> None:
    built = client.post("/api/build", json=NETWORK)
    assert built.status_code == 200, built.text
    trace = client.post("/api/trace", json=built.json())
    assert trace.status_code == 200, trace.text
    run = client.post("/api/runs", json=built.json()).json()
    assert run["loss"] == trace.json()["loss"]
    trained = client.post(f"/api/runs/{run['id']}/iterations", json={"count": 50}).json()
    assert trained["loss"] < 0.7 * run["loss"]


def test_what_became_of_each_layer_is_answered_on_request(client: TestClient) -> None:
    answer = client.post("/api/build?layers=true", json=NETWORK).json()
    assert answer["document"] == client.post("/api/build", json=NETWORK).json()
    assert [layer["shape"] for layer in answer["layers"]] == [[64, 8], [64, 8], [64, 2]]
    assert answer["layers"][2] == {
        "position": 3,
        "type": "linear",
        "options": {"units": 2, "bias": True},
        "output": "out",
        "shape": [64, 2],
        "parameters": ["w2", "b2"],
    }


def test_the_catalogue_lists_what_there_is_to_build_with(client: TestClient) -> None:
    catalogue = client.get("/api/layers").json()
    assert catalogue.keys() == {"layers", "initialisers", "losses", "datasets", "start"}
    assert catalogue["datasets"] == client.get("/api/datasets").json()
    types = {layer["type"]: layer for layer in catalogue["layers"]}
    assert {"linear", "relu", "flatten", "softmax"} <= types.keys()
    assert [option["name"] for option in types["linear"]["options"]] == ["units", "bias"]
    assert "kaiming_normal" in catalogue["initialisers"]
    assert client.post("/api/build", json=catalogue["start"]).status_code == 200


def test_every_listed_type_can_be_built(client: TestClient) -> None:
    for layer in client.get("/api/layers").json()["layers"]:
        layers = [{"type": layer["type"]}, {"type": "flatten"}, {"type": "linear"}]
        built = client.post("/api/build", json={"layers": layers, "data": "digits", "count": 4})
        assert built.status_code == 200, built.text
        assert client.post("/api/trace", json=built.json()).status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"layers": [{"type": "linear"}, {"type": "liner"}]}, "unknown_layer", {"layer": 2}),
        ({"layers": [{"type": "linear", "units": 0}]}, "bad_layer", {"layer": 1}),
        ({"layers": [{"type": "relu"}, {"type": "tanh"}], "data": "iris"}, "layer_does_not_fit", {"layer": 2}),
        ({"data": "mnist"}, "unknown_dataset", {}),
        ({"layers": "linear"}, "bad_network", {}),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(client: TestClient, change: dict[str, Any], code: str, where: dict[str, int]) -> None:
    problem = assert_problem(client.post("/api/build", json={**NETWORK, **change}), 422, code)
    assert problem["where"] == where
