"""What is said where a run or its database cannot be used as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backprop_explorer.problem import Problem

DISK_FULL = 507
"""The status of a change that was not made because there was no room for it."""


def disk_full() -> Problem:
    """The `Problem` of a change for which there was no room."""
    detail = "the disk with the runs is full, so the change was not made"
    return Problem("disk_full", detail, status=DISK_FULL, hint="make room on it")


def run_too_large(detail: str) -> Problem:
    """The `Problem` (507) of a run that may not take more bytes on disk."""
    hint = "continue with a new run of its document (export it as JSON), or raise the setting BACKPROP_RUN_BYTES"
    return Problem("run_too_large", detail, status=DISK_FULL, hint=hint)


def database_failed() -> Problem:
    """The `Problem` (503) of a database that does not answer, or not as it should."""
    return Problem("database_failed", "the runs' database cannot be used at the moment", status=503)


class Conflict(Problem):
    """The `Problem` (409) of a change that was not made, because the run was changed by somebody else just before."""

    def __init__(self) -> None:
        reason = "somebody else changed or deleted this run at the same moment"
        super().__init__("conflict", reason, status=409, hint="reload it")


def unknown_run() -> Problem:
    """The `Problem` (404) of a run that is not there."""
    return Problem("unknown_run", "No run with this id", status=404, hint="it may have been deleted")


def damaged(what: str) -> Problem:
    """The `Problem` of a run that is not read because `what` is damaged and its numbers might be wrong.

    The status is 409, not 503: it will be no better in a second, and nothing else is wrong with the server.
    """
    detail = f"This run cannot be read: {what} is damaged in the database file"
    hint = "restore the file from a backup, or delete this run; the other runs are not affected"
    return Problem("damaged", detail, status=409, hint=hint)


@contextmanager
def noticed(what: str) -> Iterator[None]:
    """Turns the errors of reading bytes that are not what they should be into that `Problem`."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError) as error:
        raise damaged(what) from error


def overtaken() -> Problem:
    """The `Problem` (409) of a long training that was written down in part before somebody else changed the run."""
    detail = "Somebody else changed this run during the training, which ended there; what was written of it is kept"
    return Problem("overtaken", detail, status=409, hint="reload the run: its history says how far the training came")
