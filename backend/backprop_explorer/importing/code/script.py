"""A script as one straight list of statements: what runs only when it is started, and one round of its training."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field

from backprop_explorer.importing.code.bindings import TRAINS, calls_in, root_of
from backprop_explorer.importing.code.notes import Notes, excerpt
from backprop_explorer.importing.code.rounds import first_items
from backprop_explorer.importing.code.updates import (
    is_backward,
    is_training_step,
    may_train,
    updaters_of,
    updates_what_it_used,
)
from backprop_explorer.language.functions import assigned_names
from backprop_explorer.problem import Problem

MAX_STATEMENTS = 20_000
MAX_INLINED = 5


@dataclass
class Piece:
    """A statement of the straight list; `plain` where it stands in the text as it is, in `training` where it was in a
    training loop or function."""

    statement: ast.stmt
    plain: bool = True
    training: bool = False
    full: ast.stmt | None = None
    """The whole of it, where something was cut out."""
    cuts: list[tuple[int, int, str]] = field(default_factory=list)
    """Lines of the text that are left out of it, from and up to, and what stands there instead."""
    made: bool = False
    """Whether it stands for something else of the text: a loop's variable at its first value, an argument."""


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
        self.marked = any(is_backward(call) for statement in body for call in calls_in(statement))
        self.taken = {name for one in body for name in assigned_names(one)}
        self.script = Script()
        self._known: dict[ast.FunctionDef, bool] = {}
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
        elif isinstance(statement, (ast.For, ast.While)) and (
            training and may_train(statement, self.updaters) or self._trains(statement)
        ):
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
        if any(is_training_step(call) for call in calls_in(loop)) or self._calls_training(loop):
            return True
        if self.marked:
            return False
        return updates_what_it_used(loop, self.updaters)

    def _has_backward(self, statement: ast.stmt) -> bool:
        return any(is_training_step(call) for call in calls_in(statement)) or self._calls_training(statement)

    def _calls_training(self, tree: ast.AST) -> bool:
        return any(self._called_training(call) is not None for call in calls_in(tree))

    def _first_round(self, loop: ast.For | ast.While) -> None:
        if self.script.begins is None:
            self.script.begins = len(self.script.pieces)
        said = f"{excerpt(loop)} is the training: the program is one round of it, the first"
        self.notes.add(loop.lineno, "training", said)
        if isinstance(loop, ast.For):
            for one in first_items(loop.target, loop.iter):
                self.script.pieces.append(Piece(one, plain=False, training=True, made=True))
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
        """Whether a function trains; one that calls itself does not by that."""
        if function not in self._known:
            self._known[function] = False
            self._known[function] = self._looks_like_training(function)
        return self._known[function]

    def _looks_like_training(self, function: ast.FunctionDef) -> bool:
        if any(is_training_step(call) for call in calls_in(function)):
            return True
        loops = [one for one in ast.walk(function) if isinstance(one, (ast.For, ast.While))]
        return any(self._trains(loop) for loop in loops)

    def _inlined(self, statement: ast.stmt, call: ast.Call, function: ast.FunctionDef, this: str | None) -> None:
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
                made = _assignment(target, value, statement)
                self._note_objects(made)
                self.script.pieces.append(Piece(made, plain=False, training=False, made=True))
        body = [_Renamed(renamed).visit(copy.deepcopy(one)) for one in function.body]
        for one in body:
            if isinstance(one, ast.Return):
                if one.value is not None and isinstance(statement, (ast.Assign, ast.AnnAssign)):
                    targets: list[ast.expr] = (
                        [*statement.targets] if isinstance(statement, ast.Assign) else [statement.target]
                    )
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
    defaults = dict(
        zip([one.arg for one in places[len(places) - len(written.defaults) :]], written.defaults, strict=True)
    )
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


def drop_training(pieces: list[Piece], notes: Notes) -> list[Piece]:
    """The pieces without the calls that are steps of a training by themselves."""
    kept: list[Piece] = []
    for piece in pieces:
        value = piece.statement.value if isinstance(piece.statement, ast.Expr) else None
        steps = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in TRAINS
        if steps:
            notes.add(
                piece.statement.lineno, "training", f"{excerpt(piece.statement)} is done by the document's optimizer"
            )
        else:
            kept.append(piece)
    return kept
