"""From a list of layers to a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from backprop_explorer.answers import Extent
from backprop_explorer.builder.losses import outputs_of, written
from backprop_explorer.builder.record import Weight
from backprop_explorer.builder.request import Layer, Wanted, wanted
from backprop_explorer.data import DATASETS, Dataset
from backprop_explorer.engine.compiling import program_of
from backprop_explorer.engine.document import Document
from backprop_explorer.graph.budget import Budget
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.language.forward import build_forward
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem

FEATURES, LABELS, LAST = "x", "y", "out"
VIEWS = {2: "rows", 3: "images"}
"""What the data is called once it is read in that many axes a sample."""


class BuiltDocument(TypedDict):
    """A network as a document: how its tensors are drawn or read, and not their numbers."""

    title: str | None
    program: str
    inputs: dict[str, Any]
    parameters: dict[str, dict[str, Any]]
    loss: str
    dtype: str
    seed: int
    optimizer: dict[str, Any]


class BuiltLayer(TypedDict):
    """What became of a layer: the tensor it gives, with its shape, and the parameters it learns."""

    position: int
    type: str
    options: dict[str, Any]
    output: str
    shape: Extent
    parameters: list[str]


class Built(TypedDict):
    """A document, and what became of each layer."""

    document: BuiltDocument
    layers: list[BuiltLayer]


@dataclass(frozen=True)
class OwnData:
    """Data that is no data set of the product: its record, whose `load` is never called, and its tensors, `x` and `y`
    among them. `lines` come first in the program; the layers begin with `features`, the loss compares with `labels`."""

    record: Dataset
    tensors: Mapping[str, Array]
    lines: tuple[str, ...] = ()
    features: str = FEATURES
    labels: str = LABELS


@dataclass
class _Network:
    """A network while it is written: its lines and weights, and the tensor that the next layer gets."""

    wanted: Wanted
    budget: Budget
    tensor: str
    shape: Shape
    lines: list[str] = field(default_factory=list)
    weights: dict[str, dict[str, Any]] = field(default_factory=dict)
    layers: list[BuiltLayer] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, layer: Layer) -> None:
        """Writes a layer's lines and gives it its weights. Raises a `Problem` that names the layer."""
        record = layer.type
        _check_form(layer, self.shape[1:])
        out = LAST if layer.position == len(self.wanted.layers) else f"l{layer.position}"
        weights = record.weights(self.shape[1:], layer.options)
        own = {weight.letter: self._numbered(weight.letter) for weight in weights}
        names = {"x": self.tensor, "out": out, **own, **{letter: self._numbered(letter) for letter in record.locals}}
        lines = [line.format(**names) for line in record.lines(self.shape[1:], layer.options)]
        leaves = {self.tensor: self.shape} | {own[weight.letter]: weight.shape for weight in weights}
        try:
            self.shape = _shape_after(lines, leaves, out, self.budget)
        except Problem as problem:
            raise _at(layer, problem) from None
        self.tensor = out
        self.lines += lines
        self.weights |= {own[weight.letter]: self._drawn(weight) for weight in weights}
        self.layers.append(
            {
                "position": layer.position,
                "type": record.type,
                "options": dict(layer.options),
                "output": out,
                "shape": list(self.shape),
                "parameters": list(own.values()),
            }
        )

    def _numbered(self, letter: str) -> str:
        self.numbers[letter] += 1
        return f"{letter}{self.numbers[letter]}"

    def _drawn(self, weight: Weight) -> dict[str, Any]:
        return {"shape": list(weight.shape), "init": weight.init or self.wanted.init}


def build(content: Any, budget: Budget | None = None, own: OwnData | None = None) -> Built:
    """The document of a network that is asked for as `{"layers": [{"type": …}, …], "data": …}`, checked as a whole;
    with `own` data in the place of a data set.

    Raises a `Problem`; one that is a layer's fault says which.
    """
    asked = wanted(content, own.record if own else None)
    limits = budget or Budget.unlimited()
    network = _Network(asked, limits, *_read(asked))
    if network.tensor != FEATURES:
        sample = ", ".join(map(str, network.shape[1:]))
        network.lines.append(f"{network.tensor} = {FEATURES}.reshape(-1, {sample})")
    elif own:
        network.lines += own.lines
        network.tensor = own.features
    for layer in asked.layers:
        network.add(layer)
    _check_outputs(network)
    network.lines.append(written(asked.loss, network.tensor, asked.data, own.labels if own else LABELS))
    document: BuiltDocument = {
        "title": asked.title,
        "program": "\n".join(network.lines),
        "inputs": dict(own.tensors) if own else {name: _field(asked.entry, name) for name in (FEATURES, LABELS)},
        "parameters": network.weights,
        "loss": "loss",
        "dtype": "float64",
        "seed": asked.seed,
        "optimizer": dict(asked.optimizer),
    }
    program_of(Document.parse(document, limits), limits)
    return {"document": document, "layers": network.layers}


def _field(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    rest = {key: value for key, value in entry.items() if key != "dataset"}
    return {"dataset": entry["dataset"], "field": name, **rest}


def _read(asked: Wanted) -> tuple[str, Shape]:
    """How the data is read: as the first layer wants it that wants anything."""
    features = asked.data.fields[FEATURES]
    view = next((layer.type.view for layer in asked.layers if layer.type.view), None)
    sample = view(features.shape, features.views) if view else features.shape
    name = FEATURES if sample == features.shape else VIEWS[len(sample)]
    return name, (asked.entry["count"], *sample)


def _shape_after(lines: list[str], leaves: Mapping[str, Shape], out: str, budget: Budget) -> Shape:
    """What the operations themselves make of the shapes."""
    known = {name: (shape, Kind("float")) for name, shape in leaves.items()}
    forward = build_forward("\n".join(lines), known, Graph(budget=budget))
    result = forward.scope.names[out]
    assert isinstance(result, Node)
    return result.shape


def _check_form(layer: Layer, sample: Shape) -> None:
    form = layer.type.form
    if form and len(sample) != len(form):
        having = [data.name for data in DATASETS.values() if _reads(data, len(form))]
        raise Problem(
            "layer_does_not_fit",
            f"layer {layer.position} ({layer.type.type}) needs samples of the form ({', '.join(form)}); got {sample}",
            hint=f"as the first layer it reads the samples of {', '.join(having)} in that form",
            layer=layer.position,
        )


def _reads(data: Dataset, axes: int) -> bool:
    """Whether the samples of a data set can be had with so many axes; of two, every row of features can."""
    features = data.fields[FEATURES]
    return axes == 2 or any(len(view) == axes for view in (features.shape, *features.views))


def _check_outputs(network: _Network) -> None:
    asked, layer = network.wanted, network.wanted.layers[-1]
    expected = outputs_of(asked.loss, asked.data)
    if network.shape[1:] != expected:
        raise Problem(
            "layer_does_not_fit",
            f"layer {layer.position} ({layer.type.type}) is the last, so {asked.loss.name} on {asked.data.name} needs "
            f"{expected} for each sample; got {network.shape[1:]}",
            hint=_way_out(network, expected),
            layer=layer.position,
        )


def _way_out(network: _Network, expected: Shape) -> str:
    if len(network.shape) > 2 and len(expected) == 1:
        return f"add flatten, and linear with {expected[0]} units"
    return f"let the last layer have {expected[0] if expected else 1} units"


def _at(layer: Layer, problem: Problem) -> Problem:
    """The same problem as the layer's, which knows no line of the program yet."""
    name = layer.type.type
    said = problem.detail.removeprefix(f"{name} ")
    where = f"layer {layer.position}: {name} " if said != problem.detail else f"layer {layer.position} ({name}): "
    code = "layer_does_not_fit" if problem.status == 422 else problem.code
    return Problem(code, where + said, status=problem.status, hint=problem.hint, layer=layer.position)
