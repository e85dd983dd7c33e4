"""A file of data on this machine as a document."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

from backprop_explorer.engine import Budget
from backprop_explorer.importing.archive import with_others
from backprop_explorer.importing.formats import read
from backprop_explorer.importing.record import Choices, Rules
from backprop_explorer.importing.starting import MODELS, Model, starting_document
from backprop_explorer.problem import Problem, suggestion

UNPACKED_BYTES = 256_000_000
"""What a compressed file may unpack to, unless something else is said."""


def document_of(
    file: str | PathLike[str],
    model: Model = "linear",
    *,
    budget: Budget | None = None,
    unpacked_bytes: int = UNPACKED_BYTES,
    told: list[str] | None = None,
    **choices: Any,
) -> dict[str, Any]:
    """The document of a table, pictures or text: `bx.document("own.csv", "mlp", label="species")`.

    `model` is "linear" or "mlp", with one hidden layer. Of a table `label` is the column to be predicted, `leave` are
    columns that are left out, `predict` says whether the label is "classes" or "numbers". Of text `tokens` are
    "characters" or "words", `length` and `stride` of its rows. What there is to know about it is added to `told`.

    Raises a `Problem` for a file that is not sound, and a choice that is none.
    """
    if model not in MODELS:
        hint = suggestion(str(model), MODELS) or f"there are {' and '.join(MODELS)}"
        raise Problem("unknown_model", f"There is no model {str(model)[:40]!r}", hint=hint)
    known = {name: value for name, value in vars(Choices()).items() if name not in ("target", "tensor")}
    for name in choices:
        if name not in known:
            hint = suggestion(name, known) or f"there are {', '.join(known)}"
            raise Problem("unknown_choice", f"There is nothing to choose called {name[:40]!r}", hint=hint)
    limits = budget or Budget.unlimited()
    path = Path(file)
    _, content = read(with_others(path), Rules(json.loads, unpacked_bytes, limits))
    if told is not None:
        told += content.warnings
    if content.document is not None:
        return dict(content.document)
    asked = Choices(**{**choices, "leave": tuple(choices.get("leave", ()))})
    document, notes = starting_document(content, asked, model, limits, path.stem)
    if told is not None:
        told += notes
    return document
