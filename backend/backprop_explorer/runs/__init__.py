"""Runs: saved explorations, each a document and the log of what happened to it."""

from backprop_explorer.runs.comparison import Side, compare, difference
from backprop_explorer.runs.cutting import cut
from backprop_explorer.runs.edit import Edit
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Moment
from backprop_explorer.runs.run import Run, When
from backprop_explorer.runs.runs import Runs
from backprop_explorer.runs.store import Database, open_database
from backprop_explorer.runs.watch import Advance, Watch

__all__ = [
    "Advance",
    "Database",
    "Edit",
    "Limits",
    "Moment",
    "Run",
    "Runs",
    "Side",
    "Watch",
    "When",
    "compare",
    "cut",
    "difference",
    "open_database",
]
