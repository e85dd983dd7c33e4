"""Functions about objects: `super`, `getattr`, `isinstance`, `iter`, `next`; and the methods that every module has."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from backprop_explorer.language.builtin import PYTHONS, Call
from backprop_explorer.language.modules import FUNCTIONS, METHODS, OURS, method_of
from backprop_explorer.language.objects import attribute_of, set_attribute, super_of
from backprop_explorer.language.scope import MISSING, Class, Instance, Scope
from backprop_explorer.language.values import Generator, Known, Once, Word, kind_of
from backprop_explorer.problem import Problem, suggestion

GENERATORS = frozenset(
    {"np.random.default_rng", "numpy.random.default_rng", "np.random.RandomState", "numpy.random.RandomState",
     "np.random.Generator", "torch.Generator"}
)  # fmt: skip
ABSENT = frozenset(
    {"torch.cuda.is_available", "torch.backends.mps.is_available", "torch.mps.is_available", "torch.xpu.is_available"}
)  # fmt: skip
"""Whether there is another device than the one that numbers are kept on here."""
MAPPINGS = frozenset({"collections.OrderedDict", "OrderedDict", "typing.OrderedDict"})


def of_objects(call: Call, written: ast.expr, path: str, scope: Scope) -> Any:
    """The result of a function about objects; NotImplemented for any other function."""
    name = written.id if isinstance(written, ast.Name) else ""
    if scope.ours and name in OURS:
        return OURS[name](call)
    if path in FUNCTIONS:
        return FUNCTIONS[path](call)
    if path in GENERATORS:
        return Generator()
    if path in ABSENT:
        return False
    if path == "torch.device":
        return Word("cpu")
    if path in MAPPINGS:
        return PYTHONS["dict"](call)
    return _NAMED[name](call) if name in _NAMED and scope.get(name) is MISSING else NotImplemented


def native(of: Instance, call: Call) -> Any:
    """The result of a method that every module has."""
    method = method_of(of, call.name)
    if method is None:
        known = [*of.names, *(name for one in of.of.order for name in one.names)]
        raise call.evaluator.problem(
            "unknown_attribute",
            f"{kind_of(of)} has no method {call.name[:40]}",
            call.tree,
            suggestion(call.name, [*known, *METHODS]),
        )
    return method(of, call)


def _named_by(call: Call) -> str:
    name = call.arguments[1] if len(call.arguments) > 1 else None
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("__"):
        raise call.problem("needs the name of an attribute")
    return name


def _getattr(call: Call) -> Any:
    name, of = _named_by(call), call.arguments[0]
    if not isinstance(of, (Instance, Class)):
        raise call.problem(f"needs an object of the program's own; got {kind_of(of)}")
    try:
        return attribute_of(call.evaluator, of, name, call.tree, call.scope)
    except Problem as problem:
        if len(call.arguments) < 3 or problem.code != "unknown_attribute":
            raise
        return call.arguments[2]


def _hasattr(call: Call) -> bool:
    name, of = _named_by(call), call.arguments[0]
    if not isinstance(of, (Instance, Class)):
        raise call.problem(f"needs an object of the program's own; got {kind_of(of)}")
    found = of.of.get(name) if isinstance(of, Instance) else of.get(name)
    return found is not MISSING or isinstance(of, Instance) and name in of.names


def _setattr(call: Call) -> None:
    of, _, value = call.taken(3, 3)
    set_attribute(call.evaluator, of, _named_by(call), value, call.tree)


def _isinstance(call: Call) -> Any:
    value, kinds = call.taken(2, 2)
    listed = kinds if isinstance(kinds, tuple) else (kinds,)
    if isinstance(value, Instance) and any(isinstance(kind, Class) and kind in value.of.order for kind in listed):
        return True
    rest = tuple(kind for kind in listed if not isinstance(kind, Class))
    if not rest or isinstance(value, Instance):
        return False
    return PYTHONS["isinstance"](Call(call.evaluator, call.name, [value, rest], {}, call.tree, call.scope))


def _iter(call: Call) -> Once:
    items = call.taken(1, 1)[0]
    return items if isinstance(items, Once) else Once(iter(call.items(items)), "an iterator")


def _next(call: Call) -> Any:
    items, *default = call.taken(1, 2)
    if not isinstance(items, Once):
        raise call.problem(f"needs an iterator, such as iter(items); got {kind_of(items)}")
    missing = object()
    found = next(items.items, missing)
    if found is missing and not default:
        raise call.problem("has nothing more to give")
    return default[0] if found is missing else found


def _callable(call: Call) -> bool:
    value = call.taken(1, 1)[0]
    return isinstance(value, (Class, Known, Instance)) or bool(PYTHONS["callable"](call))


def _type(call: Call) -> Any:
    value = call.taken(1, 1)[0]
    if isinstance(value, Instance):
        return value.of
    raise call.problem(f"needs an object of the program's own; got {kind_of(value)}", "write isinstance(x, list)")


_NAMED: Mapping[str, Callable[[Call], Any]] = {
    "super": lambda call: super_of(call.evaluator, call.arguments, call.tree, call.scope),
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "isinstance": _isinstance,
    "callable": _callable,
    "iter": _iter,
    "next": _next,
    "type": _type,
}
"""By the name that Python has for them."""
