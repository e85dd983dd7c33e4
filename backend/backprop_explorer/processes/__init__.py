"""Processes beside the server, for work that would keep others waiting: each with limits of its own, and replaced when
it ends."""

from backprop_explorer.processes.pool import Job, Pool
from backprop_explorer.processes.weight import Heavy, movable, weigh

__all__ = ["Heavy", "Job", "Pool", "movable", "weigh"]
