"""Numbers that a network keeps in another file: looked up by name among the files that came with it, never fetched."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_explorer.importing.record import bad_file
from backprop_explorer.problem import Problem

WHAT = "ONNX file"
MOST_DIGITS = 18


class Outside:
    """The files that came with a network, by name: `model.onnx.data`."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._files = files or {}
        self._left = sum(map(len, self._files.values()))

    def part(self, tensor: str, place: Mapping[str, str], length: int) -> bytes:
        """The bytes of a tensor, which must be that many, at the place that the network says: `location`, `offset` and
        `length`. Raises a `Problem` that names the file where it is missing or too short."""
        location = place.get("location", "")
        file = self._files.get(location)
        if file is None:
            raise _missing(tensor, location, self._files)
        offset = _number(tensor, place.get("offset", "0"))
        announced = _number(tensor, place["length"]) if place.get("length") else length
        if announced != length:
            raise bad_file(WHAT, f"the tensor {tensor[:60]} has {length:,} bytes, but is said to have {announced:,}")
        if offset + length > len(file):
            reason = f"the tensor {tensor[:60]} ends at byte {offset + length:,} of {location[:60]!r}"
            raise bad_file(WHAT, f"{reason}, which has {len(file):,}", "give the file that belongs to it")
        self._left -= length
        if self._left < 0:
            raise bad_file(WHAT, "its tensors together are larger than the files that hold their numbers")
        return file[offset : offset + length]


def _number(tensor: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise bad_file(WHAT, f"the place of the tensor {tensor[:60]} in another file is no number: {text[:40]!r}")
    return int(text)


def _missing(tensor: str, location: str, files: Mapping[str, bytes]) -> Problem:
    given = f"; given are {', '.join(repr(name[:60]) for name in [*files][:5])}" if files else ""
    return Problem(
        "external_data",
        f"the tensor {tensor[:60]} keeps its numbers in another file, {location[:100]!r}, which is missing{given}",
        hint="open both files together, or a zip of both; or export the network as one file: "
        "torch.onnx.export(…, external_data=False)",
    )
