"""Backprop Explorer: see where every number of a training iteration comes from, forward and backward."""

from __future__ import annotations

from importlib.metadata import version

from backprop_explorer.client import Client
from backprop_explorer.engine import Plan
from backprop_explorer.engine import compile_document as compile
from backprop_explorer.problem import Problem
from backprop_explorer.widget import widget


def __getattr__(name: str) -> str:
    if name == "__version__":
        return version("backprop-explorer")
    raise AttributeError(name)


__all__ = ["Client", "Plan", "Problem", "compile", "widget"]
