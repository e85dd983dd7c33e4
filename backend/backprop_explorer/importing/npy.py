"""One array of NumPy's, as `numpy.save` writes it. Its header is searched, never run, and no pickle is opened."""

from __future__ import annotations

from backprop_explorer.export.record import BYTES, Format
from backprop_explorer.importing.npz import MAGIC, array_of
from backprop_explorer.importing.record import Content, Importer, Rules

WHAT = "npy file"
NAME = "array"
"""What the array is called in messages: it has no name of its own."""


def looks(content: bytes) -> bool:
    """Whether the bytes begin as an .npy file does."""
    return content.startswith(MAGIC)


def read(content: bytes, rules: Rules) -> Content:
    """The array. Raises a `Problem` for one that is not sound, or holds no numbers."""
    array = array_of(content, NAME, WHAT)
    rules.budget.check("tensor_elements", array.size, f"the {array.size:,} elements of the array")
    return Content(tensors={NAME: array}, arrangement="single")


IMPORTER = Importer(
    Format("npy", "NumPy array", "One array, which goes into a run.", "npy", BYTES), looks, read, data=True
)
