"""What a request for a network says, checked; every complaint about a layer names its position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop_explorer.builder.catalogue import START, layer_types
from backprop_explorer.builder.losses import Loss, losses_of, units_of
from backprop_explorer.builder.record import LayerType
from backprop_explorer.data import Dataset, dataset, dataset_named
from backprop_explorer.engine.initial import INITIALISERS
from backprop_explorer.engine.update import checked_options
from backprop_explorer.problem import Problem, suggestion

KEYS = ("layers", "data", "count", "loss", "optimizer", "seed", "init", "title")
LAYERS_AT_MOST = 64
UNITS = 16


@dataclass(frozen=True)
class Layer:
    """A layer that is wanted: where it stands, from 1, its type and all its options."""

    position: int
    type: LayerType
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """A network that is wanted. `entry` is what a tensor of its data set is given as, without the field."""

    layers: tuple[Layer, ...]
    data: Dataset
    entry: Mapping[str, Any]
    loss: Loss
    optimizer: Mapping[str, Any]
    seed: int
    init: str
    title: str


def wanted(content: Any, own: Dataset | None = None) -> Wanted:
    """The request as far as it can be checked before any shape is known, for its data set or for one's `own`.

    Raises a `Problem` for the first flaw.
    """
    if not isinstance(content, Mapping):
        raise _bad(f"a network is an object with the keys {', '.join(KEYS)}")
    for key in content:
        if key not in KEYS:
            known = f"its keys are {', '.join(KEYS)}"
            raise _bad(f"a network has no key {str(key)[:40]!r}", suggestion(str(key), KEYS) or known)
    given = {**START, **{key: value for key, value in content.items() if value is not None}}
    if own is None:
        data, entry = _data(content.get("data"), content.get("count"))
    else:
        data, entry = own, {"dataset": own.name, "count": own.count}
    loss = _loss(content.get("loss"), data)
    layers = _layers(content.get("layers"), units_of(loss, data))
    return Wanted(
        layers,
        data,
        entry,
        loss,
        _optimizer(given["optimizer"]),
        _seed(given["seed"]),
        _init(given["init"]),
        _title(content.get("title")) or _description(layers, data),
    )


def _data(given: Any, count: Any) -> tuple[Dataset, dict[str, Any]]:
    """A name, or an object as a document has it: a generated set may be given options."""
    if given is None:
        raise _bad("data must name a data set", 'such as "data": "moons"')
    entry = {"dataset": given} if not isinstance(given, Mapping) else dict(given)
    if "field" in entry:
        raise _bad("data is a whole data set, and so names no field", "leave field out")
    data = dataset_named(entry.pop("dataset", None))
    own = entry.pop("count", None)
    if count is None:
        count = min(START["count"], data.count) if own is None else own
    for field in data.fields:
        dataset(data.name, field, count, entry)
    return data, {"dataset": data.name, "count": count, **entry}


def _loss(name: Any, data: Dataset) -> Loss:
    known = losses_of(data)
    if name is None:
        return next(iter(known.values()))
    if not isinstance(name, str) or name not in known:
        choice = f"for {data.name} there are {', '.join(known)}"
        raise _bad(f"the loss cannot be {str(name)[:40]!r}", choice)
    return known[name]


def _layers(given: Any, outputs: int) -> tuple[Layer, ...]:
    if not isinstance(given, list) or not 1 <= len(given) <= LAYERS_AT_MOST:
        what = f"a list of 1 to {LAYERS_AT_MOST} layers"
        raise _bad(f"layers must be {what}", 'such as [{"type": "linear"}]')
    types = layer_types()
    layers = [_layer(position, entry, types) for position, entry in enumerate(given, 1)]
    sized = [layer for layer in layers if layer.type.sized]
    return tuple(
        _with_size(layer, outputs if layer is sized[-1] else UNITS) if layer in sized else layer for layer in layers
    )


def _with_size(layer: Layer, units: int) -> Layer:
    name = layer.type.sized or ""
    if layer.options[name] is not None:
        return layer
    return Layer(layer.position, layer.type, {**layer.options, name: units})


def _layer(position: int, entry: Any, types: Mapping[str, LayerType]) -> Layer:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("type"), str):
        raise _wrong(position, 'is an object with a type, such as {"type": "linear", "units": 32}')
    name = entry["type"]
    if name not in types:
        hint = suggestion(name, types) or f"there are {', '.join(types)}"
        raise Problem("unknown_layer", f"layer {position}: there is no layer {name[:40]!r}", hint=hint, layer=position)
    layer = types[name]
    known = {option.name: option for option in layer.options}
    for key, value in entry.items():
        if key == "type":
            continue
        if key not in known:
            hint = f"its options are {', '.join(known)}" if known else "it has no options"
            raise _wrong(position, f"({name}) has no option {str(key)[:40]!r}", suggestion(str(key), known) or hint)
        complaint = known[key].complaint(value)
        if complaint:
            raise _wrong(position, f"({name}): {complaint}")
    return Layer(position, layer, {key: entry.get(key, option.default) for key, option in known.items()})


def _optimizer(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Problem("bad_optimizer", 'an optimizer is an object such as {"name": "sgd", "lr": 0.1}')
    checked_options(given)
    return dict(given)


def _seed(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**63:
        raise _bad("seed must be a whole number from 0 to 2**63 - 1")
    return given


def _init(given: Any) -> str:
    if not isinstance(given, str) or given not in INITIALISERS:
        known = f"one of {', '.join(INITIALISERS)}"
        raise _bad(f"there is no initialiser {str(given)[:40]!r}", suggestion(str(given), INITIALISERS) or known)
    return given


def _title(given: Any) -> str | None:
    if given is not None and not isinstance(given, str):
        raise _bad("title must be a text")
    return given


def _description(layers: tuple[Layer, ...], data: Dataset) -> str:
    """Such as `linear 16, relu, linear 2 on moons`."""
    words = [
        f"{layer.type.type} {layer.options[layer.type.sized]}" if layer.type.sized else layer.type.type
        for layer in layers
    ]
    return f"{', '.join(words if len(words) <= 6 else [*words[:5], '…'])} on {data.name}"


def _bad(detail: str, hint: str | None = None) -> Problem:
    return Problem("bad_network", detail, hint=hint)


def _wrong(position: int, detail: str, hint: str | None = None) -> Problem:
    return Problem("bad_layer", f"layer {position} {detail}", hint=hint, layer=position)
