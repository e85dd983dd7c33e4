"""Where the lines of a document were captured from: in its steps, through edits, and what is no source."""

from __future__ import annotations

from typing import Any

import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Document, compile_document, trace
from tests.together import each

A, B, C = ({"file": "net.py", "line": line, "module": module} for line, module in ((3, "fc"), (4, ""), (9, "")))
GIVEN: dict[str, Any] = {
    "program": "h = x @ w\ny = relu(h)\nloss = sum(y)",
    "inputs": {"x": [[1.0, 2.0]]},
    "parameters": {"w": [[1.0], [1.0]]},
    "sources": [A, B, None],
}


def test_every_step_of_a_line_tells_its_source() -> None:
    steps = trace(compile_document(GIVEN))["steps"]
    told = {step["output"]: step.get("source") for step in steps}
    assert told["h"] == A
    assert told["y"] == told["h.g"] == B  # a gradient comes from the operation that it goes back through
    assert told["loss"] is None
    assert told["w.g"] == A


def test_a_document_without_sources_has_none_in_its_steps() -> None:
    plain = {key: value for key, value in GIVEN.items() if key != "sources"}
    assert not any("source" in step for step in trace(compile_document(plain))["steps"])
    assert "sources" not in Document.parse(plain).to_json_dict()


def test_they_travel_with_the_document() -> None:
    document = Document.parse(GIVEN)
    assert document.to_json_dict()["sources"] == [A, B, None]
    assert Document.parse(document.to_json_dict()).sources == document.sources


@pytest.mark.parametrize(
    ("program", "sources"),
    [
        ("h = x @ w\ny = tanh(h)\nloss = sum(y)", [A, None, None]),
        ("h = x @ w\nz = h + 1\ny = relu(h)\nloss = sum(y)", [A, None, B, None]),
        ("y = relu(h)\nloss = sum(y)", [B, None]),
        ("h = x @ w\ny = relu(h)", [A, B]),
    ],
)
def test_lines_above_and_below_an_edit_keep_theirs(program: str, sources: list[Any]) -> None:
    assert [*Document.parse(GIVEN).replace(program=program).sources] == sources


@each(
    ("sources", "said"),
    [
        ("net.py", "an entry for each line"),
        ([A] * 4, "an entry for each line"),
        ([3], "Entry 1 of sources"),
        ([A, {"file": "net.py", "line": 3}], "Entry 2 of sources"),
        ([{**A, "file": "x" * 401}], "Entry 1 of sources"),
        ([{**A, "line": 0}], "a whole number from 1"),
        ([{**A, "line": True}], "a whole number from 1"),
    ],
)
def test_what_is_no_source_is_refused(sources: Any, said: str) -> None:
    with pytest.raises(bx.Problem, match=said) as caught:
        bx.compile({**GIVEN, "sources": sources})
    assert caught.value.code == "bad_document"
