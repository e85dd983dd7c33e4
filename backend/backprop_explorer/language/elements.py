"""Indices: items of lists and dicts, elements of tensors, and what becomes of a tensor whose elements are assigned."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language import masked
from backprop_explorer.language.iteration import items_of, key_of
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Instance, Scope
from backprop_explorer.language.values import Masked, kind_of, raw, written
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.advanced import is_advanced, split_index
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened, suggestion


def section(evaluator: Reader, tree: ast.Slice, scope: Scope) -> slice:
    """A slice in brackets."""
    return slice(
        *(None if part is None else evaluator.evaluate(part, scope) for part in (tree.lower, tree.upper, tree.step))
    )


def subscript(evaluator: Reader, tree: ast.Subscript, scope: Scope) -> Any:
    """What stands at an index."""
    if scope.backward and ast.unparse(tree.value) == "np.s_":  # an index by itself, as backward code shows it
        return evaluator.evaluate(tree.slice, scope)
    value = evaluator.evaluate(tree.value, scope)
    if scope.internal and isinstance(value, Node):
        index = raw(evaluator.evaluate(tree.slice, scope))
        return taken(evaluator, value, index if isinstance(index, tuple) else (index,))
    return evaluator.seen(element(evaluator, value, evaluator.evaluate(tree.slice, scope), tree))


def element(evaluator: Reader, value: Any, index: Any, tree: ast.AST) -> Any:
    """The item of a list or dict, or the elements of a tensor, at an index."""
    if isinstance(value, dict):
        key = key_of(index)
        if key not in value:
            raise evaluator.problem(
                "bad_index",
                f"the dict has no key {shortened(repr(key))}",
                tree,
                suggestion(str(key), map(str, value)) or f"its keys are {shortened(', '.join(map(repr, value)))}",
            )
        return value[key]
    if isinstance(value, (tuple, list, range, str)):
        return _item(evaluator, value, raw(index), tree)
    if isinstance(value, Instance):
        return _of_object(evaluator, value, index, tree)
    if isinstance(value, Masked):
        raise masked.refused(evaluator, "an index into it", tree)
    if not isinstance(value, Node):
        raise evaluator.problem("not_a_tensor", f"an index needs a tensor; got {kind_of(value)}", tree)
    return _looked_up(evaluator, value, index, tree)


def _of_object(evaluator: Reader, value: Instance, index: Any, tree: ast.AST) -> Any:
    """The module at a place of a container, or what an object says to be at an index."""
    method = None if value.is_container else evaluator.method(value, "__getitem__")
    if method is not None:
        return evaluator.apply(method, [index], {}, tree, Scope())
    kept = value.kept
    place = raw(index)
    if isinstance(place, str):
        if place not in kept:
            raise evaluator.problem("bad_index", f"there is no {shortened(place)!r}", tree, suggestion(place, kept))
        return kept[place]
    if not value.is_container and str(place) in kept:  # given tensors: items are called by their numbers, with gaps
        return kept[str(place)]
    if not value.is_container:
        raise evaluator.problem("not_a_tensor", f"an index needs a list or a tensor; got {kind_of(value)}", tree)
    found = _item(evaluator, list(kept.values()), place, tree)
    if isinstance(place, slice):
        return Instance(value.of, {str(i): one for i, one in enumerate(found)}, value.label)
    return found


def _item(evaluator: Reader, value: Any, place: Any, tree: ast.AST) -> Any:
    if isinstance(place, slice):
        try:
            found = value[place]
        except (TypeError, ValueError):
            raise evaluator.problem(
                "bad_index", f"index {place!r} does not fit {kind_of(value)} of length {len(value)}", tree
            ) from None
        if not isinstance(value, range):
            evaluator.graph.meter.work(len(found))
        return found
    check_place(evaluator, value, place, tree)
    return written(value[place])


def check_place(evaluator: Reader, value: Any, place: Any, tree: ast.AST) -> None:
    """Raises a `Problem` for what is no position in a list."""
    try:
        value[place]
    except (IndexError, TypeError, ValueError, OverflowError):
        shown = kind_of(place) if isinstance(place, Node) else shortened(repr(place))
        raise evaluator.problem(
            "bad_index", f"index {shown} does not fit {kind_of(value)} of length {len(value)}", tree
        ) from None


def _looked_up(evaluator: Reader, value: Node, index: Any, tree: ast.AST) -> Any:
    value = evaluator.operand(value, "an index")
    entries = index_of(evaluator, index, tree)
    value, entries = _beside_mask(evaluator, value, entries)
    mask = chosen_by(evaluator, entries, tree)
    if mask is not None:
        return masked.chosen(evaluator, value, mask)
    return taken(evaluator, value, entries)


def taken(evaluator: Reader, value: Node, entries: tuple[Any, ...]) -> Node:
    """The elements at an index whose tensors hold whole numbers."""
    if isinstance(entries[0] if entries else None, Node) and all(one == slice(None) for one in entries[1:]):
        return evaluator.graph.make(OPERATIONS["gather"], [value, entries[0]], {"signed": True})
    split, tensors = split_index(entries)
    if is_advanced(split):
        return evaluator.graph.make(OPERATIONS["lookup"], [value, *tensors], {"index": split})
    return evaluator.graph.make(OPERATIONS["index"], [value], {"index": split})


def index_of(evaluator: Reader, index: Any, tree: ast.AST, *, whole: bool = False) -> tuple[Any, ...]:
    """The entries of an index: what is known as whole numbers, lists as tuples; other tensors stay, and with `whole`
    also a mask that is known."""
    given = index if isinstance(index, tuple) else (index,)
    entries: list[Any] = []
    for entry in given:
        entry = _entry(evaluator, entry, tree)
        if isinstance(entry, Node) and entry.kind.name == "bool":
            known = evaluator.numbers(entry)
            if known is not None and not whole:
                entries.extend(_places(known))
                continue
        entries.append(entry)
    return tuple(entries)


def _entry(evaluator: Reader, entry: Any, tree: ast.AST) -> Any:
    if isinstance(entry, Node):
        return _label(evaluator, evaluator.operand(entry, "an index"))
    if isinstance(entry, Masked):
        raise masked.refused(evaluator, "an index computed from it", tree)
    if isinstance(entry, bool):
        raise evaluator.problem("bad_index", "true and false are no index", tree, "write x[None] for a new axis")
    if isinstance(entry, slice):
        return slice(*(_bound(evaluator, part, tree) for part in (entry.start, entry.stop, entry.step)))
    if not isinstance(entry, (list, tuple, range)):
        return raw(entry)
    return _list(evaluator, raw(entry), tree)


def _bound(evaluator: Reader, part: Any, tree: ast.AST) -> Any:
    return _known_number(evaluator, part, tree) if isinstance(part, Node) else raw(part)


def _known_number(evaluator: Reader, node: Node, tree: ast.AST) -> int:
    known = evaluator.numbers(node)
    if known is None or known.size != 1 or known.item() != int(known.item()):
        raise evaluator.problem(
            "bad_index",
            "slices, and lists in an index, need whole numbers that are known before the program runs",
            tree,
            "a tensor of whole numbers can be an index by itself: x[labels]",
        )
    return int(known.item())


def _list(evaluator: Reader, items: tuple[Any, ...], tree: ast.AST) -> Any:
    """A list of an index: whole numbers, or a mask of true and false."""
    plain = tuple(
        _list(evaluator, one, tree)
        if isinstance(one, tuple)
        else _known_number(evaluator, one, tree)
        if isinstance(one, Node)
        else one
        for one in items
    )
    if plain and all(isinstance(one, bool) for one in plain):
        return tuple(i for i, holds in enumerate(plain) if holds)
    return plain


def _label(evaluator: Reader, node: Node) -> Any:
    """A tensor in an index: as a list where its numbers are known, unless it is a plain range or a mask."""
    if node.kind.name in ("bool", "whole", "open"):
        return node
    known = evaluator.numbers(node)
    if known is None:
        return node
    if (known != np.trunc(known)).any():
        raise Problem("wrong_kind", "an index needs whole numbers; its numbers have fractions")
    found: Any = known.astype(int).tolist()
    return _as_tuples(found)


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def _places(mask: Array) -> list[tuple[int, ...]]:
    """Where a mask holds: a list for each of its axes."""
    return [tuple(axis.tolist()) for axis in np.nonzero(mask)]


def _beside_mask(evaluator: Reader, value: Node, entries: tuple[Any, ...]) -> tuple[Node, tuple[Any, ...]]:
    """What numbers and slices beside a mask take is taken first: `x[mask, 1]` is `x[:, 1][mask]`, `x[0, mask]` is
    `x[0][mask]`."""
    at = next((i for i, one in enumerate(entries) if isinstance(one, Node) and one.kind.name == "bool"), 0)
    if len(entries) < 2 or not isinstance(entries[at], Node) or entries[at].kind.name != "bool":
        return value, entries
    before, mask, behind = entries[:at], entries[at], entries[at + 1 :]
    plain = all(type(one) is int or one is None or isinstance(one, slice) or one is ... for one in behind)
    axes = len(before) + mask.ndim + sum(one is not None and one is not ... for one in behind)
    if not plain or not all(type(one) is int for one in before) or axes > value.ndim:
        return value, entries
    whole = (slice(None),) * mask.ndim
    return taken(evaluator, value, (*before, *whole, *behind)), (mask,)


TAKEN_FIRST = "take the rest of the index first, then what the mask chooses: x[np.arange(n), labels][mask], x.T[mask]"
ASSIGNED = "use where(mask, a, b) with tensors of the whole shape"


def chosen_by(evaluator: Reader, entries: tuple[Any, ...], tree: ast.AST, hint: str = TAKEN_FIRST) -> Node | None:
    """The mask of an index whose numbers are not known; None where there is none."""
    masks = [one for one in entries if isinstance(one, Node) and one.kind.name == "bool"]
    if not masks:
        return None
    mask = masks[0]
    if len(masks) == 1 and entries.index(mask) == 0 and all(one in (slice(None), ...) for one in entries[1:]):
        return mask
    raise evaluator.problem(
        "bad_index",
        "how many elements x[mask] has depends on the numbers, and the mask stands beside another index",
        tree,
        hint,
    )


def overwritten(evaluator: Reader, value: Node, index: Any, new: Any, tree: ast.AST) -> Node:
    """What becomes of a tensor whose elements at an index are assigned."""
    entries = index_of(evaluator, index, tree, whole=not isinstance(index, tuple))
    mask = chosen_by(evaluator, entries, tree, ASSIGNED)
    if isinstance(new, Masked) and mask is None:
        raise masked.refused(evaluator, "what it fills", tree, "write z[mask] = …, with the same mask")
    number = new if isinstance(new, Masked) else evaluator.operand(_tensor(evaluator, new), "an assignment")
    if value.kind.name == "bool" and not (
        isinstance(new, bool) or isinstance(number, Node) and number.kind.name == "bool"
    ):
        raise evaluator.problem(
            "wrong_kind", "an element of a mask is true or false", tree, "make the mask a tensor of numbers: m.float()"
        )
    changed = _changed(evaluator, value, entries, mask, number, tree)
    if value.kind.name != "bool":
        return changed
    return evaluator.graph.make(OPERATIONS["greater"], [changed, evaluator.graph.constant(Number(0, "0"))])


def _changed(
    evaluator: Reader, value: Node, entries: tuple[Any, ...], mask: Node | None, new: Node | Masked, tree: ast.AST
) -> Node:
    make = evaluator.graph.make
    if mask is None:
        split, tensors = split_index(entries)
        assert isinstance(new, Node)
        return make(OPERATIONS["overwrite"], [value, new, *tensors], {"index": split})
    masked.check_mask(value, mask)
    wide = masked.widened(evaluator, mask, value)
    if isinstance(new, Masked):
        if not masked.same(new.mask, mask) or new.tensor.shape != value.shape:
            raise evaluator.problem(
                "bad_index", "what one mask chose cannot fill what another chooses", tree, "use the same mask"
            )
        return make(OPERATIONS["where"], [wide, new.tensor, value])
    trailing = value.shape[mask.ndim :]
    if new.ndim <= len(trailing) and new.shape == trailing[len(trailing) - new.ndim :]:
        return make(OPERATIONS["where"], [wide, new, value])
    known = evaluator.numbers(mask)
    if known is None:
        raise evaluator.problem(
            "bad_index",
            f"x[mask] = … takes one number, or what the same mask chose; got a tensor of the shape {new.shape}",
            tree,
            ASSIGNED,
        )
    return make(OPERATIONS["overwrite"], [value, new], {"index": tuple(_places(known))})


def _tensor(evaluator: Reader, value: Any) -> Any:
    """A list of numbers or tensors as one tensor."""
    if not isinstance(value, (list, tuple, range)):
        return value
    parts = [evaluator.node(_tensor(evaluator, one), "an assignment") for one in items_of(evaluator, value, _NOWHERE)]
    return evaluator.graph.make(OPERATIONS["stack"], parts, {"axis": 0})


_NOWHERE = ast.Pass()
