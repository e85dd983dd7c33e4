"""An operation as an expression of the language in PyTorch's words."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.library.spellings import Spelling
from backprop_explorer.library.spellings.aten import entries, spelling_of
from backprop_explorer.syntax import tree_of
from backprop_explorer.torch.operation import Operation

Written = Callable[[Any], ast.expr]
"""How a value of the graph stands in the program."""


def expression(operation: Operation, write: Written) -> ast.expr | None:
    """What an operation means; None where the language's tables do not know it."""
    special = _SPECIAL.get(operation.name)
    if special is not None:
        return special(operation, write)
    for entry in entries().get(operation.name, ()):
        if _applies(entry, operation):
            return _filled(entry, operation, write)
    spelling = spelling_of(operation.name)
    return None if spelling is None or spelling.is_refusal else _called(spelling, operation, write)


def literal(value: Any) -> ast.expr:
    """A value that is no tensor: a number, None, a text, a dtype, or several."""
    if isinstance(value, float) and not math.isfinite(value):
        return _parsed("np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf")
    if value is None or isinstance(value, (bool, int, float, str)):
        return _parsed(repr(value))
    if isinstance(value, (list, tuple)):
        return ast.Tuple([literal(item) for item in value], ast.Load())
    return _parsed(str(value))


def _parsed(text: str) -> ast.expr:
    return tree_of(text, mode="eval").body


def _call(path: str, *arguments: ast.expr, **options: ast.expr) -> ast.Call:
    return ast.Call(_parsed(path), list(arguments), [ast.keyword(name, value) for name, value in options.items()])


def _applies(entry: ast.expr, operation: Operation) -> bool:
    """Whether a text of the table names all arguments that are not what is meant without them."""
    named = {node.id for node in ast.walk(entry) if isinstance(node, ast.Name)} - {"torch", "F"}
    known = operation.arguments
    others = (argument for name, argument in known.items() if name not in named and name != "dtype")
    return named <= known.keys() and all(argument.default for argument in others)


def _filled(entry: ast.expr, operation: Operation, write: Written) -> ast.expr:
    """A text of the table with the arguments in the place of their names, and without those at its end that say what
    is meant anyway."""

    def filled(tree: ast.expr) -> ast.expr:
        match tree:
            case ast.Name(id=name) if name in operation.arguments:
                return write(operation[name])
            case ast.BinOp(left=left, op=sign, right=right):
                return ast.BinOp(filled(left), sign, filled(right))
            case ast.UnaryOp(op=sign, operand=operand):
                return ast.UnaryOp(sign, filled(operand))
            case ast.Compare(left=left, ops=signs, comparators=[right]):
                return ast.Compare(filled(left), signs, [filled(right)])
            case ast.Attribute(value=ast.Name(id=name) as value, attr=attribute) if name in operation.arguments:
                return ast.Attribute(filled(value), attribute, ast.Load())
            case ast.Starred(value=value):
                return ast.Starred(filled(value), ast.Load())
            case ast.Call(func=function, args=arguments, keywords=keywords):
                kept = [*arguments]
                while kept and _is_usual(kept[-1], operation):
                    kept.pop()
                options = [(one.arg, one.value) for one in keywords if not _is_usual(one.value, operation)]
                parts = [part for one in kept for part in _spread(filled(one))]
                return ast.Call(function, parts, [ast.keyword(name, filled(value)) for name, value in options])
        return tree

    return filled(entry)


def _is_usual(tree: ast.expr, operation: Operation) -> bool:
    return isinstance(tree, ast.Name) and tree.id in operation.arguments and operation.arguments[tree.id].default


def _spread(tree: ast.expr) -> list[ast.expr]:
    """The items of a list that stands starred among the arguments."""
    if isinstance(tree, ast.Starred) and isinstance(tree.value, (ast.Tuple, ast.List)):
        return tree.value.elts
    return [tree]


def _called(spelling: Spelling, operation: Operation, write: Written) -> ast.expr | None:
    """A call of the function of an operator's own name: arguments by place as long as they follow each other, else by
    name. None where it does not take one of them."""
    signature, path = spelling.parameters, spelling.paths[0]
    given, options = list[ast.expr](), dict[str, ast.expr]()
    schema = operation.arguments
    for place, (name, argument) in enumerate(schema.items()):
        if argument.default:
            continue
        at = signature.by_place[place] if place < len(signature.by_place) else None
        target = name if name in signature.named else at if at is not None and at not in schema else None
        value = write(argument.value)
        if signature.rest and target not in signature.by_place and isinstance(value, (ast.Tuple, ast.List)):
            given += value.elts
        elif target is None:
            if name != "dtype":
                return None
        elif not options and len(given) < len(signature.by_place) and signature.by_place[len(given)] == target:
            given.append(value)
        else:
            options[target] = value
    if path.startswith("Tensor."):
        return ast.Call(
            ast.Attribute(given[0], spelling.name, ast.Load()),
            given[1:],
            [ast.keyword(name, value) for name, value in options.items()],
        )
    return _call(path, *given, **options)


def _taken(tensor: ast.expr, axis: int, what: ast.expr) -> ast.expr:
    """`x[:, what]`: along an axis, which is counted from the front."""
    full = ast.Slice()
    index = what if axis == 0 else ast.Tuple([*(full for _ in range(axis)), what], ast.Load())
    return ast.Subscript(tensor, index, ast.Load())


def axis_of(operation: Operation, name: str = "dim") -> int:
    """The axis that an operation works along, counted from the front."""
    rank = len(operation["self"].meta["val"].shape)
    return int(operation[name]) % max(rank, 1)


def _select(operation: Operation, write: Written) -> ast.expr:
    return _taken(write(operation["self"]), axis_of(operation), write(operation["index"]))


def _slice(operation: Operation, write: Written) -> ast.expr:
    tensor = operation["self"]
    axis, step = axis_of(operation), operation["step"]
    length = tensor.meta["val"].shape[axis]
    start, end = operation["start"] or 0, operation["end"]
    end = None if end is None or end >= length else end
    if start == 0 and end is None and step == 1:
        return write(tensor)
    part = ast.Slice(*(write(one) if one not in (None, 0) else None for one in (start, end)))
    part.upper = None if end is None else write(end)
    part.step = None if step == 1 else write(step)
    return _taken(write(tensor), axis, part)


def places(operation: Operation, write: Written) -> ast.expr:
    """The index of `x[i, :, j]`, where some axes have none."""
    parts: list[ast.expr] = [ast.Slice() if one is None else write(one) for one in operation["indices"]]
    return parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())


def _index(operation: Operation, write: Written) -> ast.expr:
    return ast.Subscript(write(operation["self"]), places(operation, write), ast.Load())


def _converted(operation: Operation, write: Written) -> ast.expr:
    """Another kind of number; from floating-point numbers to such it is the same tensor."""
    before, after = operation["self"].meta["val"].dtype, operation.node.meta["val"].dtype
    tensor = write(operation["self"])
    if before == after or before.is_floating_point and after.is_floating_point:
        return tensor
    return ast.Call(ast.Attribute(tensor, "to", ast.Load()), [literal(after)], [])


def _batch_norm(operation: Operation, write: Written) -> ast.expr:
    training = operation["training"]
    statistics = ("running_mean", "running_var")
    running = [literal(None) if training else write(operation[name]) for name in statistics]
    given = [write(operation[name]) for name in ("weight", "bias")]
    options = {"training": literal(True)} if training else {}
    return _call("F.batch_norm", write(operation["input"]), *running, *given, **options, eps=write(operation["eps"]))


def bag(operation: Operation, write: Written, count: int) -> ast.expr:
    """So many bags of one length: the sum, the mean or the greatest of their rows."""
    table, indices = operation["weight"], operation["indices"]
    rows = _call("F.embedding", write(indices), write(table))
    shape = literal((count, indices.meta["val"].shape[0] // count, table.meta["val"].shape[1]))
    reduction = ("torch.sum", "torch.mean", "torch.amax")[operation["mode"]]
    return _call(reduction, _call("torch.reshape", rows, shape), literal(1))


_SPECIAL: Mapping[str, Callable[[Operation, Written], ast.expr | None]] = {
    "select": _select,
    "slice": _slice,
    "index": _index,
    "to": _converted,
    "_to_copy": _converted,
    "type_as": _converted,
    "batch_norm": _batch_norm,
}
