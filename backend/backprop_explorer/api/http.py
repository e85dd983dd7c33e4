"""HTTP answers: JSON and files, their size limit, and HEAD."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backprop_explorer.api import wire
from backprop_explorer.problem import Problem

JSON = "application/json"
_SENT_AT_ONCE = 262_144
_most: ContextVar[int | None] = ContextVar("answer_bytes", default=None)


class AnswerLimit:
    """Tells `check_bytes` how large the answers of an app may be, wherever they are made."""

    def __init__(self, app: ASGIApp, answer_bytes: int) -> None:
        self.app = app
        self.answer_bytes = answer_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _most.set(self.answer_bytes)
        try:
            await self.app(scope, receive, send)
        finally:
            _most.reset(token)


class Head:
    """Lets every route that answers GET answer HEAD, too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)


def limit_answers(answer_bytes: int) -> None:
    """The same for a process that serves nobody itself."""
    _most.set(answer_bytes)


def check_bytes(asked: int, instead: str | None = None) -> None:
    """A `Problem` of status 413 for an answer of more bytes than the setting allows; `instead` is what to ask for.

    Call it with what shapes say, before anything of that size is made.
    """
    most = _most.get()
    if most is not None and asked > most:
        raise Problem(
            "answer_too_large",
            f"the answer would have about {asked:,} bytes, more than the limit answer_bytes of {most:,}",
            status=413,
            hint=f"{instead or 'ask for less of it'}, or raise the setting BACKPROP_ANSWER_BYTES",
        )


class Body(Response):
    """A body in pieces. Each is let go of once it is sent, so a slow reader does not keep all of them in memory."""

    def __init__(
        self,
        pieces: Iterable[bytes | memoryview],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str = JSON,
    ) -> None:
        self._pieces = deque(pieces)
        length = sum(len(piece) for piece in self._pieces)
        super().__init__(None, status, {"Content-Length": str(length), **(headers or {})}, media_type)

    def taken(self) -> list[bytes | memoryview]:
        """The pieces, which are then no longer here."""
        pieces, self._pieces = self._pieces, deque()
        return list(pieces)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while self._pieces:
            piece = self._pieces.popleft()
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def answer(
    content: Any, status: int = 200, headers: Mapping[str, str] | None = None, *, instead: str | None = None
) -> Response:
    """The content as JSON; a `Problem` where that is too much, with what to ask for `instead`."""
    size = wire.json_bytes(content)
    check_bytes(size, instead)
    if size <= wire.PIECE_BYTES:
        return Response(wire.encode(content), status, headers, JSON)
    return Body(_gathered(wire.pieces(content)), status, headers)


def file(content: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Bytes to take away."""
    if len(content) <= _SENT_AT_ONCE:
        return Response(content, 200, headers, media_type)
    view = memoryview(content)
    parts = (view[start : start + _SENT_AT_ONCE] for start in range(0, len(content), _SENT_AT_ONCE))
    return Body(parts, 200, headers, media_type)


def state_answer(state: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A run's state (and what is added to it), its version as ETag."""
    return answer(state, status, {"ETag": f'"{state["version"]}"', **(headers or {})})


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth a system call each."""
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= _SENT_AT_ONCE:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)
