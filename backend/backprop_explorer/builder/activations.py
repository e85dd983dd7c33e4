"""Activations: every function of one number that the library knows is a type of layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from backprop_explorer.builder.record import LayerType, Option, Options, keywords
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import LEAF, Kind
from backprop_explorer.language.forward import build_forward
from backprop_explorer.library import COMPOSITES, Composite
from backprop_explorer.ops import OPERATIONS, REQUIRED, Operation, Shape
from backprop_explorer.problem import Problem


def activations() -> tuple[LayerType, ...]:
    """A type of layer per function, by name; an operation that is added later is there at once."""
    return _found(tuple(OPERATIONS.values()), tuple(COMPOSITES.values()))


@lru_cache(maxsize=8)
def _found(operations: tuple[Operation, ...], composites: tuple[Composite, ...]) -> tuple[LayerType, ...]:
    found = [
        _layer(record.name, record.summary, dict(record.parameters), {}) for record in operations if _activates(record)
    ]
    found += [
        _layer(record.name, record.summary, record.defaults, record.choices)
        for record in composites
        if _is_elementwise(record)
    ]
    return tuple(sorted(found, key=lambda layer: layer.type))


def _activates(record: Operation) -> bool:
    """Whether a primitive is a function of any one number, written as a call, that passes a gradient back."""
    return (
        record.family == "elementwise"
        and record.operands == ("x",)
        and record.code == f"{record.name}({{x}})"
        and bool(record.rules)
        and not record.internal
        and REQUIRED not in record.parameters.values()
        and _of_any_number(record)
    )


def _of_any_number(record: Operation | Composite) -> bool:
    """Whether its samples are of numbers on both sides of 0."""
    return all(low <= -2 and high >= 2 for low, high in (sample.domain for sample in record.samples))


def _is_elementwise(record: Composite) -> bool:
    """Whether a composite of any one tensor is made of elementwise operations alone."""
    if record.internal or len(record.required) != 1 or not _of_any_number(record):
        return False
    graph = Graph()
    try:
        build_forward(f"l1 = {record.name}(x)", {"x": ((3, 2), Kind("float"))}, graph, open_boxes=True)
    except Problem:
        return False
    made = [node for node in graph.nodes if node.operation is not LEAF]
    return bool(made) and all(node.operation.family == "elementwise" for node in made) and made[-1].shape == (3, 2)


def _layer(name: str, summary: str, defaults: dict[str, Any], choices: Any) -> LayerType:
    options = tuple(_options(defaults, choices))
    known = {option.name: option.default for option in options}

    def lines(shape: Shape, chosen: Options) -> Sequence[str]:
        return [f"{{out}} = {name}({{x}}{keywords(chosen, **known)})"]

    return LayerType(
        type=name,
        title=name.replace("_", " "),
        group="Activation",
        summary=summary,
        options=options,
        lines=lines,
    )


def _options(defaults: dict[str, Any], choices: Any) -> Iterator[Option]:
    for name, default in defaults.items():
        if name in choices:
            yield Option(name, "choice", default, f"how {name} is done", choices=tuple(choices[name]))
        elif isinstance(default, bool):
            yield Option(name, "flag", default, name)
        elif isinstance(default, (int, float)):
            yield Option(name, "number", default, name.replace("_", " "), -100, 100)
