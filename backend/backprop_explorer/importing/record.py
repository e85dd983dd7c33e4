"""What reading a file takes, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_explorer.graph.budget import Budget
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Rules:
    """How JSON is decoded, how many bytes an archive may unpack to, and what a program may ask for."""

    decode: Callable[[bytes], Any]
    unpacked_bytes: int
    budget: Budget


@dataclass(frozen=True)
class Content:
    """What a file holds: a document, or tensors only; and what there is to know about how it was read."""

    document: Mapping[str, Any] | None = None
    tensors: Mapping[str, Array] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """A format that can be read: whether bytes look like it, and what they hold (else a `Problem`)."""

    looks: Callable[[bytes], bool]
    read: Callable[[bytes, Rules], Content]


def bad_file(what: str, reason: str, hint: str | None = None) -> Problem:
    """The problem of a file that is not what it says."""
    return Problem("bad_file", f"this is no sound {what}: {reason}", hint=hint)
