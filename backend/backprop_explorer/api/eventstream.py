"""A training as server-sent events: how far it is while it goes on, then its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Generic, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backprop_explorer.api import problems, wire
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Progress, ProgressListener

MEDIA_TYPE = "text/event-stream"
R = TypeVar("R")
Work = Callable[[ProgressListener], Awaitable[R]]
"""What trains, and tells on the way how far it is."""


class Attended(Generic[R]):
    """Work for a client who may go away meanwhile: then it is ended, and awaited, for a server that stops waits for it.

    Await `begin` first: what is refused is raised there.
    """

    def __init__(self, work: Work[R], receive: Receive) -> None:
        self._news = asyncio.Event()
        self._newest: Progress | None = None
        self._listener = _Listener(asyncio.get_running_loop(), self._news.set, self._advance)
        self._gone = asyncio.ensure_future(until_gone(receive))
        self._work = asyncio.ensure_future(work(self._listener))
        for task in (self._gone, self._work):
            task.add_done_callback(lambda _: self._news.set())

    @property
    def gone(self) -> bool:
        """Whether the client has gone."""
        return self._gone.done()

    async def begin(self) -> None:
        """Returns once the work is under way; raises the `Problem` with which it was refused."""
        while not self._listener.has_begun and not self._work.done():
            await self._wait()
        if not self._listener.has_begun:
            self._gone.cancel()
            if self._work.cancelled():
                raise Problem("cancelled", "nobody waits for this training any more", status=409)
            self._work.result()

    async def progress(self) -> AsyncIterator[Progress]:
        """Yields progress until the work is done; a slow reader gets only the newest."""
        while self._newest is not None or not self._work.done():
            if self._newest is None:
                await self._wait()
            newest, self._newest = self._newest, None
            if newest is not None:
                yield newest

    async def end(self) -> R:
        """Return the work's answer, or raise its error."""
        while not self._work.done():
            await self._wait()
        self._gone.cancel()
        return self._work.result()

    async def _wait(self) -> None:
        """Until there is news; a client that is gone ends the work."""
        try:
            await self._news.wait()
        except asyncio.CancelledError:
            self._listener.ended.set()
            raise
        self._news.clear()
        if self.gone:
            self._listener.ended.set()
            if not self._listener.has_begun:  # it need not wait for its turn any longer
                self._work.cancel()

    def _advance(self, progress: Progress) -> None:
        self._newest = progress
        self._news.set()


class EventStream(Response):
    """Events `progress`, then one `done` with the JSON that the work answers, or one `error` with a problem.

    Await `begin` first: what is refused is raised there, before the first byte.
    """

    media_type = MEDIA_TYPE

    def __init__(self, work: Work[bytes], receive: Receive) -> None:
        super().__init__(None, 200, {"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._training = Attended(work, receive)

    async def begin(self) -> None:
        """Returns once the work is under way; raises the `Problem` with which it was refused."""
        await self._training.begin()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for progress in self._training.progress():
            await self._send(send, event("progress", wire.encode(asdict(progress))))
        await self._send(send, await self._last(), more=False)

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        if not self._training.gone:
            await send({"type": "http.response.body", "body": body, "more_body": more})

    async def _last(self) -> bytes:
        try:
            return event("done", await self._training.end())
        except Problem as problem:
            return event("error", bytes(problems.response(problem).body))
        except Exception as error:
            return event("error", bytes(problems.unexpected(error).body))


async def unless_gone(work: Work[R], receive: Receive) -> R:
    """Return a training's answer without progress events; the training ends early when the client disconnects."""
    training = Attended(work, receive)
    await training.begin()
    return await training.end()


class _Listener(ProgressListener):
    """Carries what the training thread says over to the event loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, begin: Callable[[], None], advance: Callable[[Progress], None]
    ) -> None:
        super().__init__()
        self._loop = loop
        self._begin = begin
        self.has_begun = False
        self._advance = advance

    def begun(self) -> None:
        self.has_begun = True
        self._say(self._begin)

    def advanced(self, progress: Progress) -> None:
        self._say(self._advance, progress)

    def _say(self, hear: Callable[..., None], *words: Progress) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody hears it
            self._loop.call_soon_threadsafe(hear, *words)


async def until_gone(receive: Receive) -> None:
    """Returns when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def event(name: str, content: bytes) -> bytes:
    """A server-sent event."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), content)
