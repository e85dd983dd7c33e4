"""The gradients of a run that somebody has found: kept in its log, read when they are asked for."""

from __future__ import annotations

from backprop_explorer.runs.log import Log
from backprop_explorer.runs.serialization import deserialize, serialize
from backprop_explorer.runs.store import Database

Found = dict[str, str | None]
"""The formula that was found for the gradient of each tensor, None where numbers were given."""


class Solutions:
    """What was found in one run; each event is read from disk once."""

    def __init__(self, identity: str, database: Database) -> None:
        self._id = identity
        self._database = database
        self._read: dict[int, Found] = {}

    def of(self, log: Log) -> Found:
        """All that was found so far, for each gradient the latest."""
        found: Found = {}
        for number in log.found:
            if number not in self._read:
                self._read[number] = deserialize(self._database.open().payload(self._id, number))[0]["found"]
            found |= self._read[number]
        return found


def serialized(found: Found) -> bytes:
    """What was just found, as the payload of an event."""
    return serialize({"found": found}, {})
