"""Classes and their objects: what a class statement makes, what calling a class makes, attributes and methods."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from backprop_explorer.graph.node import Node
from backprop_explorer.language.bounds import MAX_BASES, check_items
from backprop_explorer.language.functions import define
from backprop_explorer.language.modules import module_class
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import MISSING, Class, Function, Instance, Scope
from backprop_explorer.problem import Problem, shortened, suggestion

OWNER = "__class__"
"""Under which name a method knows the class that it stands in."""
KINDS = {"property": "property", "staticmethod": "static", "classmethod": "class"}
"""What decorators of a method mean."""
WITHOUT_EFFECT = frozenset({"torch.no_grad", "torch.jit.export", "torch.jit.ignore", "override", "typing.override"})
_FORBIDDEN = frozenset(
    [
        "__new__",
        "__getattr__",
        "__getattribute__",
        "__setattr__",
        "__delattr__",
        "__init_subclass__",
        "__class_getitem__",
        "__del__",
        "__set_name__",
        "__get__",
        "__set__",
        "__prepare__",
        "__mro_entries__",
        "__instancecheck__",
        "__subclasscheck__",
        "__reduce__",
    ]
)
"""Methods that change what Python itself means by a class."""
OBJECT = Class("object", (), {})


def made_class(evaluator: Reader, statement: ast.ClassDef, scope: Scope) -> Class:
    """The class of a class statement."""
    if statement.keywords or statement.decorator_list and not _is_harmless(statement.decorator_list):
        what = "a metaclass, or another option of a class," if statement.keywords else "a decorator of a class"
        raise evaluator.problem(
            "not_in_language", f"{what} is not part of the language", statement, "write the class without it"
        )
    bases = tuple(_base(evaluator, base, scope) for base in statement.bases[:MAX_BASES])
    if sum(len(base.order) for base in bases) > MAX_BASES:
        raise evaluator.problem("too_deep", f"a class is derived from more than {MAX_BASES} others", statement)
    made = Class(statement.name, bases, {})
    inner = scope.within(made.names)
    for part in statement.body:
        if isinstance(part, ast.FunctionDef):
            made.names[part.name] = _method(evaluator, part, scope, made)
        elif isinstance(part, ast.Assign) and all(isinstance(one, ast.Name) for one in part.targets):
            value = evaluator.evaluate(part.value, inner)
            made.names |= {one.id: value for one in part.targets if isinstance(one, ast.Name)}
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            if part.value is not None:
                made.names[part.target.id] = evaluator.evaluate(part.value, inner)
        elif not isinstance(part, ast.Pass) and not (
            isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
        ):
            raise evaluator.problem(
                "not_in_language", "a class has methods and attributes, and nothing else here", part, "move it outside"
            )
    return made


def _is_harmless(decorators: list[ast.expr]) -> bool:
    return all(ast.unparse(one) in ("torch.jit.script", "dataclass_transform") for one in decorators)


def _base(evaluator: Reader, tree: ast.expr, scope: Scope) -> Class:
    if isinstance(tree, ast.Name) and tree.id == "object" and scope.get("object") is MISSING:
        return OBJECT
    value = None if ast.unparse(tree).endswith("autograd.Function") else evaluator.evaluate(tree, scope)
    if isinstance(value, Class):
        return value
    raise evaluator.problem(
        "not_in_language",
        f"A class cannot be derived from {shortened(ast.unparse(tree))} here",
        tree,
        "it can be derived from nn.Module, or from a class of the program's own",
    )


def _method(evaluator: Reader, part: ast.FunctionDef, scope: Scope, owner: Class) -> Function:
    if part.name in _FORBIDDEN:
        raise evaluator.problem(
            "not_in_language",
            f"the method {part.name}, which changes what an object is, is not part of the language",
            part,
            "write a method with a name of its own",
        )
    kind = "method"
    for one in part.decorator_list:
        name = ast.unparse(one.func if isinstance(one, ast.Call) else one)
        if name in KINDS:
            kind = KINDS[name]
        elif name not in WITHOUT_EFFECT:
            raise evaluator.problem(
                "not_in_language",
                f"the decorator {shortened(name)} is not part of the language",
                part,
                "leave it out, and call the method by itself",
            )
    plain = ast.copy_location(ast.FunctionDef(part.name, part.args, part.body, [], part.returns, None), part)
    return replace(define(evaluator, plain, scope), owner=owner, kind=kind)


def construct(
    evaluator: Reader, of: Class, arguments: list[Any], options: dict[str, Any], tree: ast.AST, scope: Scope
) -> Instance:
    """An object of a class. What its `__init__` draws at random, the document gives."""
    made = Instance(of, label=of.name.lower())
    evaluator.given.objects = True
    evaluator.graph.meter.repeat(1, "with its objects, the program")
    begin = of.get("__init__")
    if begin is MISSING:
        if arguments or options:
            raise evaluator.problem("bad_call", f"{of.name} takes no arguments", tree)
        return made
    evaluator.given.constructing += 1
    try:
        evaluator.apply(bound(made, begin), arguments, options, tree, scope)
    finally:
        evaluator.given.constructing -= 1
    return made


def bound(receiver: Instance, function: Any) -> Any:
    """A method as the object's own, so that calls of two objects' are no recursion. Its results are named after the
    place of the object where the method is what is called by the object's name."""
    if not isinstance(function, Function) or function.owner is None or function.kind == "static":
        return function
    key = (function.owner, function.name)
    if key not in receiver.bound:
        definition = function.definition
        if function.name in ("forward", "__call__") and receiver.label.isidentifier():
            own = ast.FunctionDef(receiver.label, definition.args, definition.body, [], definition.returns, None)
            definition = ast.copy_location(own, definition)
        this: Any = receiver.of if function.kind == "class" else receiver
        receiver.bound[key] = replace(function, definition=definition, this=this)
    return receiver.bound[key]


def attribute_of(evaluator: Reader, value: Instance | Class, name: str, tree: ast.AST, scope: Scope) -> Any:
    """What an object or a class has under a name."""
    if isinstance(value, Instance):
        if name in value.names:
            return evaluator.seen(value.names[name])
        found = value.of.get(name)
        if isinstance(found, Function) and found.kind == "property":
            return evaluator.apply(bound(value, found), [], {}, tree, scope)
        if found is not MISSING:
            return bound(value, found)
        known = [*value.names, *(one for of in value.of.order for one in of.names)]
        what = f"an object of the class {value.of.name}"
    else:
        found = value.get(name)
        if found is not MISSING:
            return found
        known, what = [one for of in value.order for one in of.names], f"the class {value.name}"
    raise evaluator.problem(
        "unknown_attribute", f"{what} has no attribute {name[:40]!r}", tree, suggestion(name, known)
    )


def set_attribute(evaluator: Reader, holder: Any, name: str, value: Any, tree: ast.AST) -> None:
    """`self.w = …`, and what may be set of a tensor: whether it is a parameter, and its numbers."""
    if isinstance(holder, Instance):
        found = holder.of.get(name)
        if isinstance(found, Function) and found.kind == "property" or name.startswith("__"):
            raise evaluator.problem("not_in_language", f"the attribute {name[:40]} cannot be set", tree)
        _label(value, name)
        holder.names[name] = value
        check_items(len(holder.names), "an object")
        return
    if isinstance(holder, Node) and name == "requires_grad" and isinstance(value, bool):
        evaluator.given.require(holder) if value else evaluator.given.freeze(holder)
        return
    if isinstance(holder, Node) and name == "data":
        evaluator.check_changeable(holder, tree)
        evaluator.memory.change(holder, evaluator.node(value, "an assignment"))
        return
    raise evaluator.problem(
        "not_in_language",
        "only names, items, elements and attributes of objects can be assigned to",
        tree,
        "give the result a name of its own: h = …",
    )


def _label(value: Any, name: str) -> None:
    if isinstance(value, Instance) and value.label == value.of.name.lower():
        value.label = name


def named(value: Any, name: str) -> None:
    """Labels an object after the variable that keeps it."""
    _label(value, name)


def super_of(evaluator: Reader, arguments: list[Any], tree: ast.AST, scope: Scope) -> Instance:
    """What `super()` stands for in a method: the object, as the classes behind the method's own see it."""
    owner, this = arguments if len(arguments) == 2 else (scope.get(OWNER), scope.get("__self__"))
    if not isinstance(owner, Class) or not isinstance(this, Instance) or owner not in this.of.order:
        raise evaluator.problem("not_in_language", "super() stands in a method of a class", tree)
    behind = Class("super", this.of.order[this.of.order.index(owner) + 1 :], {})
    return Instance(behind, this.names, this.label, bound=_Bound(this))


class _Bound(dict[tuple[Class, str], Function]):
    """Methods taken from `super()`, whose object is the whole one."""

    def __init__(self, this: Instance) -> None:
        super().__init__()
        self.this = this

    def __setitem__(self, key: tuple[Class, str], function: Function) -> None:
        super().__setitem__(key, replace(function, this=self.this))


def called_object(evaluator: Reader, value: Instance, tree: ast.AST) -> Function:
    """What calling an object calls."""
    for name in ("__call__", "forward"):
        found = value.of.get(name)
        if isinstance(found, Function) and (name == "__call__" or value.of.is_a("Module")):
            method = bound(value, found)
            assert isinstance(method, Function)
            return method
    raise evaluator.problem(
        "not_in_language",
        f"an object of the class {value.of.name[:40]} cannot be called: it has no method forward",
        tree,
        "write def forward(self, x)" if value.of.is_a("Module") else "call a method of it",
    )


def module_at(evaluator: Reader, path: str) -> Class | None:
    """The class of torch.nn's at a dotted path."""
    try:
        return module_class(evaluator, path)
    except Problem as problem:
        problem.line = problem.column = None
        raise
