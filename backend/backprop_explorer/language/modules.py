"""Modules of torch.nn: their classes, which the library has as text, and the methods that every module has."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.language.bounds import check_items
from backprop_explorer.language.builtin import Call
from backprop_explorer.language.functions import define
from backprop_explorer.language.given import Recipe
from backprop_explorer.language.places import replaced
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import MISSING, Class, Instance, Scope
from backprop_explorer.language.values import Known, kind_of, raw
from backprop_explorer.library.modules import classes
from backprop_explorer.problem import Problem, suggestion

PATHS = ("torch.nn.", "torch.utils.data.", "torch.nn.modules.")
"""Where PyTorch has these classes."""


def module_class(evaluator: Reader, path: str) -> Class | None:
    """The class at a dotted path such as `torch.nn.Linear`; None where there is none."""
    name = path.rpartition(".")[2]
    if not path.startswith(PATHS) or name not in classes() or path.startswith("torch.nn.functional."):
        return None
    return _class(evaluator, name)


def is_module_path(path: str) -> bool:
    """Whether PyTorch's module classes stand there, known or not."""
    return path.startswith("torch.nn.") and path.count(".") == 2 and path[9:10].isupper()


def unknown_module(path: str) -> Problem:
    """There is no counterpart of a class of torch.nn's."""
    name = path.rpartition(".")[2]
    hint = suggestion(name, classes())
    return Problem("unknown_function", f"nn.{name[:40]} has no counterpart in the language", hint=hint)


def _class(evaluator: Reader, name: str) -> Class:
    known = evaluator.modules
    if name not in known:
        statement = classes()[name]
        bases = tuple(_class(evaluator, base.id) for base in statement.bases if isinstance(base, ast.Name))
        made = known[name] = Class(name, bases, {})
        scope = Scope(dict.fromkeys(()), dialect="torch", ours=True)
        for part in statement.body:
            if isinstance(part, ast.FunctionDef):
                made.names[part.name] = replace(define(evaluator, part, scope), owner=made)
            elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                made.names[part.targets[0].id] = evaluator.evaluate(part.value, scope)
    return known[name]


# -- what the text of these classes is written with


def _drawn(call: Call) -> Node:
    init, shape, *scale = call.arguments
    row = call.options.get("zero_row")
    numbers = (1.0,) if not scale else (float(raw(scale[0])),)
    layout = "out_in" if init.startswith("xavier") else None
    recipe = Recipe(init, tuple(raw(shape)), *numbers, layout=layout, required=True)
    if any(not isinstance(length, int) or length < 1 for length in recipe.shape):
        raise Problem("wrong_shape", f"a module's tensor would have the shape {recipe.shape}")
    leaf = call.evaluator.given.made(recipe)
    return leaf if row is None else call.evaluator.given.with_zero_row(leaf, raw(row))


def _parameter(call: Call) -> Any:
    value = call.arguments[0] if call.arguments else call.options.get("data")
    if isinstance(value, Known) or value is None:
        raise call.problem("needs a tensor")
    node = call.evaluator.node(value, "nn.Parameter")
    grad = call.options.get("requires_grad", True) is not False and call.arguments[1:] != [False]
    made = call.evaluator.given.parameter(call.evaluator.seen(node))
    return made if grad else call.evaluator.given.freeze(made)


def _keep(call: Call) -> None:
    holder, items = call.arguments
    if isinstance(items, dict):
        pairs = list(items.items())
    elif isinstance(items, Instance) and items.of.is_a("ModuleDict"):
        pairs = list(items.names.items())
    else:
        listed = call.items(items)
        if len(listed) == 1 and isinstance(listed[0], dict):
            pairs = list(listed[0].items())  # Sequential(OrderedDict(…))
        else:
            pairs = [(str(i), item) for i, item in enumerate(listed)]
    for name, item in pairs:
        _add(call, holder, str(name), item)


def _add(call: Call, holder: Instance, name: str, item: Any) -> None:
    if holder.of.is_a("Sequential") and not isinstance(item, Instance):
        raise call.evaluator.problem(
            "bad_call", f"nn.Sequential holds modules; got {kind_of(item)}", call.tree, "write nn.ReLU(), not F.relu"
        )
    if isinstance(item, Instance) and item.label == item.of.name.lower() and not name.isdigit():
        item.label = name
    holder.names[name] = item
    check_items(len(holder.names), "a module")


def _refused(call: Call) -> None:
    what, instead = call.arguments
    raise Problem("not_in_language", f"{what} is not part of the language", hint=instead)


def cloned(call: Call) -> Any:
    """A copy of a value whose tensors are its own: of a module one with parameters that begin alike."""
    copies: dict[int, Any] = {}
    kept: list[Any] = []

    def copy(value: Any, depth: int) -> Any:
        if depth > 40:
            raise Problem("too_deep", "what is copied is nested too deeply")
        if isinstance(value, Node):
            return call.evaluator.given.again(value)
        if not isinstance(value, (Instance, list, dict, tuple)):
            return value
        if id(value) not in copies:
            call.evaluator.graph.meter.work(1)
            kept.append(value)
            if isinstance(value, Instance):
                made = copies[id(value)] = Instance(value.of, {}, value.label)
                made.names |= {key: copy(item, depth + 1) for key, item in value.names.items()}
            elif isinstance(value, dict):
                copies[id(value)] = {key: copy(item, depth + 1) for key, item in value.items()}
            else:
                copies[id(value)] = type(value)([copy(item, depth + 1) for item in value])
        return copies[id(value)]

    return copy(call.taken(1, 1)[0], 0)


OURS: Mapping[str, Callable[[Call], Any]] = {
    "drawn": _drawn, "Parameter": _parameter, "keep": _keep, "refused": _refused, "clone": cloned,
}  # fmt: skip
"""Functions that the text of the classes of torch.nn uses."""
FUNCTIONS: Mapping[str, Callable[[Call], Any]] = {
    "torch.nn.Parameter": _parameter, "torch.nn.parameter.Parameter": _parameter, "copy.deepcopy": cloned,
}  # fmt: skip
"""Functions of the user's by their dotted paths."""

# -- methods of modules


def children(of: Instance) -> Iterator[tuple[str, Instance]]:
    """The modules that a module keeps, by name, each once."""
    seen: set[int] = set()
    for name, value in of.names.items():
        if isinstance(value, Instance) and value.of.is_a("Module") and id(value) not in seen:
            seen.add(id(value))
            yield name, value


def all_modules(of: Instance, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Instance]]:
    """A module and all that are inside of it, by their paths, each once."""
    known = set() if seen is None else seen
    if id(of) in known:
        return
    known.add(id(of))
    yield prefix, of
    for name, child in children(of):
        yield from all_modules(child, f"{prefix}.{name}" if prefix else name, known)


def parameters_of(evaluator: Reader, of: Instance) -> list[tuple[str, Node]]:
    """The parameters of a module and of those inside of it, by their paths, each once."""
    found: dict[Node, str] = {}

    def note(place: str, node: Any) -> Any:
        if isinstance(node, Node):
            latest = evaluator.seen(node)
            if evaluator.given.is_parameter(latest):
                found.setdefault(latest, place)
        return node

    replaced(of, "", note, evaluator.graph.meter.work)
    return [(name, node) for node, name in found.items()]


def _pairs(of: Instance, call: Call) -> list[Any]:
    return [(name, node) for name, node in parameters_of(call.evaluator, of)]


def _set_mode(training: bool) -> Callable[[Instance, Call], Instance]:
    def change(of: Instance, call: Call) -> Instance:
        mode = training
        if training and (call.arguments or call.options):
            mode = raw([*call.arguments, *call.options.values()][0]) is True
        for _, module in all_modules(of):
            module.names["training"] = mode
        return of

    return change


def _same(of: Instance, call: Call) -> Instance:
    return of


def _nothing(of: Instance, call: Call) -> None:
    return None


def _register(of: Instance, call: Call) -> None:
    named = dict(zip(("name", "value", "persistent"), call.arguments, strict=False)) | call.options
    name = named.pop("name", None)
    named.pop("persistent", None)
    value = next(iter(named.values()), None)
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("__"):
        raise call.problem("needs a name")
    _add(call, of, name, value)


def _append(of: Instance, call: Call) -> Instance:
    count = sum(name.isdigit() for name in of.names)
    value = call.taken(1, 1)[0]
    if of.of.is_a("ParameterList"):
        value = _parameter(Call(call.evaluator, "Parameter", [value], {}, call.tree, call.scope))
    _add(call, of, str(count), value)
    return of


def _extend(of: Instance, call: Call) -> Instance:
    for item in call.items(call.taken(1, 1)[0]):
        _append(of, Call(call.evaluator, "append", [item], {}, call.tree, call.scope))
    return of


def _apply(of: Instance, call: Call) -> Instance:
    function = call.taken(1, 1)[0]
    for _, module in reversed(list(all_modules(of))):
        call.call(function, module)
    return of


def _require(of: Instance, call: Call) -> Instance:
    wanted = not (call.arguments and call.arguments[0] is False)
    for _, node in parameters_of(call.evaluator, of):
        call.evaluator.given.require(node) if wanted else call.evaluator.given.freeze(node)
    return of


def _update(of: Instance, call: Call) -> None:
    given = call.taken(1, 1)[0]
    for name, item in given.items() if isinstance(given, dict) else map(call.items, call.items(given)):
        _add(call, of, str(name), item)


METHODS: Mapping[str, Callable[[Instance, Call], Any]] = {
    "parameters": lambda of, call: [node for _, node in parameters_of(call.evaluator, of)],
    "named_parameters": _pairs,
    "children": lambda of, call: [module for _, module in children(of)],
    "named_children": lambda of, call: list(children(of)),
    "modules": lambda of, call: [module for _, module in all_modules(of)],
    "named_modules": lambda of, call: list(all_modules(of)),
    "train": _set_mode(True),
    "eval": _set_mode(False),
    **dict.fromkeys(("to", "cuda", "cpu", "float", "double", "half", "bfloat16", "share_memory", "compile"), _same),
    "requires_grad_": _require,
    "zero_grad": _nothing,
    "register_buffer": _register,
    "register_parameter": _register,
    "register_module": _register,
    "add_module": _register,
    "append": _append,
    "extend": _extend,
    "apply": _apply,
    "keys": lambda of, call: list(of.kept),
    "values": lambda of, call: list(of.kept.values()),
    "items": lambda of, call: list(of.kept.items()),
    "update": _update,
    "__init__": _nothing,
}
"""What every module answers to."""


def method_of(of: Instance, name: str) -> Callable[[Instance, Call], Any] | None:
    """A method of modules, where the object is one and its class has no own of that name."""
    own = of.of.get(name)
    if own is not MISSING or not of.of.is_a("Module"):
        return None
    return METHODS.get(name)
