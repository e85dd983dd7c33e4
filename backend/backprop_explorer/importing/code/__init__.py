"""Python text as a document: scripts, notebooks, classes. It is read by the language, and never run."""

from backprop_explorer.importing.code.importer import IMPORTER

__all__ = ["IMPORTER"]
