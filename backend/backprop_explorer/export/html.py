"""One iteration or several as a page in one file: it steps both ways and explains its numbers, without a network.

The page's own modules travel in it, with what they would ask the service for (`recording`), compressed. What several
iterations have in common is written once: the recordings of all of them are a column (`columns`).
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import Any

import numpy as np

from backprop_explorer.engine import Document, Plan
from backprop_explorer.export.columns import column_of
from backprop_explorer.export.compact import compact
from backprop_explorer.export.embedded_document import document_text
from backprop_explorer.export.record import Exporter, Format, Rules, Subject
from backprop_explorer.export.recording import recording
from backprop_explorer.export.snapshot import PAGE, entry_of, parts_of
from backprop_explorer.problem import Problem

HTML = "text/html; charset=utf-8"
DOCUMENT_BEGIN = '<script type="application/json" id="document">'
DOCUMENT_END = "</script>"
"""Between them stands the document, by which the file is opened again; no `<` is in it."""
_SUMMARY = "Steps through one iteration or several and explains them, without a network."
_INSTEAD = "leave it as JSON, or make its tensors smaller"
_FEWER = "ask for fewer iterations, with a later first_iteration"


def page_of(plans: Iterable[Plan], iterations: Sequence[int], rules: Rules) -> str:
    """The page of these iterations, which follow each other, by the plan at each of them after it has run; that may be
    the same object, moved on. The document in the page is that of the first one."""
    several = len(iterations) > 1
    document: Document | None = None
    entry, moments = "", []
    for iteration, plan in zip(iterations, plans, strict=True):
        document = plan.document if document is None else document
        found = recording(plan, iteration)
        entry = entry or entry_of(found["trace"], several=several)
        rules.check_bytes(rules.json_bytes(found), _INSTEAD)
        moments.append(compact(json.loads(rules.to_json(found))))
        if several:  # all of them take about as many bytes: the first one shows whether it is too much
            rules.check_bytes(len(rules.to_json(moments[-1])) * len(iterations), _FEWER)
    assert document is not None
    return _page(document, entry, rules.to_json(_content(moments, iterations)), iterations)


def page_from(plan: Plan, count: int, rules: Rules) -> str:
    """The page of a plan that has run and of the iterations after it, `count` in all; the plan stays where it is.

    Raises a `Problem` for no count, and where there is no optimizer to go on with.
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        detail = f"A page has 1 iteration or more, not {str(count)[:40]}"
        raise Problem("bad_iterations", detail, hint="such as plan.html(iterations=3)")
    return page_of(_following(plan, count), range(count), rules)


def _following(plan: Plan, count: int) -> Iterator[Plan]:
    yield plan
    if count > 1:
        copy = Plan(plan.program, plan.document)
        copy.restore(plan.snapshot())
        for _ in range(count - 1):
            copy.step()
            copy.run()
            yield copy


def _content(moments: Sequence[dict[str, Any]], iterations: Sequence[int]) -> dict[str, Any]:
    """What is written down: of several iterations what they have in common once."""
    if len(moments) == 1:
        return moments[0]
    return {"first": iterations[0], "count": len(moments), "moments": column_of(moments)}


def _page(document: Document, entry: str, written: bytes, iterations: Sequence[int]) -> str:
    first, last = iterations[0], iterations[-1]
    parts = parts_of(entry)
    return PAGE.format(
        policy=_policy(parts.script),
        title=escape(document.title or "run"),
        description=escape(document.description or ""),
        moment=f"iteration {first}" if first == last else f"iterations {first}–{last}",
        styles=parts.styles,
        recording=b64encode(zlib.compress(written, 9)).decode(),
        script=parts.script,
        document_begin=DOCUMENT_BEGIN,
        document=document_text(document).replace("<", "\\u003c"),
        document_end=DOCUMENT_END,
    )


def _write(subject: Subject, rules: Rules) -> bytes:
    if subject.plans is None or subject.first is None:
        return page_of([subject.plan], [subject.iteration], rules).encode()
    return page_of(subject.plans(), range(subject.first, subject.iteration + 1), rules).encode()


def _policy(script: str) -> str:
    """Nothing is loaded from anywhere, and no other script runs."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


EXPORTER = Exporter(
    Format("html", "Page in one file", _SUMMARY, "html", HTML, several=True),
    _write,
)
