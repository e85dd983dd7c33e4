"""The profile for strangers: its settings, and what is refused under it, in words."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from backprop_explorer.api.app import create_app
from backprop_explorer.api.throttle import SENTENCES, Kind, kind_of, told
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.settings import Settings, defaults, throttled
from tests.amount import some
from tests.api.conftest import LESSON
from tests.api.test_command_line import command
from tests.together import each

Opened = Callable[..., TestClient]
RATES = [name for name in Settings.model_fields if name.startswith(("client_", "run_")) or name == "held_bytes"]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A client of a server with these settings, at an address; another one of the same server with `of`."""
    numbers = count()
    with ExitStack() as stack:

        def open_server(address: str = "192.0.2.1", of: TestClient | None = None, **settings: Any) -> TestClient:
            path = tmp_path / f"{next(numbers)}.sqlite3"
            app = of.app if of else create_app(Settings(database=str(path), **settings))
            client = TestClient(app, base_url="http://127.0.0.1:8000", client=(address, 5000))
            return client if of else stack.enter_context(client)

        yield open_server


def refused(answer: Response, status: int = 429, code: str = "too_many_requests") -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    if status == 429:
        assert int(answer.headers["retry-after"]) >= 1
    return problem


def test_the_profile_sets_second_defaults_and_a_setting_goes_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = Settings()
    assert not throttled(ordinary)
    assert not ordinary.retention_days
    monkeypatch.setenv("BACKPROP_PUBLIC", "yes")
    monkeypatch.setenv("BACKPROP_TENSOR_ELEMENTS", "77")
    public = Settings(body_bytes=5_000)
    assert (public.tensor_elements, public.body_bytes) == (77, 5_000)
    assert throttled(public)
    for name, field in Settings.model_fields.items():
        if name not in ("public", "tensor_elements", "body_bytes", "database"):
            assert (getattr(public, name) or None) == (defaults(field)[1] or None), name
    assert Settings(public=False).body_bytes == ordinary.body_bytes


def test_no_limit_for_strangers_is_wider_than_one_s_own() -> None:
    for name, field in Settings.model_fields.items():
        own, public = defaults(field)
        if own != public and name not in RATES and name not in ("database_bytes", "retention_days"):
            assert public < own, name


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PUBLIC", "perhaps", "valid boolean"),
        ("CLIENT_REQUESTS", "-1", "greater than or equal to 0"),
        ("RETENTION_DAYS", "-3", "greater than or equal to 0"),
        ("RUN_BYTES", "many", "valid integer"),
        ("TRUSTED_PROXIES", "127.0.0.1, nonsense", "'nonsense' is neither an address nor a network"),
        ("UNREAD_SECONDS", "nan", "finite number"),
        ("BODY_SECONDS", "inf", "finite number"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(tmp_path: Path, name: str, value: str, words: str) -> None:
    printed = command("--no-open", "--database", str(tmp_path / "runs.sqlite3"), **{f"BACKPROP_{name}": value})
    assert printed.returncode == 2
    assert f"The setting {name.lower()} is wrong" in printed.stderr
    assert words in printed.stderr
    assert len(printed.stderr.splitlines()) == 1


def test_the_option_sets_the_profile(tmp_path: Path) -> None:
    listed = command("settings").stdout
    assert "BACKPROP_BODY_BYTES [32000000; public 2000000]" in listed
    assert "--public" in command("--help").stdout


@each(
    ("method", "path", "query", "kind"),
    [
        ("GET", "/main.js", "", Kind.page),
        ("POST", "/main.js", "", Kind.page),
        ("GET", "/api/examples", "", Kind.read),
        ("HEAD", "/api/runs/x", "", Kind.read),
        ("GET", "/api/runs/plots", "", Kind.read),
        ("GET", "/api/runs/x/trace", "values=none", Kind.read),
        ("GET", "/api/runs/x/trace", "iteration=3", Kind.work),
        ("GET", "/api/runs/x/plots/contour", "", Kind.work),
        ("GET", "/api/runs/x/gradcheck", "", Kind.work),
        ("POST", "/api/trace", "", Kind.work),
        ("DELETE", "/api/runs/x", "", Kind.work),
        ("POST", "/api/runs/x/iterations", "", Kind.training),
    ],
)
def test_what_is_asked(method: str, path: str, query: str, kind: Kind) -> None:
    assert kind_of(method, path, query) is kind


BEGUN = [*({"example": name} for name in examples), *({"exercise": name} for name in exercises)]


# The largest of them fit, too.
@pytest.mark.parametrize("begun", some(BEGUN, {"example": "convnet"}, {"example": "digits"}))
def test_every_example_and_exercise_fits(opened: Opened, begun: dict[str, str]) -> None:
    client = opened(public=True)
    run = client.post("/api/runs", json=begun)
    assert run.status_code == 201, run.text
    path = run.headers["location"]
    trained = client.post(f"{path}/iterations", json={"count": 20})
    assert trained.status_code == 200, trained.text
    assert trained.json()["stopped"] is None
    for below in ("", "/trace", "/exercises", "/history", "/gradcheck", "/export?format=json"):
        assert client.get(f"{path}{below}").status_code == 200, below


def test_a_large_document_is_refused(opened: Opened) -> None:
    client = opened(public=True)
    document = {"program": "loss = sum(w)", "inputs": {}, "parameters": {"w": {"shape": [400, 400], "init": "normal"}}}
    assert "100,000" in refused(client.post("/api/runs", json=document), 413, "over_budget")["detail"]
    refused(client.post("/api/runs", content=b"{" + b" " * 2_000_000), 413, "body_too_large")


def test_requests_are_counted_by_address(opened: Opened) -> None:
    client = opened(client_requests=3)
    other = opened("192.0.2.2", of=client)
    assert [client.get("/api/examples").status_code for _ in range(3)] == [200] * 3
    problem = refused(client.get("/api/examples"))
    assert "3 requests" in problem["detail"]
    assert "BACKPROP_CLIENT_REQUESTS" in problem["hint"]
    assert "seconds" in problem["hint"]
    assert refused(client.get("/"))["status"] == 429
    assert 429 not in [client.get(f"/api/{path}").status_code for path in ("health", "ready")]
    assert other.get("/api/examples").status_code == 200


def test_what_a_stranger_says_of_its_address_is_not_believed(opened: Opened) -> None:
    client = opened(client_requests=2, trusted_proxies=["198.51.100.0/24"])
    lies = [client.get("/api/examples", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(3)]
    assert lies == [200, 200, 429]
    proxy = opened("198.51.100.7", of=client)
    told = [proxy.get("/api/examples", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(3)]
    assert told == [200] * 3
    assert proxy.get("/api/examples", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 429


def test_changes_are_counted_apart_from_looking(opened: Opened) -> None:
    client = opened(client_changes=2)
    path = client.post("/api/runs", json=LESSON).headers["location"]
    assert client.post(f"{path}/iterations", json={"count": 1}).status_code == 200
    assert "2 changes" in refused(client.post(f"{path}/iterations", json={"count": 1}))["detail"]
    refused(client.get(f"{path}/gradcheck"))
    assert client.get(path).status_code == 200
    assert client.get(path).json()["iteration"] == 1


def test_bytes_are_counted_in_both_directions(opened: Opened) -> None:
    client = opened(client_traffic_bytes=20_000)
    assert client.post("/api/check", content=b'{"x":"' + b"a" * 30_000 + b'"}').status_code in (415, 422)
    assert "20,000 bytes" in refused(client.get("/api/examples"))["detail"]
    other = opened("192.0.2.2", of=client)
    while (answer := other.get("/api/ops")).status_code == 200:
        assert len(answer.content) > 1_000
    refused(answer)


def test_work_is_counted_in_seconds(opened: Opened) -> None:
    client = opened(client_work_seconds=1)
    shares = throttle_of(client).shares
    now = [0.0]
    shares._clock, shares._since = (lambda: now[0]), 0.0
    path = client.post("/api/runs", json=LESSON).headers["location"]
    assert client.get(path).status_code == 200

    inner = throttle_of(client).app

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        now[0] += 2.0
        await inner(scope, receive, send)

    throttle_of(client).app = slow
    other = opened("192.0.2.2", of=client)
    assert [client.get(path).status_code for _ in range(3)] == [200] * 3  # nobody else wants anything
    assert other.get("/api/examples").status_code == 200
    assert "computed 1 seconds" in refused(client.get(path))["detail"]
    assert client.get("/main.js").status_code == 200


def throttle_of(client: TestClient) -> Any:
    """The layer of the app, however deep it lies."""
    layer = client.app.middleware_stack
    while type(layer).__name__ != "Throttle":
        layer = layer.app
    return layer


def test_a_run_is_counted_whoever_asks_for_it(opened: Opened) -> None:
    client = opened(run_requests=3)
    first, second = (client.post("/api/runs", json=LESSON).headers["location"] for _ in range(2))
    answers = [opened(f"192.0.2.{number}", of=client).get(first).status_code for number in range(9, 13)]
    assert answers == [200, 200, 200, 429]
    assert "This run" in refused(client.get(first))["detail"]
    assert client.get(second).status_code == 200
    bytes_of = opened(run_traffic_bytes=1_000)
    path = bytes_of.post("/api/runs", json=LESSON).headers["location"]
    bytes_of.get(f"{path}/trace")
    refused(bytes_of.get(path))


def test_so_many_runs_a_day_however_they_are_made(opened: Opened) -> None:
    client = opened(client_runs=4)
    run = client.post("/api/runs", json=LESSON)
    path = run.headers["location"]
    exported = client.get(f"{path}/export?format=json").content
    octets = {"content-type": "application/octet-stream"}
    makers: list[Callable[[], Response]] = [
        lambda: client.post("/api/runs", json=LESSON),
        lambda: client.post(f"{path}/fork", json={}),
        lambda: client.post("/api/import?run=true", content=exported, headers=octets),
    ]
    assert [make().status_code for make in makers] == [201] * 3
    for make in makers:
        answer = make()
        assert "4 runs" in refused(answer)["detail"]
        assert "hours" in answer.json()["hint"]
    assert client.post(f"{path}/iterations", json={"count": 1}).status_code == 200
    assert opened("192.0.2.2", of=client).post("/api/runs", json=LESSON).status_code == 201


def test_so_many_bytes_a_day_and_what_goes_on_then(opened: Opened) -> None:
    client = opened(client_stored_bytes=2_000)
    path = client.post("/api/runs", json=LESSON).headers["location"]
    for _ in range(60):
        answer = client.post(f"{path}/iterations", json={"count": 10})
        if answer.status_code != 200:
            break
    assert "2,000 bytes" in refused(answer)["detail"]
    assert client.get(path).status_code == 200
    right = client.get(f"{path}/exercises").json()["exercises"][0]
    checked = client.post(f"{path}/check", json={"gradients": {right["tensor"]: "loss.g"}})
    assert checked.status_code == 200
    assert client.delete(path).status_code == 204


def test_a_right_answer_is_right_although_it_is_not_recorded(opened: Opened) -> None:
    client = opened(client_stored_bytes=1)
    path = client.post("/api/runs", json={"exercise": "product"}).headers["location"]
    wanted = client.get(f"{path}/trace").json()["tensors"]
    names = [one["tensor"] for one in client.get(f"{path}/exercises").json()["exercises"]]
    answers = {name: wanted[name]["gradient"] for name in names if "gradient" in wanted[name]}
    told = client.post(f"{path}/check", json={"gradients": answers}).json()
    assert "correct" in [verdict["verdict"] for verdict in told["verdicts"].values()], told
    assert "were not recorded" in told["note"]
    assert "stored 1 bytes" in told["note"]


def test_an_answer_that_there_is_no_memory_for_is_not_sent(opened: Opened) -> None:
    client = opened(client_held_bytes=100_000)
    document = {"program": "loss = sum(w)", "inputs": {}, "parameters": {"w": {"shape": [100, 90], "init": "normal"}}}
    path = client.post("/api/runs", json=document).headers["location"]
    refused(client.get(f"{path}/export?format=json"), 429, "too_much_at_once")
    refused(client.post("/api/trace", content=json.dumps(document) + " " * 100_001), 429, "too_much_at_once")
    assert client.get("/api/examples").status_code == 200
    assert not throttle_of(client).held._by_client


def test_how_long_runs_are_kept_is_told(opened: Opened) -> None:
    assert opened(public=True).get("/api/health").json()["retention_days"] == 90
    assert "retention_days" not in opened().get("/api/health").json()


def test_times_are_told_in_words() -> None:
    assert [told(seconds) for seconds in (1, 59, 120, 7_200, 80_000)] == [
        "1 second",
        "59 seconds",
        "2 minutes",
        "2 hours",
        "23 hours",
    ]
    assert set(SENTENCES) <= set(RATES)
