"""What all tests share: the option to leave the browser tests out, loudly."""

import os

import pytest

from tests import node

# Playwright's bundled Node needs libatomic, which a bare machine lacks.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.EXECUTABLE))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave out the tests that need a real browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--no-browser"):
        browser = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in browser]
        config.hook.pytest_deselected(items=browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--no-browser"):
        terminalreporter.write_line("The browser tests were left out: --no-browser.", yellow=True, bold=True)
