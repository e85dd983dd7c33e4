"""The engine of a site answers as the service does: the same requests, in a process that has NumPy alone."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from backprop_explorer.examples import examples
from backprop_explorer.export import EXPORTERS
from backprop_explorer.plots import PLOTS
from backprop_explorer.site import folder
from tests.amount import some
from tests.api.conftest import client_of
from tests.site.alone import Alone
from tests.together import each

# On one worker, so that the engine is packed and loaded once.
pytestmark = pytest.mark.xdist_group("site")

JSON = {"content-type": "application/json"}
HEADERS = ("content-type", "etag", "content-disposition", "retry-after", "allow")
LARGE = ("convnet", "transformer_block", "digits", "rnn", "autoencoder")
"""Of which all answers take long: by default a part of them is asked for, of one with data in rows and batches."""
RECORDING = re.compile(rb'id="recording">([^<]*)<')
OWN = ("id", "view_id", "request_id", "run", "machine")
"""What no two runs, or requests, have in common."""
LISTS = ("health", "ops", "ops?library=torch", "reference", "optimizers", "examples", "exercises", "formats", "layers")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, files: folder.Files) -> Iterator[Alone]:
    packages = [content for name, content in files.items() if name.endswith(".tar.bz2")]
    engine = Alone(tmp_path_factory.mktemp("alone"), packages)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client_of(tmp_path_factory.mktemp("server"), processes=0) as client:
        yield client


class Both:
    """A run here and there, asked the same."""

    def __init__(self, client: TestClient, alone: Alone, document: object = None) -> None:
        self.client, self.alone = client, alone
        self.runs: tuple[str, ...] = ()
        if document is not None:
            self.runs = self.same("POST", "/api/runs?document=true&trace=few", document)

    def same(self, method: str, path: str, body: object = None, headers: dict | None = None) -> tuple[str, ...]:
        """Compares the answers; the ids of runs that were begun. In a path `{run}` stands for the run."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        own = headers if headers is not None else {} if body is None else JSON
        paths = [path.replace("{run}", run) for run in self.runs] or [path, path]
        there = self.client.request(method, paths[0], content=content or None, headers=own)
        here = self.alone.request(method, paths[1], content, own)
        assert here.status_code == there.status_code, (path, here.content, there.content)
        told = [self.told(one.content, run) for one, run in zip((there, here), self.runs or ("", ""), strict=True)]
        assert told[1] == told[0], path
        assert repr(told[1]) == repr(told[0]), path  # the sign of a zero, too
        for name in HEADERS:
            assert here.headers.get(name) == there.headers.get(name), (path, name)
        self.status = here.status_code
        places = [one.headers.get("location", "") for one in (there, here)]
        return tuple(place.rpartition("/")[2] for place in places)

    @staticmethod
    def told(content: bytes, run: str) -> object:
        content = content.replace(run.encode(), b"RUN") if run else content
        recording = RECORDING.search(content)
        if recording:
            rest = content.replace(recording[1], b"")
            return rest, json.loads(zlib.decompress(base64.b64decode(recording[1])))
        try:
            return without_own(json.loads(content))
        except ValueError:
            return content


def without_own(content: object) -> object:
    if isinstance(content, dict):
        return {key: without_own(value) for key, value in content.items() if key not in OWN}
    return [without_own(one) for one in content] if isinstance(content, list) else content


def test_nothing_but_numpy_is_loaded(alone: Alone) -> None:
    assert alone.request("GET", "/api/health").status_code == 200
    assert not [name for name in alone.tell({"imported": True}) if "cython" not in name]


@each("name", LISTS)
def test_lists(client: TestClient, alone: Alone, name: str) -> None:
    Both(client, alone).same("GET", f"/api/{name}")


# Classes, with their labels and plots; the lesson's network is what the other tests ask about.
@pytest.mark.parametrize("name", some(examples, "softmax_classifier"))
def test_an_example(client: TestClient, alone: Alone, name: str) -> None:
    both = Both(client, alone, {"example": name})
    run, plan = "/api/runs/{run}", examples[name]
    parameter = next(iter(plan["parameters"]))
    for place in ("", "?values=none", "/trace", "/trace?open=true", "/history", "/exercises", "/plots"):
        both.same("GET", run + place)
    shape = both.client.get(f"/api/runs/{both.runs[0]}/tensors/{parameter}").json()["shape"]
    index = [0] * len(shape)
    place = f"tensor={quote(parameter)}&index={','.join(map(str, index))}"
    for field in ("value", "gradient", "next"):
        both.same("GET", f"{run}/explain?{place}&field={field}")
        both.same("GET", f"{run}/why?{place}&field={field}")
        both.same("GET", f"{run}/tensors/{parameter}?field={field}")
        both.same("GET", f"{run}/tensors/{parameter}/overview?field={field}&rows=3&columns=4")
    both.same("GET", f"{run}/uses?{place}")
    both.same("GET", f"{run}/tensors/{parameter}?format=npy")
    both.same("GET", f"{run}/gradcheck?parameter={parameter}&index={','.join(map(str, index))}")
    for step in (0, 2):
        both.same("GET", f"{run}/why?step={step}")
        both.same("GET", f"{run}/parts?step={step}")
    edit = {"cells": [{"index": index, "value": 0.375}]}
    both.same("POST", f"{run}/preview", {"tensors": {parameter: edit}, "values": "none"})
    both.same("PATCH", f"{run}/tensors/{parameter}?trace=few", edit)
    both.same("POST", f"{run}/iterations?trace=few", {"count": 3})
    both.same("GET", f"{run}/trace?iteration=1")
    both.same("POST", f"{run}/check", {"gradients": {parameter: f"0 * {parameter}"}})
    for level in (1, 2, 3, 4):
        both.same("POST", f"{run}/hint", {"tensor": parameter, "level": level})
    for plot in PLOTS:
        both.same("GET", f"{run}/plots/{plot}")
    for exporter in EXPORTERS:
        both.same("GET", f"{run}/export?format={exporter}")
    both.same("GET", f"{run}/export?format=html&first_iteration=2")
    for step in (f"{parameter}.g", "loss", "all"):
        both.same("GET", f"{run}/picture?step={step}&theme=dark")
    both.same("POST", f"{run}/undo")
    both.same("POST", f"{run}/redo")
    both.same("GET", f"{run}/compare?iteration=1&tensor={parameter}")
    both.alone.tell({"renew": True})
    for place in ("", "/trace", "/history", "/trace?iteration=2"):
        both.same("GET", run + place)
    both.same("POST", f"{run}/fork", {"iteration": 1})
    both.same("DELETE", run)
    both.same("GET", run)


@pytest.mark.parametrize("name", some(LARGE, "digits"))
def test_a_large_example(client: TestClient, alone: Alone, name: str) -> None:
    both = Both(client, alone, {"example": name})
    parameter = next(iter(examples[name]["parameters"]))
    both.same("POST", "/api/runs/{run}/iterations?trace=few", {"count": 2})
    both.same("GET", f"/api/runs/{{run}}/why?tensor={parameter}&field=gradient")
    both.same("GET", "/api/runs/{run}/plots/norms")
    both.same("GET", "/api/runs/{run}/export?format=numpy")


REFUSED = (
    ("GET", "/trace?open=perhaps"), ("GET", "/trace?iteration=-1"), ("GET", "/trace?iteration=1_0"),
    ("GET", "/trace?iteration=99"), ("GET", "/trace?nothing=1"), ("GET", "/tensors/w1?field=nothing"),
    ("GET", "/tensors/w1/overview?rows=0"), ("GET", "/tensors/w1/overview?rows=1001"), ("GET", "/tensors/none"),
    ("GET", "/tensors/w1/overview?rows=many"), ("GET", "/explain"), ("GET", "/explain?tensor=w1&index=0,x"),
    ("GET", "/parts"), ("GET", "/parts?step=x"), ("GET", "/picture?step=x"), ("GET", "/picture"),
    ("GET", "/jacobian?step=1"), ("GET", "/export"),
    ("GET", "/export?format=none"), ("GET", "/why"), ("GET", "/compare?other="), ("GET", "/history?after=x"),
    ("GET", "/nothing"), ("PUT", "/trace"), ("POST", "/undo"), ("GET", "/plots/surface?points=x"),
    ("GET", "/plots/surface?points=100000"), ("GET", "/plots/weight?index=x"), ("GET", "/formula?tensor=w1"),
    ("POST", "/hint", {}), ("POST", "/hint", {"tensor": 1, "level": 1}),
    ("POST", "/hint", {"tensor": "w1", "level": 5}),
    ("POST", "/hint", {"tensor": "w1", "level": "1"}), ("POST", "/hint", {"tensor": "w1", "level": 1, "more": 2}),
    ("POST", "/iterations", {"count": 0}), ("POST", "/iterations", {"count": 1.5}),
    ("POST", "/iterations", {"count": True}),
    ("POST", "/iterations", {"count": 1, "gradients": {"w1": 3}}),
    ("POST", "/iterations", {"count": 1, "gradients": []}),
    ("POST", "/iterations", {"count": 10**9}), ("POST", "/iterations", []), ("POST", "/iterations", None),
    ("POST", "/fork", {"iteration": -1}), ("POST", "/fork", {"event": 0}), ("POST", "/fork", {"event": "1"}),
    ("POST", "/variant", {"seed": 2**63}), ("POST", "/variant", {"seed": -1}), ("PATCH", "", {}),
    ("PATCH", "", {"dtype": "float16"}), ("PATCH", "", {"vocabulary": {"y": [1]}}), ("PATCH", "", {"nothing": 1}),
    ("PATCH", "", {"program": 3}), ("PATCH", "/tensors/w1", {"cells": []}), ("PATCH", "/tensors/w1", {"cells": 1}),
    ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0]}]}), ("PATCH", "/tensors/w1", {"data": [[1, 2]]}),
    ("PATCH", "/tensors/w1", {"cells": [{"index": [0, 0], "value": "x"}]}),
    ("PATCH", "/tensors/w1", {"cells": [{"index": [-1, 0], "value": 1}]}),
    ("PATCH", "/tensors/w1", {"cells": [{"index": "00", "value": 1, "more": 2}]}),
    ("POST", "/preview", {"tensors": {"w1": {"cells": [{"index": [0, 0], "value": None}]}}}),
    ("POST", "/preview", {"tensors": [], "values": 3}), ("POST", "/preview", {"tensors": {}, "values": "some"}),
    ("POST", "/check", {"gradients": {}}), ("POST", "/check", {"gradients": 1, "require": 3}),
    ("POST", "/check", {"gradients": {"w1": "x"}, "tolerance": {"rtol": -1}}),
)  # fmt: skip


@each("asked", REFUSED, ids=lambda asked: " ".join(map(str, asked))[:60])
def test_a_refusal(client: TestClient, alone: Alone, asked: tuple) -> None:
    method, path, *body = asked
    both = Both(client, alone, {"example": "lesson13"})
    both.same(method, f"/api/runs/{{run}}{path}", body[0] if body else None, JSON if body else {})
    assert both.status >= 400


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a": 1, "a": 2}', b"[" * 70 + b"]" * 70, b'{"example": 3}', b'{"example": "lesson"}', b"\xff"],
)
def test_a_body_that_is_none(client: TestClient, alone: Alone, body: bytes) -> None:
    there = client.post("/api/runs", content=body, headers=JSON)
    here = alone.request("POST", "/api/runs", body, JSON)
    assert here.status_code == there.status_code
    assert here.json()["code"] == there.json()["code"]


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", '"\\ud800"'])
def test_a_number_that_is_none(client: TestClient, alone: Alone, number: str) -> None:
    body = f'{{"program": "loss = a * a", "parameters": {{"a": {number}}}}}'.encode()
    there = client.post("/api/trace", content=body, headers=JSON)
    here = alone.request("POST", "/api/trace", body, JSON)
    assert (here.status_code, here.json()["code"]) == (there.status_code, there.json()["code"])


def test_numbers_of_every_kind_are_written_alike(client: TestClient, alone: Alone) -> None:
    values = ["NaN", "Infinity", "-Infinity", -0.0, 1e-45, 0.1, 16777217, 3.4e38, 1e-7, 1 / 3]
    for dtype in ("float32", "float64"):
        document = {"program": "loss = sum(a * a)", "parameters": {"a": values}, "dtype": dtype}
        Both(client, alone).same("POST", "/api/trace", document)


def test_versions(client: TestClient, alone: Alone) -> None:
    both = Both(client, alone, {"example": "xor"})
    run = "/api/runs/{run}"
    both.same("GET", run, headers={"If-None-Match": '"1"'})
    assert both.status == 304
    both.same("POST", f"{run}/iterations", {"count": 1}, {**JSON, "If-Match": '"9"'})
    assert both.status == 412
    views = [both.client.get(f"/api/runs/{both.runs[0]}"), both.alone.request("GET", f"/api/runs/{both.runs[1]}")]
    both.runs = tuple(view.json()["view_id"] for view in views)
    both.same("GET", f"{run}/trace")
    both.same("POST", f"{run}/iterations", {"count": 1})
    assert both.status == 403


def events(answer) -> list[tuple[str, dict]]:
    found = []
    for event in answer.content.decode().strip().split("\n\n"):
        name, data = event.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


STREAM = {**JSON, "accept": "text/event-stream"}


def test_a_training_streams(client: TestClient, alone: Alone) -> None:
    both = Both(client, alone, {"example": "lesson13"})
    body = json.dumps({"count": 40}).encode()
    there, here = (
        events(one.request("POST", f"/api/runs/{run}/iterations", content=body, headers=STREAM))
        for one, run in zip((client, alone), both.runs, strict=True)
    )
    assert {name for name, _ in here} == {"progress", "done"}
    assert without_own(here[-1][1]) == without_own(there[-1][1])


def test_whoever_leaves_ends_a_training_and_keeps_what_was_done(alone: Alone) -> None:
    run = json.loads(alone.request("POST", "/api/runs", b'{"example": "lesson13"}', JSON).content)["id"]
    path = f"/api/runs/{run}"
    body = json.dumps({"count": 100_000}).encode()
    alone.request("POST", f"{path}/iterations", body, STREAM, leave_after=1)
    state = alone.request("GET", path).json()
    assert 0 < state["iteration"] < 100_000
    assert len(state["losses"]) == state["iteration"] + 1
