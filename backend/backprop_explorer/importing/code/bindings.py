"""Which names a statement reads, gives a value, and changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from backprop_explorer.language.functions import assigned_names, parameters
from backprop_explorer.language.methods import CHANGING

SETTING = frozenset(
    {"train", "eval", "register_buffer", "register_parameter", "add_module", "apply", "requires_grad_", "build"}
)
"""Methods of modules that change the module."""
TRAINS = frozenset({"backward", "step", "zero_grad", "clip_grad_norm_", "clip_grad_value_", "scale", "unscale_"})
"""Methods that are steps of a training, of a loss, an optimizer or what watches over it."""


@dataclass
class Use:
    """The names that a statement reads, those that it surely or perhaps gives a value, and what it may change."""

    reads: set[str] = field(default_factory=set)
    gives: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    surely: set[str] = field(default_factory=set)


def root_of(tree: ast.AST) -> str | None:
    """The variable in front of a chain such as `net.layers[0].weight`."""
    while isinstance(tree, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        tree = tree.func if isinstance(tree, ast.Call) else tree.value
    return tree.id if isinstance(tree, ast.Name) else None


def use_of(statement: ast.stmt, setters: frozenset[str]) -> Use:
    """What a statement does with names; `setters` are methods of the text's own classes that set attributes."""
    use = Use(reads=free_names(statement))
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        use.surely = use.gives = {statement.name}
        return use
    for node in ast.walk(statement):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            _add(use.changes, root_of(node))
        elif isinstance(node, ast.AugAssign):
            root = root_of(node.target)
            _add(use.changes, root)
            _add(use.reads, root)
        elif isinstance(node, ast.Call):
            use.changes |= _changed_by(node, setters)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            use.gives |= {one.asname or one.name.partition(".")[0] for one in node.names}
    use.gives |= set(assigned_names(statement))
    use.changes |= _through_loops(statement, use.changes)
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)):
        use.surely = set(use.gives)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        use.changes |= _arguments(statement.value)
    return use


def free_names(tree: ast.AST) -> set[str]:
    """The names that a piece of the text reads from around it: those of its own functions and comprehensions are
    none, nor are annotations."""
    if isinstance(tree, ast.Name):
        return {tree.id} if isinstance(tree.ctx, ast.Load) else set()
    if isinstance(tree, (ast.FunctionDef, ast.Lambda)):
        inner = set().union(*map(free_names, tree.body)) if isinstance(tree, ast.FunctionDef) else free_names(tree.body)
        own = {one.arg for one in parameters(tree.args)}
        if isinstance(tree, ast.FunctionDef):
            own |= {name for one in tree.body for name in assigned_names(one)}
        around = [*tree.args.defaults, *(one for one in tree.args.kw_defaults if one is not None)]
        return (inner - own).union(*map(free_names, around))
    if isinstance(tree, (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)):
        first = free_names(tree.generators[0].iter)
        own = {node.id for part in tree.generators for node in ast.walk(part.target) if isinstance(node, ast.Name)}
        return first | (set().union(*map(free_names, ast.iter_child_nodes(tree))) - own)
    if isinstance(tree, ast.ClassDef):
        return set().union(*map(free_names, (*tree.bases, *tree.body)))
    if isinstance(tree, ast.AnnAssign):
        return free_names(tree.value) if tree.value is not None else set()
    return set().union(*map(free_names, ast.iter_child_nodes(tree)))


def _add(names: set[str], name: str | None) -> None:
    if name is not None:
        names.add(name)


def _through_loops(statement: ast.stmt, changed: set[str]) -> set[str]:
    """What a loop goes through whose variable is changed: `model` in `for p in model.parameters(): p.fill_(0)`."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.For, ast.comprehension)):
            targets = {one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)}
            if targets & (changed | found):
                found |= free_names(node.iter)
    return found


def aliases_of(statement: ast.stmt) -> dict[str, str]:
    """The names that a statement gives to what another name keeps: `w = net.weight`."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    while isinstance(value, (ast.Attribute, ast.Subscript)):
        value = value.value
    if not isinstance(value, ast.Name) or not isinstance(statement, ast.Assign):
        return {}
    return {one.id: value.id for one in statement.targets if isinstance(one, ast.Name) and one.id != value.id}


def _changed_by(call: ast.Call, setters: frozenset[str]) -> set[str]:
    if not isinstance(call.func, ast.Attribute):
        return set()
    name, root = call.func.attr, root_of(call.func.value)
    changes = name in CHANGING or name in SETTING or name in setters or (name[-1:] == "_" and name[:1] != "_")
    return {root} if changes and root is not None else set()


def _arguments(call: ast.Call) -> set[str]:
    """What a call that stands by itself may change: what it is given."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name in ("print", "display", "input", "seed", "manual_seed") or name in TRAINS:
        return set()
    roots = (root_of(argument) for argument in (*call.args, *(option.value for option in call.keywords)))
    return {root for root in roots if root is not None}


def setters_of(body: list[ast.stmt]) -> frozenset[str]:
    """The methods of the text's classes that set attributes of their object, themselves or by others."""
    methods: dict[str, set[str]] = {}
    direct: set[str] = set()
    for statement in body:
        for part in statement.body if isinstance(statement, ast.ClassDef) else ():
            if not isinstance(part, ast.FunctionDef) or not part.args.args:
                continue
            this = part.args.args[0].arg
            methods.setdefault(part.name, set()).update(
                node.func.attr
                for node in ast.walk(part)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            )
            if any(_sets(node, this) for node in ast.walk(part)):
                direct.add(part.name)
    found, stack = set(direct), list(direct)
    callers: dict[str, set[str]] = {}
    for name, called in methods.items():
        for one in called:
            callers.setdefault(one, set()).add(name)
    while stack:
        for caller in callers.get(stack.pop(), ()):
            if caller not in found:
                found.add(caller)
                stack.append(caller)
    return frozenset(found - {"__init__"})


def _sets(node: ast.AST, this: str) -> bool:
    if isinstance(node, ast.AugAssign):
        return root_of(node.target) == this
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
        return root_of(node.func.value) == this
    stored = isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store)
    return stored and root_of(node) == this


def calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls in a piece of the text."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
