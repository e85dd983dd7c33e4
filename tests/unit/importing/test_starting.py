"""Documents to begin with: made for data of one's own, they run and learn."""

from pathlib import Path

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Budget
from backprop_explorer.importing import Choices, Rules, inspected, read, starting_document
from backprop_explorer.problem import Problem
from tests.onnx_network import network_in_two
from tests.together import each
from tests.unit.importing.test_data import saved
from tests.unit.importing.test_files import decoded
from tests.unit.importing.test_raw_data import COLOURS, RAMP, TEXT, zipped
from tests.unit.importing.test_raw_data import saved as picture

RULES = Rules(decoded, 10_000_000, Budget())
ROWS = np.random.default_rng(0).normal(size=(30, 3)).round(2)
KINDS = np.where(ROWS[:, 0] > ROWS[:, 1], "high", "low")
WORDED = "a,b,c,kind\n" + "".join(f"{','.join(map(str, row))},{kind}\n" for row, kind in zip(ROWS, KINDS, strict=True))
PRICES = "area,rooms,price\n" + "".join(
    f"{50 + 3 * at},{1 + at % 4},{100_000 + 9000 * at + 500 * (at % 4)}\n" for at in range(20)
)
FILES = {
    "words": WORDED.encode(),
    "prices": PRICES.encode(),
    "classes": b"u,v,label\n" + b"1,2,3\n2,1,5\n1.5,2.5,3\n2.5,1.5,5\n",
    "array": saved(np.column_stack([ROWS, ROWS @ [1, 2, 3]])),
    "folders": zipped(a__1=picture(RAMP), b__2=picture(255 - RAMP), b__3=picture(255 - RAMP)),
    "pictures": zipped(one=picture(COLOURS), other=picture(COLOURS[::-1].copy())),
    "text": (TEXT * 12).encode(),
}


@each("model", ["linear", "mlp"])
@each("name", FILES)
def test_a_model_for_it_runs_and_learns(name: str, model: str) -> None:
    content = read(FILES[name], RULES)[1]
    document, told = starting_document(content, Choices(), model, Budget())  # type: ignore[arg-type]
    plan = bx.compile(document)
    first = plan.run()
    for _ in range(150):
        plan.step()
    assert plan.run() < 0.6 * first
    assert all(note[0].isupper() for note in told)
    assert plan.document.title


def test_words_are_classes_and_large_numbers_are_scaled() -> None:
    document, told = starting_document(read(WORDED.encode(), RULES)[1], Choices(), "linear", Budget())
    assert document["vocabulary"] == {"y": ["high", "low"]}
    assert document["inputs"]["y"].tolist() == [int(kind == "low") for kind in KINDS]
    assert document["program"] == "out = x @ w1 + b1\nloss = cross_entropy(out, y)"
    scaled, told = starting_document(read(PRICES.encode(), RULES)[1], Choices(), "linear", Budget())
    assert scaled["program"].splitlines()[:2] == [
        "x_scaled = (x - x_mean) / x_std",
        "y_scaled = (y - y_mean) / y_std",
    ]
    assert np.allclose(scaled["inputs"]["x_mean"], [[78.5, 2.5]])
    assert any("scales" in note for note in told)


def test_classes_may_be_numbers_and_numbers_classes() -> None:
    content = read(FILES["classes"], RULES)[1]
    assert starting_document(content, Choices(), "linear", Budget())[0]["vocabulary"] == {"y": ["3", "5"]}
    numbers = starting_document(content, Choices(predict="numbers"), "linear", Budget())[0]
    assert "mse" in numbers["program"]
    first = starting_document(content, Choices(label="u", predict="numbers"), "linear", Budget())[0]
    assert first["inputs"]["y"].tolist() == [[1], [2], [1.5], [2.5]]


def test_of_many_rows_batches_are_taken() -> None:
    file = b"a,b\n" + b"".join(b"%d,%d\n" % (at % 7, at % 5) for at in range(300))
    document, told = starting_document(read(file, RULES)[1], Choices(), "linear", Budget())
    assert document["batch"] == {"size": 32, "shuffle": True}
    assert "Each iteration takes a batch of 32 of the 300 rows" in told


@pytest.mark.parametrize(
    ("file", "choices", "code"),
    [
        (b"a,kind\nx,y\nz,y\n", {}, "no_features"),
        (WORDED.encode(), {"label": "kind", "predict": "numbers"}, "no_numbers"),
        (WORDED.encode(), {"label": "sort"}, "unknown_column"),
        (saved(np.ones((2, 3, 4))), {}, "no_tensor_fits"),
    ],
)
def test_what_no_model_can_be_made_for(file: bytes, choices: dict[str, str], code: str) -> None:
    with pytest.raises(Problem) as raised:
        starting_document(read(file, RULES)[1], Choices(**choices), "linear", Budget())  # type: ignore[arg-type]
    assert raised.value.code == code


def test_a_file_is_looked_into_before_it_is_used() -> None:
    plan = bx.compile({
        "program": "loss = cross_entropy(x @ w, y)",
        "inputs": {"x": [[1.0, 2.0, 3.0]], "y": [0]},
        "parameters": {"w": {"shape": [3, 2], "init": "normal"}},
    })  # fmt: skip
    found = inspected(read(WORDED.encode(), RULES)[1], plan, Choices(), Budget())
    assert (found["holds"], found["label"], found["predict"]) == ("table", "kind", "classes")
    assert found["columns"][3] == {"name": "kind", "kind": "words", "distinct": 2}
    assert found["head"][0] == [*(f"{number:.6g}" for number in ROWS[0]), KINDS[0]]
    assert found["fits"] is not None
    assert found["fits"]["tensors"] == [
        {"name": "x", "before": [1, 3], "after": [30, 3]},
        {"name": "y", "before": [1], "after": [30]},
    ]
    assert [model["name"] for model in found["models"]] == ["linear", "mlp"]
    wrong = inspected(read(PRICES.encode(), RULES)[1], plan, Choices(), Budget())
    assert wrong["fits"] is None
    assert wrong["problem"] is not None
    assert "2 columns (area and rooms)" in wrong["problem"]["detail"]


def test_a_file_on_this_machine_becomes_a_document(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(WORDED)
    told: list[str] = []
    document = bx.document(file, "mlp", label="kind", leave=["c"], told=told)
    assert document["title"] == "own"
    assert np.array_equal(document["inputs"]["x"], ROWS[:, :2])
    assert told[-1] == "The 2 classes of y: 0 is high and 1 is low"
    assert bx.compile({**document, "validation": {"fraction": 0.2}}).run() > 0
    with pytest.raises(Problem, match="no model 'big'"):
        bx.document(file, "big")  # type: ignore[arg-type]
    with pytest.raises(Problem, match="called 'lable'"):
        bx.document(file, lable="kind")


def test_a_network_beside_its_weights_becomes_a_document(tmp_path: Path) -> None:
    for name, content in network_in_two().items():
        (tmp_path / name).write_bytes(content)
    told: list[str] = []
    document = bx.document(tmp_path / "network.onnx", told=told)
    assert np.array_equal(document["parameters"]["fc_weight"], [[1.0] * 3] * 2)
    assert any("made up" in note for note in told)
