"""The page in a frame of another site: shown where the operator names that site, else refused by the browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.trouble import Trouble
from tests.server import Server, running


class Course(BaseHTTPRequestHandler):
    """A site whose every page has a frame with the address behind its own `?`."""

    def do_GET(self) -> None:
        frame = f'<iframe src="{self.path.partition("?")[2]}" width="1200" height="700"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!doctype html><title>course</title><link rel="icon" href="data:,">{frame}'.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture(scope="module")
def course() -> Iterator[int]:
    """The port of the site, which is called by two names: two origins."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Course) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield site.server_address[1]
        site.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, course: int) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("framed")
    named = f"http://127.0.0.1:{course}"
    with running(folder / "runs.sqlite3", folder / "server.log", BACKPROP_EMBED_ORIGINS=named) as server:
        yield server


def test_a_site_that_is_named_shows_the_page_which_works(
    page: Page, server: Server, course: int, trouble: Trouble
) -> None:
    trouble.allow(f"^foreign: GET http://127.0.0.1:{course}")
    page.goto(f"http://127.0.0.1:{course}/?{server.url}/")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("status")).to_contain_text("Opened")
    frame.get_by_role("button", name="Next step", exact=True).click()
    expect(frame.locator("#step")).to_have_attribute("data-index", "1")
    frame.get_by_role("button", name="Train", exact=True).click()
    expect(frame.locator("#iteration")).not_to_have_attribute("data-value", "0")


def test_another_site_does_not(page: Page, server: Server, course: int, trouble: Trouble) -> None:
    trouble.allow("")
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://localhost:{course}/?{server.url}/")
    expect(page.frame_locator("iframe").get_by_role("button", name="Next step")).to_have_count(0)
