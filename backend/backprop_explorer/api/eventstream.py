"""A training as server-sent events: how far it is while it goes on, then its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backprop_explorer.api import problems, wire
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Advance, Watch

MEDIA_TYPE = "text/event-stream"
Work = Callable[[Watch], Awaitable[bytes]]
"""What makes the last event's JSON, told about on the way."""


class EventStream(Response):
    """Events `progress`, of which a slow reader gets the newest only, then one `done`, or one `error` with a problem.

    Await `begin` first: what is refused is raised there, before the first byte. When the client goes away the work is
    ended, and awaited: a server that stops waits for this answer.
    """

    media_type = MEDIA_TYPE

    def __init__(self, work: Work, receive: Receive) -> None:
        super().__init__(None, 200, {"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._news = asyncio.Event()
        self._newest: Advance | None = None
        self._watch = _Watcher(asyncio.get_running_loop(), self._news.set, self._advance)
        self._gone = asyncio.ensure_future(_until_gone(receive))
        self._work = asyncio.ensure_future(work(self._watch))
        for task in (self._gone, self._work):
            task.add_done_callback(lambda _: self._news.set())

    async def begin(self) -> None:
        """Returns once the work is under way; raises the `Problem` with which it was refused."""
        while not self._watch.has_begun and not self._work.done():
            await self._wait()
        if not self._watch.has_begun:
            self._gone.cancel()
            if self._work.cancelled():
                raise Problem("cancelled", "nobody waits for this training any more", status=409)
            self._work.result()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while self._newest is not None or not self._work.done():
            if self._newest is None:
                await self._wait()
            newest, self._newest = self._newest, None
            if newest is not None:
                await self._send(send, _event("progress", wire.encode(asdict(newest))))
        await self._send(send, self._last(), more=False)
        self._gone.cancel()

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        if not self._gone.done():
            await send({"type": "http.response.body", "body": body, "more_body": more})

    async def _wait(self) -> None:
        """Until there is news; a client that is gone ends the work."""
        try:
            await self._news.wait()
        except asyncio.CancelledError:
            self._watch.ended.set()
            raise
        self._news.clear()
        if self._gone.done():
            self._watch.ended.set()
            if not self._watch.has_begun:  # it need not wait for its turn any longer
                self._work.cancel()

    def _advance(self, advance: Advance) -> None:
        self._newest = advance
        self._news.set()

    def _last(self) -> bytes:
        try:
            return _event("done", self._work.result())
        except Problem as problem:
            return _event("error", bytes(problems.response(problem).body))
        except Exception as error:
            return _event("error", bytes(problems.unexpected(error).body))


class _Watcher(Watch):
    """Carries what the training thread says over to the event loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, begin: Callable[[], None], advance: Callable[[Advance], None]
    ) -> None:
        super().__init__()
        self._loop = loop
        self._begin = begin
        self.has_begun = False
        self._advance = advance

    def begun(self) -> None:
        self.has_begun = True
        self._say(self._begin)

    def advanced(self, advance: Advance) -> None:
        self._say(self._advance, advance)

    def _say(self, hear: Callable[..., None], *words: Advance) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody hears it
            self._loop.call_soon_threadsafe(hear, *words)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(name: str, content: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), content)
