"""Tensors of a document that are called as in a module: read by their paths, also where numbers are missing."""

from __future__ import annotations

from typing import Any

import pytest

import backprop_explorer as bx
from tests.together import each


@each(
    ("program", "names"),
    [
        ("loss = a.w + a.b.w", ["a.w", "a.b.w"]),
        ("loss = net[0].w - net[2].w", ["net.0.w", "net.2.w"]),
        ("loss = net[2].w - net[4].w", ["net.0.w", "net.2.w", "net.4.w"]),
        ("loss = model[0].w - model[3].w", ["0.w", "3.w"]),
        ("loss = h[1].net[2].w - h[0].net[2].w", ["h.0.net.2.w", "h.1.net.2.w"]),
        ("loss = net[1].w + net.scale", ["net.1.w", "net.scale"]),
    ],
)
def test_a_path_is_read(program: str, names: list[str]) -> None:
    tensors: dict[str, Any] = {name: float(place + 2) for place, name in enumerate(names)}
    plan = bx.compile({"program": program, "inputs": tensors})
    wanted = program.removeprefix("loss = ").replace("model[", "[")
    for name in sorted(names, key=len, reverse=True):
        spelled = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in name.split(".")).removeprefix(".")
        wanted = wanted.replace(spelled, str(tensors[name]))
    assert plan.run() == eval(wanted)  # noqa: S307


def test_a_number_that_is_not_there_is_refused() -> None:
    with pytest.raises(bx.Problem, match=r"index"):
        bx.compile({"program": "loss = net[1].w", "inputs": {"net.0.w": 1.0, "net.2.w": 2.0}})
