"""ONNX: a graph of operators with weights, as other frameworks export their networks, to a document."""

from __future__ import annotations

from backprop_explorer.export.record import BYTES, Format
from backprop_explorer.importing import archive
from backprop_explorer.importing.onnx.outside import Outside
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file

ENDING = ".onnx"
APPLE = "__MACOSX/"
"""Where a Mac puts what it knows about the files of an archive."""
FIRST_BYTE = b"\x08"
"""The tag of the model's first field, the version of its format."""


def looks(content: bytes) -> bool:
    """Whether the bytes begin as an ONNX model does, or are an archive with one in it."""
    return content.startswith(FIRST_BYTE) or any(name.endswith(ENDING) for name in archive.names(content))


def read(content: bytes, rules: Rules) -> Content:
    """The network as a document that runs: with inputs and a loss."""
    from backprop_explorer.importing.onnx.model import load
    from backprop_explorer.importing.onnx.network import Network

    model, outside = unpacked(content, rules)
    network = Network(load(model, rules.budget, outside), rules.budget)
    return Content(network.document(), warnings=network.warnings)


def unpacked(content: bytes, rules: Rules) -> tuple[bytes, Outside]:
    """The network, or the one of an archive, and the files in the same folder that it may keep its numbers in."""
    if not archive.looks(content):
        return content, Outside()
    what = "archive of an ONNX file"
    with archive.opened(content, what) as file:
        entries = archive.entries(file, rules.unpacked_bytes, what)
        found = [name for name in entries if name.endswith(ENDING) and not name.startswith(APPLE)]
        if len(found) != 1:
            listed = ", ".join(repr(name[:60]) for name in found[:5]) or "none"
            raise bad_file(what, f"it must hold one network; it holds {listed}", "put one network into the archive")
        folder = found[0].rpartition("/")[0]
        start = f"{folder}/" if folder else ""
        others = {name.removeprefix(start): file.read(entry) for name, entry in entries.items()
                  if name.startswith(start) and name != found[0] and not entry.is_dir()}  # fmt: skip
        return file.read(entries[found[0]]), Outside(others)


_SUMMARY = "A dense, convolutional or recurrent network of another framework."
IMPORTER = Importer(Format("onnx", "ONNX network", _SUMMARY, "onnx", BYTES), looks, read, extra="onnx")
