"""Examples: documents that anyone can post, one a file, the first being what an empty page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.examples.folder import Folder

ORDER = (
    "lesson13", "scalar", "mazur", "xor", "softmax_classifier", "logistic_regression", "layer_norm", "batch_norm",
    "embedding_bag", "rnn", "attention_head", "transformer_block", "autoencoder", "digits", "convnet",
)  # fmt: skip
"""From the page's first to the largest; a file that is not named here comes last."""


examples: Mapping[str, dict[str, Any]] = Folder(__package__, ORDER)

__all__ = ["examples"]
