"""Requests and answers, as Starlette has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

R = TypeVar("R")
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class ClientDisconnect(Exception):
    """Nobody waits for the answer any more."""


class HTTPException(Exception):
    """An answer that is no more than its status."""

    def __init__(self, status_code: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status_code, detail)
        self.status_code = status_code
        self.detail = HTTPStatus(status_code).phrase if detail is None else detail
        self.headers = headers


class MutableHeaders:
    """The headers of a scope, or of an answer: names in any case."""

    def __init__(self, headers: Mapping[str, str] | None = None, *, raw: RawHeaders | None = None) -> None:
        self.raw: RawHeaders = [] if raw is None else raw
        for name, value in (headers or {}).items():
            self[name] = value

    def getlist(self, name: str) -> list[str]:
        """All that was given under the name."""
        wanted = name.lower().encode("latin-1")
        return [value.decode("latin-1") for own, value in self.raw if own == wanted]

    def get(self, name: str, default: str = "") -> str:
        """The first that was given under the name."""
        return next(iter(self.getlist(name)), default)

    def __contains__(self, name: str) -> bool:
        return bool(self.getlist(name))

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name, _ in self.raw)

    def __getitem__(self, name: str) -> str:
        return self.getlist(name)[0]

    def __setitem__(self, name: str, value: str) -> None:
        del self[name]
        self.raw.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    def __delitem__(self, name: str) -> None:
        wanted = name.lower().encode("latin-1")
        self.raw[:] = [(own, value) for own, value in self.raw if own != wanted]


Headers = MutableHeaders


class _Address(NamedTuple):
    path: str
    query: str


class Request:
    """A request, read out of its scope."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.app = scope["app"]
        self.method: str = scope["method"]
        self.url = _Address(scope["path"], scope["query_string"].decode())
        self.headers = Headers(raw=scope["headers"])
        self.query_params = dict(parse_qsl(self.url.query, keep_blank_values=True))
        self.client = None
        self._body: bytes | None = None

    async def body(self) -> bytes:
        """The whole body."""
        if self._body is None:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            self._body = message["body"]
        return self._body


class Response:
    """An answer: called with `send`, it sends itself."""

    media_type: str | None = None

    def __init__(
        self,
        content: Any = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        self.status_code = int(status_code)
        self.media_type = media_type or self.media_type
        self.body: bytes = b"" if content is None else content.encode() if isinstance(content, str) else bytes(content)
        self.headers = MutableHeaders(headers)
        if "content-length" not in self.headers and self.status_code not in _WITHOUT_BODY:
            self.headers["content-length"] = str(len(self.body))
        if self.media_type is not None and "content-type" not in self.headers:
            text = self.media_type.startswith("text/") and "charset=" not in self.media_type.lower()
            self.headers["content-type"] = self.media_type + ("; charset=utf-8" if text else "")

    @property
    def raw_headers(self) -> RawHeaders:
        """The headers as they are sent."""
        return self.headers.raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


async def run_in_threadpool(work: Callable[..., R], *given: Any, **named: Any) -> R:
    """What the work returns: there are no threads."""
    return work(*given, **named)
