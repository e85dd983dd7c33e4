"""The page in a frame of another site: shown where the operator names that site, else refused by the browser."""

import json
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import quote, unquote

import httpx
import pytest
from axe_playwright_python.base import AxeResults
from playwright.sync_api import FrameLocator, Page, expect

from tests.amount import every, some
from tests.browser.looks import AXE, COLOURS
from tests.browser.trouble import Trouble
from tests.server import serving


class Course(BaseHTTPRequestHandler):
    """A site whose every page has a frame with the address behind its own `?`, as large as its path says."""

    def do_GET(self) -> None:
        width, height = (self.path.partition("?")[0].strip("/") or "1200x700").split("x")
        address = escape(unquote(self.path.partition("?")[2]))
        frame = f'<iframe src="{address}" width="{width}" height="{height}"></iframe>'
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
def server(tmp_path_factory: pytest.TempPathFactory, course: int) -> Iterator[SimpleNamespace]:
    named = f"http://127.0.0.1:{course}"
    with serving(tmp_path_factory.mktemp("framed") / "runs.sqlite3", embed_origins=named) as server:
        yield server


def test_a_site_that_is_named_shows_the_page_which_works(
    page: Page, server: SimpleNamespace, course: int, trouble: Trouble
) -> None:
    trouble.allow(f"^foreign: GET http://127.0.0.1:{course}")
    page.goto(f"http://127.0.0.1:{course}/?{server.url}/")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("status")).to_contain_text("Opened")
    frame.get_by_role("button", name="Next step", exact=True).click()
    expect(frame.locator("#step")).to_have_attribute("data-index", "1")
    frame.get_by_role("button", name="Train", exact=True).click()
    expect(frame.locator("#iteration")).not_to_have_attribute("data-value", "0")


def embedded(page: Page, server: SimpleNamespace, course: int, size: str) -> FrameLocator:
    """The stage alone in a frame of that size, at the step that computes the gradient of w1."""
    run = httpx.post(f"{server.url}/api/runs", json={"example": "lesson13"}).json()["id"]
    steps = httpx.get(f"{server.url}/api/runs/{run}/trace?values=none").json()["steps"]
    step = next(step["index"] for step in steps if step["output"] == "w1.g")
    address = f"{server.url}/#run={run}&step={step}&embed=stage"
    page.goto(f"http://127.0.0.1:{course}/{size}?{quote(address)}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("status")).to_contain_text("Opened")
    return frame


@pytest.mark.parametrize("size", some(["600x400", "390x300", "1200x700"], "390x300"))
@pytest.mark.parametrize("colours", some(["light", "dark"], "light"))
def test_a_frame_shows_the_stage_alone_and_steps(
    page: Page, server: SimpleNamespace, course: int, trouble: Trouble, size: str, colours: str
) -> None:
    trouble.allow(f"^foreign: GET http://127.0.0.1:{course}")
    page.emulate_media(**COLOURS[colours])
    frame = embedded(page, server, course, size)
    for name in ("Program", "Computation graph", "Explanation", "Practice", "Lesson"):
        expect(frame.get_by_role("region", name=name, exact=True)).to_have_count(0)
    for name in ("Example", "Share", "Train", "Stage"):
        expect(frame.get_by_role("button", name=name, exact=True)).to_have_count(0)
    result = frame.get_by_role("region", name="Tensors", exact=True).locator("[data-result]")
    expect(result).to_have_attribute("data-tensor", "w1")
    expect(result).to_have_attribute("data-field", "gradient")
    expect(result).to_be_in_viewport(ratio=1)
    stage = frame.locator("#tensors .picture").evaluate("({clientHeight, clientWidth}) => [clientHeight, clientWidth]")
    width, height = map(int, size.split("x"))
    assert stage[0] >= 0.55 * height
    assert stage[1] >= 0.9 * width
    expect(frame.locator("html")).to_have_js_property("scrollWidth", width)
    first = int(frame.locator("#step").get_attribute("data-index") or "")
    frame.get_by_role("button", name="Previous step", exact=True).click()
    expect(frame.locator("#step")).to_have_attribute("data-index", str(first - 1))
    result = frame.locator("html").evaluate(f"async () => {{ {AXE.axe_script}; return axe.run(document); }}")
    assert AxeResults(result).violations_count == 0, AxeResults(result).generate_report()


def test_a_frame_leads_to_the_whole_page(page: Page, server: SimpleNamespace, course: int, trouble: Trouble) -> None:
    trouble.allow(f"^foreign: GET http://127.0.0.1:{course}")
    frame = embedded(page, server, course, "600x400")
    frame.get_by_role("button", name="Previous step", exact=True).click()
    index = frame.locator("#step").get_attribute("data-index")
    with page.expect_popup() as popup:
        frame.get_by_role("link", name="Open in Backprop Explorer", exact=True).click()
    whole = popup.value
    expect(whole.get_by_role("region", name="Program", exact=True)).to_be_visible()
    expect(whole.locator("#step")).to_have_attribute("data-index", index or "")
    expect(whole.get_by_role("link", name="Open in Backprop Explorer")).to_have_count(0)


@pytest.mark.parametrize("opens", every(2, ["view", "doc"]))
def test_a_frame_opens_whatever_an_address_can(
    page: Page, server: SimpleNamespace, course: int, trouble: Trouble, opens: str
) -> None:
    trouble.allow(f"^foreign: GET http://127.0.0.1:{course}")
    document = {"program": "loss = sum(w * w)", "parameters": {"w": [1.0, 2.0]}}
    run = httpx.post(f"{server.url}/api/runs", json=document).json()
    told = {"view": run["view_id"], "doc": urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")}
    address = f"{server.url}/#{opens}={told[opens]}&step=1&embed=stage"
    page.goto(f"http://127.0.0.1:{course}/600x400?{quote(address)}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("status")).to_contain_text("Opened")
    expect(frame.locator("#step")).to_have_attribute("data-index", "1")
    expect(frame.get_by_role("region", name="Program", exact=True)).to_have_count(0)
    link = frame.get_by_role("link", name="Open in Backprop Explorer", exact=True)
    kept = f"#view={run['view_id']}&step=1" if opens == "view" else re.compile(r"^#run=[\w-]+&step=1$")
    expect(link).to_have_attribute("href", kept)


def test_a_lesson_in_a_frame_keeps_its_words(
    page: Page, server: SimpleNamespace, course: int, trouble: Trouble
) -> None:
    trouble.allow(f"^foreign: GET http://127.0.0.1:{course}")
    name = httpx.get(f"{server.url}/api/lessons").json()[0]["name"]
    address = f"{server.url}/#lesson={name}&chapter=1&embed=stage"
    page.goto(f"http://127.0.0.1:{course}/600x400?{quote(address)}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("region", name="Lesson", exact=True)).to_be_visible()
    expect(frame.get_by_role("region", name="Program", exact=True)).to_have_count(0)
    height = frame.locator("#tensors .picture").evaluate("({clientHeight}) => clientHeight")
    assert height >= 80


def test_another_site_does_not(page: Page, server: SimpleNamespace, course: int, trouble: Trouble) -> None:
    trouble.allow("")
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://localhost:{course}/?{server.url}/")
    expect(page.frame_locator("iframe").get_by_role("button", name="Next step")).to_have_count(0)
