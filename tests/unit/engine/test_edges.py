"""The graph's edges, and the steps at which values and gradients are ready."""

from typing import Any

import backprop_explorer as bx
from backprop_explorer.engine.compiling import compile_document
from backprop_explorer.engine.document import Document
from backprop_explorer.engine.trace import trace
from backprop_explorer.examples import examples
from tests.amount import some
from tests.examples.telling import TELLING
from tests.together import each


def traced(program: str, **given: Any) -> dict[str, Any]:
    return trace(bx.compile({"program": program, "parameters": given}))


def edges(found: dict[str, Any]) -> dict[tuple[str, str], str | None]:
    """For each tensor and its reader, what is computed when the gradient comes back that way."""
    outputs = [step["output"] for step in found["steps"]]
    return {
        (edge["tensor"], step["output"]): None if edge["gradient"] is None else outputs[edge["gradient"]]
        for step in found["steps"]
        for edge in step.get("edges", [])
    }


@each("name", some(examples, *TELLING))
@each("opened", [False, True])
def test_edges_and_readiness_agree_with_the_steps(name: str, opened: bool) -> None:
    found = trace(compile_document(Document.parse(examples[name])), values=False, open=opened)
    steps, tensors = found["steps"], found["tensors"]
    gradients = {
        step["of"]["tensor"]: step["index"]
        for step in steps
        if step["phase"] == "backward" and "part" not in step["of"]
    }
    for tensor, record in tensors.items():
        own, ready = record.get("alias", tensor), record["ready"]
        assert (steps[ready["value"]]["output"] if ready["value"] is not None else None) == (
            own if record["role"] in ("intermediate", "loss") else None
        )
        assert own not in gradients or ready["gradient"] == gradients[own]
    for step in steps:
        assert ("edges" in step) == (step["phase"] == "forward")
        assert step["phase"] != "forward" or [edge["tensor"] for edge in step["edges"]] == step["inputs"]
        for edge in step.get("edges", []):
            if edge["tensor"] in gradients and edge["gradient"] is not None:
                arrival = steps[edge["gradient"]]["of"]
                assert arrival["tensor"] == edge["tensor"] or "part" not in arrival


def test_each_use_of_a_tensor_has_its_own_way_back() -> None:
    found = traced("a = w * 2\nb = w * w\nc = w + 3\nloss = sum(a * b * c)", w=[1.0, 2.0])
    ways = edges(found)
    parts = {found["steps"][step["edges"][0]["gradient"]]["of"]["part"] for step in found["steps"][:3]}
    assert len(parts) == 3
    assert ways["w", "b"] == f"w.g__{max(int(way[5:]) for way in found_parts(found, 'b.g'))}"
    assert ways["loss.multiply_2", "loss"] is not None


def found_parts(found: dict[str, Any], reader: str) -> list[str]:
    """The contributions to w's gradient that are made of a gradient."""
    return [
        step["output"] for step in found["steps"] if step["output"].startswith("w.g__") and reader in step["inputs"]
    ]


def test_a_gradient_that_is_written_in_another_s_step_is_ready_with_that() -> None:
    found = traced("p = a * b\nloss = (p - a) ** 2", a=3.0, b=2.0)
    ready = found["tensors"]["loss.subtract"]["ready"]
    assert "loss.subtract.g" not in [step["output"] for step in found["steps"]]
    assert found["steps"][ready["gradient"]]["of"] == {"tensor": "p", "field": "gradient"}


def test_what_the_loss_does_not_need_and_what_is_detached_has_no_way_back() -> None:
    found = traced("h = w * 2\nk = exp(w)\nd = detach(h)\nloss = sum(h * d)", w=[1.0])
    ways = edges(found)
    assert ways["w", "k"] is None
    assert ways["h", "d"] is None
    assert ways["h", "loss.multiply"] == "h.g"
    assert found["tensors"]["k"]["ready"] == {"value": 1, "gradient": None}
    assert found["tensors"]["w"]["ready"]["value"] is None


def test_the_name_that_the_program_gives() -> None:
    found = traced("h = w\nfor i in range(2):\n    h = tanh(h * w)\nloss = sum(h)", w=[1.0])
    assert {name: record["assigned"] for name, record in found["tensors"].items() if name.startswith("h")} == {
        "h__1.multiply": None, "h__1": "h", "h__2.multiply": None, "h__2": "h",
    }  # fmt: skip
