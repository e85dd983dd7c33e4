"""The updates of a training that a text writes out: what moves a step, and which loops do so."""

from __future__ import annotations

import ast

from backprop_explorer.importing.code.bindings import calls_in, root_of, use_of
from backprop_explorer.language.functions import assigned_names

LOSSES = ("loss", "cost", "objective", "criterion", "nll", "mse", "elbo", "error", "err")
"""What a loss is called, or what its name holds."""
MAX_CHAIN = 5
"""How many methods may stand between one that is called and the one that moves something."""


def is_backward(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    own = isinstance(call.func.value, ast.Name) and call.func.value.id in ("self", "super")
    return call.func.attr == "backward" and not call.args and not own


def is_training_step(call: ast.Call) -> bool:
    """Whether a call is a step of PyTorch's training: backward, an optimizer's step, gradients set to zero."""
    if not isinstance(call.func, ast.Attribute):
        return False
    path = ast.unparse(call.func)
    if path in ("torch.autograd.grad", "autograd.grad", "torch.autograd.backward"):
        return True
    return is_backward(call) or call.func.attr == "zero_grad" or (call.func.attr == "step" and not call.args)


def may_train(loop: ast.For | ast.While, updaters: frozenset[str]) -> bool:
    return any(is_training_step(call) for call in calls_in(loop)) or updates_what_it_used(loop, updaters)


def updated_by(statement: ast.stmt, updaters: frozenset[str] = frozenset()) -> set[str]:
    """The variables that a statement moves a step: `w -= lr * dw`, `w = w - lr * dw`, `for p, g in …: p -= lr * g`."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, (ast.Sub, ast.Add)):
        root = root_of(statement.target)
        return {root} if root is not None else set()
    if isinstance(statement, ast.Assign):
        return _updated_by_assignment(statement)
    if isinstance(statement, (ast.For, ast.With, ast.If)):
        inner = {name for one in statement.body for name in updated_by(one, updaters)}
        if isinstance(statement, ast.For):
            targets = {node.id for node in ast.walk(statement.target) if isinstance(node, ast.Name)}
            if inner & targets:
                inner = inner - targets | {node.id for node in ast.walk(statement.iter) if isinstance(node, ast.Name)}
        return inner
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        root = root_of(call.func.value)
        if root is not None and (call.func.attr in updaters):
            return {root}
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and _names_update(statement.value):
        given: list[ast.expr] = [one for one in statement.value.args[1:] if isinstance(one, (ast.List, ast.Tuple))]
        given += statement.value.args[:1]
        given += [one.value for one in statement.value.keywords if one.arg in ("params", "parameters", "weights")]
        return {root for one in given for root in _roots(one)}
    return set()


def updaters_of(body: list[ast.stmt]) -> frozenset[str]:
    """The methods of the text's classes that move attributes of their object a step, themselves or by others."""
    methods = [
        part
        for statement in body
        if isinstance(statement, ast.ClassDef)
        for part in statement.body
        if isinstance(part, ast.FunctionDef) and part.args.args and part.name != "__init__"
    ]
    found = {one.name for one in methods if any(_moves(node, one.args.args[0].arg) for node in ast.walk(one))}
    for _ in range(MAX_CHAIN):
        found |= {
            one.name for one in methods if any(_calls_own(call, one.args.args[0].arg, found) for call in calls_in(one))
        }
    return frozenset(found)


def _moves(node: ast.AST, this: str) -> bool:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Sub, ast.Add)):
        return root_of(node.target) == this and not isinstance(node.value, (ast.Constant, ast.List))
    if not isinstance(node, ast.Assign) or this not in {root_of(target) for target in node.targets}:
        return False
    return this in _updated_by_assignment(node)


def _calls_own(call: ast.Call, this: str, names: set[str]) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr in names and root_of(function.value) == this


def _roots(tree: ast.expr) -> set[str]:
    parts = tree.elts if isinstance(tree, (ast.List, ast.Tuple)) else [tree]
    return {root for part in parts if (root := root_of(part)) is not None}


def _updated_by_assignment(statement: ast.Assign) -> set[str]:
    found: set[str] = set()
    for target in statement.targets:
        pairs = [(target, statement.value)]
        if isinstance(target, ast.Tuple):
            several = isinstance(statement.value, ast.Tuple) and len(statement.value.elts) == len(target.elts)
            values = statement.value.elts if several and isinstance(statement.value, ast.Tuple) else None
            pairs = list(zip(target.elts, values or [statement.value] * len(target.elts), strict=True))
        for one, value in pairs:
            root = root_of(one)
            reads = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
            if root is not None and root in reads and _is_step(one, value):
                found.add(root)
    return found


def _is_step(target: ast.expr, value: ast.expr) -> bool:
    """Whether a value is what stands in a target, moved: `w - lr * dw`, `[w - lr * d for …]`, `update(w, dw)`."""
    if isinstance(value, (ast.ListComp, ast.DictComp)):
        inner = value.elt if isinstance(value, ast.ListComp) else value.value
        return isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Sub, ast.Add))
    if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Sub, ast.Add)):
        return ast.unparse(value.left) == ast.unparse(target)
    return isinstance(value, ast.Call) and _names_update(value)


def _names_update(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return any(word in name.lower() for word in ("update", "sgd", "adam", "momentum", "descent", "apply_grad")) or (
        name == "step"
    )


def updates_what_it_used(loop: ast.For | ast.While, updaters: frozenset[str]) -> bool:
    """Whether a loop makes a loss, and moves something from outside that it read before it did so."""
    used: set[str] = set()
    made: set[str] = set()
    has_loss = moved = False
    for statement in _flat(loop.body):
        names = updated_by(statement, updaters)
        moved = moved or any(name in used and name not in made for name in names)
        use = use_of(statement, frozenset())
        if not names:
            used |= use.reads
            made |= use.surely
            has_loss = has_loss or any(is_loss_name(name) for name in use.surely)
    return moved and has_loss


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a loop, those of the loops inside of it in their place."""
    found: list[ast.stmt] = []
    for one in body:
        if (
            isinstance(one, (ast.For, ast.While))
            and not updated_by(one)
            or isinstance(one, (ast.For, ast.While))
            and any(is_loss_name(name) for name in assigned_names(one))
        ):
            found += _flat(one.body)
        else:
            found.append(one)
    return found


def is_loss_name(name: str) -> bool:
    """Whether a variable is called as losses are."""
    lowered = name.lower()
    return name in ("J", "L", "E", "l") or any(word in lowered for word in LOSSES) and not lowered.endswith("s_")
