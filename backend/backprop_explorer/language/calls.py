"""Calls: who is meant by a function's name, and which argument goes where."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from backprop_explorer.graph.node import Box, Node
from backprop_explorer.language.binding import bind, renamed, unexpected
from backprop_explorer.language.body import run_body
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.derivative import called as derivative
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import LEGACY, Scope
from backprop_explorer.language.statics import STATICS, Unfit
from backprop_explorer.language.values import Dtype, kind_of, raw, written
from backprop_explorer.language.words import DRAW, GRAD, is_derivative, is_own, spelling_of
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES, Composite
from backprop_explorer.library.signature import Signature
from backprop_explorer.library.spellings import Library, Spelling, function_of, functions, place
from backprop_explorer.library.spellings.record import is_plain
from backprop_explorer.ops import OPERATIONS, REQUIRED, SYNONYMS
from backprop_explorer.ops.axes import lengths
from backprop_explorer.ops.record import OperandError, Operation
from backprop_explorer.problem import Problem, suggestion

ARRAYS = frozenset(("a", "b", "x", "x1", "x2", "y", "m", "v", "arr", "ary", "condition"))
"""What NumPy calls parameters that are arrays."""
WITHOUT_EFFECT = ("device", "requires_grad", "memory_format", "non_blocking", "pin_memory", "copy", "order")
"""Options of the libraries that change no number."""


class Calls:
    """Resolves and makes calls: users' functions first, then the libraries' words, composites and operations."""

    def __init__(self, evaluator: Reader, *, open_boxes: bool) -> None:
        self.evaluator = evaluator
        self.open_boxes = open_boxes

    def known(self, scope: Scope) -> list[str]:
        """Every function that can be called here by a bare name."""
        composites = [name for name, composite in COMPOSITES.items() if not composite.internal]
        operations = [name for name, operation in OPERATIONS.items() if not operation.internal]
        return [*scope.functions, *composites, *COMPOSITE_SYNONYMS, *operations, *SYNONYMS, DRAW, GRAD]

    def call(self, callee: Callee | str, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        """The result of a call. Raises a `Problem`, or a `OperandError` that the caller turns into one."""
        called = Callee(callee) if isinstance(callee, str) else callee
        if not scope.internal and is_derivative(called):
            return derivative(self.evaluator, arguments, options, torchs=called.path != GRAD)
        spelling = self._spelling(called, scope)
        if spelling is not None:
            return self._spelled(spelling, called, arguments, options, scope)
        return self.own(called.name, arguments, options, scope)

    def _spelling(self, callee: Callee, scope: Scope) -> Spelling | None:
        """What a library means by the name, where it is the library's."""
        if scope.internal or scope.dialect == LEGACY:
            return None
        spelling = spelling_of(callee, scope.dialect, lambda name: self._is_own(name, scope))
        found = place(callee.path) if "." in callee.path else None
        if spelling is None and found is not None:
            raise _unknown_spelling(callee.path, *found)
        return spelling

    def _is_own(self, name: str, scope: Scope) -> bool:
        return self.has(name) or (scope.backward and name in OPERATIONS)

    def own(self, name: str, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        """A call of the user's, of a composite or of an operation."""
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

    def again(self, box: Box, changes: Mapping[str, Any]) -> Any:
        """The call of a box once more, with other values for some parameters."""
        bound = {**box.bound, **changes}
        if isinstance(box.record, Composite):
            return self._composite(box.record, list(bound.values()), {}, Scope())
        assert isinstance(box.record, Spelling)
        return self._run_spelling(box.record, box, bound, dict(box.defaults), Scope())

    def _drawn(self, arguments: list[Any], options: dict[str, Any]) -> Node:
        shape = arguments[0] if len(arguments) == 1 else tuple(arguments)
        drawn = lengths(raw(shape)) if arguments and not options else (-1,)
        if -1 in drawn:
            raise OperandError("a shape, such as random((3, 2))")
        return self.evaluator.graph.draw(drawn)

    def _static(self, name: str, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
        if name == "room":
            self.evaluator.graph.meter.budget.check("tensor_elements", raw(arguments[0]), "a tensor")
            return arguments[1]
        try:
            return written(STATICS[name](*map(raw, arguments), **{key: raw(value) for key, value in options.items()}))
        except ValueError as error:
            raise Unfit(str(error)) from None
        except (TypeError, IndexError, AttributeError, OverflowError, ZeroDivisionError):
            given = ", ".join(kind_of(argument) for argument in arguments)
            raise Unfit(f"arguments of another kind; got {given}") from None

    def _operation(self, operation: Operation, arguments: list[Any], options: dict[str, Any]) -> Node:
        options = renamed(options, operation.parameters) if options else {}
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

    def has(self, name: str, *, inside: bool = False) -> bool:
        """Whether a program, or `inside` of a definition a rule, may call a function of the language by that name."""
        if inside:
            return any(name in table for table in (COMPOSITES, COMPOSITE_SYNONYMS, OPERATIONS, SYNONYMS, STATICS))
        return is_own(name)

    def knows(self, path: str, dialect: str) -> bool:
        """Whether a module has a function of that dotted path, as the program means it."""
        return self.has(path.rpartition(".")[2]) if dialect == LEGACY else function_of(path) is not None

    def run_function(
        self, definition: ast.FunctionDef, bound: dict[str, Any], defaults: dict[str, Any], inner: Scope
    ) -> Any:
        """The result of a user's function, whose inside becomes an open box."""
        result, box = self._run(definition, bound, defaults, inner)
        return result if box is None else self._boxed(box, closed=False)

    def _composite(self, composite: Composite, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        definition = composite.definition
        bound, defaults = self._bind(definition, arguments, options, Scope(internal=True))
        if bound and (first := next(iter(bound))) not in defaults:
            bound[first] = self.evaluator.node(written(bound[first]), composite.name)  # it may be a number: mean(2)
        for name, allowed in composite.choices.items():
            if raw(bound[name]) not in allowed:
                raise OperandError(f"{name} to be one of {', '.join(map(repr, allowed))}; got {raw(bound[name])!r}")
        if composite.check is not None:
            composite.check(
                {name: value.shape if isinstance(value, Node) else raw(value) for name, value in bound.items()}
            )
        if composite.training and self.evaluator.graph.measuring:
            return next(iter(bound.values()))
        inner = scope.inner(dict(bound), composite.name, internal=True)
        result, box = self._run(definition, bound, defaults, inner)
        if composite.internal or box is None:
            return result
        box.method, box.gradients, box.record = composite.method, composite.gradients, composite
        if composite.name in self.evaluator.graph.qualified:
            box.method, box.prefix = False, "np."
        box.symbol = composite.symbol or composite.name
        return self._boxed(box, closed=not self.open_boxes)

    def _spelled(
        self, spelling: Spelling, callee: Callee, arguments: list[Any], options: dict[str, Any], scope: Scope
    ) -> Any:
        """A call in a library's words."""
        known = spelling.parameters.names
        kept = {name: value for name, value in options.items() if name in known or not _without_effect(name, value)}
        if kept.get("inplace") is True and "inplace" not in known:
            raise Problem(
                "not_in_language",
                "inplace=True, which overwrites the argument, is not part of the language",
                hint=f"give the result its name: x = {callee.name}(x)",
            )
        outside = Scope(internal=True)
        try:
            bound, defaults = bind(
                callee.name, spelling.parameters, arguments, kept, lambda tree: self.evaluator.evaluate(tree, outside)
            )
            given = self._with_arrays(bound) if spelling.library == "numpy" else bound
            return self._run_spelling(spelling, callee, given, defaults, scope)
        except Problem as problem:  # it is the call's, not a line's of the definition
            problem.line = problem.column = None
            raise

    def _with_arrays(self, bound: dict[str, Any]) -> dict[str, Any]:
        """Lists in the place of arrays as arrays, which NumPy makes of them by itself."""
        inside = Scope(internal=True)
        return {
            name: self.own("arranged", [value, None], {}, inside)
            if name in ARRAYS and type(value) in (tuple, list)
            else value
            for name, value in bound.items()
        }

    def _run_spelling(
        self, spelling: Spelling, callee: Callee | Box, bound: dict[str, Any], defaults: dict[str, Any], scope: Scope
    ) -> Any:
        inner = scope.inner(dict(bound), callee.name, internal=True)
        try:
            meaning = spelling.expression
            while isinstance(meaning, ast.IfExp):
                meaning = meaning.body if raw(self.evaluator.evaluate(meaning.test, inner)) else meaning.orelse
            if meaning is not None and is_plain(meaning):
                return self.evaluator.evaluate(meaning, inner)
            result, box = self._run(spelling.definition, bound, defaults, inner)
        except Unfit as unfit:
            raise OperandError(str(unfit).replace("{", "{{").replace("}", "}}")) from None
        if box is None:
            return result
        box.name = box.symbol = callee.name
        box.record = spelling
        box.method = callee.method
        box.prefix = callee.prefix
        box.by_name, box.rest = spelling.parameters.by_name, spelling.parameters.rest
        return self._boxed(box, closed=not self.open_boxes)

    def _bind(
        self, definition: ast.FunctionDef, arguments: list[Any], options: dict[str, Any], outside: Scope
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters' values in order, and the defaults, which are read in the scope `outside` of the body."""
        return bind(
            definition.name,
            Signature.of(definition.args),
            arguments,
            options,
            lambda tree: self.evaluator.evaluate(tree, outside),
        )

    def _run(
        self, definition: ast.FunctionDef, bound: dict[str, Any], defaults: dict[str, Any], inner: Scope
    ) -> tuple[Any, Box | None]:
        """Runs the body: the result, and a box around what was made for it; None where it is nothing new."""
        graph = self.evaluator.graph
        first = len(graph.nodes)
        result, local_names = run_body(self.evaluator, definition, inner)
        if not isinstance(result, Node) or result.id < first or result.phase == "leaf":
            return result, None
        inside = tuple(node for node in graph.nodes[first:] if node.phase != "leaf")
        name = definition.name
        box = Box(name, False, bound, defaults, result, inside, inner.names, {}, False, name, local_names)
        return result, box

    def _boxed(self, box: Box, *, closed: bool) -> Node:
        """The result of a call, what was made for it in its box. Users' own functions stay open: their inside is what
        they want to see."""
        result = box.output
        box.closed = closed
        result.boxes.append(box)
        for node in box.inside:
            node.hidden = node.hidden or (closed and node is not result)
        return result


def _without_effect(name: str, value: Any) -> bool:
    if name == "inplace":
        return value is False
    return name in WITHOUT_EFFECT or (name == "dtype" and (value is None or value == Dtype("float")))


def _unknown_spelling(path: str, library: Library, name: str) -> Problem:
    """Nothing of that name is known: what is meant is something near, or nothing in the language."""
    written = {_written_path(library, known): known for known in functions(library)}
    near = suggestion(_written_path(library, name), written)
    detail = "is not known" if near else "has no counterpart in the language"
    return Problem("unknown_function", f"{path[:60]} {detail}", hint=near)


def _written_path(library: Library, path: str) -> str:
    """How the function at a path of a library is usually written."""
    layers = path.removeprefix("nn.functional.")
    return f"F.{layers}" if layers != path else f"{'np' if library == 'numpy' else library}.{path}"


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
            raise unexpected(operation.name, name, names, twice=name in given)
        given[name] = value
    missing = [name for name in names if name not in given and operation.parameters[name] is REQUIRED]
    if missing:
        raise Problem("bad_call", f"{operation.name} needs {missing[0]}")
    return {name: given.get(name, operation.parameters[name]) for name in names}
