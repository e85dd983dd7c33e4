"""NumPy's own archive: a zip file with an .npy file for every tensor."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from backprop_explorer.export.embedded_document import ENTRY, words_of
from backprop_explorer.export.record import BYTES, Exporter, Format, Rules, Subject
from backprop_explorer.export.tensors import exported_tensors
from backprop_explorer.ops.record import Array


def npz(tensors: Mapping[str, Array], words: str | None = None) -> bytes:
    """The tensors as an .npz file, the same bytes for the same numbers. (`np.savez` cannot take every name.)

    `words` become an array of the bytes of their text.
    """
    if words is not None:
        tensors = {ENTRY: np.frombuffer(words.encode(), np.uint8), **tensors}
    archive = BytesIO()
    with ZipFile(archive, "w") as target:
        for name, array in tensors.items():
            file = BytesIO()
            np.lib.format.write_array(file, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
            entry = ZipInfo(f"{name}.npy")
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, file.getvalue())
    return archive.getvalue()


def _write(subject: Subject, rules: Rules) -> bytes:
    return npz(exported_tensors(subject.plan, rules), words_of(subject.plan.document))


_SUMMARY = "Every value, gradient and the optimizer's own tensors, by name."
EXPORTER = Exporter(Format("npz", "NumPy arrays", _SUMMARY, "npz", BYTES), _write)
