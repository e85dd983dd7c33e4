"""A document as a row of shapes, to choose by: what goes in, what the program makes of it, and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.engine.compiling import compile_document

MOST = 10
"""More tensors are not drawn."""


class Drawn(TypedDict):
    """A tensor of the sketch; `count` versions of it where a loop assigns it anew."""

    name: str
    shape: Extent
    count: Annotated[int, "how many versions of it there are"]


def sketch(document: Mapping[str, Any]) -> list[Drawn]:
    """The first input, or parameter, and the tensors that the program assigns on the way to the loss, which is last."""
    program = compile_document(dict(document)).program
    given = next(iter([*program.inputs, *program.parameters]))
    found: dict[str, Drawn] = {given: {"name": given, "shape": list(program.nodes[given].shape), "count": 1}}
    for line in program.lines:
        name = line.output.partition("__")[0]
        if line.phase != "forward" or "." in line.output or not line.node.differentiable:
            continue
        if name in found:
            found[name]["count"] += 1
        else:
            found[name] = {"name": name, "shape": list(line.node.shape), "count": 1}
    drawn = list(found.values())
    return drawn if len(drawn) <= MOST else [*drawn[: MOST - 1], drawn[-1]]
