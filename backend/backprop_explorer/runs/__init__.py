"""Runs: saved explorations, each a document and the log of what happened to it."""

from backprop_explorer.runs.edit import Edit
from backprop_explorer.runs.limits import Limits
from backprop_explorer.runs.run import Run
from backprop_explorer.runs.runs import Runs
from backprop_explorer.runs.store import Database, open_database

__all__ = ["Database", "Edit", "Limits", "Run", "Runs", "open_database"]
