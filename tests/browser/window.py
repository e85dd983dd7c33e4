"""A browser's window that one test after another uses: its cache is warm and its process knows the page's code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.trouble import REPORT_CSP

VIEWPORT = {"width": 1440, "height": 900}
EMPTY = "/api/health"
"""An address of the server whose document does nothing, and keeps the process."""

NOTE_TABS = """for (const event of ["click", "keydown"]) addEventListener(event, ({target}) => {
    if (target.closest?.("#explanation [role=tab]")) window.tabbed = true;
}, true);"""
"""For `Explorer.begin`: which tab of the explanation was chosen is kept from run to run."""


class Window:
    """A context with one page of one server, which each test finds as if it were new."""

    def __init__(self, browser: Browser, home: str, **options: Any) -> None:
        self.home = home
        self.context: BrowserContext = browser.new_context(
            viewport=VIEWPORT, base_url=home, permissions=["clipboard-read", "clipboard-write"], **options
        )
        self.context.set_default_timeout(30_000)
        self.context.add_init_script(REPORT_CSP + NOTE_TABS)
        self.page: Page = self.context.new_page()
        self.kept: list[Page] = []
        """Pages that all tests share."""
        self.worn = False
        """A test has left something on the page that no tidying removes, such as a script."""

    def tidy(self, *, stay: bool = False) -> bool:
        """Leaves nothing of a test behind, or only the document that is open; false where that fails, as it may after a
        test that did."""
        try:
            for page in self.context.pages:
                if page not in (self.page, *self.kept):
                    page.close()
            if self.worn:
                self.page.close()
                self.page, self.worn, stay = self.context.new_page(), False, False
            self.page.unroute_all()
            if self.page.viewport_size != VIEWPORT:
                self.page.set_viewport_size(VIEWPORT)
                stay = False  # a page that is laid out anew has its cells elsewhere for a moment
            self.page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
            self.page.mouse.move(0, 0)
            if not stay:
                self.page.goto(EMPTY)
            self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
            self.context.clear_cookies()
        except Error:
            return False
        return True

    def leave(self) -> None:
        """Closes what the test before has left open."""
        if self.page.url not in ("about:blank", self.home + EMPTY):
            self.page.goto(EMPTY)

    def close(self) -> None:
        self.context.close()


class Windows:
    """A window for each server that the tests use, and a second one for each where a test needs two."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.browser = browser
        self.options = options
        """Of each context."""
        self.open: dict[str, Window] = {}
        self.second: dict[str, Window] = {}

    def of(self, home: str) -> Window:
        return self._found(self.open, home)

    @contextmanager
    def another(self, home: str) -> Iterator[Page]:
        """A second window, perhaps somebody else's: a tab behind the first one would draw once a second."""
        yield self._found(self.second, home).page
        self._tidy(self.second, home)

    def tidy(self, home: str, *, stay: bool = False) -> None:
        """After a test: what cannot be tidied up is thrown away."""
        self._tidy(self.open, home, stay=stay)

    def close(self) -> None:
        for window in (*self.open.values(), *self.second.values()):
            window.close()

    def _found(self, windows: dict[str, Window], home: str) -> Window:
        if home not in windows:
            windows[home] = Window(self.browser, home, **self.options)
        return windows[home]

    def _tidy(self, windows: dict[str, Window], home: str, *, stay: bool = False) -> None:
        if not windows[home].tidy(stay=stay):
            windows.pop(home).close()
