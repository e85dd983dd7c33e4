"""The record of a spelling: what a library calls something, and what that means in program text of the language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc

from backprop_explorer.library.signature import Signature
from backprop_explorer.syntax import tree_of

Library = str
LIBRARIES: tuple[Library, ...] = ("numpy", "torch")
STATIC = ("over",)
"""Functions of shapes that may stand in the place of a parameter in a definition that is only another name."""
TENSOR = {"numpy": "ndarray", "torch": "Tensor"}
"""What each library calls its tensors; a spelling under that name is a method."""


@dataclass(frozen=True, eq=False)
class Spelling:
    """A function or method of a library, with its signature and defaults.

    library: whose it is.
    paths: where it is found there: `torch.addmm`, `F.linear`, `linalg.norm`; `Tensor.addmm` for a method.
    entry: its signature, and what it means as a function of the language, as its table says it.
    """

    library: Library
    paths: tuple[str, ...]
    entry: str

    @property
    def name(self) -> str:
        """How it is called, without the module."""
        return self.paths[0].rpartition(".")[2]

    @property
    def own_name(self) -> str:
        """What a script calls it."""
        return self.paths[0].replace(".", "_")

    @cached_property
    def definition(self) -> ast.FunctionDef:
        """The entry as a function; read when it is first asked for, since there are many."""
        [statement] = tree_of(self.entry).body
        definition = tree_of(f"def {self.own_name}():\n    pass").body[0]
        assert isinstance(definition, ast.FunctionDef)
        if isinstance(statement, ast.FunctionDef):
            definition.args, definition.body = statement.args, statement.body
        else:
            assert isinstance(statement, ast.Assign)
            function = statement.value
            assert isinstance(function, ast.Lambda)
            definition.args, definition.body = function.args, [ast.Return(function.body)]
        return ast.fix_missing_locations(definition)

    @cached_property
    def text(self) -> str:
        """The definition as program text, under a name that a script can have."""
        return ast.unparse(self.definition)

    @cached_property
    def summary(self) -> str:
        """What it does, where its name does not say it."""
        return cleandoc(ast.get_docstring(self.definition) or "")

    @property
    def _statements(self) -> list[ast.stmt]:
        """The body without its docstring."""
        return [statement for statement in self.definition.body if not isinstance(statement, ast.Expr)]

    @cached_property
    def parameters(self) -> Signature:
        """Its parameters."""
        return Signature.of(self.definition.args)

    @cached_property
    def signature(self) -> str:
        """The parameters with their defaults."""
        return ast.unparse(self.definition.args)

    @cached_property
    def expression(self) -> ast.expr | None:
        """What it means, where that is one expression."""
        body = self._statements
        return body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None

    @property
    def is_refusal(self) -> bool:
        """Whether it is only known so that it can be refused by name."""
        return isinstance(self.expression, ast.Call) and ast.unparse(self.expression.func) == "refuse"

    @cached_property
    def same_as(self) -> str | None:
        """The language's own function of which it is no more than another name."""
        call = self.expression
        named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and is_plain(call)
        return ast.unparse(call.func) if named else None  # type: ignore[union-attr]


def is_plain(tree: ast.expr) -> bool:
    """Whether an expression is one operation on the parameters as they are, so that a call can show as that one."""
    match tree:
        case ast.Name() | ast.Constant():
            return True
        case ast.BinOp(left=left, right=right):
            parts = [left, right]
        case ast.Compare(left=left, comparators=[right]):
            parts = [left, right]
        case ast.UnaryOp(operand=operand):
            parts = [operand]
        case ast.Call(func=ast.Name()):
            parts = [*tree.args, *(option.value for option in tree.keywords)]
        case _:
            return False
    return all(isinstance(part, (ast.Name, ast.Constant)) or _is_static(part) for part in parts)


def _is_static(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Call) and ast.unparse(tree.func) in STATIC


def spellings(library: Library, table: str) -> Iterator[Spelling]:
    """The spellings of a table, which is Python's grammar: `torch.exp, Tensor.exp = lambda input: exp(input)`, or a
    `def` below `@names(torch.addmm, Tensor.addmm)`. Every entry begins at the margin."""
    entry: list[str] = []
    for line in [*table.splitlines(), "@names()"]:
        begins = line.startswith("@names(") or " = lambda" in line and line[:1].strip()
        if begins and entry:
            text = "\n".join(entry)
            yield Spelling(library, _paths(text), text)
            entry = []
        if begins or entry:
            entry.append(line)


def _paths(entry: str) -> tuple[str, ...]:
    """The names in front of an entry."""
    names = entry.removeprefix("@names(").partition(")")[0] if entry.startswith("@") else entry.partition(" = ")[0]
    return tuple(name.strip() for name in names.split(",") if name.strip())
