"""A real server and a real Chromium, one of each per worker; a new page for each test."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser import provision
from tests.browser.explorer import Explorer
from tests.browser.trouble import Trouble
from tests.server import Server, running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder needs a browser; those of one file stay on one worker, since they share its server."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(f"browser-{item.path.stem}"))
            # Getting a browser or starting the server has time limits of its own.
            item.add_marker(pytest.mark.timeout(120, func_only=True))


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


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, base_url=server.url, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page at 1440×900; relative addresses are the server's."""
    return context.new_page()


@pytest.fixture
def explorer(page: Page, server: Server) -> Iterator[Explorer]:
    """The page and the API that it must agree with."""
    with httpx.Client(base_url=f"{server.url}/api", trust_env=False, timeout=30) as api:
        yield Explorer(page, api)


@pytest.fixture(autouse=True)
def trouble(request: pytest.FixtureRequest) -> Iterator[Trouble | None]:
    """Fails a test whose page had trouble that the test did not `allow`."""
    if "page" not in request.fixturenames:
        yield None
        return
    page = request.getfixturevalue("page")
    trouble = Trouble(page, request.getfixturevalue("server").url)
    yield trouble
    assert not trouble.unexpected, "\n".join(trouble.unexpected)
