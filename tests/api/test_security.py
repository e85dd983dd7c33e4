"""Host × Origin × Sec-Fetch-Site × method × content type, and what a browser may do with an answer.

What is expected is stated per value, not by the code's rules: a request passes when every one of its values may.
"""

import itertools

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import client_of
from tests.api.problem_shape import assert_problem

OURS, FOREIGN = True, False
HOSTS = {
    "127.0.0.1:8000": OURS,
    "localhost:8000": OURS,
    "LOCALHOST.": OURS,
    "[::1]:8000": OURS,
    "explorer.test": OURS,
    "evil.test": FOREIGN,
    "127.0.0.1.evil.test:8000": FOREIGN,
    "explorer.test.evil.test": FOREIGN,
    "localhost@evil.test": FOREIGN,
    "192.168.0.7:8000": FOREIGN,
    "": FOREIGN,
}
# {host} is the request's own.
ORIGINS = {
    None: OURS,
    "http://{host}": OURS,
    "https://{host}": OURS,
    "null": FOREIGN,
    "http://evil.test": FOREIGN,
    "http://127.0.0.1:9999": FOREIGN,
    "http://{host}.evil.test": FOREIGN,
    "http://evil.test/{host}": FOREIGN,
    "file://": FOREIGN,
    "http://user@{host}": FOREIGN,
    "nonsense": FOREIGN,
    "": FOREIGN,
}
SITES = {
    None: OURS,
    "same-origin": OURS,
    "none": OURS,
    "same-site": FOREIGN,
    "cross-site": FOREIGN,
    "nonsense": FOREIGN,
}
READING, CHANGING = ["GET", "HEAD"], ["POST", "PATCH", "DELETE", "PUT"]
SAME_NAME = {"127.0.0.1:8000": ["http://localhost:8000"], "localhost:8000": ["http://127.0.0.1:8000"]}


def headers(host: str, origin: str | None, site: str | None) -> dict[str, str]:
    given = {"Host": host}
    if origin is not None:
        given["Origin"] = origin.format(host=host)
    return {**given, "Sec-Fetch-Site": site} if site is not None else given


def passes(method: str, host: str, origin: str | None, site: str | None) -> bool:
    """A read may come from anywhere (nobody else can see its answer); a change only from us. The host must be ours."""
    return HOSTS[host] and (method in READING or (ORIGINS[origin] and SITES[site]))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    with client_of(tmp_path_factory.mktemp("guarded"), allow_host=["explorer.test"]) as client:
        yield client


ROWS = [
    *itertools.product(
        ["GET", "POST"], HOSTS, [None, "http://{host}", "http://evil.test"], [None, "same-origin", "cross-site"]
    ),
    *itertools.product([*READING, *CHANGING], ["127.0.0.1:8000"], ORIGINS, SITES),
]


@pytest.mark.parametrize("method", [*READING, *CHANGING])
def test_the_table(guarded: TestClient, method: str) -> None:
    rows = [row for row in ROWS if row[0] == method]
    assert len(rows) >= 60
    for _, host, origin, site in rows:
        answer = guarded.request(method, "/api/health", headers=headers(host, origin, site))
        expected = passes(method, host, origin, site)
        assert (answer.status_code != 403) is expected, (host, origin, site, answer.text)
        if not expected and method != "HEAD":
            assert_problem(answer, 403)


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-origin", None)])
def test_the_content_type_opens_no_way_around(
    guarded: TestClient, content_type: str | None, site: str, status: int | None
) -> None:
    given = headers("127.0.0.1:8000", "http://evil.test" if status else None, site)
    if content_type:
        given["Content-Type"] = content_type
    answer = guarded.post("/api/runs", content=b'{"example": "lesson13"}', headers=given)
    assert answer.status_code == (status or (201 if content_type == "application/json" else 415))


def test_a_change_without_a_body_is_checked_too(guarded: TestClient) -> None:
    path = guarded.post("/api/runs", json={"example": "lesson13"}).headers["location"]
    foreign = headers("127.0.0.1:8000", "http://evil.test", "cross-site")
    for method, address in (("POST", f"{path}/undo"), ("DELETE", path)):
        assert_problem(guarded.request(method, address, headers=foreign), 403, "foreign_origin")
    assert guarded.get(path).json()["version"] == 1


def test_two_names_of_this_machine_are_two_origins(guarded: TestClient) -> None:
    for host, origins in SAME_NAME.items():
        for origin in origins:
            assert guarded.post("/api/runs", headers={"Host": host, "Origin": origin}).status_code == 403


def test_the_refusal_names_the_way_out(guarded: TestClient) -> None:
    problem = assert_problem(guarded.get("/api/health", headers={"Host": "evil.test"}), 403, "foreign_host")
    assert "--allow-host" in problem["hint"]


def test_nothing_is_shared_across_origins(guarded: TestClient) -> None:
    asked = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "GET"):
        answer = guarded.request(method, "/api/runs", headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/api/health", "/api/nothing", "/", "/nothing", "/api/openapi.json"])
def test_every_answer_says_what_a_browser_may_do_with_it(guarded: TestClient, path: str) -> None:
    given = guarded.get(path).headers
    assert given["x-content-type-options"] == "nosniff"
    assert given["x-frame-options"] == "DENY"
    assert given["referrer-policy"] == "no-referrer"
    assert given["cross-origin-resource-policy"] == "same-origin"
    assert given["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in given["content-security-policy"]
    assert "unsafe-eval" not in given["content-security-policy"]
