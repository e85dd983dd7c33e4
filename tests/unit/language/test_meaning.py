"""What is printed of a library's words: what they mean, in names that a reader can look up and call."""

from __future__ import annotations

import ast
from textwrap import indent

import numpy as np

from backprop_explorer.engine import compile_document
from backprop_explorer.engine.catalogue import catalogue
from backprop_explorer.explain.why.why import why_step
from backprop_explorer.language.meaning import formula, meaning
from backprop_explorer.language.statics import STATICS
from backprop_explorer.language.words import is_own
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.spellings import by_definition, function_of
from backprop_explorer.ops import OPERATIONS
from tests.together import each

PRINTED = [record for record in by_definition().values() if not record.is_refusal]
INTERNAL = {*COMPOSITES, *OPERATIONS, *STATICS} - {entry["name"] for entry in catalogue()}
INTERNAL |= {name for name, record in {**COMPOSITES, **OPERATIONS}.items() if record.internal}


def parsed(text: str) -> ast.Module:
    return ast.parse("def f():\n" + indent(text.replace("…", "x"), "  "))


def called(text: str) -> set[str]:
    """The functions that a program text calls by a bare name."""
    calls = (node for node in ast.walk(parsed(text or "pass")) if isinstance(node, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def is_sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and " " in text


def test_no_meaning_names_what_only_definitions_can_call() -> None:
    for record in PRINTED:
        text = meaning(record)
        assert text, record.own_name
        assert is_sentence(text) or not called(text) & INTERNAL, record.own_name
        assert not called(formula(record)) & INTERNAL, record.own_name


def test_the_internal_names_are_those_that_a_program_cannot_call() -> None:
    assert {"summed_up", "over", "reduced"} <= INTERNAL
    assert not any(is_own(name) for name in INTERNAL)


@each(
    ("path", "text"),
    [
        ("torch.addmm", "beta * input + alpha * (mat1 @ mat2)"),
        ("torch.addbmm", "beta * input + alpha * sum(batch1 @ batch2, 0)"),
        ("torch.sum", "sum(input, dim, keepdim)"),
        ("np.inner", "y[i, j] = sum(a[i, k] * b[j, k], k)"),
        ("np.diagonal", "y[i] = a[i, i + offset]"),
        ("np.zeros", "A tensor with the same number everywhere."),
        ("torch.rnn_relu_cell", "One step of a plain recurrent layer."),
        ("torch.linspace", "So many numbers at equal distances, from start to end."),
        ("torch.flip", "input[…]"),
        ("np.matvec", "matmul(x1, x2[..., None])[..., 0]"),
    ],
)
def test_the_meaning_is_a_formula_where_there_is_one(path: str, text: str) -> None:
    record = function_of(path)
    assert record is not None
    assert meaning(record) == text


def test_why_tells_the_formula_of_a_word_in_its_own_names() -> None:
    document = {
        "program": "import torch\nh = torch.addmm(c, a, b, beta=2)\nloss = h.sum()",
        "parameters": {"a": np.ones((2, 3)), "b": np.ones((3, 2)), "c": np.ones((2, 2))},
    }
    plan = compile_document(document)
    plan.run()
    told = str(why_step(plan, 0, lambda: compile_document(document)))
    assert "y = beta * input + alpha * (mat1 @ mat2)" in told
    assert "summed_up" not in told
