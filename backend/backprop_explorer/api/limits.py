"""How large a body may be and how long it may take to arrive, however it is sent."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backprop_explorer.api import problems
from backprop_explorer.problem import Problem

STEADY_BYTES = 65_536
"""Beyond its first part a body must come at least so fast: so many bytes in each `body_seconds`."""


class BodyLimit:
    """Counts the bytes that really arrive: a chunked body announces no length. One that drips for ever is refused."""

    def __init__(self, app: ASGIApp, body_bytes: int, body_seconds: float) -> None:
        self.app = app
        self.body_bytes = body_bytes
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > self.body_bytes:
            await problems.response(self._too_large())(scope, receive, send)
            return
        await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        arrived = 0
        complete = False
        began: float | None = None

        async def counted() -> Message:
            nonlocal arrived, complete, began
            if complete:  # what comes now is that the client goes away
                return await receive()
            now = asyncio.get_running_loop().time()
            began = now if began is None else began
            left = began + self.body_seconds * (1 + arrived / STEADY_BYTES) - now
            try:
                async with asyncio.timeout(min(self.body_seconds, left)):
                    message = await receive()
            except TimeoutError:
                raise self._too_slow() from None
            arrived += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if arrived > self.body_bytes:
                raise self._too_large()
            return message

        return counted

    def _too_large(self) -> Problem:
        return Problem(
            "body_too_large",
            f"the body is larger than the limit body_bytes of {self.body_bytes:,}",
            status=413,
            hint="numbers take least room as a file, such as npz or safetensors: POST /import?run=true; "
            "else raise the setting BACKPROP_BODY_BYTES",
        )

    def _too_slow(self) -> Problem:
        detail = (
            f"The body did not arrive in time: each part of it, and {STEADY_BYTES:,} bytes together, have to arrive "
            f"within {self.body_seconds:g} seconds"
        )
        return Problem("request_timeout", detail, status=408)
