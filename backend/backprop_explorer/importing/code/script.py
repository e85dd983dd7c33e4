"""A script as one straight list of statements: what runs only when it is started, and one round of its training."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field

from backprop_explorer.importing.code.bindings import TRAINS, calls_in, root_of, use_of
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.language.functions import assigned_names
from backprop_explorer.problem import Problem

PROGRESS = frozenset({"tqdm", "trange", "tqdm_notebook", "track", "progress_bar", "master_bar"})
"""Functions that only show how far a loop is."""
LOSSES = ("loss", "cost", "objective", "criterion", "nll", "mse", "elbo", "error", "err")
"""What a loss is called, or what its name holds."""
MAX_STATEMENTS = 20_000
MAX_INLINED = 5


@dataclass
class Piece:
    """A statement of the straight list; `plain` where it stands in the text as it is, in `training` where it was in a
    training loop or function."""

    statement: ast.stmt
    plain: bool = True
    training: bool = False


@dataclass
class Script:
    """The straight list, and where of the training what was found in it."""

    pieces: list[Piece] = field(default_factory=list)
    begins: int | None = None
    """The position at which the first round of the training begins."""


def straight(body: list[ast.stmt], notes: Notes, *, torch: bool) -> Script:
    """The statements of a script one after another, the training's once."""
    return _Straight(body, notes, torch=torch).script


class _Straight:
    def __init__(self, body: list[ast.stmt], notes: Notes, *, torch: bool) -> None:
        self.notes, self.torch = notes, torch
        self.functions = {one.name: one for one in body if isinstance(one, ast.FunctionDef)}
        self.classes = {one.name: one for one in body if isinstance(one, ast.ClassDef)}
        self.objects: dict[str, str] = {}
        self.updaters = updaters_of(body)
        self.marked = any(_is_backward(call) for statement in body for call in calls_in(statement))
        self.taken = {name for one in body for name in assigned_names(one)}
        self.script = Script()
        self.depth = 0
        self._all(body, plain=True, training=False)

    def _all(self, body: list[ast.stmt], *, plain: bool, training: bool) -> None:
        for statement in body:
            self._one(statement, plain=plain, training=training)

    def _one(self, statement: ast.stmt, *, plain: bool, training: bool) -> None:
        if len(self.script.pieces) > MAX_STATEMENTS:
            raise Problem("too_large", f"the text has more than {MAX_STATEMENTS:,} statements", status=413)
        if isinstance(statement, ast.If) and _is_main(statement.test):
            self._all(statement.body, plain=plain, training=training)
        elif isinstance(statement, (ast.For, ast.While)) and (training and _may_train(statement, self.updaters) or self._trains(statement)):
            self._first_round(statement)
        elif isinstance(statement, ast.With) and training and self._has_backward(statement):
            self._all(statement.body, plain=False, training=training)
        elif (called := self._training_call(statement)) is not None:
            self._inlined(statement, *called)
        else:
            self._note_objects(statement)
            self.script.pieces.append(Piece(statement, plain, training))

    def _note_objects(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            made = root_of(statement.value.func)
            for target in statement.targets:
                if isinstance(target, ast.Name) and made in self.classes:
                    self.objects[target.id] = made

    # -- loops

    def _trains(self, loop: ast.For | ast.While) -> bool:
        """Whether a loop is a training: its rounds go backward, or it makes a loss of what it then updates."""
        if any(_is_training_step(call) for call in calls_in(loop)) or self._calls_training(loop):
            return True
        if self.marked:
            return False
        return _updates_what_it_used(loop, self.updaters)

    def _has_backward(self, statement: ast.stmt) -> bool:
        return any(_is_training_step(call) for call in calls_in(statement)) or self._calls_training(statement)

    def _calls_training(self, tree: ast.AST) -> bool:
        return any(self._called_training(call) is not None for call in calls_in(tree))

    def _first_round(self, loop: ast.For | ast.While) -> None:
        if self.script.begins is None:
            self.script.begins = len(self.script.pieces)
        said = f"{excerpt(loop)} is the training: the program is one round of it, the first"
        self.notes.add(loop.lineno, "training", said)
        if isinstance(loop, ast.For):
            self._all(_first_items(loop.target, loop.iter), plain=False, training=True)
        self._all(loop.body, plain=False, training=True)

    # -- functions that train

    def _training_call(self, statement: ast.stmt) -> tuple[ast.Call, ast.FunctionDef, str | None] | None:
        value = statement.value if isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, ast.Call) and self.depth < MAX_INLINED:
            return self._called_training(value)
        return None

    def _called_training(self, call: ast.Call) -> tuple[ast.Call, ast.FunctionDef, str | None] | None:
        """The function of the text that a call calls, if it trains, and the object that it belongs to."""
        if isinstance(call.func, ast.Name):
            function, this = self.functions.get(call.func.id), None
        elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            this = call.func.value.id
            of = self.classes.get(self.objects.get(this, ""))
            methods = {} if of is None else {one.name: one for one in of.body if isinstance(one, ast.FunctionDef)}
            function = methods.get(call.func.attr)
        else:
            return None
        if function is None or function in self._running or not self._function_trains(function):
            return None
        return call, function, this

    _running: tuple[ast.FunctionDef, ...] = ()

    def _function_trains(self, function: ast.FunctionDef) -> bool:
        before, self._running = self._running, (*self._running, function)
        try:
            if len(self._running) > MAX_INLINED:
                return False
            if any(_is_training_step(call) for call in calls_in(function)):
                return True
            loops = [one for one in ast.walk(function) if isinstance(one, (ast.For, ast.While))]
            return any(self._trains(loop) for loop in loops)
        finally:
            self._running = before

    def _inlined(
        self, statement: ast.stmt, call: ast.Call, function: ast.FunctionDef, this: str | None
    ) -> None:
        """The body of a function that trains, in the place of its call."""
        self.notes.add(statement.lineno, "training", f"{excerpt(statement)}: what {function.name} does stands here")
        names = _arguments(call, function, this)
        renamed: dict[str, str] = {}
        for name in {*names, *(name for one in function.body for name in assigned_names(one))}:
            given = names.get(name)
            if isinstance(given, ast.Name) and given.id == name:
                continue
            if name == "self" and isinstance(given, ast.Name):
                renamed[name] = given.id
            elif name in self.taken:
                renamed[name] = self._free(name)
            self.taken.add(renamed.get(name, name))
        self._running, before = (*self._running, function), self._running
        self.depth += 1
        for name, value in names.items():
            target = renamed.get(name, name)
            if value is not None and not (isinstance(value, ast.Name) and value.id == target):
                self._one(_assignment(target, value, statement), plain=False, training=False)
        body = [_Renamed(renamed).visit(copy.deepcopy(one)) for one in function.body]
        for one in body:
            if isinstance(one, ast.Return):
                if one.value is not None and isinstance(statement, (ast.Assign, ast.AnnAssign)):
                    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                    self._one(ast.copy_location(ast.Assign(targets, one.value), one), plain=False, training=True)
                break
            self._one(one, plain=False, training=bool(self.script.begins) or self._has_backward(one))
        self.depth -= 1
        self._running = before

    def _free(self, name: str) -> str:
        count = 2
        while f"{name}_{count}" in self.taken:
            count += 1
        return f"{name}_{count}"


class _Renamed(ast.NodeTransformer):
    """Gives names others."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node


def _arguments(call: ast.Call, function: ast.FunctionDef, this: str | None) -> dict[str, ast.expr | None]:
    """What each parameter of a function gets. Raises a `Problem` for `*` and `**`."""
    written = function.args
    starred = any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords)
    if written.vararg or written.kwarg or starred:
        raise Problem(
            "not_in_language",
            f"{function.name} trains, and takes * or **, so that its text cannot stand in the place of its call",
            line=call.lineno,
            hint="write its parameters out",
        )
    given: list[ast.expr] = list(call.args)
    if this is not None:
        given.insert(0, ast.copy_location(ast.Name(this, ast.Load()), call))
    places = [*written.posonlyargs, *written.args]
    values: dict[str, ast.expr | None] = {}
    defaults = dict(zip([one.arg for one in places[len(places) - len(written.defaults) :]], written.defaults, strict=True))
    for one, tree in zip(written.kwonlyargs, written.kw_defaults, strict=True):
        if tree is not None:
            defaults[one.arg] = tree
    if len(given) > len(places):
        raise Problem("bad_call", f"{function.name} takes {len(places)} arguments", line=call.lineno)
    named = {one.arg: one.value for one in call.keywords}
    for place, one in enumerate((*places, *written.kwonlyargs)):
        own = given[place] if place < len(given) else named.get(one.arg, defaults.get(one.arg))
        if own is None:
            raise Problem("bad_call", f"{function.name} needs {one.arg}", line=call.lineno)
        values[one.arg] = own
    return values


def _assignment(name: str, value: ast.expr, near: ast.AST) -> ast.Assign:
    return ast.fix_missing_locations(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), near))


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test).replace('"', "'") in ("__name__ == '__main__'", "'__main__' == __name__")


def _is_backward(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    own = isinstance(call.func.value, ast.Name) and call.func.value.id in ("self", "super")
    return call.func.attr == "backward" and not call.args and not own


def _is_training_step(call: ast.Call) -> bool:
    """Whether a call is a step of PyTorch's training: backward, an optimizer's step, gradients set to zero."""
    if not isinstance(call.func, ast.Attribute):
        return False
    path = ast.unparse(call.func)
    if path in ("torch.autograd.grad", "autograd.grad", "torch.autograd.backward"):
        return True
    return _is_backward(call) or call.func.attr == "zero_grad" or (call.func.attr == "step" and not call.args)


def _may_train(loop: ast.For | ast.While, updaters: frozenset[str]) -> bool:
    return any(_is_training_step(call) for call in calls_in(loop)) or _updates_what_it_used(loop, updaters)


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
        given = [one for one in statement.value.args[1:] if isinstance(one, (ast.List, ast.Tuple))]
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
    for _ in range(MAX_INLINED):
        found |= {one.name for one in methods if any(_calls_own(call, one.args.args[0].arg, found) for call in calls_in(one))}
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


def _updates_what_it_used(loop: ast.For | ast.While, updaters: frozenset[str]) -> bool:
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
        if isinstance(one, (ast.For, ast.While)) and not updated_by(one):
            found += _flat(one.body)
        elif isinstance(one, (ast.For, ast.While)) and any(is_loss_name(name) for name in assigned_names(one)):
            found += _flat(one.body)
        else:
            found.append(one)
    return found


def is_loss_name(name: str) -> bool:
    """Whether a variable is called as losses are."""
    lowered = name.lower()
    return name in ("J", "L", "E", "l") or any(word in lowered for word in LOSSES) and not lowered.endswith("s_")


def _first_items(target: ast.expr, items: ast.expr) -> list[ast.stmt]:
    """What gives a loop's variables their first values."""
    while isinstance(items, ast.Call) and _called(items) in PROGRESS and items.args:
        if _called(items) == "trange":
            items = ast.copy_location(ast.Call(ast.Name("range", ast.Load()), items.args, []), items)
        else:
            items = items.args[0]
    if isinstance(items, ast.Call) and _called(items) == "range" and not items.keywords and items.args:
        first = items.args[0] if len(items.args) > 1 else ast.Constant(0)
        return [_given(target, first, items)]
    if isinstance(items, ast.Call) and _called(items) == "enumerate" and isinstance(target, ast.Tuple):
        count = items.args[1] if len(items.args) > 1 else ast.Constant(0)
        if len(target.elts) == 2 and items.args:
            return [_given(target.elts[0], count, items), *_first_items(target.elts[1], items.args[0])]
    if isinstance(items, ast.Call) and _called(items) == "zip" and isinstance(target, ast.Tuple):
        if len(target.elts) == len(items.args) and not items.keywords:
            pairs = zip(target.elts, items.args, strict=True)
            return [one for part, item in pairs for one in _first_items(part, item)]
    first_of = ast.Call(ast.Name("next", ast.Load()), [ast.Call(ast.Name("iter", ast.Load()), [items], [])], [])
    return [_given(target, first_of, items)]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _given(target: ast.expr, value: ast.expr, near: ast.AST) -> ast.stmt:
    return ast.fix_missing_locations(ast.copy_location(ast.Assign([target], value), near))


def drop_training(pieces: list[Piece], notes: Notes) -> list[Piece]:
    """The pieces without the calls that are steps of a training by themselves."""
    kept: list[Piece] = []
    for piece in pieces:
        value = piece.statement.value if isinstance(piece.statement, ast.Expr) else None
        steps = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in TRAINS
        if steps:
            notes.add(piece.statement.lineno, "training", f"{excerpt(piece.statement)} is done by the document's optimizer")
        else:
            kept.append(piece)
    return kept
