"""The server that is attacked, and how: many requests at once, and bytes that no client would send."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

JSON = {"content-type": "application/json"}
FILE = {"content-type": "application/octet-stream"}
PATIENCE_SECONDS = 120


class Target:
    """`statuses` counts the answers, 0 where there was none."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.statuses: Counter[int] = Counter()
        self.client = httpx.Client(
            base_url=url, timeout=PATIENCE_SECONDS, trust_env=False, limits=httpx.Limits(max_connections=200)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def send(self, method: str, path: str, content: Any = None, **given: Any) -> httpx.Response | None:
        """The answer to one request; `content` is a body as bytes, or what is sent as JSON."""
        if content is not None:
            given["content"] = content if isinstance(content, bytes) else json.dumps(content)
            given.setdefault("headers", FILE if isinstance(content, bytes) else JSON)
        try:
            answer = self.client.request(method, path, **given)
        except httpx.TransportError:
            self.statuses[0] += 1
            return None
        self.statuses[answer.status_code] += 1
        return answer

    def at_once(self, count: int, work: Callable[[int], Any], threads: int = 40) -> list[Any]:
        """Does it so many times, with the number of the time."""
        with ThreadPoolExecutor(min(threads, count)) as pool:
            return list(pool.map(work, range(count)))

    def run(self, document: Any) -> str:
        """The id of a new run."""
        answer = self.send("POST", "/api/runs", document)
        assert answer is not None, "the server does not answer"
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    @contextmanager
    def sockets(self, count: int, content: bytes = b"", receive_bytes: int | None = None) -> Iterator[list[Any]]:
        """So many connections, each of which has sent that."""
        address = urlsplit(self.url)
        with ExitStack() as stack:
            opened = []
            for _ in range(count):
                one = stack.enter_context(socket.socket())
                if receive_bytes is not None:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
                one.settimeout(PATIENCE_SECONDS)
                with suppress(OSError):
                    one.connect((address.hostname, address.port))
                    one.sendall(content)
                opened.append(one)
            yield opened


def request(method: str, path: str, body: bytes = b"", headers: Iterable[str] = ()) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines += [f"Content-Length: {len(body)}"]
        lines += (
            [] if any(one.lower().startswith("content-type") for one in headers) else ["Content-Type: application/json"]
        )
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_all(connection: socket.socket) -> bytes:
    """What still comes, until the server closes."""
    received = bytearray()
    with suppress(OSError):
        while part := connection.recv(65_536):
            received += part
    return bytes(received)
