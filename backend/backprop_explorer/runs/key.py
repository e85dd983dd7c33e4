"""The Idempotency-Key of the request that is under way: what it changes is written together with it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from backprop_explorer.problem import Problem


@dataclass
class Key:
    """`digest` is of the key and who may use it, `request` of all that was asked.

    `written` says that the request has changed something, which is on disk; `repeated` that it was about to, and
    another request with this key had.
    """

    digest: bytes
    request: bytes
    written: bool = False
    repeated: bool = False


under_way: ContextVar[Key | None] = ContextVar("idempotency_key", default=None)


class Repeated(Problem):
    """The `Problem` (409) of a change that another request with the same key has made meanwhile."""

    def __init__(self) -> None:
        detail = "Another request with this Idempotency-Key has just been answered"
        super().__init__("repeated", detail, status=409, hint="send it again, to get that answer")
