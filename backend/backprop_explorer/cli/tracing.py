"""One iteration as JSON on standard output."""

from __future__ import annotations

import sys

import numpy as np

from backprop_explorer.api import wire
from backprop_explorer.engine import Budget, Document, compile_document, trace


def print_json(document: Document, budget: Budget) -> None:
    """Prints what the service answers to a document at `POST /api/trace`."""
    with np.errstate(all="ignore"):
        sys.stdout.write(wire.encode(trace(compile_document(document, budget=budget))).decode() + "\n")
