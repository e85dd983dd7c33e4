"""What newer Pythons have themselves."""

from typing import TypedDict

__all__ = ["TypedDict"]
