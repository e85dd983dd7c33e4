"""What the page asks, which a test looks at, has wait, or answers itself: HTTP requests to a service or, on a site,
messages to the engine in the browser."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Route

from tests.browser.window import Windows
from tests.server import Server
from tests.site.host import Host

FRAME = "new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"
SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")


@dataclass(frozen=True)
class Asked:
    method: str
    address: str
    referer: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def told(self) -> str:
        """All that a log may keep besides the path."""
        return f"{urlsplit(self.address).query} {self.referer}"


@dataclass
class Rule:
    """For requests whose address has the pattern. Without an answer they wait."""

    pattern: str
    method: str | None
    left: float
    """So many requests more it is for."""
    answer: dict[str, Any] | None = None

    def fits(self, asked: Asked) -> bool:
        return self.left > 0 and self.method in (None, asked.method) and bool(re.search(self.pattern, asked.address))


class Traffic(ABC):
    """Of one page, from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[Asked] = []
        """Also what else the page loads."""
        self.rules: list[Rule] = []
        self.waiting: list[Callable[[], None]] = []
        page.on("request", self._note)

    def leave(self) -> None:
        self.page.remove_listener("request", self._note)

    def hold(self, pattern: str) -> None:
        """Has such requests wait until they are let go."""
        self._add(Rule(pattern, None, float("inf")))

    def answer(
        self,
        pattern: str,
        content: object = None,
        *,
        status: int = 200,
        after: int | None = None,
        times: int | None = None,
        method: str | None = None,
    ) -> None:
        """Answers such requests in the service's place, so often; by default always."""
        headers = {} if after is None else {"Retry-After": str(after)}
        body = "" if content is None else json.dumps(content)
        answer = {"status": status, "headers": headers, "body": body}
        self._add(Rule(pattern, method, float("inf") if times is None else times, answer))

    def forget(self) -> None:
        """Leaves everything to the service again, and lets go of what waits."""
        self.rules.clear()
        for go in self.waiting:
            go()
        self.waiting.clear()

    def await_held(self) -> None:
        """Returns when something waits."""
        while not self.waiting:
            self.page.evaluate(FRAME)

    def settled(self) -> list[Asked]:
        """What was asked until all is answered and nothing follows from the answers."""
        quiet = 0
        while quiet < 2:
            self.page.evaluate(FRAME)
            quiet = 0 if self._pending() else quiet + 1
        seen = self.seen.copy()
        self.seen.clear()
        return seen

    @abstractmethod
    def _pending(self) -> bool:
        """Whether something has no answer yet."""

    def _add(self, rule: Rule) -> None:
        self.rules.append(rule)

    def _rule(self, asked: Asked) -> Rule | None:
        """The latest that is for it."""
        found = next((rule for rule in reversed(self.rules) if rule.fits(asked)), None)
        if found:
            found.left -= 1
        return found

    def _note(self, request: Request) -> None:
        self.seen.append(_asked(request))


def _asked(request: Request) -> Asked:
    return Asked(request.method, request.url, request.headers.get("referer", ""))


class Requests(Traffic):
    """HTTP requests, as Playwright shows them."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.open: set[Request] = set()
        for event in ("requestfinished", "requestfailed"):
            page.on(event, self._end)

    def leave(self) -> None:
        super().leave()
        for event in ("requestfinished", "requestfailed"):
            self.page.remove_listener(event, self._end)

    def _note(self, request: Request) -> None:
        super()._note(request)
        if "/api/" in request.url:
            self.open.add(request)

    def _end(self, request: Request) -> None:
        self.open.discard(request)

    def _pending(self) -> bool:
        return bool(self.open)

    def _add(self, rule: Rule) -> None:
        if not self.rules:
            self.page.unroute(re.compile("/api/"))
            self.page.route(re.compile("/api/"), self._routed)
        super()._add(rule)

    def _routed(self, route: Route) -> None:
        rule = self._rule(_asked(route.request))
        if rule is None:
            route.fallback()
        elif rule.answer is None:
            self.waiting.append(route.fallback)
        else:
            route.fulfill(**rule.answer)


class Messages(Traffic):
    """Messages to the engine of a page that has yet to be opened."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        page.expose_function("tellTest", self._told)
        page.add_init_script(SCRIPT)

    def _pending(self) -> bool:
        return bool(self.page.evaluate("window.traffic.pending.size"))

    def _told(self, words: dict[str, Any]) -> dict[str, Any] | str | None:
        asked = Asked(words["method"], words["address"])
        self.seen.append(asked)
        rule = self._rule(asked)
        if rule is None or rule.answer:
            return rule and rule.answer
        self.waiting.append(lambda: self.page.evaluate("key => window.traffic.release(key)", words["key"]))
        return "wait"


@pytest.fixture
def traffic(windows: Windows, page: Page, server: Server | Host) -> Iterator[Traffic]:
    """What the page asks. On a site it is opened anew for that."""
    if isinstance(server, Host):
        window = windows.of(server.url)
        window.leave()
        window.worn = True
        traffic: Traffic = Messages(page)
    else:
        traffic = Requests(page)
    yield traffic
    traffic.leave()
