"""The document that an exported file carries, so that the file can be opened again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from backprop_explorer.engine import Document
from backprop_explorer.engine.numbers import NOT_FINITE
from backprop_explorer.ops.record import Array

ENTRY = "__document__"
"""Where a file of tensors carries its document. No tensor may be called so."""
NOTICE = "# Backprop Explorer opens this file again by the document below; what is changed above stays unread."
CHECK = "# sha256 of the lines above: "
DOCUMENT = "# document: "
KINDS = ("inputs", "parameters")


def words_of(document: Document) -> str:
    """The document as JSON without its numbers: in the place of each tensor stands its type. The numbers are the
    file's tensors of the same name."""
    content = document.to_json_dict()
    types = {kind: {name: str(array.dtype) for name, array in content[kind].items()} for kind in KINDS}
    return json.dumps({**content, **types})


def with_given(tensors: Mapping[str, Array], document: Document) -> dict[str, Array]:
    """An iteration's tensors and, where they are only a batch of the document's, all rows of these."""
    given = document.tensors
    others = [name for name, array in given.items() if not np.array_equal(tensors[name], array, equal_nan=True)]
    return {**tensors, **{given_name(name): given[name] for name in others}}


def given_name(name: str) -> str:
    """What all rows of a tensor are called beside a batch of them."""
    return f"{ENTRY}.{name}"


def with_document(script: str, document: Document) -> str:
    """The script with its document in comments at the end."""
    content = document.to_json_dict()
    numbers = {kind: {name: _plain(array.tolist()) for name, array in content[kind].items()} for kind in KINDS}
    text = json.dumps({**content, **numbers})
    return f"{script}\n{NOTICE}\n{CHECK}{fingerprint(script)}\n{DOCUMENT}{text}\n"


def fingerprint(script: str) -> str:
    """Of a script's lines, however they end."""
    return sha256("\n".join(line.rstrip() for line in script.strip().splitlines()).encode()).hexdigest()


def _plain(numbers: Any) -> Any:
    """Nested lists with numbers that are not finite by their names."""
    if isinstance(numbers, list):
        return [_plain(number) for number in numbers]
    if isinstance(numbers, float) and not math.isfinite(numbers):
        return next(name for name, value in NOT_FINITE.items() if repr(value) == repr(numbers))
    return numbers
