"""The figures of several processes as those of one server: each writes its own into a folder, and whoever is asked adds
them up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""What prometheus-client calls it: the variable must be set before that is loaded, which each worker does anew."""


@contextmanager
def counted_together(wanted: bool) -> Iterator[None]:
    """While the processes begun in it are to count together."""
    if not wanted:
        yield
        return
    with TemporaryDirectory(prefix="backprop-explorer-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def forget_process(pid: int | None) -> None:
    """What such a process held is gone with it; what it counted stays."""
    if FOLDER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid, os.environ[FOLDER])  # type: ignore[no-untyped-call]
