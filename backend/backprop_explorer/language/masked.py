"""`x[mask]` where only the numbers tell how many elements that are.

Such a value keeps the whole shape. Where the mask does not hold stands 1, so that functions of it are finite there;
what is calculated with it never leaves the mask: `z[mask] = …` and sums take the elements where it holds, and the
gradient passes through the same `where`. So values and gradients are those of the elements, whatever their number.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.values import Masked, fixed, kind_of
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.problem import Problem, shortened

REDUCTIONS = ("sum", "mean")
"""The functions of all elements that a mask chose which need no count of them that is known."""


def chosen(evaluator: Reader, x: Node, mask: Node) -> Masked:
    """`x[mask]`. Raises a `Problem` for a mask whose axes are not the first ones of x."""
    check_mask(x, mask)
    wide = widened(evaluator, mask, x)
    return Masked(_where(evaluator, wide, x, 1), mask)


def check_mask(x: Node, mask: Node) -> None:
    """Raises a `Problem` for a mask that does not lie over the first axes of x."""
    if mask.shape != x.shape[: mask.ndim] or not mask.ndim:
        raise Problem("wrong_shape", f"a mask lies over the first axes of a tensor; got {mask.shape} for {x.shape}")


def widened(evaluator: Reader, mask: Node, x: Node) -> Node:
    """The mask with an axis of length 1 for each that it lacks."""
    if mask.ndim == x.ndim:
        return mask
    index = (slice(None),) * mask.ndim + (None,) * (x.ndim - mask.ndim)
    return evaluator.graph.make(OPERATIONS["index"], [mask], {"index": index})


def _where(evaluator: Reader, mask: Node, x: Node, otherwise: int) -> Node:
    other = evaluator.graph.constant(Number.of(otherwise))
    return evaluator.graph.make(OPERATIONS["where"], [mask, x, other])


def same(one: Node, other: Node) -> bool:
    """Whether two tensors are calculated in the same way out of the same."""
    pairs, budget = [(one, other)], 1000
    while pairs and budget:
        a, b = pairs.pop()
        budget -= 1
        if a is b:
            continue
        if a.operation is not b.operation or not a.operands and a.operation is not CONSTANT:
            return False
        if len(a.operands) != len(b.operands) or repr(a.parameters) != repr(b.parameters):
            return False
        pairs += zip(a.operands, b.operands, strict=True)
    return not pairs


def applied(evaluator: Reader, value: Masked, function: Callable[[Node], Any]) -> Masked:
    """A function of single elements, of what a mask chose."""
    return _kept(evaluator, value.mask, value.tensor, lambda: function(value.tensor))


def joined(evaluator: Reader, left: Any, right: Any, function: Callable[[Any, Any], Any]) -> Masked:
    """A function of two values of which at least one is what a mask chose."""
    like = left if isinstance(left, Masked) else right
    a, b = (_aligned(evaluator, one, like) for one in (left, right))
    return _kept(evaluator, like.mask, like.tensor, lambda: function(a, b))


def called(
    evaluator: Reader, name: str, arguments: list[Any], options: dict[str, Any], call: Callable[..., Any]
) -> Any:
    """A call with what a mask chose among its arguments."""
    like = next(one for one in (*arguments, *options.values()) if isinstance(one, Masked))
    if name in REDUCTIONS and len(arguments) == 1 and not options:
        return _reduced(evaluator, name, like)
    aligned = [_aligned(evaluator, one, like) for one in arguments]
    named = {key: _aligned(evaluator, one, like) for key, one in options.items()}
    return _kept(evaluator, like.mask, like.tensor, lambda: call(aligned, named), name)


def _reduced(evaluator: Reader, name: str, value: Masked) -> Node:
    make, tensor = evaluator.graph.make, value.tensor
    wide = widened(evaluator, value.mask, tensor)
    total: Node = make(OPERATIONS["sum"], [_where(evaluator, wide, tensor, 0)], {"axis": None, "keepdims": False})
    if name == "sum":
        return total
    count = make(OPERATIONS["sum"], [value.mask], {"axis": None, "keepdims": False})
    each = tensor.size // value.mask.size
    if each > 1:
        count = make(OPERATIONS["multiply"], [count, evaluator.graph.constant(Number.of(each))])
    return make(OPERATIONS["divide"], [total, count])


def _aligned(evaluator: Reader, value: Any, like: Masked) -> Any:
    """A value as it meets what a mask chose: another that the same mask chose, or a number."""
    if isinstance(value, Masked):
        if value.mask.shape != like.mask.shape or not same(value.mask, like.mask):
            raise _unlike("what two different masks chose cannot be joined")
        return value.tensor
    if isinstance(value, Node):
        trailing = like.tensor.shape[like.mask.ndim :]
        if value.shape != trailing[max(0, len(trailing) - value.ndim) :]:
            raise _unlike(f"what a mask chose meets one number, not a tensor of the shape {value.shape}")
        return _where(evaluator, widened(evaluator, like.mask, like.tensor), value, 1)
    if isinstance(fixed(value), tuple):
        raise _unlike(f"what a mask chose cannot meet {kind_of(value)}")
    return value


def _kept(evaluator: Reader, mask: Node, like: Node, make: Callable[[], Any], name: str = "this") -> Masked:
    first = len(evaluator.graph.nodes)
    result = make()
    made = evaluator.graph.nodes[first:]
    plain = all(node.operation.family == "elementwise" or not node.given for node in made)
    if not isinstance(result, Node) or result.shape != like.shape or not plain:
        raise _unlike(f"{name} of what a mask chose depends on how many elements that are")
    return Masked(result, mask)


def attribute(evaluator: Reader, value: Masked, tree: ast.Attribute) -> Any:
    """What is known of what a mask chose: the number of its axes."""
    if tree.attr == "ndim":
        return Number.of(value.tensor.ndim - value.mask.ndim + 1)
    raise refused(evaluator, f"its {shortened(tree.attr)}", tree, "the mask's sum() counts the elements")


def _unlike(detail: str) -> Problem:
    return Problem(
        "bad_index",
        detail,
        hint="x[mask] can go through functions of single elements, be put back by z[mask] = …, and be summed; "
        "else multiply by the mask, or use where(mask, x, 0)",
    )


def refused(evaluator: Reader, what: str, tree: ast.AST, hint: str | None = None) -> Problem:
    """The `Problem` of something that would have to know how many elements a mask chose."""
    return evaluator.problem(
        "bad_index",
        f"how many elements x[mask] has depends on the numbers, so {what} is not known",
        tree,
        hint or "multiply by the mask, or use where",
    )
