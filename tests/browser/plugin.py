"""For the tests of `tests/browser` and `tests/served`: a real server, a real Chromium and one window of it per worker,
which each test finds as if it were new."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from backprop_explorer.site.folder import write
from tests.amount import count
from tests.browser import provision
from tests.browser.explorer import Explorer
from tests.browser.window import EMPTY, Windows
from tests.server import ForkedServer, Server, running
from tests.site.distribution import pyodide_folder
from tests.site.host import Host, hosting
from tests.site.tab import TabTransport

expect.set_options(timeout=6_000)  # what is there soon is seen soon; a machine may be busy with something else


FOLDERS = [Path(__file__).parents[1] / name for name in ("browser", "served")]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test in these folders needs a browser, and some a service. Those that share a document come one after
    another: any other would close it."""
    shown = [at for at, item in enumerate(items) if item.path.is_relative_to(FOLDERS[0])]
    order = sorted((items[at] for at in shown), key=lambda item: "kept" not in item.fixturenames)  # type: ignore[attr-defined]
    for at, item in zip(shown, order, strict=True):
        items[at] = item
    for item in items:
        if any(map(item.path.is_relative_to, FOLDERS)):
            item.add_marker(pytest.mark.browser)
            # Getting a browser or starting the server has time limits of its own.
            item.add_marker(pytest.mark.timeout(count(120, 1_200), func_only=True))
            service = item.get_closest_marker("service")
            if service and config.getoption("--site"):
                item.add_marker(pytest.mark.skip(reason=service.args[0]))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running(folder / "runs.sqlite3", folder / "server.log", kind=ForkedServer) as server:
        yield server


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    expect.set_options(timeout=30_000)  # the engine is begun with every page
    folder = tmp_path_factory.mktemp("site")
    write(folder, str(pyodide_folder()))
    (folder / "api").mkdir()
    for asked in (EMPTY, "/favicon.ico"):
        (folder / asked.removeprefix("/")).touch()
    with hosting(folder) as host:
        yield host


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server | Host:
    """Whence the page comes."""
    return request.getfixturevalue("site" if request.config.getoption("--site") else "service")


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
def kept() -> None:
    """Whoever uses this finds the document that such a test before has left, for `Explorer.begin`, and leaves its own:
    to load the page costs more than most tests do on it."""


@pytest.fixture
def context(windows: Windows, server: Server, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    stay, failed = "kept" in request.fixturenames, request.session.testsfailed
    if not stay:
        windows.of(server.url).leave()
    yield windows.of(server.url).context
    windows.tidy(server.url, stay=stay and request.session.testsfailed == failed)


@pytest.fixture
def page(windows: Windows, server: Server, context: BrowserContext) -> Page:
    """A page at 1440×900; relative addresses are the server's."""
    return windows.of(server.url).page


@pytest.fixture(scope="session")
def apis() -> Iterator[dict[str, httpx.Client]]:
    """A client for each server: one takes longer to make than most requests."""
    apis: dict[str, httpx.Client] = {}
    yield apis
    for api in apis.values():
        api.close()


@pytest.fixture
def explorer(windows: Windows, page: Page, server: Server | Host, apis: dict[str, httpx.Client]) -> Iterator[Explorer]:
    """The page and the API that it must agree with."""
    if isinstance(server, Host):
        window = windows.of(server.url)
        if not window.kept:
            window.kept.append(window.context.new_page())
            window.kept[0].goto("/ops.html")
            window.page.bring_to_front()
        with httpx.Client(base_url=f"{server.url}/api", transport=TabTransport(window.kept[0])) as api:
            yield Explorer(page, api)
        return
    if server.url not in apis:
        apis[server.url] = httpx.Client(base_url=f"{server.url}/api", trust_env=False, timeout=30)
    yield Explorer(page, apis[server.url])


@pytest.fixture
def beside(request: pytest.FixtureRequest, explorer: Explorer, server: Server | Host) -> Explorer:
    """The page in another window that finds the same runs: perhaps somebody else's or, on a site, whose runs stay in
    the browser, another tab of it."""
    if isinstance(server, Host):
        page = explorer.page.context.new_page()
        explorer.page.bring_to_front()
        return Explorer(page, explorer.api)
    other: Explorer = request.getfixturevalue("other")
    return other


@pytest.fixture
def other(windows: Windows, server: Server, explorer: Explorer) -> Iterator[Explorer]:
    """The page in another window, perhaps somebody else's."""
    with windows.another(server.url) as page:
        yield Explorer(page, explorer.api)
