"""A document as JSON, by itself or as it was exported: with the run's events."""

from __future__ import annotations

from backprop_explorer.export.document import EXPORTER
from backprop_explorer.importing.record import Content, Importer, Rules
from backprop_explorer.problem import Problem


def looks(content: bytes) -> bool:
    """Whether the bytes begin as an object or a list of JSON."""
    return content.lstrip()[:1] in (b"{", b"[")


def read(content: bytes, rules: Rules) -> Content:
    """The document. The events are history: a new run begins with the numbers they led to."""
    given = rules.decode(content)
    if not isinstance(given, dict):
        raise Problem("not_an_object", "the file must hold a JSON object: {…}")
    if "program" in given or "document" not in given:
        return Content(given)
    document, events = given["document"], given.get("events")
    if not isinstance(document, dict):
        raise Problem("bad_document", "the document in the file must be an object")
    count = len(events) if isinstance(events, list) else 0
    left_out = f"the {count} events of its history are left out: this begins with the numbers that they led to"
    return Content(document, warnings=[left_out] if count > 1 else [], saved=True)


IMPORTER = Importer(EXPORTER.format, looks, read)
