"""Watches a page for what must never happen unnoticed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request

REPORT_CSP = """document.addEventListener("securitypolicyviolation", event => console.error(
    `CSP: ${event.violatedDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));"""


class Trouble:
    """Console errors and warnings, uncaught errors, failed requests and requests to other hosts; and, of a page that
    begins with `REPORT_CSP`, CSP reports."""

    def __init__(self, page: Page, home: str) -> None:
        self.home = home
        self.seen: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        self.page = page
        self.listeners: dict[Any, Callable[..., None]] = {
            "console": self._console,
            "pageerror": lambda error: self.seen.append(f"uncaught: {error}"),
            "requestfailed": self._failed,
            "request": self._requested,
        }
        for event, listener in self.listeners.items():
            page.on(event, listener)

    def leave(self) -> None:
        """Looks no longer."""
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)

    def allow(self, pattern: str) -> None:
        """What a test provokes on purpose, such as `status of 422`."""
        self.allowed.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.seen if not any(pattern.search(text) for pattern in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"console {message.type}: {message.text} {message.location['url']}".rstrip())

    def _failed(self, request: Request) -> None:
        # The page itself drops a request whose answer has been overtaken.
        if request.failure != "net::ERR_ABORTED":
            self.seen.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.seen.append(f"foreign: {request.method} {request.url}")


@pytest.fixture(autouse=True)
def trouble(request: pytest.FixtureRequest) -> Iterator[Trouble | None]:
    """Fails a test whose page had trouble that the test did not `allow`."""
    if "page" not in request.fixturenames:
        yield None
        return
    page = request.getfixturevalue("page")
    trouble = Trouble(page, request.getfixturevalue("server").url)
    yield trouble
    trouble.leave()
    assert not trouble.unexpected, "\n".join(trouble.unexpected)
