"""Backprop Explorer: see where every number of a training iteration comes from, forward and backward."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from backprop_explorer import torch
from backprop_explorer.client import Client, RemoteRun
from backprop_explorer.engine import Plan
from backprop_explorer.engine import compile_document as compile
from backprop_explorer.practice import Report, assert_gradients, variant
from backprop_explorer.practice import report as check
from backprop_explorer.problem import Problem
from backprop_explorer.widget import widget

__version__: str

if not TYPE_CHECKING:  # a type checker would take every name for one of ours

    def __getattr__(name):
        """The version, which is looked up only when somebody asks."""
        if name == "__version__":
            return version("backprop-explorer")
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=sys.modules[__name__])


__all__ = [
    "Client", "Plan", "Problem", "RemoteRun", "Report", "assert_gradients", "check", "compile", "torch", "variant",
    "widget",
]  # fmt: skip
