"""Work in the processes beside the server: what they need to begin with, and answers that come from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pickle import PickleBuffer
from typing import Any, NamedTuple

from starlette.responses import Response

from backprop_explorer.api.http import Body, limit_answers
from backprop_explorer.processes import Pool
from backprop_explorer.runs import Database, Limits, Run, Runs, use_threads
from backprop_explorer.settings import Settings

PRELOADED = ("backprop_explorer.api.app", "backprop_explorer.cli", "backprop_explorer.runs.store.reader")
"""What the first tasks need."""
_runs: list[Runs] = []
"""In such a process: the runs, to be looked at."""


def pool_of(settings: Settings, database: Database) -> Pool | None:
    """The processes that the settings ask for; none are started yet."""
    if not settings.processes:
        return None
    begin = _Beginning(settings.answer_bytes, settings.blas_threads, database.reader(), settings.limits)
    return Pool(settings.processes, settings.process_seconds, settings.process_bytes, begin, PRELOADED)


@dataclass(frozen=True)
class _Beginning:
    """Called first in each process."""

    answer_bytes: int
    blas_threads: int
    database: Callable[[], Database]
    limits: Limits

    def __call__(self) -> None:
        limit_answers(self.answer_bytes)
        use_threads(self.blas_threads)  # the same bits as in the server
        _runs[:] = [Runs(self.database(), self.limits)]


class Told(NamedTuple):
    """An answer on its way to the server."""

    status: int
    headers: list[tuple[bytes, bytes]]
    pieces: list[Any]

    def response(self) -> Response:
        """The answer itself."""
        response = Body(self.pieces, self.status)
        response.raw_headers = self.headers
        return response


def told(content: Any) -> Any:
    """The same to be sent: a response as `Told`, anything else as it is."""
    if not isinstance(content, Response):
        return content
    pieces = content.taken() if isinstance(content, Body) else [content.body]
    return Told(content.status_code, content.raw_headers, [PickleBuffer(piece) for piece in pieces])


def retold(content: Any) -> Any:
    """What `told` was given."""
    return content.response() if isinstance(content, Told) else content


def alone(work: Callable[[], Any]) -> Any:
    """The work, done here and told."""
    return told(work())


def on_run(identity: str, work: Callable[[Run], Any]) -> Any:
    """The work on that run, done here and told."""
    with _runs[0].borrow(identity) as run:
        return told(work(run))
