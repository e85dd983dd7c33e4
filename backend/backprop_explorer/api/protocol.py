"""HTTP/1.1 with time limits for sending the head of a request and for reading the answer."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import h11
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from backprop_explorer.api import access, problems
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

READ_BYTES = 16_384
"""A client that reads fewer bytes than this in `unread_seconds` is disconnected."""
RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""The socket option by which closing throws away what the system still holds for the client."""
PIECES = 256
"""So many pieces of a body may be as small as they like; of more, each needs…"""
PIECE_BYTES = 32
"""…so many bytes on the average. To take a piece apart takes a tenth of a millisecond, in which all others wait."""
TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
_HEAD_ENDS = (b"\r\n\r\n", b"\n\n", b"\n\r\n")


class _Connection(h11.Connection):
    """Refuses a head that is too large before parsing it, even when it arrives in one piece."""

    def __init__(self, header_bytes: int) -> None:
        super().__init__(h11.SERVER, header_bytes)
        self._header_bytes = header_bytes
        self._pieces = self._body_bytes = 0

    def next_event(self) -> Any:
        if self.their_state is h11.IDLE:
            self._check_head(self.trailing_data[0])
            self._pieces = self._body_bytes = 0
        event = super().next_event()
        if isinstance(event, h11.Data):
            self._pieces += 1
            self._body_bytes += len(event.data)
            if self._pieces > PIECES and self._body_bytes < self._pieces * PIECE_BYTES:
                raise h11.RemoteProtocolError("the body comes in too many small pieces")
        if isinstance(event, h11.Request):
            names = {name for name, _ in event.headers}
            if {b"content-length", b"transfer-encoding"} <= names:  # who reads which could tell requests apart
                raise h11.RemoteProtocolError("Content-Length and Transfer-Encoding exclude each other")
        return event

    def _check_head(self, received: bytes) -> None:
        if len(received) <= self._header_bytes:
            return
        first = received[: self._header_bytes]
        if not any(end in first for end in _HEAD_ENDS):
            raise h11.RemoteProtocolError("the head is too large", error_status_hint=TOO_LARGE)


def _refusal(error: BaseException | None, header_bytes: int) -> Problem:
    """The problem for a request that h11 cannot parse."""
    if isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == TOO_LARGE:
        return Problem(
            "head_too_large",
            f"the head of the request is larger than the limit header_bytes of {header_bytes:,}",
            status=TOO_LARGE,
            hint="send less, or raise the setting BACKPROP_HEADER_BYTES",
        )
    return Problem("bad_request", f"this cannot be read as HTTP/1.1: {error}", status=400)


def _answer(problem: Problem, listeners: Iterable[access.Listener]) -> Response:
    """The answer to a request of which nothing is known, since it could not be read."""
    exchange = access.Exchange(access.new_request_id(), access.OTHER, status=problem.status)
    with access.answering(exchange, listeners):
        answer = problems.response(problem, {access.HEADER: exchange.request_id})
        exchange.bytes = len(answer.body)
    return answer


def protocol(settings: Settings, listeners: Iterable[access.Listener] = ()) -> type[asyncio.Protocol]:
    """Return the protocol class for these settings; the listeners are told of requests that cannot be read."""

    class Protocol(H11Protocol):
        timer: asyncio.TimerHandle | None = None
        reading: asyncio.TimerHandle | None = None

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.conn = _Connection(settings.header_bytes)

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._time()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._time()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._stop_timing()
            self._stop_watching()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._watch_reading()

        def resume_writing(self) -> None:
            super().resume_writing()
            self._stop_watching()  # it has read nearly all that was written so far

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._watch_reading()

        def send_400_response(self, msg: str) -> None:
            """Answer a request that h11 cannot parse with a problem, like every other error."""
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # otherwise an answer is on its way
                problem = _refusal(sys.exception(), settings.header_bytes)
                answer = _answer(problem, listeners)
                headers = [*answer.raw_headers, (b"connection", b"close")]
                reason = HTTPStatus(problem.status).phrase.encode()
                for event in (
                    h11.Response(status_code=problem.status, headers=headers, reason=reason),
                    h11.Data(data=bytes(answer.body)),
                    h11.EndOfMessage(),
                ):
                    self.transport.write(self.conn.send(event) or b"")
            self.transport.close()

        def shutdown(self) -> None:
            super().shutdown()
            if self.cycle is not None and self.cycle.more_body and not self.cycle.response_started:
                self.transport.close()  # half a request, and there is no time to wait for the rest

        def _time(self) -> None:
            waiting = self.cycle is None or self.cycle.response_complete
            if not waiting:
                self._stop_timing()
            elif self.timer is None:
                self.timer = self.loop.call_later(settings.header_seconds, self.transport.close)

        def _stop_timing(self) -> None:
            if self.timer is not None:
                self.timer.cancel()
                self.timer = None

        def _watch_reading(self) -> None:
            """Begins to see whether the client reads what it is sent."""
            unread = self.transport.get_write_buffer_size()
            if self.reading is None and unread:
                self.reading = self.loop.call_later(settings.unread_seconds, self._expect_read, unread)

        def _stop_watching(self) -> None:
            if self.reading is not None:
                self.reading.cancel()
                self.reading = None

        def _expect_read(self, before: int) -> None:
            self.reading = None
            unread = self.transport.get_write_buffer_size()
            if unread and before - unread < READ_BYTES:
                # What is left is thrown away, by the system too: to close would be to wait for the client.
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                self.transport.abort()
            else:
                self._watch_reading()

    return Protocol
