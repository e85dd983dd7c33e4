"""Runs: saved explorations, each a document and the log of what happened to it."""

from backprop_explorer.runs.comparison import Comparison, Side, compare, difference
from backprop_explorer.runs.cutting import cut
from backprop_explorer.runs.edit import Edit
from backprop_explorer.runs.history import HistoryEntry
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Moment
from backprop_explorer.runs.run import Run, State, TrainingAnswer, When
from backprop_explorer.runs.runs import Runs
from backprop_explorer.runs.store import Database, open_database
from backprop_explorer.runs.watch import Advance, Watch

__all__ = [
    "Advance",
    "Comparison",
    "Database",
    "Edit",
    "HistoryEntry",
    "Limits",
    "Moment",
    "Run",
    "Runs",
    "Side",
    "State",
    "TrainingAnswer",
    "Watch",
    "When",
    "compare",
    "cut",
    "difference",
    "open_database",
]
