"""One iteration as a page in one file: it steps both ways and explains its numbers, without a network.

The page's own modules travel in it, with what they would ask the service for (`recording`), compressed.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from backprop_explorer.bundle import bundled_styles, page_folder, short_script
from backprop_explorer.engine import Plan
from backprop_explorer.export.embedded_document import document_text
from backprop_explorer.export.record import Exporter, Format, Rules, Subject
from backprop_explorer.export.recording import recording

HTML = "text/html; charset=utf-8"
DOCUMENT_BEGIN = '<script type="application/json" id="document">'
DOCUMENT_END = "</script>"
"""Between them stands the document, by which the file is opened again; no `<` is in it."""
PLAIN, SLIDING = "snapshot.js", "slidingsnapshot.js"
"""Its modules begin with one of them: the second one draws tensors that slide along others, too."""
STYLES = (
    "reset", "tokens", "base", "layout", "header", "program", "river", "stage", "slide", "explanation", "transport",
    "snapshot",
)  # fmt: skip
_INSTEAD = "leave it as JSON, or make its tensors smaller"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title} · iteration {iteration} · Backprop Explorer</title>
<style>{styles}</style>
</head>
<body data-mode="explore" data-tab="stage">
<header id="header"><h1>{title}</h1><p class="told">{description}</p></header>
<main>
<section id="program" aria-labelledby="program-title"></section>
<section id="graph" aria-labelledby="graph-title"></section>
<section id="tensors" aria-labelledby="tensors-title"></section>
<section id="explanation" aria-labelledby="explanation-title"></section>
<section id="training" aria-labelledby="training-title" tabindex="-1"></section>
</main>
<noscript>This file draws its numbers with JavaScript, which is switched off here.</noscript>
{document_begin}{document}{document_end}
<script type="text/plain" id="recording">{recording}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def page_of(
    plan: Plan, iteration: int, to_json: Callable[[Any], bytes], check: Callable[[Any], None] = lambda _: None
) -> str:
    """The page of a plan that has run. `check` may refuse what is to be written down, before it is."""
    found = recording(plan, iteration)
    check(found)
    script, styles = _parts(page_folder(), _entry_of(found["trace"]))
    document = plan.document
    return _PAGE.format(
        policy=_policy(script),
        title=escape(document.title or "run"),
        description=escape(document.description or ""),
        iteration=iteration,
        styles=styles,
        recording=b64encode(zlib.compress(to_json(found), 9)).decode(),
        script=script,
        document_begin=DOCUMENT_BEGIN,
        document=document_text(document).replace("<", "\\u003c"),
        document_end=DOCUMENT_END,
    )


def _write(subject: Subject, rules: Rules) -> bytes:
    def check(found: Any) -> None:
        rules.check_bytes(rules.json_bytes(found), _INSTEAD)

    return page_of(subject.plan, subject.iteration, rules.to_json, check).encode()


def _entry_of(trace: Any) -> str:
    """The module with which the page of a trace begins."""
    return SLIDING if any("slide" in step["picture"] for step in trace["steps"]) else PLAIN


@cache
def _parts(folder: Path, entry: str) -> tuple[str, str]:
    """The script and the styles of every such file."""
    script = short_script(folder, entry)
    styles = bundled_styles(folder, [f"styles/{name}.css" for name in STYLES])
    if "</script" in script or "</style" in styles:
        raise ValueError("a script or style of the page would end before its end")
    return script, styles


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
