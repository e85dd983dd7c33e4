"""A right formula is tried on other numbers: accidents are told, and what an input visibly is may be used."""

from typing import Any

import pytest

import backprop_explorer as bx
from backprop_explorer.practice import check

EYE = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
Z = [[0.3, -0.2, 1.0], [0.5, 0.1, -0.7]]


def notes(program: str, inputs: dict[str, Any], parameters: dict[str, Any], **answers: str) -> tuple[list[str], str]:
    plan = bx.compile({"program": program, "inputs": inputs, "parameters": parameters})
    plan.run()
    [verdict] = check(plan, answers)["verdicts"].values()
    assert verdict["verdict"] == "correct"
    return [*verdict["notes"]], verdict["hint"] or ""


@pytest.mark.parametrize(
    ("program", "inputs", "answer", "note"),
    [
        ("p = softmax(z)\nloss = -sum(t * log(p)) / 2", {"t": EYE}, "(p - t) / 2", "holds_for_one_hot"),
        ("loss = mean(-sum(t * log_softmax(z), axis=1))", {"t": EYE}, "(softmax(z) - t) / 2", "holds_for_one_hot"),
        (
            "p = softmax(z)\nloss = -sum(t * log(p))", {"t": [[0.9, 0.05, 0.05], [0.2, 0.3, 0.5]]}, "p - t",
            "holds_for_one_hot",
        ),
        ("d = z * m / 0.8\nloss = sum(d ** 2)", {"m": EYE}, "d.g * (m > 0) / 0.8", "holds_for_one_hot"),
        (
            "d = z * m / 0.8\nloss = sum(d ** 2)", {"m": [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]}, "d.g * (m > 0) / 0.8",
            "holds_for_mask",
        ),
    ],
)  # fmt: skip
def test_what_holds_for_what_an_input_is_is_right(program: str, inputs: dict[str, Any], answer: str, note: str) -> None:
    found, hint = notes(program, inputs, {"z": Z}, z=answer)
    assert found == [note]
    assert f"`{next(iter(inputs))}`" in hint


def test_where_an_input_is_nothing_special_it_is_an_accident() -> None:
    found, hint = notes(
        "p = softmax(z)\nloss = -sum(t * log(p))", {"t": [[0.5, 0.5]]}, {"z": [[0.0, 0.0]]}, z="p - t + z"
    )
    assert found == ["coincidental_numbers"]
    assert "for others it is wrong" in hint


@pytest.mark.parametrize(
    ("program", "answer"),
    [("a = relu(z)\nloss = sum(a * c)", "a.g"), ("loss = sum(maximum(z, 0) ** 2)", "2 * z"),
     ("loss = sum(abs(z))", "z / z"), ("a = leaky_relu(z)\nloss = sum(a ** 2)", "a.g")],
)  # fmt: skip
def test_what_is_right_while_all_units_are_on_is_an_accident(program: str, answer: str) -> None:
    inputs = {"c": [1.0, 2.0, 3.0]} if "c)" in program else {}
    found, hint = notes(program, inputs, {"z": [0.5, 1.0, 2.0]}, z=answer)
    assert found == ["coincidental_numbers"]
    assert "signs" in hint


@pytest.mark.parametrize(
    ("program", "answer"),
    [("a = relu(z)\nloss = sum(a ** 2)", "a.g * (z > 0)"), ("loss = sum(log(z))", "1 / z"),
     ("loss = sum(sqrt(z))", "0.5 / sqrt(z)"), ("loss = sum(z ** 3)", "3 * z * z")],
)  # fmt: skip
def test_what_holds_everywhere_has_no_note(program: str, answer: str) -> None:
    assert notes(program, {}, {"z": [0.5, 1.0, 2.0]}, z=answer) == ([], "")
