"""Fisher's irises."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from backprop_explorer.data.record import Array, Dataset, Field

SPECIES = ("setosa", "versicolor", "virginica")


def _load() -> dict[str, Array]:
    """The file has one species after the other; here the species take turns, so that any first samples hold all."""
    text = files("backprop_explorer.data").joinpath("iris.csv").read_text(encoding="ascii")
    rows = np.array([line.split(",") for line in text.splitlines()], dtype=float)
    turns = np.arange(len(rows)).reshape(len(SPECIES), -1).T.ravel()
    return {"x": rows[turns, :-1], "y": rows[turns, -1].astype(np.int64)}


IRIS = Dataset(
    name="iris",
    title="150 irises of three species",
    count=150,
    fields={
        "x": Field((4,), "sepal length, sepal width, petal length and petal width in centimetres"),
        "y": Field((), f"the species: {', '.join(f'{at} {name}' for at, name in enumerate(SPECIES))}", whole=True),
    },
    classes=SPECIES,
    source="Iris, R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936), "
    "179-188; measured by E. Anderson; UCI Machine Learning Repository, doi:10.24432/C56C76, with the numbers of "
    "Fisher's paper",
    licence="CC BY 4.0",
    load=_load,
)
