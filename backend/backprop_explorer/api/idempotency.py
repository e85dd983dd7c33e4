"""Idempotency-Key: a request that is sent again, because its answer got lost, changes nothing again.

The key is written in the same transaction as the change. So whatever was in between, the change is made once; where the
answer to it was not kept, it is told from the run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backprop_explorer.api import problems, wire
from backprop_explorer.api.eventstream import MEDIA_TYPE, event
from backprop_explorer.api.http import state_answer
from backprop_explorer.api.security import READING
from backprop_explorer.api.service import Service
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Key, Run, under_way

HEADER = "idempotency-key"
LONGEST = 255
GUESSABLE = 16
"""Shorter keys may be somebody else's, too: they count for one client address."""
_KEPT_HEADERS = ("content-type", "etag", "location", "cache-control")
_CREATED = 201


class Idempotency:
    """Answers of at most `most` bytes (compressed) are kept."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most
        self._turns: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READING or HEADER not in Headers(scope=scope):
            await self.app(scope, receive, send)
            return
        try:
            request, body = await _read(scope, receive)
            key = _key(request, body)
        except Problem as problem:
            await problems.response(problem)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        async with self._turns.setdefault(key.digest, asyncio.Lock()):
            await self._answer(request, key, _again(body, receive), send)

    async def _answer(self, request: Request, key: Key, receive: Receive, send: Send) -> None:
        try:
            known = await self._known(request, key)
        except Problem as problem:
            known = problems.response(problem)
        if known is None:
            kept = _Kept(send, key, self.most)
            token = under_way.set(key)
            try:
                await self.app(request.scope, receive, kept.send)
            finally:
                under_way.reset(token)
                await self._keep(request, key, kept)
            if not key.repeated:
                return
            known = await self._known(request, key)
        await (known or problems.response(_unknown()))(request.scope, receive, send)

    async def _known(self, request: Request, key: Key) -> Response | None:
        """What the request with this key was answered; None where there was none, or it has to be asked again."""
        service = Service.of(request)
        found = await to_thread.run_sync(service.runs.requests.remembered, key)
        if found is None:
            return None
        if found.request != key.request:
            raise Problem(
                "key_reused",
                "This Idempotency-Key was used for another request",
                hint="take a new key, such as a UUID, for each change",
            )
        if found.answer:
            return _unpacked(found.answer)
        if request.url.path.endswith("/check"):  # what is recorded already is not recorded again
            key.written = True
            return None
        return await _retold(request, service, found.run, found.event)

    async def _keep(self, request: Request, key: Key, kept: _Kept) -> None:
        answer = kept.packed() if key.written else None
        if answer is not None:
            with suppress(Problem):  # then the answer is told from the run
                await to_thread.run_sync(Service.of(request).runs.requests.answered, key, answer)


class _Kept:
    """Passes an answer on, and keeps it as long as it is not too large."""

    def __init__(self, send: Send, key: Key, most: int) -> None:
        self._send = send
        self._key = key
        self._most = most
        self._head: dict[str, Any] | None = None
        self._body = bytearray()
        self._packer = zlib.compressobj(1)
        self._complete = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._key.repeated:
            headers = Headers(raw=message["headers"])
            kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
            self._head = {"status": message["status"], "headers": kept}
            self._body += self._packer.compress(json.dumps(self._head).encode() + b"\n")
        if self._head is None:  # another answer takes its place
            return
        if message["type"] == "http.response.body":
            if len(self._body) <= self._most:
                self._body += self._packer.compress(message.get("body", b""))
            if not message.get("more_body", False):
                self._complete = True
        await self._send(message)

    def packed(self) -> bytes | None:
        """The whole answer; None where it is too large, or was not told to its end."""
        if not self._complete or len(self._body) > self._most:
            return None
        packed = bytes(self._body) + self._packer.flush()
        return packed if len(packed) <= self._most else None


def _unpacked(answer: bytes) -> Response:
    line, _, body = zlib.decompress(answer).partition(b"\n")
    head = json.loads(line)
    return Response(body, head["status"], head["headers"])


async def _read(scope: Scope, receive: Receive) -> tuple[Request, bytes]:
    request = Request(scope, receive)
    return request, await request.body()


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives the body at once, and then what the client does."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


def _key(request: Request, body: bytes) -> Key:
    """The key as digests. Raises a `Problem` for one that is empty, too long or not plain text."""
    given = request.headers[HEADER].strip()
    if not 0 < len(given) <= LONGEST or not all("!" <= one <= "~" for one in given):
        detail = f"The Idempotency-Key must have 1 to {LONGEST} plain characters without spaces"
        raise Problem("invalid_key", detail, hint="such as a UUID")
    _, _, below = request.url.path.partition("/api/runs/")
    run = below.partition("/")[0]
    client = request.client.host if request.client and len(given) < GUESSABLE else ""
    headers = (request.headers.get(name, "") for name in ("content-type", "accept", "if-match"))
    asked = (request.method, request.url.path, request.url.query, *headers, hashlib.sha256(body).hexdigest())
    return Key(_digest(given, run, client), _digest(*asked))


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


async def _retold(request: Request, service: Service, identity: str, number: int) -> Response:
    """What the change that was made is answered when its answer was not kept: the run's state by now."""
    # Known to the routes, which have answered once: no server waits for these to begin.
    from backprop_explorer.api.query import ChangeQuery
    from backprop_explorer.api.request import accepts
    from backprop_explorer.api.traced import traced

    if request.method == "DELETE":
        return Response(None, 204)
    query = ChangeQuery(trace=request.query_params.get("trace"), open=_open(request))
    own = f"/{identity}/" in f"{request.url.path}/"

    def work(run: Run) -> Response:
        content = traced(run, query, {**run.state(), **_trained(run, number)})
        if not own:
            return state_answer(content, _CREATED, {"Location": f"/api/runs/{identity}"})
        if not accepts(request, MEDIA_TYPE):
            return state_answer(content)
        return Response(event("done", wire.encode(content)), 200, {"Cache-Control": "no-store"}, MEDIA_TYPE)

    return await service.on_run(identity, work, None)


def _open(request: Request) -> Any:
    return "true" if request.query_params.get("open") == "true" else "false"


def _trained(run: Run, number: int) -> dict[str, Any]:
    """The losses of the change, where it was a training."""
    change = run.log.changes.get(number)
    return {"losses": change.stored_losses, "stopped": None} if change is not None and change.losses else {}


def _unknown() -> Problem:
    return Problem("repeated", "Another request with this Idempotency-Key is under way", status=409)
