"""The run as JSON: its document, and the events that led to it."""

from __future__ import annotations

from backprop_explorer.export.embedded_document import INSTEAD_OF_TEXT
from backprop_explorer.export.record import JSON, Exporter, Format, Rules, Subject


def _write(subject: Subject, rules: Rules) -> bytes:
    size = rules.json_bytes(subject.plan.given)
    rules.check_bytes(size, INSTEAD_OF_TEXT)
    events = []
    for event in subject.events():
        size += rules.json_bytes(event)
        rules.check_bytes(size, INSTEAD_OF_TEXT)
        events.append(event)
    document = subject.plan.document.to_json_dict()
    return rules.to_json({"document": document, "iteration": subject.iteration, "events": events})


_SUMMARY = "The program with its numbers, and all that happened to the run."
EXPORTER = Exporter(Format("json", "Document and history", _SUMMARY, "json", JSON), _write)
