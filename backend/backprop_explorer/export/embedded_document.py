"""The document embedded in an exported file, so that the file can be opened again."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from backprop_explorer.engine import Document, Plan
from backprop_explorer.engine.numbers import NOT_FINITE
from backprop_explorer.export.record import Rules, Subject

ENTRY = "__document__"
"""The name under which a file of tensors holds its document. No tensor may have it."""
NOTICE = "# Backprop Explorer opens this file again by the document below; what is changed above stays unread."
CHECK = "# sha256 of the lines above: "
DOCUMENT = "# document: "
KINDS = ("inputs", "parameters")
INSTEAD_OF_TEXT = "ask for format=npz, which takes less room for each number"


def words_of(document: Document) -> str:
    """The document as JSON with the type of each tensor in place of its numbers, which are the file's tensor of the
    same name."""
    content = document.to_json_dict()
    types = {kind: {name: str(array.dtype) for name, array in content[kind].items()} for kind in KINDS}
    return json.dumps({**content, **types})


def given_name(name: str) -> str:
    """The name of all rows of a tensor, in a file that has a batch of them under the tensor's own name."""
    return f"{ENTRY}.{name}"


def script_writer(script_of: Callable[[Plan], str]) -> Callable[[Subject, Rules], bytes]:
    """What writes a file that holds the script of a plan, and its document in comments at the end."""

    def write(subject: Subject, rules: Rules) -> bytes:
        # Each number is there twice: where it is computed with, and in the document.
        rules.check_bytes(2 * rules.json_bytes(subject.plan.given), INSTEAD_OF_TEXT)
        return with_document(script_of(subject.plan), subject.plan.document).encode()

    return write


def with_document(script: str, document: Document) -> str:
    """The script with its document in comments at the end."""
    return f"{script}\n{NOTICE}\n{CHECK}{fingerprint(script)}\n{DOCUMENT}{document_text(document)}\n"


def document_text(document: Document) -> str:
    """The document with all its numbers as JSON, in one line."""
    content = document.to_json_dict()
    numbers = {kind: {name: _plain(array.tolist()) for name, array in content[kind].items()} for kind in KINDS}
    return json.dumps({**content, **numbers})


def fingerprint(script: str) -> str:
    """The SHA-256 of a script's lines in hexadecimal, whatever their line ends."""
    return sha256("\n".join(line.rstrip() for line in script.strip().splitlines()).encode()).hexdigest()


def _plain(numbers: Any) -> Any:
    """Nested lists with numbers that are not finite by their names."""
    if isinstance(numbers, list):
        return [_plain(number) for number in numbers]
    if isinstance(numbers, float) and not math.isfinite(numbers):
        return next(name for name, value in NOT_FINITE.items() if repr(value) == repr(numbers))
    return numbers
