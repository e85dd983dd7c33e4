"""A training iteration to take away: as a script, or as the numbers of all its tensors in a file."""

from backprop_explorer.export.formats import EXPORTERS
from backprop_explorer.export.numpy import HEADINGS, given_title, step_title
from backprop_explorer.export.record import Exporter, Format

__all__ = ["EXPORTERS", "HEADINGS", "Exporter", "Format", "given_title", "step_title"]
