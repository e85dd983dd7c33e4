"""A page in one file that was exported here. Nothing in it is run: its document stands in a block of its own."""

from __future__ import annotations

from backprop_explorer.export.html import DOCUMENT_BEGIN, DOCUMENT_END, EXPORTER
from backprop_explorer.importing.embedded_document import decoded
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.problem import Problem

WHAT = "page"
_BEGIN, _END = DOCUMENT_BEGIN.encode(), DOCUMENT_END.encode()
_DOCTYPE = b"<!doctype html"


def looks(content: bytes) -> bool:
    """Whether the bytes begin as a page."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[: len(_DOCTYPE)].lower() == _DOCTYPE


def read(content: bytes, rules: Rules) -> Content:
    """The document in the page; a `Problem` where there is none."""
    _, begin, rest = content.partition(_BEGIN)
    text, end, _ = rest.partition(_END)
    if not begin:
        raise Problem(
            "no_document",
            "this page carries no document",
            hint="only pages that were exported here can be opened: ask for format=html",
        )
    if not end:
        raise bad_file(WHAT, "its document has no end")
    return Content(decoded(text, rules, WHAT, "its document"), saved=True)


IMPORTER = Importer(EXPORTER.format, looks, read)
