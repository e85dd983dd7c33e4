"""Words for movement, creation and algebra: what their tensors hold, cost and refuse, and what a script
makes of them. What they mean is judged by the libraries in `test_torch_meaning.py` and `test_numpy_meaning.py`."""

from __future__ import annotations

import ast
import contextlib
import io
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Budget, Document, Plan
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.script import numpy_script
from backprop_explorer.language.statics import STATICS
from backprop_explorer.library import COMPOSITES
from backprop_explorer.ops import OPERATIONS, SYNONYMS
from backprop_explorer.problem import Problem
from tests.together import each

X = np.arange(6.0).reshape(2, 3) - 2.25
SQUARE = np.array([[2.0, 0.5, 0.25], [-1.0, 3.0, 0.75], [0.5, -0.5, 1.5]])
GIVEN: dict[str, Any] = {"x": X, "sq": SQUARE, "v": np.array([1.5, -2.0, 0.5])}
OTHERS = {name: value for name, value in GIVEN.items() if name != "x"}
LABELS: dict[str, Any] = {"i": [0, 2], "j": [1], "labels": [2, 0], "mask": [[True, False, True], [False, True, False]]}


def plan_of(line: str, dialect: str | None = None, **inputs: Any) -> Plan:
    """A program whose loss is made of the line, over those of the tensors above that it names."""
    names = {part.id for part in ast.walk(ast.parse(line)) if isinstance(part, ast.Name)}
    parameters = {name: value for name, value in GIVEN.items() if name in names}
    document: dict[str, Any] = {
        "program": f"out = {line}\nloss = (out * {'out' if parameters else 'x.sum()'}).sum()",
        "inputs": {**{name: value for name, value in LABELS.items() if name in names}, **inputs},
        "parameters": parameters or {"x": X},
    }
    if dialect is not None:
        document["dialect"] = dialect
    plan = bx.compile(document)
    plan.run()
    return plan


def refusal(line: str, **options: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        plan_of(line, **options)
    return caught.value


@each("line", [
    "sq[torch.cat((i, j))]", "sq[np.concatenate((i, j, i))]", "sq[torch.stack((i, labels))]", "sq[i.flip(0)]",
    "sq[torch.cat((i, torch.tensor([1])))]", "sq[torch.roll(i, 1)]", "sq[i.repeat(2)]", "sq[torch.tile(i, (2, 1))]",
    "sq[i.reshape(1, 2)]", "sq[torch.arange(3).flip(0)]", "sq[torch.tensor([[0, 2], [1, 1]])]", "sq[x.argmax(1)]",
    "sq[torch.zeros(2, dtype=torch.long)]", "sq[torch.full((2,), 1)]", "sq[x.argsort(1)[0]]", "sq[np.array([2, 0])]",
    "sq[torch.take(i, torch.tensor([1, 0]))]", "sq[torch.gather(i, 0, torch.tensor([1, 1, 0]))]",
])  # fmt: skip
def test_labels_stay_labels_wherever_they_are_moved(line: str) -> None:
    places = line[len("sq[") : -1]
    dialect = "numpy" if "np." in line else "torch"
    found = plan_of(line, dialect)["out"]
    index = np.asarray(plan_of(f"{places} * 1.0" if "x" not in places else f"({places}).double()", dialect)["out"])
    assert np.array_equal(found, SQUARE[index.astype(int)])


@pytest.mark.parametrize(("line", "expected"), [
    ("torch.where(torch.cat((mask, mask)), 1.0, 0.0)", np.vstack((LABELS["mask"], LABELS["mask"]))),
    ("torch.where(torch.stack((mask, x > 0)), 1.0, 0.0)", np.stack((LABELS["mask"], X > 0))),
    ("torch.where(mask.T, 1.0, 0.0)", np.array(LABELS["mask"]).T),
    ("torch.where(torch.tensor([True, False, True]), 1.0, 0.0)", np.array([True, False, True])),
])  # fmt: skip
def test_masks_stay_masks_wherever_they_are_moved(line: str, expected: Any) -> None:
    assert np.array_equal(plan_of(line)["out"], expected)


def test_labels_that_were_joined_are_each_checked() -> None:
    problem = refusal("sq[torch.cat((i, far))]", far=[1, 3])
    assert problem.code == "bad_label"
    assert problem.tensor == "far"
    assert problem.index == (1,)
    assert "array gives numbers from 0 to 5" in str(refusal("sq[torch.cat((i, torch.tensor([0, 5])))]"))


@each(("line", "says"), [
    ("torch.movedim(x, 3, 0)", "movedim needs axes that exist (from -2 to 1); got 3"),
    ("torch.flip(x, (0, 0))", "flip needs each axis once; got (0, 0)"),
    ("x.expand(3)", "expand needs a length for each axis of the shape (2, 3); got (3,)"),
    ("torch.unflatten(x, 1, (2, 2))", "unflatten needs lengths whose product is that of the axis (3); got (2, 2)"),
    ("torch.split(x, (1, 1), 1)[0]", "split needs lengths that add up to that of the axis (3); got (1, 1)"),
    ("np.split(x, 2, 1)[0]", "split needs a number of parts that divides the length of the axis (3); got 2"),
    ("torch.flatten(x, 1, 0)", "flatten needs a first axis before the last one; got 1 and 0"),
    ("torch.diagonal(x, 3)", "diagonal needs a diagonal inside of 2 rows and 3 columns; got the offset 3"),
    ("torch.dot(x, x)", "torch.dot takes two vectors"),
    ("torch.t(x[None])", "torch.t takes a matrix or less"),
    ("torch.randn(2, 3) * x", "Random numbers of PyTorch's"),
    ("np.random.randn(2, 3) * x", "Random numbers of NumPy's"),
    ("torch.empty(2, 3) * x", "torch.empty holds whatever was in memory"),
    ("torch.nonzero(x)", "The shape of torch.nonzero depends on the numbers"),
    ("torch.where(x > 0)", "torch.where of a condition alone"),
    ("np.searchsorted(v, x)", "np.searchsorted"),
    ("x.scatter(1, labels[:, None], x[:, :1], reduce='add')", "torch.scatter with reduce"),
    ("np.linalg.norm(x, 2)", "A matrix norm that needs singular values"),
    ("torch.linalg.norm(x[None], 1)", "norm needs axes, since only vectors and matrices go without; got 3 axes"),
    ("np.reshape(x, (3, 2), order='A')", "An order that depends on how the numbers lie in memory"),
    ("np.pad(x, 1, mode='mean')", "np.pad in this mode"),
    ("torch.einsum('ij,jk{', x, sq)", "einsum needs a letter per axis; got 'jk{' for the shape (3, 3)"),
    ("torch.einsum('i-,jk', x, sq)", "a specification of letters, commas, dots and one arrow; got 'i-,jk'"),
    ("torch.einsum('ij', x, sq)", "as many operands as its specification has terms (1); got 2"),
    ("torch.einsum('iij->j', x[None])", "the axes called i to be equally long; got 1 and 2"),
    ("torch.tensordot(x, x, 1)", "tensordot needs axes of equal length; got axis 1 of (2, 3) and axis 0 of (2, 3)"),
    ("torch.tensor([[1, 2], [3]]) * x", "lists of equal length"),
    ("torch.repeat_interleave(x, i, dim=0)", "numbers that are known before the program runs"),
    ("torch.matrix_power(sq, 1.5)", "a whole number that is known before the program runs; got 1.5"),
])  # fmt: skip
def test_what_does_not_fit_is_said_in_the_words_of_the_call(line: str, says: str) -> None:
    assert says in str(refusal(line))


@each("line", [
    "np.pad(x, 1000000000, mode='edge')", "np.pad(x, 1000000000, mode='wrap')", "np.repeat(x, [1000000000, 1], 0)",
    "np.repeat(x, 1000000000, 0)", "torch.tile(x, (100000, 100000))", "torch.arange(1000000000000) * 1.0",
    "torch.arange(0.0, 1000000000000.0, 0.5)", "np.linspace(0, 1, 1000000000000)", "torch.eye(1000000) @ x",
    "np.tri(10000000)", "torch.matrix_power(sq, 1000000000)", "np.full((100000, 100000), 2)",
    "sq[np.tril_indices(100000)[0]]", "torch.vander(v, 1000000000)", "torch.ones(100000).split(1)[0]",
    "torch.ones(100000).unbind()[0]", "torch.diag_embed(x, 1000000)",
])  # fmt: skip
def test_no_number_of_the_program_asks_for_more_than_the_budget(line: str) -> None:
    document = Document.parse(
        {"program": f"out = {line}\nloss = out.sum() * x.sum()", "parameters": {"x": X}, "inputs": OTHERS},
        Budget(),
    )
    with pytest.raises(Problem) as caught:
        program_of(document, Budget())
    assert caught.value.code == "over_budget", str(caught.value)


@each("line", [
    "torch.take(x, torch.tensor([0, -1, 3]))", "x.scatter(1, labels[:, None], 5.0)", "x.index_add(1, i, x[:, :2])",
    "x.unfold(1, 2, 1)", "x.movedim((0, 1), (1, 0))", "np.append(v, 1.0)", "np.repeat(x, [1, 2], axis=0)",
    "np.pad(x, 1, mode='reflect')", "np.pad(x, 1, constant_values=(1, 2))", "np.linalg.norm(x, 1)",
    "torch.linalg.solve(sq, x, left=False)", "torch.einsum('ii->i', sq)", "torch.cdist(x, sq)", "np.kron(x, sq)",
    "torch.tensor([[1.0, 2.0, 3.0]]) * x", "torch.zeros(2, 3, dtype=int) + x", "(x > 0).double() * x",
    "torch.stack((x, x)).transpose(0, 2)", "torch.diag_embed(x, -1)", "np.rot90(x)", "np.take(x, -1, axis=1)",
    "x.sort(1, descending=True).values", "torch.block_diag(x, sq, v)", "np.meshgrid(v, v)[0]",
    "np.roll(x, (1, 1), (0, 1))",
])  # fmt: skip
def test_a_script_gives_the_same_numbers(line: str) -> None:
    plan = plan_of(line, "numpy" if "np." in line else "torch")
    leaves = {name: plan[name] for name in plan.program.forward.leaves}
    space: dict[str, Any] = {"__name__": "script"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(numpy_script(plan.program, leaves, {}, {}), space)  # noqa: S102 - a script of our own
    np.testing.assert_allclose(space["loss"], plan["loss"], rtol=1e-12)
    for name in plan.program.parameters:
        np.testing.assert_allclose(space[f"{name}_g"], plan[f"{name}.g"], rtol=1e-10, atol=1e-12)


def test_numbers_of_the_program_show_as_they_are_written() -> None:
    plan = plan_of("np.array([[1.5, 2], [np.inf, -3]])[0] * v[:2] + np.array([True, False])")
    written = [line.code for line in plan.program.lines if line.phase == "forward"]
    assert written[0].startswith("np.array(((1.5, 2), (np.inf, -3)))")
    assert np.array_equal(plan["out"], np.array([1.5, 2.0]) * GIVEN["v"][:2] + [1, 0])


@each("line", [
    "torch.norm(v * 0)", "torch.linalg.norm(v * 0, 3)", "np.linalg.norm(x * 0, axis=1)", "torch.norm(v * 0, 0.5)",
    "torch.linalg.vector_norm(v * 0, -1)", "torch.cdist(x, x)", "torch.linalg.matrix_norm(x * 0)",
])  # fmt: skip
def test_the_gradient_of_a_norm_is_0_where_it_is_0(line: str) -> None:
    plan = plan_of(f"{line} * 3")
    [name] = plan.program.parameters
    assert np.isfinite(plan[f"{name}.g"]).all()
    assert "cdist" in line or not plan[f"{name}.g"].any()


def test_a_name_in_a_meaning_is_either_a_shape_function_or_the_languages_own() -> None:
    assert not set(STATICS) & {*COMPOSITES, *OPERATIONS, *SYNONYMS}


@pytest.mark.parametrize("line", [
    "sq[torch.arange(3)] * torch.arange(3)", "torch.cummax(x, 1).indices * x", "x.mode(1, True).indices * x",
])  # fmt: skip
def test_whole_numbers_that_the_program_makes_are_labels_and_numbers_at_once(line: str) -> None:
    assert np.isfinite(plan_of(line)["out"]).all()
    both = plan_of("sq[torch.tensor([1, 0])].sum() * torch.tensor([1, 0])")
    assert np.array_equal(both["out"], SQUARE[:2].sum() * np.array([1, 0]))


def test_whole_numbers_are_labels_and_numbers_in_one_tensor() -> None:
    document = {"program": "k = torch.arange(3)\nloss = (k * 2 * sq[k]).sum()", "parameters": {"sq": SQUARE}}
    plan = bx.compile(document)
    plan.run()
    np.testing.assert_allclose(plan["loss"], (np.arange(3) * 2 * SQUARE).sum())
    np.testing.assert_allclose(plan["sq.g"], np.tile(np.arange(3) * 2.0, (3, 1)))


def test_labels_below_0_count_from_the_end_also_on_the_way_back() -> None:
    document = {"program": "loss = (sq[i] ** 2).sum()", "parameters": {"sq": SQUARE}, "inputs": {"i": [-1, 0, -1]}}
    plan = bx.compile(document)
    plan.run()
    np.testing.assert_allclose(plan["sq.g"], 2 * SQUARE * np.array([[1.0], [0.0], [2.0]]))


@pytest.mark.parametrize(("line", "expected"), [("sq.H", SQUARE.T), ("sq.mH", SQUARE.T), ("v.H", GIVEN["v"])])
def test_the_conjugate_transpose_of_real_numbers_is_the_transpose(line: str, expected: Any) -> None:
    assert np.array_equal(plan_of(line)["out"], expected)
