"""Tasks for other processes, which load them by name."""

import itertools
import os
from pathlib import Path

from backprop_explorer.problem import Problem


def nothing() -> None:
    """To begin with."""


def endless(begun: Path) -> None:
    """Says that it is under way, to whoever reads the pipe, and does not end."""
    begun.write_text("begun")
    sum(itertools.count())  # keeps its interpreter, too


def refuse() -> None:
    raise Problem("bad_shape", "x has 3 rows", status=422, hint="give 4", tensor="x", index=(1, 2), line=7)


class Special(Problem):
    """One that is not made by a code and a detail."""

    def __init__(self) -> None:
        super().__init__("special", "It is special", status=409)


def refuse_specially() -> None:
    raise Special


def die() -> None:
    os._exit(3)
