"""What the parts of the evaluator know of it: the one that reads expressions asks them, and they ask it."""

from __future__ import annotations

import ast
from typing import Any, Protocol

from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import Node
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.given import Given
from backprop_explorer.language.memory import Memory
from backprop_explorer.language.scope import Class, Function, Instance, Scope
from backprop_explorer.language.values import Known
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem


class Library(Protocol):
    """The functions that the language has."""

    def has(self, name: str, *, inside: bool = False) -> bool:
        """Whether a program, or `inside` of a definition a rule, may call a function by that name."""

    def knows(self, path: str, dialect: str) -> bool:
        """Whether a module has a function of that dotted path."""

    def known(self, scope: Scope) -> list[str]:
        """Every function that can be called here."""

    def call(self, callee: Callee | str, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        """The result of a call."""

    def own(self, name: str, arguments: list[Any], options: dict[str, Any], scope: Scope) -> Any:
        """The result of one of the language's own functions."""

    def run_function(
        self, definition: ast.FunctionDef, bound: dict[str, Any], defaults: dict[str, Any], inner: Scope
    ) -> Any:
        """The result of a user's function."""


class Reader(Protocol):
    """An evaluator: what it does is said there."""

    graph: Graph
    text: str
    memory: Memory
    given: Given
    modules: dict[str, Class]
    detached: dict[Node, Node] | None
    detached_from: int

    @property
    def calls(self) -> Library:
        """The functions of the library."""

    @property
    def statements(self) -> frozenset[type[ast.stmt]]:
        """The kinds of statements that the language has."""

    @property
    def expressions(self) -> frozenset[type[ast.AST]]:
        """The kinds of expressions that it has."""

    def evaluate(self, tree: ast.expr, scope: Scope) -> Any:
        """The value of an expression."""

    def rule(self, text: str, scope: Scope) -> Any:
        """The value of a rule's text."""

    def problem(self, code: str, detail: str, tree: ast.AST, hint: str | None = None) -> Problem:
        """A problem at a place of the program."""

    def left_out(self, tree: ast.AST, message: str) -> None:
        """Notes that a line is left out."""

    def forget(self, first: int) -> None:
        """Takes back what was made from a node's id on."""

    def node(self, value: Any, wanted: str) -> Node:
        """The value as a tensor."""

    def operand(self, value: Any, wanted: str) -> Node:
        """The value as a tensor that something is calculated with."""

    def seen(self, value: Any) -> Any:
        """A value as the program reads it."""

    def numbers(self, node: Node) -> Array | None:
        """The numbers of a tensor of constants."""

    def check_no_function(self, value: Any, tree: ast.AST | None = None) -> None:
        """Raises a `Problem` for a function."""

    def check_changeable(self, node: Node, tree: ast.AST) -> None:
        """Raises a `Problem` for what must stay as it is."""

    def bind(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Gives a target its value."""

    def defined(self, definition: ast.FunctionDef, scope: Scope) -> Function:
        """The function of a def or a lambda."""

    def name(self, tree: ast.Name, scope: Scope) -> Any:
        """What a name stands for."""

    def method(self, value: Instance, name: str) -> Function | None:
        """The method of an object that a program of its own defines."""

    def module(self, tree: ast.Name | ast.Attribute, scope: Scope) -> Class | None:
        """The class of torch.nn's that a name stands for."""

    def callee(self, function: ast.expr, scope: Scope) -> Function | Known | Class | Instance:
        """What a call calls."""

    def arguments(self, tree: ast.Call, scope: Scope) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call."""

    def apply(self, called: Any, given: list[Any], options: dict[str, Any], tree: ast.AST, scope: Scope) -> Any:
        """The result of a function for arguments."""
