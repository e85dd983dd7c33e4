"""The routes that a page asks when it opens; the others may be loaded later."""

from __future__ import annotations

from backprop_explorer.api.routes import build, explain, history, iterations, oneshot, preview, runs, tensors

FIRST = tuple(module.router for module in (oneshot, build, runs, iterations, tensors, preview, history, explain))
"""In the order in which addresses are looked for."""
