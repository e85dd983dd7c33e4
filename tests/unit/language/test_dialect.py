"""Whose words a program uses: inferred from its text, given, or kept from version 0.1.0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Document, trace
from backprop_explorer.language.dialect import DIFFERENCES
from backprop_explorer.language.statics import STATICS
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import LIBRARIES, methods
from backprop_explorer.ops import OPERATIONS
from tests.together import each

X = [[1.0, 4.0, 2.0], [0.5, -1.0, 3.0]]


def document(program: str, **more: Any) -> dict[str, Any]:
    return {"program": program, "parameters": {"x": X}, **more}


@each(
    ("line", "dialect"),
    [
        ("h = x * 2", "numpy"),
        ("h = np.exp(x)", "numpy"),
        ("h = x.sum(axis=1)", "numpy"),
        ("h = x.sum(dim=1)", "torch"),
        ("h = x.mean(0, keepdim=True)", "torch"),
        ("h = torch.exp(x)", "torch"),
        ("h = F.relu(x)", "torch"),
        ("h = x.unsqueeze(0)", "torch"),
        ("h = x.view(-1)", "torch"),
        ("h = x.permute(1, 0)", "torch"),
        ("h = x.t()", "torch"),
        ("h = x.max(1).values", "torch"),
        ("d = {'a': x}\nh = [v for v in d.values()][0]", "numpy"),
        ("h = x.masked_fill(x > 0, 0.0)", "torch"),
        ("h = x.flatten(0)", "torch"),
        ("import torch.nn.functional as TF\nh = TF.relu(x)", "torch"),
        ("from numpy import exp\nh = exp(x)", "numpy"),
        ("F, G = x.shape\nh = x * F", "numpy"),
    ],
)
def test_what_only_one_library_has_says_whose_words_they_are(line: str, dialect: str) -> None:
    given = Document.parse(document(f"{line}\nloss = sum(h ** 2)"))
    assert (given.dialect, given.dialect_inferred) == (dialect, True)


@pytest.mark.parametrize(
    ("method", "numpy", "torch"),
    [
        ("x.var(1).sum()", np.var(X, 1).sum(), np.var(X, 1, ddof=1).sum()),
        ("x.std(0).sum()", np.std(X, 0).sum(), np.std(X, 0, ddof=1).sum()),
        ("x.max(1)[0].sum()", 4.0, 7.0),
        ("x.min(0)[0].sum()", 0.5, 1.5),
        ("x.repeat(2, 1).sum()", None, 2 * np.sum(X)),
    ],
)
def test_a_method_means_what_the_dialect_s_library_means(method: str, numpy: float | None, torch: float) -> None:
    for dialect, expected in (("numpy", numpy), ("torch", torch)):
        if expected is None:
            continue
        plan = bx.compile(document(f"loss = {method}", dialect=dialect))
        np.testing.assert_allclose(plan.run(), expected, rtol=1e-12)


def warned(program: str, **more: Any) -> list[dict[str, Any]]:
    found = trace(bx.compile(document(program, **more)))
    return [warning for warning in found["warnings"] if warning["code"] == "dialect"]


@pytest.mark.parametrize(
    "program", ["h = x + 1\nv = h.var(0)\nloss = v.sum()", "a = torch.relu(x)\nv = np.exp(a).std()\nloss = v"]
)
def test_in_doubt_the_line_and_both_meanings_are_told(program: str) -> None:
    [warning] = warned(program)
    assert warning["line"] == 2
    assert "NumPy" in warning["message"]
    assert "PyTorch" in warning["message"]


@each(
    ("program", "more"),
    [
        ("loss = x.var(0).sum()", {"dialect": "torch"}),
        ("loss = x.var(0).sum()", {"dialect": "numpy"}),
        ("loss = x.var(axis=0).sum()", {}),
        ("loss = x.var(dim=0).sum()", {}),
        ("loss = torch.var(x)", {}),
        ("loss = x.sum(0).mean()", {}),
    ],
)
def test_where_there_is_no_doubt_nothing_is_told(program: str, more: dict[str, Any]) -> None:
    assert warned(program, **more) == []


def test_a_document_keeps_its_dialect_and_infers_it_again_with_another_program() -> None:
    inferred = Document.parse(document("loss = sum(x)"))
    assert inferred.replace(program="loss = x.max(dim=1)[0].sum()").dialect == "torch"
    assert Document.parse(inferred.to_json_dict()).dialect == "numpy"
    given = Document.parse(document("loss = sum(x)", dialect="torch"))
    assert given.replace(program="loss = x.sum(axis=1).mean()").dialect == "torch"


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(bx.Problem, match="dialect must be one of numpy, torch"):
        Document.parse(document("loss = sum(x)", dialect="jax"))


@pytest.mark.parametrize(
    ("line", "loss"),
    [
        ("torch.var(x, 1).sum()", np.var(X, 1).sum()),
        ("x.std(dim=0).sum()", np.std(X, 0).sum()),
        ("x.max(dim=1).sum()", 7.0),
    ],
)
def test_what_version_010_saved_keeps_its_meaning(line: str, loss: float) -> None:
    saved = Document.parse(document(f"loss = {line}"), saved=True)
    np.testing.assert_allclose(bx.compile(saved).run(), loss, rtol=1e-12)
    again = Document.parse(saved.to_json_dict())
    np.testing.assert_allclose(bx.compile(again).run(), loss, rtol=1e-12)


def test_what_means_the_same_is_not_kept_in_the_old_dialect() -> None:
    assert Document.parse(document("h = relu(x)\nloss = h.sum(axis=0).mean()"), saved=True).dialect == "numpy"


def test_code_that_is_shown_means_the_same_when_it_is_read_again() -> None:
    plan = bx.compile(document("h = np.max(x, 1)\ns = np.std(x)\nloss = (h * s).sum() + x.var(dim=0).sum()"))
    plan.run()
    for line in plan.program.lines:
        if line.phase == "forward" and line.output in ("h", "s"):
            again = bx.compile(document(f"y = {line.code}\nloss = y.sum()", dialect="torch"))
            again.run()
            np.testing.assert_array_equal(again["y"], plan[line.output])


def test_every_difference_is_a_method_of_both_libraries_or_of_the_language() -> None:
    own = {*OPERATIONS, *COMPOSITES}
    for name in DIFFERENCES:
        assert all(name in methods(library) or name in own for library in LIBRARIES), name


def test_a_name_in_a_definition_means_one_thing() -> None:
    assert not set(STATICS) & {*OPERATIONS, *COMPOSITES}


@pytest.mark.parametrize(
    "imported",
    [
        "from torch import sum as mean",
        "from numpy import prod as mean",
        "import torch as mean",
        "import numpy as where",
    ],
)
def test_what_a_program_imports_means_nothing_inside_of_the_library(imported: str) -> None:
    plan = bx.compile(document(f"{imported}\nloss = mse(x, y)", inputs={"y": np.zeros((2, 3))}))
    assert plan.run() == pytest.approx(np.mean(np.square(X)), rel=1e-15)
    assert plan["x.g"] == pytest.approx(2 / 6 * np.array(X), rel=1e-15)
