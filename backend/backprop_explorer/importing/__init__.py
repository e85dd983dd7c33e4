"""Files to documents: what was exported here, and networks and tensors of others. Bytes are read, never run."""

from backprop_explorer.importing.formats import IMPORTERS, FormatEntry, begins_anew, formats, read
from backprop_explorer.importing.record import Content, Importer, Note, Rules, WrittenGradient
from backprop_explorer.importing.replacement import Replacement, replacement

__all__ = [
    "IMPORTERS",
    "Content",
    "FormatEntry",
    "Importer",
    "Note",
    "Replacement",
    "Rules",
    "WrittenGradient",
    "begins_anew",
    "formats",
    "read",
    "replacement",
]
