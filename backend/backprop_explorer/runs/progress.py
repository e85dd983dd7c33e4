"""Which gradients of a run were found: kept in its log, looked up when somebody asks."""

from __future__ import annotations

from backprop_explorer.runs.log import Log
from backprop_explorer.runs.serialization import deserialize, serialize
from backprop_explorer.runs.store import Database

Found = dict[str, str | None]
"""Answers by tensor, None for one that was given in numbers."""


class Progress:
    """The answers of a run, read from disk once each."""

    def __init__(self, identity: str, database: Database) -> None:
        self._id = identity
        self._database = database
        self._read: dict[int, Found] = {}

    def of(self, log: Log) -> Found:
        """All answers so far, of several for one gradient the latest."""
        found: Found = {}
        for number in log.found:
            if number not in self._read:
                self._read[number] = deserialize(self._database.open().payload(self._id, number))[0]["found"]
            found |= self._read[number]
        return found

    @staticmethod
    def serialize(found: Found) -> bytes:
        """New answers as the log keeps them."""
        return serialize({"found": found}, {})
