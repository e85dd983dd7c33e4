"""Two moments of one run or of two: what differs, and what was done on the way to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, TypedDict

import numpy as np

from backprop_explorer.answers import Extent, Tensor, Vector
from backprop_explorer.engine import Plan
from backprop_explorer.engine.program import Field
from backprop_explorer.problem import Problem
from backprop_explorer.runs.event import Event
from backprop_explorer.runs.history import sentence, trained
from backprop_explorer.runs.log import Path
from backprop_explorer.runs.serialization import Array

Key = tuple[str, Field]
"""A tensor's name, and "value" or "gradient"."""
TENSORS = ("inputs", "parameters")


class ComparedMoment(TypedDict):
    """One of two moments, and what was done on the way to it only."""

    id: str | None
    title: str | None
    iteration: int
    loss: float
    done: list[str]


class ChangedKey(TypedDict):
    """A key of the document that differs."""

    key: str
    one: Any
    other: Any


class Apart(TypedDict):
    """How far two tensors of a name are apart: the largest distance, where it is, and the norm of the difference as
    a share of the larger norm."""

    name: str
    field: Field
    shape: Extent
    max_abs_difference: float
    index: Extent
    one: float | bool
    other: float | bool
    relative: float


class BothLosses(TypedDict):
    """The loss at every iteration up to both moments."""

    one: Vector
    other: Vector


class Comparison(TypedDict):
    """Two moments side by side; `difference` (this one minus the other) where a tensor was asked for."""

    one: ComparedMoment
    other: ComparedMoment
    losses: BothLosses
    document: list[ChangedKey]
    tensors: list[Apart]
    unlike: Annotated[list[str], "tensors that only one side has, or in another shape"]
    difference: NotRequired[Tensor]


@dataclass(frozen=True)
class Side:
    """A moment of a run, with copies of its numbers; `payloads` are the first bytes of each event's payload."""

    id: str | None
    iteration: int
    loss: float
    losses: Array
    words: dict[str, Any]
    tensors: dict[Key, Array]
    path: Path
    payloads: Mapping[int, bytes]

    def to_json(self, done: Iterator[str]) -> ComparedMoment:
        """Which moment this is: the run's id and title, the iteration and its loss; and what was `done`."""
        title = self.words.get("title")
        return {"id": self.id, "title": title, "iteration": self.iteration, "loss": self.loss, "done": list(done)}

    @property
    def ends(self) -> list[int]:
        """The iteration at which each event of the path ends."""
        return [min(event.iteration, self.path.iteration) for event in self.path.events]


def words_of(plan: Plan) -> dict[str, Any]:
    """A document without its tensors."""
    return {key: value for key, value in plan.document.to_json_dict().items() if key not in TENSORS}


def numbers_of(plan: Plan) -> dict[Key, Array]:
    """Copies of all values, and of all gradients that there are."""
    found: dict[Key, Array] = {}
    for name in plan.tensors:
        found[name, "value"] = plan[name].copy()
        if f"{name}.g" in plan.program.nodes:
            found[name, "gradient"] = plan[f"{name}.g"].copy()
    return found


def compare(one: Side, other: Side) -> Comparison:
    """Both moments, their losses, what was done on the way to each and not to the other, what differs of the
    documents, and how far each tensor's values and gradients are apart (`tensors`: those of the same shape on both
    sides, the most different first; `unlike`: the others by name)."""
    shared = _shared(one, other)
    common = {key: (array, other.tensors[key]) for key, array in one.tensors.items() if key in other.tensors}
    alike = {key: pair for key, pair in common.items() if pair[0].shape == pair[1].shape}
    unlike = {name for name, _ in one.tensors.keys() ^ other.tensors.keys() | common.keys() - alike.keys()}
    rows = [_apart(name, field, *pair) for (name, field), pair in alike.items()]
    return {
        "one": one.to_json(_done(one, other, shared)),
        "other": other.to_json(_done(other, one, shared)),
        "losses": {"one": one.losses, "other": other.losses},
        "document": _changed(one.words, other.words),
        "tensors": sorted(rows, key=lambda row: -row["relative"]),
        "unlike": sorted(unlike),
    }


def difference(one: Side, other: Side, tensor: str, field: Field) -> Array:
    """The first's numbers minus the other's, element by element; a `Problem` where there are none or their shapes
    differ."""
    first, second = _numbers(one, tensor, field), _numbers(other, tensor, field)
    if first.shape != second.shape:
        raise Problem("wrong_shape", f"{tensor} has the shapes {first.shape} and {second.shape}", tensor=tensor)
    with np.errstate(all="ignore"):  # infinities may meet
        return np.asarray(np.subtract(first, second, dtype=np.result_type(first, second, np.float32)))


def _numbers(side: Side, tensor: str, field: Field) -> Array:
    numbers = side.tensors.get((tensor, field))
    if numbers is None:
        reason = f"there is no {field} of {tensor[:60]} at iteration {side.iteration} of the run {side.id}"
        raise Problem("unknown_tensor", reason, status=404, tensor=tensor[:60])
    return numbers


def _apart(name: str, field: Field, one: Array, other: Array) -> Apart:
    """The largest distance, where it is, and the distance as a share of the larger norm; equal NaNs are equal."""
    same = (one == other) | ((one != one) & (other != other))
    with np.errstate(all="ignore"):  # infinities may meet
        distance = np.where(same, 0.0, np.abs(np.subtract(one, other, dtype=np.float64)))
        norm = float(np.linalg.norm(distance.ravel()))
        size = max(float(np.linalg.norm(side.astype(np.float64).ravel())) for side in (one, other))
    at = np.unravel_index(int(distance.argmax()), distance.shape)
    relative = norm / size if 0 < size < np.inf else (np.inf if norm != 0 else 0.0)
    return {
        "name": name, "field": field, "shape": one.shape, "max_abs_difference": float(distance[at]),
        "index": [int(i) for i in at], "one": one[at], "other": other[at], "relative": relative,
    }  # fmt: skip


def _shared(one: Side, other: Side) -> int:
    """How many events the two paths have in common at their start."""
    count = 0
    for mine, theirs in zip(one.path.events, other.path.events, strict=False):
        if not _alike(mine, one, theirs, other):
            break
        count += 1
    return count


def _alike(mine: Event, one: Side, theirs: Event, other: Side) -> bool:
    if one.id == other.id:
        return mine.number == theirs.number
    payloads = one.payloads[mine.number] == other.payloads[theirs.number]
    known = min(len(mine.losses), len(theirs.losses)) == 0 or mine.stored_losses[0] == theirs.stored_losses[0]
    return mine.kind == theirs.kind and payloads and known


def _done(side: Side, other: Side, shared: int) -> Iterator[str]:
    """What was done on the way to `side` after its first `shared` events, in words."""
    ends, theirs = side.ends, other.ends
    last = shared - 1
    if ends[last] > theirs[last] and side.path.events[last].losses:
        yield trained(side.path.events[last], ends[last] - theirs[last])
    for event, end in zip(side.path.events[shared:], ends[shared:], strict=True):
        left = event.iteration - end
        if event.losses and left:
            yield trained(event, len(event.stored_losses) - 1 - left)
        else:
            yield sentence(event, side.payloads[event.number])


def _changed(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[ChangedKey]:
    keys = sorted(one.keys() | other.keys())
    return [
        {"key": key, "one": one.get(key), "other": other.get(key)} for key in keys if one.get(key) != other.get(key)
    ]
