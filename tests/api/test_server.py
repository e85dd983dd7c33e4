"""The real server: what only sockets show."""

import json
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from backprop_explorer.api.server import listen
from backprop_explorer.problem import Problem
from tests.api.stream import ENDLESS, endless_document, training_stream
from tests.server import ForkedServer, Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running(
        folder / "runs.sqlite3",
        folder / "server.log",
        kind=ForkedServer,
        BACKPROP_HEADER_SECONDS="0.3",
        BACKPROP_BODY_SECONDS="0.3",
        BACKPROP_IDLE_SECONDS="1",
        BACKPROP_UNREAD_SECONDS="0.5",
    ) as server:
        yield server


def talk(server: Server, sent: bytes) -> bytes:
    """What the server answers to these bytes, until it hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def post(headers: str, body: bytes = b"") -> bytes:
    return request("POST /api/trace", f"Connection: close\r\n{headers}", body)


def request(line: str, headers: str, body: bytes) -> bytes:
    head = f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}\r\n\r\n"
    return head.encode() + body


def test_half_a_request_does_not_keep_its_connection(server: Server) -> None:
    assert talk(server, b"") == b""
    assert talk(server, b"GET /api/health HTTP/1.1\r\nHost: local") == b""


def test_half_a_second_request_does_not_either(server: Server) -> None:
    whole = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = talk(server, whole + whole[:20])
    assert answer.count(b"HTTP/1.1 200") == 1


def test_a_body_that_does_not_arrive(server: Server) -> None:
    assert b"HTTP/1.1 408" in talk(server, post("Content-Length: 10", b"{"))


def test_a_chunked_body_of_50_megabytes(tmp_path: Path) -> None:
    """By a server that waits for a body as long as it does unless told otherwise: a busy machine may take its time."""
    chunk = b"f4240\r\n" + b" " * 1_000_000 + b"\r\n"
    with running(tmp_path / "runs.sqlite3", tmp_path / "server.log", kind=ForkedServer) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(post("Transfer-Encoding: chunked"))
            with suppress(BrokenPipeError, ConnectionResetError):  # the server need not read what is too much
                connection.sendall(chunk * 50)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
        assert server.healthy()


@pytest.mark.parametrize(
    "headers",
    ["X: " + "a" * 100_000, "Host: localhost", "Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2"],
)
def test_a_head_that_cannot_be_read(server: Server, headers: str) -> None:
    assert talk(server, post(headers)).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ("X: " + "a" * 20_000, 431, b"head_too_large"),  # it comes in one piece, end and all
        ("X:" + " " * 60_000 + "x", 431, b"head_too_large"),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", 400, b"bad_request"),
        ("Content-Length: -1", 400, b"bad_request"),
    ],
)
def test_a_head_that_is_refused_is_told_why(server: Server, headers: str, status: int, code: bytes) -> None:
    head, _, body = talk(server, post(headers)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d" % status)
    assert b"application/problem+json" in head
    assert code in body


def test_a_head_that_just_fits(server: Server) -> None:
    answer = talk(server, request("GET /api/health", f"Connection: close\r\nX: {'a' * 16_000}", b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_client_that_does_not_read_is_dropped(server: Server) -> None:
    """Its answer is larger than what sockets keep. Only what it sends shows it that nobody is there any more."""
    document = large_document(500)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(request("POST /api/trace", f"Content-Length: {len(document)}", document))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            knock(connection)
    assert server.healthy()


def knock(connection: socket.socket) -> None:
    """Sends blank lines, which mean nothing, for a minute, or until the other side turns out to be gone."""
    gone = select.poll()
    gone.register(connection, select.POLLERR | select.POLLHUP)
    for _ in range(600):
        connection.sendall(b"\r\n")
        gone.poll(100)


def test_a_client_that_reads_gets_everything(server: Server) -> None:
    document = large_document(100)
    head, _, body = talk(server, post(f"Content-Length: {len(document)}", document)).partition(b"\r\n\r\n")
    assert len(body) == int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]) > 1_000_000


def large_document(rows: int) -> bytes:
    """One with so many thousand weights."""
    weights = {"shape": [rows, 1000], "init": "normal"}
    return json.dumps({"program": "loss = sum(w)", "inputs": {}, "parameters": {"w": weights}}).encode()


def test_answers_do_not_name_the_software(server: Server) -> None:
    assert "server" not in httpx.get(f"{server.url}/api/health", trust_env=False, timeout=60).headers


def test_a_busy_port_is_stepped_over() -> None:
    with listen("127.0.0.1", 0) as busy:
        port = busy.getsockname()[1]
        with listen("127.0.0.1", port) as next_one:
            assert port < next_one.getsockname()[1] < port + 100


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours(host: str) -> None:
    with pytest.raises(Problem, match="cannot listen"):
        listen(host, 8000)


HALVES = (
    post("Content-Length: 100", b'{"a":'),
    post("Transfer-Encoding: chunked", b'5\r\n{"a":\r\n'),
    post("Content-Length: 100\r\nExpect: 100-continue"),
    b"POST /api/trace HTTP/1.1\r\nHost: local",
)


def test_half_a_request_does_not_keep_a_server_that_stops(tmp_path: Path) -> None:
    own = running(tmp_path / "runs.sqlite3", tmp_path / "server.log", kind=ForkedServer)
    with own as server, ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60)) for _ in HALVES
        ]
        for connection, sent in zip(connections, HALVES, strict=True):
            connection.sendall(sent)
        assert server.healthy()  # what was sent before this has been read
        server.send(signal.SIGTERM)
        answers = [b"".join(iter(lambda one=one: one.recv(65_536), b"")) for one in connections]
        assert answers == [b"", b"", b"HTTP/1.1 100 Continue\r\n\r\n", b""]
        assert server.ended(within=9)  # it would wait 10 seconds for what has not come
    said = server.log.read_text()
    assert "Traceback" not in said
    assert "error" not in said.lower()


@pytest.mark.parametrize(
    "sent",
    [
        post("Host: elsewhere"),
        post("Transfer-Encoding: chunked", b"no number\r\n"),
        post("Transfer-Encoding: gzip"),
        b"nonsense\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["two hosts", "chunk", "gzip", "nonsense", "zero"],
)
def test_what_is_no_http_is_answered_by_a_problem(server: Server, sent: bytes) -> None:
    head, _, body = talk(server, sent).partition(b"\r\n\r\n")
    assert int(head.split()[1]) in (400, 501)
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == int(head.split()[1])


def test_a_training_under_way_ends_with_the_server_and_what_it_did_is_kept(tmp_path: Path) -> None:
    with (
        running(tmp_path / "runs.sqlite3", tmp_path / "server.log", kind=ForkedServer) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client,
    ):
        path = client.post("/api/runs", json=endless_document()).headers["location"]
        with training_stream(client, path, ENDLESS) as events:
            assert next(events)[0] == "progress"
            assert (
                httpx.get(f"{server.url}/api/health", trust_env=False, timeout=60).status_code == 200
            )  # a thread trains
            server.send(signal.SIGTERM)
            *_, (kind, answer) = events
        assert (kind, answer["stopped"]["code"]) == ("done", "stopping")
        assert server.ended(within=20)
        server.start()
        state = client.get(path).json()
        assert (state["version"], state["iteration"], state["losses"]) == (2, answer["iteration"], answer["losses"])
    assert "Traceback" not in server.log.read_text()
