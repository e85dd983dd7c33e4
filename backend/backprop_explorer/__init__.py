"""Backprop Explorer: see where every number of a training iteration comes from, forward and backward."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from backprop_explorer.engine import Plan
from backprop_explorer.engine import compile_document as compile
from backprop_explorer.problem import Problem
from backprop_explorer.widget import widget

__version__: str

if TYPE_CHECKING:
    from backprop_explorer import torch
    from backprop_explorer.client import Client, RemoteRun
    from backprop_explorer.importing.own_file import document_of as document
    from backprop_explorer.practice import Report, assert_gradients, variant
    from backprop_explorer.practice import report as check
else:  # a type checker would take every name for one of ours
    # The engine is what everybody needs; these are imported when they are first used.
    _LATER = {
        "Client": ("client", "Client"),
        "RemoteRun": ("client", "RemoteRun"),
        "Report": ("practice", "Report"),
        "assert_gradients": ("practice", "assert_gradients"),
        "check": ("practice", "report"),
        "document": ("importing.own_file", "document_of"),
        "torch": ("torch", None),
        "variant": ("practice", "variant"),
    }

    def __getattr__(name):
        """The version, which is looked up only when somebody asks, and what is imported later."""
        if name == "__version__":
            from importlib.metadata import version

            return version("backprop-explorer")
        if name in _LATER:
            place, called = _LATER[name]
            module = import_module(f"{__name__}.{place}")
            return globals().setdefault(name, module if called is None else getattr(module, called))
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=sys.modules[__name__])

    def __dir__():
        return sorted({*globals(), *_LATER})


def _page(plan: Plan, iterations: int) -> str:
    """What `Plan.html` gives; the page and its answers are imported when somebody wants them."""
    from backprop_explorer.api import wire
    from backprop_explorer.export.html import page_from
    from backprop_explorer.export.record import Rules

    return page_from(plan, iterations, Rules(wire.json_bytes, wire.encode, lambda *_: None))


def _notebook(plan: Plan) -> str:
    """What a notebook shows of a plan."""
    from backprop_explorer.notebook import plan_html

    return plan_html(plan)


def _picture(plan: Plan, step: str, theme: str) -> str:
    """What `Plan.picture` gives."""
    from backprop_explorer.drawing.palette import checked_theme
    from backprop_explorer.drawing.pictures import picture

    return picture(plan, step, checked_theme(theme))


Plan.writers |= {"page": _page, "notebook": _notebook, "picture": _picture}

__all__ = [
    "Client", "Plan", "Problem", "RemoteRun", "Report", "assert_gradients", "check", "compile", "document",
    "torch", "variant", "widget",
]  # fmt: skip
