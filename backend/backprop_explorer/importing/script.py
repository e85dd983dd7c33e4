"""A script that was exported here. It is never run: its document is in the comments at its end."""

from __future__ import annotations

from backprop_explorer.export import numpy, pytorch
from backprop_explorer.export.embedded_document import CHECK, DOCUMENT, NOTICE, fingerprint
from backprop_explorer.importing.embedded_document import decoded
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.problem import Problem

WHAT = "script"
CHANGED = "the script was changed after its export: its document was not, and is what is opened"


def of_numpy(content: bytes) -> bool:
    """Whether the bytes are a Python script without PyTorch."""
    return _is_script(content) and not of_pytorch(content)


def of_pytorch(content: bytes) -> bool:
    """Whether the bytes are a Python script with PyTorch."""
    return _is_script(content) and b"import torch" in content


def _is_script(content: bytes) -> bool:
    return NOTICE.encode() in content


def read(content: bytes, rules: Rules) -> Content:
    """The document at the script's end; a `Problem` where there is none."""
    try:
        text = content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise bad_file(WHAT, "it is no text in UTF-8") from None
    script, notice, rest = text.rpartition(f"\n{NOTICE}\n")
    comments = {
        prefix: line.removeprefix(prefix)
        for line in rest.split("\n")
        for prefix in (CHECK, DOCUMENT)
        if line.startswith(prefix)
    }
    if not notice or DOCUMENT not in comments:
        raise Problem(
            "no_document",
            "this script carries no document, and no script is ever run to find out what it means",
            hint="only scripts that were exported here can be opened; write its program yourself, by Edit above it",
        )
    document = decoded(comments[DOCUMENT].encode(), rules, WHAT, "its document")
    return Content(document, warnings=[] if comments.get(CHECK) == fingerprint(script) else [CHANGED], saved=True)


IMPORTERS = (
    Importer(numpy.EXPORTER.format, of_numpy, read),
    Importer(pytorch.EXPORTER.format, of_pytorch, read),
)
