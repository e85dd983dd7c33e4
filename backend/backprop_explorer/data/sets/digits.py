"""Sixty real images."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from backprop_explorer.data.record import Array, Dataset, Field


def _load() -> dict[str, Array]:
    text = files("backprop_explorer.data").joinpath("digits.csv").read_text(encoding="ascii")
    rows = np.array([line.split(",") for line in text.splitlines()], dtype=np.int64)
    return {"x": rows[:, :-1] / 16, "y": rows[:, -1]}


DIGITS = Dataset(
    name="digits",
    title="60 handwritten digits of 8×8 pixels",
    count=60,
    fields={
        "x": Field(
            (64,),
            "the 8×8 grey values row by row, divided by their greatest, 16, so from 0 to 1",
            views=((8, 8), (1, 8, 8)),
        ),
        "y": Field((), "the digit", whole=True),
    },
    classes=tuple("0123456789"),
    source="Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, "
    "doi:10.24432/C50P49; the first 60 images in scikit-learn's order",
    licence="CC BY 4.0",
    load=_load,
)
