"""What happened to a run, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.runs.edit import Edit
from backprop_explorer.runs.event import CREATE, EDIT, PRACTISE, REDO, REPLACE, TRAIN, UNDO, Event
from backprop_explorer.runs.log import Log
from backprop_explorer.runs.pack import beginning
from backprop_explorer.wording import element

READ = 2_000
"""So many bytes of a payload are enough to tell what was done: whole-tensor edits may have millions."""
CELLS = 3


def history(log: Log, events: list[Event], payloads: Mapping[int, bytes]) -> list[dict[str, Any]]:
    """The events in order: what each was, where the head stood afterwards, whether it is on the way to now.

    `payloads` are the first `READ` bytes of each.
    """
    present = {event.number for event in log.chain}
    return [_entry(event, payloads[event.number], event.number in present) for event in events]


def told(event: Event, payload: bytes) -> str:
    """The event in a few words, of its payload's first `READ` bytes."""
    if event.kind == EDIT:
        return _edit(payload)
    if event.kind == REPLACE:
        known = beginning(payload)
        words = known[0] if known else {"keys": ["program"]}
        return str(words.get("said") or f"another {', '.join(words['keys'])}")
    if event.kind in _TRAININGS:
        return trained(event, len(event.stored_losses) - 1)
    return _PLAIN.get(event.kind, event.kind)


def trained(event: Event, count: int) -> str:
    """So many iterations of a training, in words."""
    return f"{count:,} iteration{'s' if count > 1 else ''}{_TRAININGS[event.kind]}"


_TRAININGS = {TRAIN: "", PRACTISE: " by gradients of one's own"}
_PLAIN = {CREATE: "the beginning", UNDO: "undone", REDO: "done again"}


def _entry(event: Event, payload: bytes, present: bool) -> dict[str, Any]:
    place = {"number": event.number, "kind": event.kind, "parent": event.parent, "head": event.head}
    entry = {**place, "iteration": event.iteration, "present": present, "text": told(event, payload)}
    if event.losses:
        first, last = event.stored_losses[0], event.stored_losses[-1]
        entry |= {"iterations": len(event.stored_losses) - 1, "first_loss": first, "last_loss": last}
    return entry


def _edit(payload: bytes) -> str:
    known = beginning(payload)
    assert known is not None  # the words of an edit are one name
    words, shapes = known
    name = words["tensor"]
    if "indices" not in shapes:
        return f"all of {name}"
    count = shapes["indices"][0]
    if len(payload) == READ:
        return f"{count:,} cells of {name}"
    edit = Edit.unpack(payload)
    assert edit.indices is not None
    cells = zip(edit.indices.tolist(), edit.values.tolist(), strict=True)
    shown = [f"{element(name, index)} = {value:.6g}" for index, value in cells if count <= CELLS]
    return ", ".join(shown) or f"{count:,} cells of {name}"
