"""Files to documents: what was exported here, and networks and tensors of others. Bytes are read, never run."""

from backprop_explorer.importing.beginning import begins_anew
from backprop_explorer.importing.formats import READERS, read
from backprop_explorer.importing.record import Content, Rules
from backprop_explorer.importing.replacement import Replacement, replacement

__all__ = ["READERS", "Content", "Replacement", "Rules", "begins_anew", "read", "replacement"]
