"""Runs: saved explorations, each a document and the log of what happened to it."""

from backprop_explorer.runs.changes import Edit
from backprop_explorer.runs.comparison import Comparison, Side, compare, difference
from backprop_explorer.runs.history import HistoryEntry
from backprop_explorer.runs.key import Key, under_way
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.log import Moment
from backprop_explorer.runs.machine import use_threads
from backprop_explorer.runs.pausing import Pausing, finished
from backprop_explorer.runs.preview import PreviewTrace
from backprop_explorer.runs.progress import NOBODY, Progress, ProgressListener
from backprop_explorer.runs.run import Run
from backprop_explorer.runs.runs import QUICK_ELEMENTS, Runs
from backprop_explorer.runs.state import State, TrainingAnswer
from backprop_explorer.runs.store import Conflict, Database, NotHere, open_database, without_waiting
from backprop_explorer.runs.view import When

__all__ = [
    "NOBODY",
    "QUICK_ELEMENTS",
    "Comparison",
    "Conflict",
    "Database",
    "Edit",
    "HistoryEntry",
    "Key",
    "Limits",
    "Moment",
    "NotHere",
    "Pausing",
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
    "finished",
    "open_database",
    "under_way",
    "use_threads",
    "without_waiting",
]
