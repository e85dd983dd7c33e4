"""Processes beside the server, for work that would keep others waiting: each with limits of its own, and replaced when
it ends."""

from backprop_explorer.processes.pool import Job, Pool
from backprop_explorer.processes.weight import Heavy, movable, weigh
from backprop_explorer.processes.worker import after_parent

__all__ = ["Heavy", "Job", "Pool", "after_parent", "movable", "weigh"]
