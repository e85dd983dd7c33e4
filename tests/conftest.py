"""What all tests share: the options, what belongs to a smoke test, and the order in which the tests are dealt out."""

import functools
import gc
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import amount, node
from tests.time_limit import pytest_runtest_call, pytest_timeout_set_timer

__all__ = ["pytest_runtest_call", "pytest_timeout_set_timer"]

# Two folders share a browser, which a worker can begin only once.
pytest_plugins = ("tests.browser.plugin",)

# Where Python may not leave compiled modules beside their source, every worker, server and command of the tests would
# compile all of them again.
if sys.dont_write_bytecode and sys.pycache_prefix is None:
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(node.CACHE / "compiled")
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A server multiplies with one thread, a library with as many as NumPy likes: whether their numbers agree to the last
# bit would depend on the machine. This comes before NumPy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Playwright's bundled Node needs libatomic, which a bare machine lacks.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.EXECUTABLE))

HERE = Path(__file__).parent
SMOKE = tuple(HERE / part for part in ("unit/ops", "unit/engine", "unit/explain", "unit/practice"))
"""Where something wrong in the core shows first; with the page's units less than a minute."""

EARLY = tuple(
    HERE / part for part in ("house/test_lint.py", "house/test_page_types.py", "runs", "browser", "served", "api")
)
"""What takes long is begun with, so that no worker is left alone with it in the end."""

OFTEN = 20_000
"""So many new objects make the collector of cycles look for some."""

LONGEST_NAME = 60
"""So many characters of a parameter name a test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave out the tests that need a real browser")
    parser.addoption("--site", action="store_true", help="use the page as static files in the tests of tests/browser")
    parser.addoption("--long", action="store_true", help="all of what the tests try a little of each time")


def pytest_configure(config: pytest.Config) -> None:
    # Not before it is said where compiled modules are kept: pytest rewrites those of Hypothesis, too.
    from hypothesis import settings

    # How long an example takes says how busy the machine is.
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")
    amount.LONG = config.getoption("--long")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if _within(item.path, SMOKE) is not None:
            item.add_marker(pytest.mark.smoke)
        if amount.LONG and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(3_600))
    items.sort(key=lambda item: turn if (turn := _within(item.path, EARLY)) is not None else len(EARLY))
    if not amount.LONG:
        _leave_out(config, items, "long")
    if config.getoption("--no-browser"):
        _leave_out(config, items, "browser")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Ours in the place of xdist's; of another `--dist` its own."""
    if config.getoption("dist") != "loadgroup":
        return None
    from tests.dealing import Dealing

    return Dealing(config, log)


def pytest_make_parametrize_id(val: object) -> str | None:
    """The name of a parameter that is a long text: its beginning."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_NAME:
        return f"{val[:LONGEST_NAME]!r}… of {len(val)}"
    return None


def pytest_collection_finish() -> None:
    """The tests stay to the end, as do the caches of the package: the collector of cycles need not look at them again
    and again, which took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OFTEN, 10, 50)


@functools.cache
def _within(path: Path, parts: tuple[Path, ...]) -> int | None:
    """The first of the parts that the path lies in, by its position; thousands of tests share a file."""
    return next((position for position, part in enumerate(parts) if path.is_relative_to(part)), None)


def _leave_out(config: pytest.Config, items: list[pytest.Item], marker: str) -> None:
    left_out = [item for item in items if item.get_closest_marker(marker)]
    items[:] = [item for item in items if not item.get_closest_marker(marker)]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--no-browser"):
        terminalreporter.write_line("The browser tests were left out: --no-browser.", yellow=True, bold=True)
    if not config.getoption("--long"):
        terminalreporter.write_line(
            "Long tests were left out, and what never ends was tried a little: --long does all."
        )
