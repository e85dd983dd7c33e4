"""A test that hits its time limit fails by its time limit, whatever the alarm was made into on its way.

pytest-timeout raises in the midst of the test. Hypothesis takes that for a finding, tries to see it again, cannot, and
says that the test's strategies are flaky. What is told here is what happened: the time was over.
"""

import time
from collections.abc import Generator
from typing import Any

import pytest

__all__ = ["pytest_runtest_call", "pytest_timeout_set_timer"]

LIMIT = pytest.StashKey[float]()


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    """Notes the limit, and leaves the timer to pytest-timeout."""
    item.stash[LIMIT] = settings.timeout


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    begin = time.monotonic()
    try:
        return (yield)
    except Exception as error:
        limit = item.stash.get(LIMIT, 0)
        if limit and time.monotonic() - begin >= limit:
            pytest.fail(f"Timeout (>{limit} s); what came of it: {type(error).__name__}: {error}")
        raise
