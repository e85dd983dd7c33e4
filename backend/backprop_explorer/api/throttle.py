"""How much each client may ask for, and how much may be asked of each run. Each server counts for itself, in memory."""

from __future__ import annotations

from contextlib import AsyncExitStack
from enum import Enum
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backprop_explorer.api import problems
from backprop_explorer.api.clients import counted_as
from backprop_explorer.api.security import READING
from backprop_explorer.api.turns import Held, Others, Shares, Turns
from backprop_explorer.api.windows import Allowance
from backprop_explorer.problem import Problem
from backprop_explorer.runs.usage import TOO_MANY, Usage, used
from backprop_explorer.settings import Settings

MINUTE, DAY = 60, 86_400
FREE = ("/api/health", "/api/ready")
"""What whoever watches the server asks, as often as it likes."""
READS_AT_ONCE = 4
"""So many times as many reads of a client as changes are worked on at once."""
SMALL = 65_536
"""An answer of up to so many bytes is sent whatever else waits to be read."""
_API, _RUNS = "/api/", "/api/runs/"
_MUCH_WORK = ("compare", "export", "gradcheck", "jacobian", "plots", "why")


class Kind(Enum):
    """What is asked: of the page, or of the API; to look, to change or calculate much, to train."""

    page = "page"
    read = "read"
    work = "work"
    training = "training"


def kind_of(method: str, path: str, query: str) -> Kind:
    """What such a request asks."""
    if not path.startswith(_API):
        return Kind.page
    parts = path.split("/")
    if method not in READING:
        return Kind.training if parts[-1] == "iterations" else Kind.work
    much = any(part in _MUCH_WORK for part in parts[4:]) or "iteration=" in query  # which is calculated anew
    return Kind.work if much else Kind.read


class Rule(NamedTuple):
    """One limit: how much of what there is, in how many of its units, and how it is told."""

    setting: str
    amount: int
    sentence: str
    allowance: Allowance

    def problem(self, key: str) -> Problem:
        """What is said where it is used up."""
        wait = self.allowance.wait(key)
        together = "of this run" if self.setting.startswith("run_") else "behind the same router"
        return Problem(
            "too_many_requests",
            f"{self.sentence.format(self.amount)}, the most this server allows",
            status=TOO_MANY,
            hint=f"Try again in {told(wait)}. All users {together} count together; whoever runs the server can raise "
            f"BACKPROP_{self.setting.upper()}",
            retry_after=wait,
        )


PARTS = {"client_work_seconds": 1000}
"""What is counted in parts of its unit."""
SENTENCES = {
    "client_requests": (MINUTE, "Your network address has made {:,} requests within a minute"),
    "client_changes": (MINUTE, "Your network address has asked for {:,} changes or long calculations within a minute"),
    "client_traffic_bytes": (MINUTE, "Your network address has transferred {:,} bytes within a minute"),
    "client_work_seconds": (MINUTE, "The server has computed {:,} seconds for your network address within a minute"),
    "client_runs": (DAY, "Your network address has created {:,} runs within a day"),
    "client_stored_bytes": (DAY, "Your network address has stored {:,} bytes within a day"),
    "run_requests": (MINUTE, "This run has been requested {:,} times within a minute"),
    "run_traffic_bytes": (MINUTE, "{:,} bytes have been transferred to and from this run within a minute"),
}
"""Each limit by its setting: in how many seconds, and what is said."""


def rules(settings: Settings) -> dict[str, Rule]:
    """The limits that are set, by their settings."""
    found = {}
    for name, (seconds, sentence) in SENTENCES.items():
        amount: int = getattr(settings, name)
        if amount:
            found[name] = Rule(name, amount, sentence, Allowance(amount * PARTS.get(name, 1), seconds))
    return found


class Throttle:
    """Around the app: refuses with 429 what is too much, and lets the rest wait for its turn."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.rules = rules(settings)
        many = settings.client_at_once
        self.turns = {
            Kind.read: Turns(many * READS_AT_ONCE),
            Kind.work: Turns(many),
            Kind.training: Turns(many),
        }
        self.shares = Shares()
        self.others = Others()
        self.held = Held(settings.held_bytes, settings.client_held_bytes)
        self._queues = bool(many)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(self, scope, receive, send)
        exchange.check()
        async with AsyncExitStack() as stack:
            if self._queues and exchange.kind in self.turns:
                await stack.enter_async_context(self.turns[exchange.kind].turn(exchange.client))
            await exchange.run(scope)


class _Exchange:
    """A request and its answer, and what they count for."""

    def __init__(self, throttle: Throttle, scope: Scope, receive: Receive, send: Send) -> None:
        self.client = counted_as(scope.get("client"))
        self.kind = kind_of(scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
        self._throttle = throttle
        self._receive = receive
        self._send = send
        path: str = scope["path"]
        self._run = path[len(_RUNS) :].partition("/")[0][:64] if path.startswith(_RUNS) else None
        headers = Headers(scope=scope)
        self._has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        self._began = False
        self._entered: float | None = None
        self._traffic = self._held = 0
        self._replaced = False
        self.usage = Usage(self._spent("client_stored_bytes"), self._spent("client_runs"))

    def check(self) -> None:
        """Raises the `Problem` (429) of what is used up; else it counts this request."""
        heavy = self.kind in (Kind.work, Kind.training)
        counted = ["client_requests", *(["client_changes"] if heavy else [])]
        self._raise(self._spent("client_traffic_bytes"))
        if self.kind is not Kind.page:
            self._throttle.others.note(self.client)
            if self._throttle.others.are_there(self.client):
                self._raise(self._spent("client_work_seconds"))
        for name in counted:
            self._count(name, self.client)
        if self._run:
            self._raise(self._spent("run_traffic_bytes", self._run))
            self._count("run_requests", self._run)

    async def run(self, scope: Scope) -> None:
        """Has the app answer, and counts what that took."""
        if not self._has_body:
            self._begin()
        token = used.set(self.usage)
        try:
            await self._throttle.app(scope, self.receive, self.send)
        finally:
            used.reset(token)
            self._end()
            self._hold(-self._held)
            self._charge("client_traffic_bytes", self.client, self._traffic)
            self._charge("run_traffic_bytes", self._run, self._traffic)
            self._charge("client_runs", self.client, self.usage.created)
            self._charge("client_stored_bytes", self.client, self.usage.written)

    async def receive(self) -> Message:
        """The next part of the body; a `Problem` where there is no room for it."""
        message = await self._receive()
        size = len(message.get("body", b""))
        self._traffic += size
        self._raise(self._throttle.held.refusal(self.client, size) if size else None)
        self._hold(size)
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._begin()
        return message

    async def send(self, message: Message) -> None:
        """Passes the answer on, or says that there is no room for it."""
        if message["type"] == "http.response.start":
            if self.kind is not Kind.training:
                self._end()
            length = Headers(raw=message["headers"]).get("content-length", "0")
            size = int(length) if length.isdecimal() else 0
            self._hold(-self._held)
            refusal = self._throttle.held.refusal(self.client, size) if size > SMALL else None
            if refusal is not None:
                await self._replace(refusal)
            else:
                self._hold(size)
        if self._replaced:
            return
        await self._send(message)
        size = len(message.get("body", b""))
        self._traffic += size
        self._hold(-min(size, self._held))

    async def _replace(self, refusal: Problem) -> None:
        """Answers that instead; what the app still sends is dropped, and so no longer in memory."""
        answer = problems.response(refusal)
        self._replaced = True
        headers = [(name.lower(), value) for name, value in answer.raw_headers]
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await self._send({"type": "http.response.body", "body": bytes(answer.body)})

    def _begin(self) -> None:
        if not self._began and self.kind is not Kind.page:
            self._began = True
            self._entered = self._throttle.shares.enter()

    def _end(self) -> None:
        if self._entered is not None:
            seconds = self._throttle.shares.leave(self._entered)
            self._entered = None
            self._charge("client_work_seconds", self.client, seconds)

    def _hold(self, size: int) -> None:
        if size:
            self._held += size
            self._throttle.held.add(self.client, size)

    def _spent(self, name: str, key: str | None = None) -> Problem | None:
        rule = self._throttle.rules.get(name)
        key = key or self.client
        return rule.problem(key) if rule is not None and rule.allowance.is_spent(key) else None

    def _count(self, name: str, key: str) -> None:
        rule = self._throttle.rules.get(name)
        if rule is not None and not rule.allowance.take(key):
            raise rule.problem(key)

    def _charge(self, name: str, key: str | None, cost: float) -> None:
        rule = self._throttle.rules.get(name)
        if rule is not None and key and cost:
            rule.allowance.take(key, round(cost * PARTS.get(name, 1)))

    def _raise(self, problem: Problem | None) -> None:
        if problem is not None:
            raise problem


def told(seconds: int) -> str:
    """`1 second`, `50 seconds`, `5 hours`"""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{-(-seconds // size)} {unit}s"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
