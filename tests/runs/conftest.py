"""Runs over a database of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from backprop_explorer.runs import Limits, Runs, open_database
from tests.postgres import Postgres, running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite3"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[..., Runs]]:
    """Opens the runs, and closes those that were open before, as a new process would find them."""
    with ExitStack() as stack:

        def open_again(limits: Limits | None = None) -> Runs:
            stack.pop_all().close()
            return Runs(stack.enter_context(closing(open_database(str(path)))), limits)

        yield open_again


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests that ask for it: they are of one group, hence on one worker."""
    with running() as postgres:
        yield postgres
