"""A script's pieces read by the language one after another, and what of them becomes tensors of the document."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop_explorer.engine.document import Document
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Kind, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.importing.code.bindings import Use
from backprop_explorer.importing.code.material import Lifted, Material, direct_calls, has_data
from backprop_explorer.importing.code.script import Piece
from backprop_explorer.language.evaluator import Evaluator
from backprop_explorer.language.foreign import check_written
from backprop_explorer.language.forward import COMPOUND
from backprop_explorer.language.given import Recipe, names_of
from backprop_explorer.language.given_names import given_names
from backprop_explorer.language.objects import named
from backprop_explorer.language.places import holds_objects, replaced
from backprop_explorer.language.scope import Class, Function, Scope
from backprop_explorer.language.statements import run
from backprop_explorer.language.targets import Pair
from backprop_explorer.problem import Problem


class Reading:
    """A script while it is read: `lifted` are its tensors, and `lines` what of each piece stays in the program."""

    def __init__(self, text: str, graph: Graph, dialect: str, seed: int, given: Document, trained: set[str]) -> None:
        self.graph, self.trained, self.given = graph, trained, given
        self.evaluator = Evaluator(graph, text)
        self.material = Material(graph, seed)
        self.evaluator.given = self.material
        self.scope = Scope(dialect=dialect)
        self.sent = {name: self._sent(name) for name in given.tensors}
        self.scope.names |= given_names({name: lifted.leaf for name, lifted in self.sent.items()})
        self.wanted: frozenset[str] = frozenset()
        """Names of tensors that were asked for."""
        self.used: set[str] = set()
        self.begun_anew = False
        self.outcome: dict[int, list[str] | None] = {}
        """By position of a piece the lines in its place; None where it stays."""
        self.displayed: dict[int, list[tuple[str, Any]]] = {}
        self.made_at: dict[str, tuple[int, list[str]]] = {}
        """By variable the piece that gave it its value, and the names that it gives."""

    def _sent(self, name: str) -> Lifted:
        """A tensor that came beside the text."""
        array = self.given.tensors[name]
        kind = Kind("bool" if name in self.given.masks else "open" if name in self.given.whole else "float")
        leaf = self.graph.leaf(name, array.shape, kind)
        recipe = Recipe("numbers", array.shape, numbers=array, required=name in self.given.parameters)
        lifted = Lifted(leaf, name, name, recipe, None, trained=recipe.required, name=name)
        self.material.lift(leaf, lifted)
        return lifted

    def read(self, position: int, piece: Piece, use: Use) -> None:
        """Reads one piece. Raises a `Problem` with its place for what the language has not."""
        try:
            self._read(position, piece, use)
        except Problem as problem:
            raise problem.at(getattr(piece.statement, "lineno", None), None) from None

    def _read(self, position: int, piece: Piece, use: Use) -> None:
        statement = piece.statement
        if isinstance(statement, COMPOUND):
            check_written(self.evaluator, statement)
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        self.material.direct = direct_calls(value)
        before = {name: self.scope.names.get(name) for name in use.gives}
        signal = run(self.evaluator, [statement], self.scope, _Unwatched(self.graph))
        if signal is not None:
            raise self.evaluator.problem(
                "not_in_language", "return stands in a def, break and continue in a loop", statement
            )
        if isinstance(statement, ast.Assert):
            self.outcome[position] = []
            return
        count = len(self.material.lifted) + len(self.used)
        names = sorted(name for name in (use.gives | use.changes) if name in self.scope.names)
        self.begun_anew = False
        changed = self._settle_changes(names, statement)
        for name in names:
            value = self.scope.names[name]
            named(value, name)
            if value is not before.get(name) or name in use.changes:
                self.scope.names[name] = self._lifted(name, value, statement)
        if len(self.material.lifted) + len(self.used) > count:
            self._decide_text(position, piece, names)
        for name in use.gives:
            self.made_at[name] = (position, names) if isinstance(statement, ast.Assign) else (-1, [])
        if len(self.material.lifted) + len(self.used) == count and (
            changed or self.begun_anew
        ):  # it only said how tensors begin
            self.outcome[position] = []

    # -- what becomes a tensor of the document

    def _lifted(self, root: str, value: Any, statement: ast.stmt) -> Any:
        trained = root in self.trained
        in_object = holds_objects(value, self.graph.meter.work)

        def decide(place: str, one: Any) -> Any:
            plain = place.rpartition(".")[2].partition("[")[0]
            updated = trained and not in_object or in_object and plain in self.trained_attributes
            if isinstance(one, Number):
                if not (trained and place == root) and not (updated and self.number_places(place, root)):
                    return one
                one = self.graph.constant(one)
            node = self.evaluator.seen(one)
            if node in self.material.lifted:
                if updated:
                    self.material.require(node)
                return node
            return self._lift(node, place, root, statement, updated, in_object)

        return replaced(value, root, decide, self.graph.meter.work)

    trained_attributes: frozenset[str] = frozenset()

    def number_places(self, place: str, root: str) -> bool:
        """Whether a number at a place of a container is one that is trained: in a dict `params["b"]`."""
        return place != root and root in self.trained

    def _lift(self, node: Node, place: str, root: str, statement: ast.stmt, updated: bool, in_object: bool) -> Node:
        material = self.material
        if node in material.settled_as:
            return material.settled_as[node]
        begun = next((one for one in material.lifted.values() if one.long == root), None) if updated else None
        if begun is not None and place == root and node.given and self._only(node, begun.leaf):
            material.set_numbers(begun.leaf, np.array(material.numbers(node)))  # w = w * 0.1, before it is trained
            self.begun_anew = True
            return begun.leaf
        touched = material.touched(node)
        required = node in material.required or updated
        sent = next((self.sent[name] for name in names_of(place, root) if name in self.sent), None)
        if sent is not None and material.is_material(node) and sent.leaf.name not in self.used:
            return self._bound(sent, node, place)
        asked = bool(self.wanted.intersection(names_of(place, root)))
        if (
            not touched
            and not required
            and not asked
            and not (place == root and not node.given and self._is_data(node, statement))
        ):
            return node
        if not touched and not material.is_material(node) and not material.known(node):
            return node
        variable = self._variable_of(node) if in_object and not touched else None
        if variable is not None:
            return self._lift_variable(variable, node, statement)
        recipe = material.recipe_of(node)
        if recipe is None:
            if touched and not required:
                raise Problem(
                    "not_in_language",
                    f"{root} is computed from random numbers and parameters in one statement",
                    line=getattr(statement, "lineno", None),
                    hint="draw the numbers in a statement of their own: noise = np.random.randn(3, 2)",
                )
            return node
        drawn = any(one.init != "numbers" for one in (recipe,)) and touched
        whole = recipe.whole and not (required or recipe.required)
        is_mask = node.kind.name == "bool"
        leaf = self.graph.leaf(place, node.shape, Kind("bool" if is_mask else "open" if whole else "float"))
        long = names_of(place, root)[0]
        lifted = Lifted(
            leaf,
            long,
            place,
            recipe,
            getattr(statement, "lineno", None),
            trained=required or recipe.required,
            drawn=drawn and recipe.init in ("normal", "uniform"),
            of_module=in_object,
            frozen=node in material.frozen,
        )
        material.settled_as[node] = leaf
        return material.lift(node, lifted)

    def _is_data(self, node: Node, statement: ast.stmt) -> bool:
        return node.size > 1 and has_data(statement)

    def _variable_of(self, node: Node) -> str | None:
        """The variable that a tensor of an object's is the value of, too."""
        known = self.scope.names
        return next((name for name in self.made_at if known.get(name) is node and self.made_at[name][0] >= 0), None)

    def _lift_variable(self, name: str, node: Node, statement: ast.stmt) -> Node:
        """The document's tensor of a variable that an object has got, and that is trained there."""
        leaf = self._lift(node, name, name, statement, True, False)
        self.scope.names[name] = leaf
        position, names = self.made_at[name]
        self.outcome[position] = []
        self.displayed[position] = [
            (one, self.scope.names[one]) for one in names if not self._is_given(self.scope.names[one], one)
        ]
        return leaf

    def _bound(self, sent: Lifted, node: Node, place: str) -> Node:
        """The tensor that was sent for a place of a module's."""
        if sent.leaf.shape != node.shape:
            raise Problem(
                "wrong_shape",
                f"The text makes {place} of the shape {node.shape}, and what was sent has {sent.leaf.shape}",
                tensor=sent.leaf.name,
                hint="send it with the shape that the text makes",
            )
        self.used.add(str(sent.leaf.name))
        recipe = self.material.unset.get(node)
        if recipe is not None and recipe.required:
            self.material.parameters.add(sent.leaf)
        self.material.settled_as[node] = sent.leaf
        return sent.leaf

    # -- changes in place of what is the document's already

    def _settle_changes(self, names: list[str], statement: ast.stmt) -> bool:
        """Tensors of the document that a statement changed in place begin with what it made of them."""
        newer, found = self.evaluator.memory.newer, False
        for leaf in [one for one in newer if one in self.material.lifted]:
            new = newer[leaf]
            while new in newer:
                new = newer[new]
            lifted = self.material.lifted[leaf]
            others = self.material.known(new) or self._only(new, leaf)
            if not others:
                continue
            if new in self.material.unset:
                lifted.recipe = self.material.unset[new]
                self.material.forget_numbers(leaf)
            else:
                numbers = np.array(self.material.numbers(new))
                self.material.set_numbers(leaf, numbers)
            lifted.line = lifted.line or statement.lineno
            del newer[leaf]
            found = True

            def same(place: str, one: Any, new: Node = new, leaf: Node = leaf) -> Any:
                return leaf if one is new else one

            for name in names:
                self.scope.names[name] = replaced(self.scope.names[name], name, same, self.graph.meter.work)
        return found

    def _only(self, node: Node, leaf: Node) -> bool:
        """Whether a tensor is made of a parameter and of what is known."""
        return all(
            one is leaf or one.phase != "leaf" or one in self.material.lifted and not self.material.lifted[one].trained
            for one in ancestors(node)
        )

    # -- what stays of the text

    def _decide_text(self, position: int, piece: Piece, names: list[str]) -> None:
        """A piece whose values are the document's now is left out; dicts, and what stands beside, are written out."""
        values = {name: self.scope.names[name] for name in names}
        if any(holds_objects(value, self.graph.meter.work) for value in values.values()):
            return
        lines: list[tuple[str, Any]] = []
        for name, value in values.items():
            if self._is_given(value, name):
                continue
            if not self._can_be_written(value):
                raise Problem(
                    "not_in_language",
                    f"{name} keeps what the statement draws at random where the document cannot put it",
                    line=getattr(piece.statement, "lineno", None),
                    hint="draw each tensor in a statement of its own: w1 = np.random.randn(3, 2)",
                )
            lines.append((name, value))
        self.outcome[position] = []
        self.displayed[position] = lines

    def _is_given(self, value: Any, place: str) -> bool:
        """Whether a value is the document's tensor of its place, or a list of such."""
        if isinstance(value, Node):
            lifted = self.material.lifted.get(value)
            return lifted is not None and place in (lifted.long, lifted.short)
        return (
            isinstance(value, (list, tuple))
            and bool(value)
            and all(self._is_given(one, f"{place}[{i}]") for i, one in enumerate(value))
        )

    def _can_be_written(self, value: Any) -> bool:
        if isinstance(value, Node):
            return value in self.material.lifted or not value.given and value.size == 1
        if isinstance(value, (list, tuple)):
            return all(map(self._can_be_written, value))
        if isinstance(value, dict):
            return all(map(self._can_be_written, value.values()))
        return value is None or isinstance(value, (Number, str, bool, range))


class _Unwatched:
    """Nobody wants to know what statements did, but the graph the line."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def begins(self, statement: ast.stmt) -> None:
        self.graph.line = statement.lineno

    def ran(self, statement: ast.stmt, pairs: list[Pair]) -> None:
        pass

    def round(self, loop: ast.stmt, count: int | None) -> None:
        pass


def is_code(value: Any) -> bool:
    """Whether a value is a function or a class."""
    return isinstance(value, (Function, Class))


def tensors_of(lifted: Mapping[Node, Lifted]) -> list[Lifted]:
    """The tensors in the order in which the text makes them."""
    return list(lifted.values())
