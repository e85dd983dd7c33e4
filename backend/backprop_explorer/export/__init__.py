"""A training iteration to take away: as a script, or as the numbers of all its tensors in a file."""

from backprop_explorer.export.carried import ENTRY, with_document, with_given, words_of
from backprop_explorer.export.npz import npz
from backprop_explorer.export.numpy import numpy_trace
from backprop_explorer.export.pytorch import pytorch
from backprop_explorer.export.safetensors import safetensors
from backprop_explorer.export.steps import HEADINGS, given_title, step_title
from backprop_explorer.export.tensors import tensors_of

__all__ = [
    "ENTRY",
    "HEADINGS",
    "given_title",
    "npz",
    "numpy_trace",
    "pytorch",
    "safetensors",
    "step_title",
    "tensors_of",
    "with_document",
    "with_given",
    "words_of",
]
