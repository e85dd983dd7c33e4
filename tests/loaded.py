"""What a server loads and makes until it is warm, for those that begin as copies of a process that has it."""

from backprop_explorer import cli
from backprop_explorer.api import app, server
from backprop_explorer.api.plotly import INSTALLED
from backprop_explorer.api.routes import every
from backprop_explorer.engine import catalogue
from backprop_explorer.runs.store import sqlite

__all__ = ["app", "cli", "every", "server", "sqlite"]

catalogue()
INSTALLED.compress()
