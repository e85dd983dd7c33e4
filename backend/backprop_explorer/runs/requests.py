"""Requests with an Idempotency-Key that have changed something, and what they were answered."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING

from backprop_explorer.runs.key import Key
from backprop_explorer.runs.store import Database

if TYPE_CHECKING:
    from backprop_explorer.runs.store.records import Remembered

_TIDIED_EVERY = 100
_SEAL = 16


class Requests:
    """Those of a database. They are kept for so many seconds, and only about so many of them."""

    def __init__(self, database: Database, seconds: float, most: int) -> None:
        self._database = database
        self._seconds = seconds
        self._most = most
        self._asked = 0
        self._lock = threading.Lock()

    def remembered(self, key: Key) -> Remembered | None:
        """The request that was made with this key; None where there is none."""
        store, since = self._database.open(), time.time() - self._seconds
        with self._lock:
            tidy = self._asked % _TIDIED_EVERY == 0
            self._asked += 1
        if tidy:
            store.forget_requests(since, self._most)
        found = store.request(key.digest, since)
        if found is None:
            return None
        answer = found.answer[_SEAL:]
        return found._replace(answer=answer if found.answer[:_SEAL] == _seal(answer) else b"")

    def answered(self, key: Key, answer: bytes) -> None:
        """Records what the request was answered."""
        self._database.open().answer_request(key.digest, _seal(answer) + answer)


def _seal(answer: bytes) -> bytes:
    """By which a damaged answer is noticed."""
    return hashlib.blake2b(answer, digest_size=_SEAL).digest()
