"""What is exported and imported, as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from backprop_explorer.api.schemas import Answer, State


class ImportedDocument(Answer):
    """The document that a file holds, ready to be posted, and what is to be known about how it was read."""

    format: str
    document: dict[str, Any]
    warnings: list[str]


class ImportedRun(Answer):
    """The new run's state, and what is to be known about how the file was read."""

    format: str
    run: State
    warnings: list[str]


class ImportedTensors(State):
    """The run's state, which tensors got the file's numbers, and what was left out."""

    format: str
    replaced: list[str] = Field(description="the names of the inputs and parameters that the file had numbers for")
    warnings: list[str]
