"""What strangers may do to a server, by name: first what once brought it down, then the rest.

Each is a function of the target and of how much is wanted: 1 is the whole attack, less is a part of it.
"""

from __future__ import annotations

from tests.attacks import found, tried
from tests.attacks.record import ATTACKS
from tests.attacks.target import Target

FILES = (found, tried)


def known() -> list[str]:
    """The names of all attacks."""
    return list(ATTACKS)


def make(name: str, target: Target, share: float) -> None:
    """Carries out that attack."""
    ATTACKS[name](target, share)
