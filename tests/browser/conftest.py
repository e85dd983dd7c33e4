"""A real server, a real Chromium and one window of it per worker, which each test finds as if it were new."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.amount import count
from tests.browser import provision
from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble
from tests.browser.window import Windows
from tests.server import Server, running

expect.set_options(timeout=6_000)  # what is there soon is seen soon; a machine may be busy with something else


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder needs a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            # Getting a browser or starting the server has time limits of its own.
            item.add_marker(pytest.mark.timeout(count(120, 1_200), func_only=True))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running(folder / "runs.sqlite3", folder / "server.log") as server:
        yield server


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> provision.Chromium:
    try:
        return provision.provide(playwright)
    except provision.NoBrowser as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: provision.Chromium) -> Iterator[Browser]:
    browser = chromium.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def context(windows: Windows, server: Server) -> Iterator[BrowserContext]:
    yield windows.of(server.url).context
    windows.tidy(server.url)


@pytest.fixture
def page(windows: Windows, server: Server, context: BrowserContext) -> Page:
    """A page at 1440×900; relative addresses are the server's."""
    return windows.of(server.url).page


@pytest.fixture
def explorer(page: Page, server: Server) -> Iterator[Explorer]:
    """The page and the API that it must agree with."""
    with httpx.Client(base_url=f"{server.url}/api", trust_env=False, timeout=30) as api:
        yield Explorer(page, api)


@pytest.fixture
def other(windows: Windows, server: Server, explorer: Explorer) -> Iterator[Explorer]:
    """The page in another window, perhaps somebody else's."""
    with windows.another(server.url) as page:
        yield Explorer(page, explorer.api)


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
