"""Watches a page for what must never happen unnoticed."""

import re

from playwright.sync_api import ConsoleMessage, Page, Request

REPORT_CSP = """document.addEventListener("securitypolicyviolation", event => console.error(
    `CSP: ${event.violatedDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));"""


class Trouble:
    """Console errors and warnings, uncaught errors, failed requests, CSP reports and requests to other hosts."""

    def __init__(self, page: Page, home: str) -> None:
        self.home = home
        self.seen: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        page.add_init_script(REPORT_CSP)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"uncaught: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._requested)

    def allow(self, pattern: str) -> None:
        """What a test provokes on purpose, such as `status of 422`."""
        self.allowed.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.seen if not any(pattern.search(text) for pattern in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        # The page itself drops a request whose answer has been overtaken.
        if request.failure != "net::ERR_ABORTED":
            self.seen.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.seen.append(f"foreign: {request.method} {request.url}")
