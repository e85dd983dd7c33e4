"""The page out of static files, in a real Chromium: everything that a server would do is done in the browser."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from backprop_explorer.site.folder import write
from tests.site.distribution import pyodide_folder
from tests.site.host import Host, hosting

pytestmark = pytest.mark.long
PATIENCE = 90_000
MOST_BYTES = 10_000_000
MARKED = """async () => {
  const names = await caches.keys();
  const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
  return Object.fromEntries(names.map((name, at) => [name, kept[at]]));
}"""
"""How many files the browser keeps in each of its stores."""
COMPILED, OPENING = "backprop-explorer compiled", "backprop-explorer opening"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Below a host there are two of them, each in a folder of its own."""
    root = tmp_path_factory.mktemp("host")
    write(root / "one", str(pyodide_folder()))
    write(root / "two", str(pyodide_folder()), {"example": "xor"})
    return root


@pytest.fixture
def host(folder: Path) -> Iterator[Host]:
    with hosting(folder) as host:
        yield host


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has visited nothing."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    context.add_init_script(NOTE_GRAPH + NOTE_ENGINE)
    yield context
    context.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the pages write into the console as errors: nothing."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def visit(context: BrowserContext, host: Host, complaints: list[str]) -> Callable[..., Page]:
    """Opens a page of the host in a tab of its own; returns when a run is on the screen."""

    def visited(address: str = "/one/") -> Page:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(host.url + address)
        opened(page)
        return page

    return visited


NOTE_GRAPH = """new MutationObserver((_, observer) => {
    if (!document.querySelector("#graph .js-plotly-plot")) return;
    performance.mark("graph");
    observer.disconnect();
}).observe(document, {childList: true, subtree: true, attributes: true});"""
NOTE_ENGINE = """window.Worker = class extends Worker {
    constructor(...options) {
        super(...options);
        this.addEventListener("message", ({data}) => data.ready && performance.mark("engine"));
    }
};"""
DRAWN = """async () => {
    while (!performance.getEntriesByName("graph").length) await new Promise(requestAnimationFrame);
    return performance.getEntriesByName("graph")[0].startTime;
}"""


def opened(page: Page) -> None:
    expect(page.get_by_role("listbox", name="Nodes", exact=True).get_by_role("option").first).to_be_visible(
        timeout=PATIENCE
    )


def shown(page: Page) -> Locator:
    """The number of the iteration."""
    return page.locator("#training dd").first


def iteration(page: Page) -> int:
    return int(shown(page).inner_text().replace(",", ""))


def ready(page: Page) -> list[float]:
    """When the engine was there, in milliseconds; nothing if it is not yet."""
    return page.evaluate("performance.getEntriesByName('engine').map(({startTime}) => startTime)")


def train(page: Page, count: int) -> None:
    page.get_by_role("spinbutton", name="Iterations", exact=True).fill(str(count))
    page.get_by_role("button", name="Train", exact=True).click()


def kept(page: Page) -> None:
    """Returns when the browser has what it needs without a network, and for the next visit."""
    until = time.monotonic() + PATIENCE / 1000
    while not is_kept(page.evaluate(MARKED)):
        assert time.monotonic() < until, page.evaluate(MARKED)
        page.wait_for_timeout(500)


def is_kept(stores: dict[str, int]) -> bool:
    """Whether all files are there, what the page was told first, and both parts of what Python has compiled."""
    return stores.get(COMPILED) == 2 and stores.get(OPENING, 0) >= 1 and sum(stores.values()) >= 23


def drawn(visit: Callable[..., Page]) -> tuple[float, Page]:
    """How many seconds after it was opened a page had its graph, as the page itself counts: to look for it again and
    again is too coarse."""
    page = visit()
    return page.evaluate(DRAWN) / 1000, page


def test_the_first_visit_is_small_and_the_next_ones_need_no_network(visit: Callable[..., Page], host: Host) -> None:
    cold, page = drawn(visit)
    kept(page)
    assert sum(host.sent.values()) <= MOST_BYTES, sorted(host.sent.items(), key=lambda one: -one[1])
    page.close()
    host.down = True
    warm, page = drawn(visit)
    page.close()
    again, page = drawn(visit)
    print(
        f"{sum(host.sent.values()):,} bytes; the graph after {cold:.2f} s, "
        f"without a network after {warm:.2f} s, and after {again:.2f} s the time after that"
    )
    train(page, 20)
    expect(shown(page)).to_have_text("20", timeout=PATIENCE)


def test_a_page_that_is_shown_before_its_engine_is_there_loses_nothing(visit: Callable[..., Page]) -> None:
    page = visit()
    kept(page)
    page.close()
    page = visit()
    assert ready(page) == []
    train(page, 20)  # waits for the engine
    expect(shown(page)).to_have_text("20", timeout=PATIENCE)
    other = visit()
    assert ready(other) == []
    there = urlsplit(other.url)
    same = visit(f"{there.path}#{there.fragment}")
    assert same.url == other.url
    before = other.url
    other.reload()  # the run that it shows is begun nowhere yet
    opened(other)
    assert other.url == before
    train(other, 1)
    expect(shown(other)).to_have_text("1", timeout=PATIENCE)
    assert urlsplit(other.url).fragment.split("&")[0] != urlsplit(page.url).fragment.split("&")[0]


def test_runs_are_kept_and_tabs_share_them(visit: Callable[..., Page]) -> None:
    page = visit()
    train(page, 20)
    expect(shown(page)).to_have_text("20", timeout=PATIENCE)
    page.reload()
    opened(page)
    assert iteration(page) == 20
    there = urlsplit(page.url)
    other = visit(f"{there.path}#{there.fragment}")
    assert iteration(other) == 20
    train(other, 20)
    expect(shown(other)).to_have_text("40", timeout=PATIENCE)
    train(page, 1)  # of the run as it was: it is refused, or made of the present one, and nothing is lost
    page.wait_for_timeout(2000)
    page.reload()
    opened(page)
    assert iteration(page) >= 40
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("button", name="Redo", exact=True)).to_be_enabled(timeout=PATIENCE)


def test_a_training_tells_how_far_it_is_and_ends_when_it_is_stopped(visit: Callable[..., Page]) -> None:
    page = visit()
    train(page, 100_000)
    stop = page.get_by_role("button", name=re.compile("^Stop"))
    expect(stop).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#training")).to_contain_text("100,000", timeout=PATIENCE)
    stop.click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled(timeout=PATIENCE)
    assert 0 < iteration(page) < 100_000


def test_a_page_made_for_a_document_opens_with_it(visit: Callable[..., Page]) -> None:
    page = visit("/two/")
    expect(page.get_by_role("banner")).to_contain_text("Exclusive or")


def test_links_to_an_operation_lead_to_it_from_the_second_visit_on(visit: Callable[..., Page], host: Host) -> None:
    """The host sends who asks for the folder without its slash elsewhere, also through what keeps the files."""
    page = visit()
    kept(page)
    page.goto(f"{host.url}/one/ops#relu")
    expect(page).to_have_url(re.compile(r"/one/ops\.html#relu$"))
    expect(page.locator("#relu")).to_be_in_viewport(timeout=PATIENCE)
    host.down = True
    page.reload()
    expect(page.locator("#relu")).to_be_in_viewport(timeout=PATIENCE)


def test_the_page_of_operations_needs_no_engine(
    visit: Callable[..., Page], context: BrowserContext, host: Host
) -> None:
    page = context.new_page()
    page.goto(f"{host.url}/one/ops/")
    expect(page.get_by_role("heading", name="matmul").first).to_be_visible(timeout=PATIENCE)
    assert not page.workers
