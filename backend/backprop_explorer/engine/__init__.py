"""The engine: documents to plans, plans to traces."""

from backprop_explorer.engine.catalogue import catalogue, optimizers, spellings
from backprop_explorer.engine.compiling import compile_document
from backprop_explorer.engine.dependents import dependents
from backprop_explorer.engine.document import Document, drawn
from backprop_explorer.engine.labels import label_bounds
from backprop_explorer.engine.layout import layout_of, transposed_state, with_layout
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import TensorInfo
from backprop_explorer.engine.rates import check_rates
from backprop_explorer.engine.rows import batched_names
from backprop_explorer.engine.sources import SOURCES, Source
from backprop_explorer.engine.split import Split
from backprop_explorer.engine.trace import opened, trace, trace_of_run
from backprop_explorer.engine.validation import Validation
from backprop_explorer.graph.budget import Budget

__all__ = [
    "SOURCES",
    "Budget",
    "Document",
    "Plan",
    "Source",
    "Split",
    "TensorInfo",
    "Validation",
    "batched_names",
    "catalogue",
    "check_rates",
    "compile_document",
    "dependents",
    "drawn",
    "label_bounds",
    "layout_of",
    "opened",
    "optimizers",
    "spellings",
    "trace",
    "trace_of_run",
    "transposed_state",
    "with_layout",
]
