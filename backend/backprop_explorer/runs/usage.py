"""What the request under way has had written to disk, and whether it may have more."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from backprop_explorer.problem import Problem

TOO_MANY = 429
"""The status of what whoever asks has had too much of."""


@dataclass
class Usage:
    """`no_change` says why nothing may be written for this client at present, `no_run` why no new run; None where it
    may. `created` and `written` are the runs and bytes that were."""

    no_change: Problem | None = None
    no_run: Problem | None = None
    created: int = 0
    written: int = 0


used: ContextVar[Usage | None] = ContextVar("usage", default=None)


def check_change() -> None:
    """Raises the `Problem` where whoever asks has had enough written."""
    usage = used.get()
    if usage is not None and usage.no_change is not None:
        raise usage.no_change


def check_new_run() -> None:
    """Raises the `Problem` where whoever asks has made enough runs."""
    usage = used.get()
    if usage is not None and usage.no_run is not None:
        raise usage.no_run


def note_written(size: int) -> None:
    """So many bytes are to be on disk for whoever asks."""
    usage = used.get()
    if usage is not None:
        usage.written += size


def note_created() -> None:
    """Another run is on disk."""
    usage = used.get()
    if usage is not None:
        usage.created += 1
