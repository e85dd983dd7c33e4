"""Runs: saved explorations, each a document and the log of what happened to it."""

from backprop_explorer.runs.changes import Edit
from backprop_explorer.runs.comparison import Comparison, Side, compare, difference
from backprop_explorer.runs.history import HistoryEntry
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Moment
from backprop_explorer.runs.preview import PreviewTrace
from backprop_explorer.runs.progress import Progress, ProgressListener
from backprop_explorer.runs.run import Run, When
from backprop_explorer.runs.runs import QUICK_ELEMENTS, Runs
from backprop_explorer.runs.state import State, TrainingAnswer
from backprop_explorer.runs.store import Database, open_database

__all__ = [
    "QUICK_ELEMENTS",
    "Comparison",
    "Database",
    "Edit",
    "HistoryEntry",
    "Limits",
    "Moment",
    "PreviewTrace",
    "Progress",
    "ProgressListener",
    "Run",
    "Runs",
    "Side",
    "State",
    "TrainingAnswer",
    "When",
    "compare",
    "difference",
    "open_database",
]
