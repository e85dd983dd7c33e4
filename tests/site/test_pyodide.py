"""The engine in the browser's Python: what it answers beside what the service does."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backprop_explorer.examples import examples
from backprop_explorer.export import EXPORTERS
from backprop_explorer.plots import PLOTS
from tests.api.conftest import client_of
from tests.api.sweep import documents
from tests.site.alone import Wasm
from tests.site.distribution import pyodide_folder
from tests.site.test_engine import JSON, without_own

pytestmark = pytest.mark.long
CLOSE = 1e-9
"""Of a number: its sums are made in another order, and then trained with."""
TINY = 1e-9
"""What is left where two nearly equal numbers are subtracted is rounding, here and there."""


@pytest.fixture(scope="module")
def wasm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wasm]:
    engine = Wasm(tmp_path_factory.mktemp("wasm"), pyodide_folder())
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client_of(tmp_path_factory.mktemp("server"), processes=0) as client:
        yield client


def different(here: object, there: object, close: float, place: str = "") -> Iterator[str]:
    """Where two answers say something else, whatever the last digits are."""
    if isinstance(here, dict) and isinstance(there, dict) and here.keys() == there.keys():
        for key in here:
            yield from different(here[key], there[key], close, f"{place}.{key}")
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for at, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from different(one, other, close, f"{place}[{at}]")
    elif isinstance(here, float) and isinstance(there, float):
        if not math.isclose(here, there, rel_tol=close, abs_tol=max(TINY, close * 1e-3)):
            yield f"{place}: {here!r} and {there!r}"
    elif here != there:
        yield f"{place}: {here!r} and {there!r}"


def same(client: TestClient, wasm: Wasm, runs: tuple[str, str], method: str, path: str, body: object = None) -> None:
    content, headers = (json.dumps(body).encode(), JSON) if body is not None else (b"", {})
    there = client.request(method, path.replace("{run}", runs[0]), content=content or None, headers=headers)
    here = wasm.request(method, path.replace("{run}", runs[1]), content, headers)
    assert here.status_code == there.status_code, here.content
    if here.headers["content-type"].endswith("json") and "export" not in path:
        found = list(different(without_own(here.json()), without_own(there.json()), CLOSE))
        assert not found, (path, found[:5])


@pytest.mark.parametrize("name", examples)
def test_an_example(client: TestClient, wasm: Wasm, name: str) -> None:
    body = json.dumps({"example": name}).encode()
    places = (client.post("/api/runs", content=body, headers=JSON), wasm.request("POST", "/api/runs", body, JSON))
    runs = (places[0].json()["id"], places[1].json()["id"])
    run, parameter = "/api/runs/{run}", next(iter(examples[name]["parameters"]))
    shape = client.get(f"/api/runs/{runs[0]}/tensors/{parameter}").json()["shape"]
    place = f"tensor={parameter}&index={','.join('0' * len(shape))}"
    edit = {"cells": [{"index": [0] * len(shape), "value": 0.375}]}
    asked = [("GET", run), ("GET", f"{run}/trace?open=true")]
    asked += [
        ("GET", f"{run}/{what}?{place}&field={field}") for what in ("explain", "why") for field in ("value", "next")
    ]
    asked += [("POST", f"{run}/preview", {"tensors": {parameter: edit}}), ("PATCH", f"{run}/tensors/{parameter}", edit)]
    asked += [("POST", f"{run}/iterations?trace=few", {"count": 20}), ("GET", f"{run}/trace?iteration=3")]
    asked += [("POST", f"{run}/check", {"gradients": {parameter: f"0 * {parameter}"}})]
    asked += [("GET", f"{run}/plots/{plot}") for plot in PLOTS]
    asked += [("GET", f"{run}/export?format={name}") for name in EXPORTERS]
    asked += [("POST", f"{run}/undo"), ("POST", f"{run}/fork", {"iteration": 1}), ("GET", f"{run}/history")]
    for one in asked:
        same(client, wasm, runs, *one)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_operation(client: TestClient, wasm: Wasm, dtype: str) -> None:
    close = CLOSE if dtype == "float64" else 1e-2  # of float32 with few digits left some samples subtract all of them
    for name, document in documents().items():
        if name.startswith(("example", "exercise")) or not document:
            continue
        body = json.dumps({**document, "dtype": dtype}, default=list).encode()
        there, here = (one.request("POST", "/api/trace", content=body, headers=JSON) for one in (client, wasm))
        assert here.status_code == there.status_code, (name, here.content)
        found = list(different(without_own(here.json()), without_own(there.json()), close))
        assert not found, (name, found[:5])


def test_a_folder_without_numpy_is_refused(tmp_path: Path) -> None:
    from backprop_explorer.problem import Problem
    from backprop_explorer.site.pyodide import files_of

    for path in pyodide_folder().iterdir():
        if path.suffix != ".whl" and path.is_file():
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(Problem, match=r"numpy.*is missing"):
        list(files_of(tmp_path))
