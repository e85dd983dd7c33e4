"""The reference of the language: its rules, and an entry for everything that a program can call, out of the records."""

from backprop_explorer.reference.reference import reference

__all__ = ["reference"]
