"""One iteration as a page in one file: it steps both ways and explains its numbers, without a network.

The page's own modules travel in it, with what they would ask the service for (`recording`), compressed.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html import escape
from typing import Any

from backprop_explorer.engine import Plan
from backprop_explorer.export.compact import compact
from backprop_explorer.export.embedded_document import document_text
from backprop_explorer.export.record import Exporter, Format, Rules, Subject
from backprop_explorer.export.recording import recording
from backprop_explorer.export.snapshot import PAGE, entry_of, parts_of

HTML = "text/html; charset=utf-8"
DOCUMENT_BEGIN = '<script type="application/json" id="document">'
DOCUMENT_END = "</script>"
"""Between them stands the document, by which the file is opened again; no `<` is in it."""
_INSTEAD = "leave it as JSON, or make its tensors smaller"


def page_of(
    plan: Plan, iteration: int, to_json: Callable[[Any], bytes], check: Callable[[Any], None] = lambda _: None
) -> str:
    """The page of a plan that has run. `check` may refuse what is to be written down, before it is."""
    found = recording(plan, iteration)
    check(found)
    written = to_json(compact(json.loads(to_json(found))))
    parts = parts_of(entry_of(found["trace"]))
    document = plan.document
    return PAGE.format(
        policy=_policy(parts.script),
        title=escape(document.title or "run"),
        description=escape(document.description or ""),
        iteration=iteration,
        styles=parts.styles,
        recording=b64encode(zlib.compress(written, 9)).decode(),
        script=parts.script,
        document_begin=DOCUMENT_BEGIN,
        document=document_text(document).replace("<", "\\u003c"),
        document_end=DOCUMENT_END,
    )


def _write(subject: Subject, rules: Rules) -> bytes:
    def check(found: Any) -> None:
        rules.check_bytes(rules.json_bytes(found), _INSTEAD)

    return page_of(subject.plan, subject.iteration, rules.to_json, check).encode()


def _policy(script: str) -> str:
    """Nothing is loaded from anywhere, and no other script runs."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


EXPORTER = Exporter(
    Format("html", "Page in one file", "Steps through the iteration and explains it, without a network.", "html", HTML),
    _write,
)
