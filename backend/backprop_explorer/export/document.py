"""The run as JSON: its document, and the events that led to it."""

from __future__ import annotations

from backprop_explorer.export.embedded_document import INSTEAD_OF_TEXT
from backprop_explorer.export.record import Exporter, Format, Subject


def _write(subject: Subject) -> bytes:
    size = subject.json_bytes(subject.plan.given)
    subject.check_bytes(size, INSTEAD_OF_TEXT)
    events = []
    for event in subject.events():
        size += subject.json_bytes(event)
        subject.check_bytes(size, INSTEAD_OF_TEXT)
        events.append(event)
    document = subject.plan.document.to_json_dict()
    return subject.to_json({"document": document, "iteration": subject.iteration, "events": events})


EXPORTER = Exporter(
    Format(
        "json",
        "Document and history",
        "The program with its numbers, and all that happened to the run.",
        "json",
        "application/json",
    ),
    _write,
)
