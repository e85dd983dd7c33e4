"""What happened to a run, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NotRequired, TypedDict

from backprop_explorer.runs.changes import Edit
from backprop_explorer.runs.event import CREATE, EDIT, PRACTISE, REDO, REPLACE, TRAIN, UNDO, Event, Kind
from backprop_explorer.runs.log import Log, Path
from backprop_explorer.runs.serialization import header
from backprop_explorer.wording import element

READ = 2_000
"""How many bytes of a payload are read: enough to say what was done, where a whole tensor may have millions."""
CELLS = 3


class HistoryEntry(TypedDict):
    """Something that happened to a run."""

    number: int
    kind: Kind
    parent: Annotated[int | None, "the change that it followed; null for what only moved the head"]
    head: Annotated[int, "the change at which the run stood afterwards"]
    iteration: int
    present: Annotated[bool, "whether it is on the way to now"]
    text: str
    iterations: NotRequired[int]
    first_loss: NotRequired[float]
    last_loss: NotRequired[float]


def history(log: Log, events: list[Event], payloads: Mapping[int, bytes]) -> list[HistoryEntry]:
    """The events in order: what each was, where the head was afterwards, whether it led to the current state.

    `payloads` are the first `READ` bytes of each event's payload, by the event's number.
    """
    present = {event.number for event in log.chain}
    return [_entry(event, payloads[event.number], event.number in present) for event in events]


def sentence(event: Event, payload: bytes) -> str:
    """What the event did in a few words; `payload` is the first `READ` bytes of its payload."""
    if event.kind == EDIT:
        return _edit(payload)
    if event.kind == REPLACE:
        known = header(payload)
        words = known[0] if known else {"keys": ["program"]}
        return str(words.get("said") or f"another {', '.join(words['keys'])}")
    if event.kind in _TRAININGS:
        return trained(event, len(event.stored_losses) - 1)
    return _PLAIN.get(event.kind, event.kind)


def annotations_along(path: Path, payloads: Mapping[int, bytes]) -> list[tuple[int, str]]:
    """The changes by hand on a path: the iteration of each, and what it was in words.

    `payloads` are the first `READ` bytes of each event's payload, by the event's number.
    """
    changes = [event for event in path.events if event.kind in (EDIT, REPLACE)]
    return [(event.iteration, sentence(event, payloads[event.number])) for event in changes]


def trained(event: Event, count: int) -> str:
    """`count` iterations of a training event, in words."""
    return f"{count:,} iteration{'s' if count > 1 else ''}{_TRAININGS[event.kind]}"


_TRAININGS = {TRAIN: "", PRACTISE: " by gradients of one's own"}
_PLAIN = {CREATE: "the beginning", UNDO: "undone", REDO: "done again"}


def _entry(event: Event, payload: bytes, present: bool) -> HistoryEntry:
    entry: HistoryEntry = {
        "number": event.number, "kind": event.kind, "parent": event.parent, "head": event.head,
        "iteration": event.iteration, "present": present, "text": sentence(event, payload),
    }  # fmt: skip
    if event.losses:
        losses = event.stored_losses
        entry["iterations"], entry["first_loss"], entry["last_loss"] = len(losses) - 1, losses[0], losses[-1]
    return entry


def _edit(payload: bytes) -> str:
    known = header(payload)
    assert known is not None  # the words of an edit are one name
    words, shapes = known
    name = words["tensor"]
    if "indices" not in shapes:
        return f"all of {name}"
    count = shapes["indices"][0]
    if len(payload) == READ:
        return f"{count:,} cells of {name}"
    edit = Edit.deserialize(payload)
    assert edit.indices is not None
    cells = zip(edit.indices.tolist(), edit.values.tolist(), strict=True)
    shown = [f"{element(name, index)} = {value:.6g}" for index, value in cells if count <= CELLS]
    return ", ".join(shown) or f"{count:,} cells of {name}"
