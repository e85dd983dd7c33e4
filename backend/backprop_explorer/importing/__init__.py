"""Files to documents: what was exported here, and networks and tensors of others. Bytes are read, never run."""

from backprop_explorer.importing.formats import IMPORTERS, FormatEntry, begins_anew, formats, read
from backprop_explorer.importing.inspection import DataInspection, inspected
from backprop_explorer.importing.record import Choices, Content, Importer, Note, Rules, WrittenGradient
from backprop_explorer.importing.replacement import Replacement, replacement
from backprop_explorer.importing.starting import MODELS, Model, starting_document

__all__ = [
    "IMPORTERS",
    "MODELS",
    "Choices",
    "Content",
    "DataInspection",
    "FormatEntry",
    "Importer",
    "Model",
    "Note",
    "Replacement",
    "Rules",
    "WrittenGradient",
    "begins_anew",
    "formats",
    "inspected",
    "read",
    "replacement",
    "starting_document",
]
