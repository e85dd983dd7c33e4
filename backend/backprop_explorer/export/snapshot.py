"""What every page in one file has: its elements, its script and its styles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backprop_explorer.bundle import bundled_styles, page_folder, short_script, short_styles, words_of

PLAIN, SLIDING, SEVERAL = ENTRIES = ("snapshot.js", "slidingsnapshot.js", "severalsnapshots.js")
"""Its modules begin with one of them: the second one draws tensors that slide along others, too, and the last one leads
from iteration to iteration besides."""
SHORT = "short"
"""Where in the page's folder its parts are found ready, if they are."""
STYLES = (
    "reset", "tokens", "base", "layout", "header", "program", "river", "stage", "slide", "explanation", "transport",
    "snapshot",
)  # fmt: skip
_FORMULA = "math mi word"
"""Formulas are no part of the script, but come with the answers."""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title} · {moment} · Backprop Explorer</title>
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
<script type="module">{script}</script>
<script type="text/plain" id="recording">{recording}</script>
</body>
</html>
"""


@dataclass(frozen=True)
class Parts:
    """The script and the styles."""

    script: str
    styles: str


def entry_of(trace: Any, *, several: bool = False) -> str:
    """The module with which the page of a trace begins, or of several that begin with it."""
    if several:
        return SEVERAL
    return SLIDING if any("slide" in step["picture"] for step in trace["steps"]) else PLAIN


@cache
def parts_of(entry: str) -> Parts:
    """Those of every page that begins with a module."""
    folder = page_folder()
    ready = folder / SHORT
    if ready.is_dir():
        return Parts(*((ready / name).read_text("utf-8") for name in names_of(entry)))
    script = short_script(folder, entry)
    styles = bundled_styles(folder, [f"styles/{name}.css" for name in STYLES])
    styles = short_styles(styles, words_of(script, [PAGE, _FORMULA]))
    if "</script" in script or "</style" in styles:
        raise ValueError("a script or style of the page would end before its end")
    return Parts(script, styles)


def names_of(entry: str) -> tuple[str, str]:
    """Of the files with these parts."""
    return entry, str(Path(entry).with_suffix(".css"))
