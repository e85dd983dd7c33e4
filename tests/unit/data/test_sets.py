"""The data sets are what they claim: the irises Fisher's, the generated ones those of their seed."""

import numpy as np
import pytest

from backprop_explorer.data import DATASETS, dataset, listing
from backprop_explorer.engine import Document
from backprop_explorer.problem import Problem
from tests.together import each

GENERATED = ("circles", "moons", "spirals")


@pytest.mark.parametrize("name", list(DATASETS))
def test_fields_are_what_their_record_says(name: str) -> None:
    record = DATASETS[name]
    for field, about in record.fields.items():
        array = dataset(name, field)
        assert array.shape == (record.count, *about.shape)
        assert array.dtype == (np.int64 if about.whole else np.float64)
        assert np.isfinite(array).all()
        assert all(np.prod(view) == np.prod(about.shape) for view in about.views)
    assert set(dataset(name, "y").tolist()) == set(range(len(record.classes)))


@each("name", list(DATASETS))
@each("rounds", [1, 4])
def test_the_first_samples_hold_all_classes(name: str, rounds: int) -> None:
    classes = len(DATASETS[name].classes)
    counts = np.bincount(dataset(name, "y", rounds * classes), minlength=classes)
    assert counts.min() >= 1
    assert name == "digits" or (counts == rounds).all()


def test_the_irises_are_fisher_s() -> None:
    x, y = dataset("iris", "x"), dataset("iris", "y")
    assert np.bincount(y).tolist() == [50, 50, 50]
    # The sums of Fisher's table 1, in millimetres so that they are whole: his means are 5.006, 3.428, 1.462, 0.246; …
    sums = [np.round(x[y == species] * 10).astype(int).sum(0).tolist() for species in range(3)]
    assert sums == [[2503, 1714, 731, 123], [2968, 1385, 2130, 663], [3294, 1487, 2776, 1013]]
    assert (x.min(0).tolist(), x.max(0).tolist()) == ([4.3, 2.0, 1.0, 0.1], [7.9, 4.4, 6.9, 2.5])
    assert x[:3].tolist() == [[5.1, 3.5, 1.4, 0.2], [7.0, 3.2, 4.7, 1.4], [6.3, 3.3, 6.0, 2.5]]
    # The two setosas that UCI's file has wrong: numbers 35 and 38.
    assert x[3 * 34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert x[3 * 37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_fisher_s_variances() -> None:
    x, y = dataset("iris", "x"), dataset("iris", "y")
    assert np.allclose(x.std(0, ddof=1), [0.8280661, 0.4358663, 1.7652982, 0.7622377], atol=5e-8)
    assert np.allclose(x[y == 0].var(0, ddof=1), [0.12424898, 0.14368980, 0.03015918, 0.01110612], atol=5e-9)


@pytest.mark.parametrize("name", GENERATED)
def test_a_seed_and_a_noise_decide_the_points(name: str) -> None:
    first = dataset(name, "x", 9, {"seed": 3, "noise": 0.2})
    assert (first == dataset(name, "x", 9, {"noise": 0.2, "seed": 3})).all()
    assert (first == dataset(name, "x", 40, {"seed": 3, "noise": 0.2})[:9]).all()
    assert (dataset(name, "x", 9) == dataset(name, "x", 9, {"seed": 0})).all()
    assert not np.allclose(first, dataset(name, "x", 9, {"seed": 4, "noise": 0.2}))
    clean, noisy = (dataset(name, "x", options={"seed": 3, "noise": noise}) for noise in (0, 0.2))
    assert np.allclose((noisy - clean).std(0), 0.2, rtol=0.1)


def test_without_noise_every_point_lies_on_its_curve() -> None:
    x, y = dataset("circles", "x", options={"noise": 0}), dataset("circles", "y")
    assert np.allclose(np.linalg.norm(x, axis=1), np.where(y == 0, 1, 0.5))
    x, y = dataset("moons", "x", options={"noise": 0}), dataset("moons", "y")
    centre = np.where((y == 0)[:, None], [0.0, 0.0], [1.0, 0.5])
    assert np.allclose(np.linalg.norm(x - centre, axis=1), 1)
    assert ((x[:, 1] - centre[:, 1] >= 0) == (y == 0)).all()
    x, y = dataset("spirals", "x", options={"noise": 0}), dataset("spirals", "y")
    radius, angle = np.linalg.norm(x, axis=1), np.arctan2(x[:, 1], x[:, 0])
    expected = 2 * np.pi * (y / 3 + 0.8 * (radius - 0.1) / 0.9)
    assert np.allclose(np.exp(1j * angle), np.exp(1j * expected))


@each(
    ("name", "options", "says"),
    [
        ("moons", {"nois": 0.1}, 'did you mean "noise"'),
        ("moons", {"noise": -0.1}, "noise of moons must be a number from 0 to 1; got -0.1"),
        ("moons", {"noise": float("nan")}, "number from 0 to 1"),
        ("moons", {"noise": "much"}, "number from 0 to 1"),
        ("circles", {"seed": 1.5}, "whole number from 0 to 4294967295"),
        ("circles", {"seed": True}, "whole number"),
        ("spirals", {"seed": -1}, "whole number"),
        ("iris", {"seed": 1}, "its options are dataset, field, count"),
    ],
    ids=str,
)
def test_a_wrong_option_says_what_there_is(name: str, options: dict[str, object], says: str) -> None:
    with pytest.raises(Problem) as caught:
        dataset(name, "x", 3, options)
    assert says in f"{caught.value.detail} {caught.value.hint}"


def test_a_document_takes_the_options() -> None:
    entry = {"dataset": "moons", "field": "x", "count": 5, "seed": 7, "noise": 0.3}
    document = Document.parse({"program": "loss = sum(x)", "inputs": {"x": entry}})
    assert (document.inputs["x"] == dataset("moons", "x", 5, {"seed": 7, "noise": 0.3})).all()
    with pytest.raises(Problem) as caught:
        Document.parse({"program": "loss = sum(x)", "inputs": {"x": {**entry, "noize": 1}}})
    assert caught.value.tensor == "x"


def test_the_listing_has_every_data_set_with_source_and_licence() -> None:
    assert [entry["name"] for entry in listing()] == list(DATASETS)
    assert all(entry["source"] and entry["licence"] and entry["fields"] for entry in listing())
