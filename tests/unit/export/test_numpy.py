"""The script that was taken away prints what the command `trace` prints, with NumPy alone."""

import re
import subprocess
import sys

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.export.numpy import numpy_trace
from backprop_explorer.export.tensors import tensors_of
from backprop_explorer.printout import lines
from tests.amount import some
from tests.examples.telling import TELLING
from tests.script import run

NUMBER = re.compile(r"-?\b\d+\.\d*(?:e[-+]\d+)?|-?\b\d+\b|\bnan\b|-?\binf\b|\bTrue\b|\bFalse\b")
GUARD = "import sys\nsys.modules['backprop_explorer'] = None\n"


def entries(text: str) -> list[tuple[str, list[float]]]:
    """Each title, and the numbers below it."""
    found = []
    for part in text.strip().replace("***\n\n", "***:\n\n").split("\n\n"):
        title, _, numbers = part.strip().partition(":\n")
        words = {"True": 1.0, "False": 0.0}
        found.append(
            (title, [words[number] if number in words else float(number) for number in NUMBER.findall(numbers)])
        )
    return found


def assert_prints_the_same(plan: Plan) -> None:
    shown, _, loss = run(numpy_trace(plan))[0].rpartition("loss: ")
    assert float(loss) == pytest.approx(plan.run(), rel=1e-6 if plan.program.graph.dtype == "float32" else 1e-9)
    for (title, numbers), (expected, those) in zip(entries(shown), entries("\n".join(lines(plan))), strict=True):
        assert title == expected
        np.testing.assert_allclose(numbers, those, rtol=1e-6, atol=2e-8, err_msg=title)


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_an_examples_script_prints_its_trace(name: str) -> None:
    plan = bx.compile(examples[name])
    plan.step()
    assert_prints_the_same(plan)


@pytest.mark.parametrize("name", some(examples, *TELLING))
def test_an_examples_script_agrees_to_1e_9(name: str) -> None:
    plan = bx.compile({key: value for key, value in examples[name].items() if key != "optimizer"})
    plan.run()
    variables = run(numpy_trace(plan))[1]
    given = {line.output for line in plan.program.lines} | {*plan.document.tensors}
    compared = [key for key in tensors_of(plan) if key in given]
    assert set(compared) >= {"loss", *(f"{name}.g" for name in plan.program.parameters)}
    for key in compared:
        np.testing.assert_allclose(variables[key.replace(".", "_")], plan[key], rtol=1e-9, atol=1e-9, err_msg=key)


def test_a_process_of_its_own_prints_the_same() -> None:
    script = numpy_trace(bx.compile(examples["lesson13"]))
    done = subprocess.run(
        [sys.executable, "-"], input=GUARD + script, text=True, capture_output=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == (run(script)[0], "")


def test_the_package_cannot_be_imported_by_a_script() -> None:
    with pytest.raises(ImportError):
        run("import backprop_explorer.ops")


def test_names_that_a_script_needs_itself_are_still_the_users() -> None:
    words = ("show", "print", "len", "any", "range", "dtype")
    program = "\n".join(f"{word} = conv1d(x, w) * {number + 2}" for number, word in enumerate(words))
    document = {
        "program": f"{program}\nloss = sum({' * '.join(words)})",
        "inputs": {"x": [[1.0, 2.0, 0.5]]},
        "parameters": {"w": [[[0.5, -0.25]]]},
    }
    assert_prints_the_same(bx.compile(document))


def test_random_numbers_and_numbers_without_axes() -> None:
    document = {"program": "h = dropout(x * w, 0.4)\nloss = h.mean()", "inputs": {"x": [1, 2, 3]}, "dtype": "float32"}
    assert_prints_the_same(bx.compile({**document, "parameters": {"w": 2.0}, "optimizer": {"name": "adam"}}))
