"""What is damaged in the file: noticed by checksums, told in one sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from backprop_explorer.problem import Problem


def damaged(what: str) -> Problem:
    """The problem of a run that is not read, because its numbers might be wrong.

    The status is 409, not 503: it will be no better in a second, and nothing else is wrong with the server.
    """
    detail = f"This run cannot be read: {what} is damaged in the database file"
    hint = "restore the file from a backup, or delete this run; the other runs are not affected"
    return Problem("damaged", detail, status=409, hint=hint)


@contextmanager
def noticed(what: str) -> Iterator[None]:
    """Turns every error of reading bytes that are not what they should be into that problem."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError) as error:
        raise damaged(what) from error


def checksum(*cells: str | int | bytes | None) -> bytes:
    """Of a row's cells."""
    return hashlib.blake2b(repr(cells).encode(), digest_size=8).digest()
