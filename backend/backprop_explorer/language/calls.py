"""Calls: who is meant by a function's name, and which argument goes where."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from backprop_explorer.graph.node import Box, Node
from backprop_explorer.language.body import run_body
from backprop_explorer.language.names import PARAMETER_SYNONYMS
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope
from backprop_explorer.language.statics import STATICS
from backprop_explorer.language.values import raw, written
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES, Composite
from backprop_explorer.ops import OPERATIONS, REQUIRED, SYNONYMS
from backprop_explorer.ops.axes import lengths
from backprop_explorer.ops.record import Operation, Requirement
from backprop_explorer.problem import Problem, suggestion

DRAW = "random"
"""Draws random numbers between 0 and 1: given with every iteration, new ones after every update."""


class Calls:
    """Resolves and makes calls: users' functions first, then composites, then operations."""

    def __init__(self, evaluator: Reader, *, open_boxes: bool) -> None:
        self.evaluator = evaluator
        self.open_boxes = open_boxes

    def known(self, scope: Scope) -> list[str]:
        """Every function that can be called here."""
        composites = [name for name, composite in COMPOSITES.items() if not composite.internal]
        operations = [name for name, operation in OPERATIONS.items() if not operation.internal]
        return [*scope.functions, *composites, *COMPOSITE_SYNONYMS, *operations, *SYNONYMS, DRAW]

    def call(self, name: str, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        """The result of a call. Raises a `Problem`, or a `Requirement` that the caller turns into one."""
        if scope.internal and name in STATICS:
            return self._static(name, arguments, options)
        if name == DRAW:
            return self._drawn(arguments, options)
        composite = COMPOSITES.get(COMPOSITE_SYNONYMS.get(name, name))
        if composite is not None and (scope.internal or not composite.internal):
            return self._composite(composite, arguments, options, scope)
        operation = OPERATIONS.get(SYNONYMS.get(name, name))
        if operation is not None and (scope.internal or scope.backward or not operation.internal):
            return self._operation(operation, arguments, options)
        raise Problem(
            "unknown_function", f"there is no function called {name[:40]}", hint=suggestion(name, self.known(scope))
        )

    def _drawn(self, arguments: list[Any], options: dict[str, Any]) -> Node:
        shape = arguments[0] if len(arguments) == 1 else tuple(arguments)
        drawn = lengths(raw(shape)) if arguments and not options else (-1,)
        if -1 in drawn:
            raise Requirement("a shape, such as random((3, 2))")
        return self.evaluator.graph.draw(drawn)

    def _static(self, name: str, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
        return written(STATICS[name](*map(raw, arguments), **{key: raw(value) for key, value in options.items()}))

    def _operation(self, operation: Operation, arguments: list[Any], options: dict[str, Any]) -> Node:
        options = renamed(options, operation.parameters)
        if operation.arrange is not None:
            arguments, options = operation.arrange([raw(argument) for argument in arguments], options)
        count = len(arguments) if operation.variadic else len(operation.operands)
        values, rest = arguments[:count], arguments[count:]
        for position in range(len(values), count):
            values.append(_taken(options, operation.operand_name(position), operation.name))
        parameters = _parameters(operation, rest, options)
        nodes = [self.evaluator.node(written(value), operation.name) for value in values]
        if operation.casts and nodes[0].kind.name in ("float", "open"):
            return nodes[0]
        return self.evaluator.graph.make(operation, nodes, {name: raw(value) for name, value in parameters.items()})

    def has(self, name: str) -> bool:
        """Whether a program may call a function of the library by that name."""
        composite = COMPOSITES.get(COMPOSITE_SYNONYMS.get(name, name))
        operation = OPERATIONS.get(SYNONYMS.get(name, name))
        return name == DRAW or any(record is not None and not record.internal for record in (composite, operation))

    def run_function(
        self, definition: ast.FunctionDef, bound: dict[str, Any], defaults: dict[str, Any], inner: Scope
    ) -> Any:
        """The result of a user's function, whose inside becomes an open box."""
        return self._boxed(definition, bound, defaults, inner, None)

    def _composite(self, composite: Composite, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        definition = composite.definition
        bound, defaults = self._bind(definition, arguments, options, Scope(internal=True))
        if bound and (first := next(iter(bound))) not in defaults:
            bound[first] = self.evaluator.node(written(bound[first]), composite.name)  # it may be a number: mean(2)
        for name, allowed in composite.choices.items():
            if raw(bound[name]) not in allowed:
                raise Requirement(f"{name} to be one of {', '.join(map(repr, allowed))}; got {raw(bound[name])!r}")
        if composite.check is not None:
            composite.check(
                {name: value.shape if isinstance(value, Node) else raw(value) for name, value in bound.items()}
            )
        inner = scope.inner(dict(bound), composite.name, internal=True)
        return self._boxed(definition, bound, defaults, inner, composite)

    def _bind(
        self, definition: ast.FunctionDef, arguments: list[Any], options: dict[str, Any], outside: Scope
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters' values in order, and the defaults, which are read in the scope `outside` of the body."""
        names = [argument.arg for argument in definition.args.args]
        trees = definition.args.defaults
        defaults = {
            name: self.evaluator.evaluate(tree, outside)
            for name, tree in zip(names[len(names) - len(trees) :], trees, strict=True)
        }
        options = renamed(options, dict.fromkeys(names))
        if len(arguments) > len(names):
            raise Problem(
                "bad_call", f"{definition.name} takes {len(names)} arguments ({', '.join(names)}); got {len(arguments)}"
            )
        given = dict(zip(names, arguments, strict=False))
        for name, value in options.items():
            if name not in names or name in given:
                raise _unexpected(definition.name, name, names, twice=name in given)
            given[name] = value
        missing = [name for name in names if name not in given and name not in defaults]
        if missing:
            raise Problem("bad_call", f"{definition.name} needs {missing[0]}; its parameters are {', '.join(names)}")
        return {name: given.get(name, defaults.get(name)) for name in names}, defaults

    def _boxed(
        self,
        definition: ast.FunctionDef,
        bound: dict[str, Any],
        defaults: dict[str, Any],
        inner: Scope,
        composite: Composite | None,
    ) -> Any:
        """Runs the body; what it made becomes the inside of a box. Users' own functions stay open: their inside is
        what they want to see."""
        graph = self.evaluator.graph
        first = len(graph.nodes)
        result, local_names = run_body(self.evaluator, definition, inner)
        if (composite is not None and composite.internal) or not isinstance(result, Node) or result.id < first:
            return result
        inside = tuple(node for node in graph.nodes[first:] if node.phase != "leaf")
        box = Box(
            definition.name,
            composite.method if composite else False,
            bound,
            defaults,
            result,
            inside,
            inner.names,
            composite.gradients if composite else {},
            composite is not None and not self.open_boxes,
            (composite.symbol if composite else "") or definition.name,
            local_names,
        )
        result.boxes.append(box)
        for node in inside:
            node.hidden = node.hidden or (box.closed and node is not result)
        return result


def renamed(options: dict[str, Any], known: Any) -> dict[str, Any]:
    """PyTorch's words for parameters as NumPy's, where a function knows only those."""
    result: dict[str, Any] = {}
    for name, value in options.items():
        other = PARAMETER_SYNONYMS.get(name, name)
        own = other if name not in known and other in known else name
        if own in result:
            raise Problem("bad_call", f"{own} is given twice, the second time as {name}")
        result[own] = value
    return result


def _taken(options: dict[str, Any], name: str, function: str) -> Any:
    if name not in options:
        raise Problem("bad_call", f"{function} needs {name}")
    return options.pop(name)


def _parameters(operation: Operation, rest: Sequence[Any], options: dict[str, Any]) -> dict[str, Any]:
    names = list(operation.parameters)
    if len(rest) > len(names):
        takes = ", ".join([*operation.operands, *names])
        raise Problem("bad_call", f"{operation.name} takes ({takes}); got {len(rest) - len(names)} arguments too many")
    given = dict(zip(names, rest, strict=False))
    for name, value in options.items():
        if name not in names or name in given:
            raise _unexpected(operation.name, name, names, twice=name in given)
        given[name] = value
    missing = [name for name in names if name not in given and operation.parameters[name] is REQUIRED]
    if missing:
        raise Problem("bad_call", f"{operation.name} needs {missing[0]}")
    return {name: given.get(name, operation.parameters[name]) for name in names}


def _unexpected(function: str, name: str, known: Sequence[str], *, twice: bool) -> Problem:
    if twice:
        return Problem("bad_call", f"{function} got {name} twice")
    return Problem(
        "bad_call",
        f"{function} has no parameter {name[:40]}",
        hint=suggestion(name, known) or f"its parameters are {', '.join(known)}",
    )
