"""Examples: documents that anyone can post, one a file, the first being what an empty page shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

ORDER = (
    "lesson13", "scalar", "mazur", "xor", "softmax_classifier", "logistic_regression", "layer_norm", "batch_norm",
    "embedding_bag", "rnn", "attention_head", "transformer_block", "autoencoder", "digits", "convnet",
)  # fmt: skip
"""From the page's first to the largest; a file that is not named here comes last."""


@lru_cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")


class _Examples(Mapping[str, dict[str, Any]]):
    """The documents by name. Each access gives a copy that may be changed."""

    def __getitem__(self, name: str) -> dict[str, Any]:
        if name not in self._names():
            raise KeyError(name)
        document: dict[str, Any] = json.loads(_text(name))
        return document

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    @staticmethod
    @lru_cache
    def _names() -> tuple[str, ...]:
        found = sorted(
            file.name.removesuffix(".json") for file in files(__package__).iterdir() if file.name.endswith(".json")
        )
        return (*(name for name in ORDER if name in found), *(name for name in found if name not in ORDER))


examples: Mapping[str, dict[str, Any]] = _Examples()

__all__ = ["examples"]
