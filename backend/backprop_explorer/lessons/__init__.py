"""Lessons: documents with chapters of a sentence or two, and questions that the engine judges; one a file.

A sentence has no number of its own: the engine fills each in, so that what it says holds for any numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.examples.folder import Folder

ORDER = (
    "one-weight", "chain", "training-step", "shapes", "bias", "jacobian", "relu", "cross-entropy", "layouts",
    "normalisation", "convolution", "attention",
)  # fmt: skip
"""As they are taught; a file that is not named here comes last."""


lessons: Mapping[str, dict[str, Any]] = Folder(__package__, ORDER)

__all__ = ["lessons"]
