"""The site's folder, a static host for it and windows of a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import provision
from tests.site.distribution import pyodide_folder
from tests.site.host import Host, hosting


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Below a host there are two of them, each in a folder of its own."""
    from backprop_explorer.site.folder import write

    root = tmp_path_factory.mktemp("host")
    write(root / "one", str(pyodide_folder()))
    write(root / "two", str(pyodide_folder()), {"example": "xor"})
    return root


@pytest.fixture
def host(folder: Path) -> Iterator[Host]:
    with hosting(folder) as host:
        yield host


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = provision.provide(playwright).launch(playwright)
        except provision.NoBrowser as error:
            pytest.fail(str(error), pytrace=False)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    context.set_default_timeout(90_000)
    yield context
    context.close()
