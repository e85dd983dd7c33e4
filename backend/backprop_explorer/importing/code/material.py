"""What a script makes its tensors of: data that is written out, random numbers, and what is calculated of both."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backprop_explorer.graph.calculation import calculate
from backprop_explorer.graph.graph import Graph
from backprop_explorer.graph.node import CONSTANT, Kind, Node
from backprop_explorer.graph.number import Number
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.language.given import Given, Recipe
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem

LINEAR = ("add", "subtract", "multiply", "divide", "negative", "cast")
"""Operations with a number that leave a distribution what it is, but for its place and width."""
WRITTEN = frozenset(
    {"numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.matrix", "torch.tensor", "torch.as_tensor",
     "torch.Tensor", "torch.FloatTensor", "torch.DoubleTensor", "torch.LongTensor", "torch.IntTensor"}
)  # fmt: skip
"""Functions that make a tensor of numbers that are written out."""


@dataclass(eq=False)
class Lifted:
    """A tensor of the document: its names by the variable and without it, its numbers or how they are drawn, and
    why it is a parameter or an input."""

    leaf: Node
    long: str
    short: str
    recipe: Recipe
    line: int | None
    trained: bool = False
    drawn: bool = False
    of_module: bool = False
    frozen: bool = False
    entry: Any = None
    """As it was sent, where it was."""
    name: str = ""


class Material(Given):
    """The tensors of a script while it is read: everything that it draws or writes out can become the document's."""

    literal = True
    changes = True
    draws = True

    def __init__(self, graph: Graph, seed: int) -> None:
        super().__init__(graph)
        self.lifted: dict[Node, Lifted] = {}
        self.required: set[Node] = set()
        self.direct: set[ast.AST] = set()
        """The calls of the present statement whose results are what it gives a name to."""
        self.frozen: set[Node] = set()
        self._generator = np.random.default_rng([seed, 16])
        self._numbers: dict[Node, Array] = {}

    def written(self, path: str, call: ast.Call) -> Node | None:
        if call not in self.direct or path not in WRITTEN or len(call.args) != 1:
            return None
        options = {one.arg: ast.unparse(one.value) for one in call.keywords}
        if not options.keys() <= {"dtype", "requires_grad", "device"}:
            return None
        array = literal_numbers(call.args[0])
        if array is None:
            return None
        self.graph.meter.budget.check("tensor_elements", array.size, f"the {array.size:,} elements of an array")
        array = _as_kind(array, f"{options.get('dtype', '')} {path.rpartition('.')[2]}")
        node = self.graph.unset(array.shape, kind_of_numbers(array))
        self.unset[node] = Recipe("numbers", array.shape, numbers=array, whole=array.dtype.kind == "i")
        return self.require(node) if options.get("requires_grad") == "True" else node

    def require(self, node: Node) -> Node:
        self.required.add(node)
        if node in self.lifted:
            self.lifted[node].trained = True
            self.parameters.add(node)
        elif node in self.unset:
            self.unset[node] = replace(self.unset[node], required=True)
        return node

    def freeze(self, node: Node) -> Node:
        self.frozen.add(node)
        if node in self.lifted:
            self.lifted[node].frozen = True
        return node

    def parameter(self, node: Node) -> Node:
        recipe = self.recipe_of(node)
        if recipe is None:
            return self.made(Recipe("zeros", node.shape, required=True))
        made = self.made(replace(recipe, required=True, whole=False))
        if node in self.frozen:
            self.frozen.add(made)
        return made

    def with_zero_row(self, leaf: Node, row: int) -> Node:
        numbers = np.array(self.numbers(leaf))
        numbers[row] = 0
        self.unset[leaf] = replace(self.unset[leaf], numbers=numbers, init="numbers")
        self._numbers.pop(leaf, None)
        return leaf

    def is_material(self, node: Node) -> bool:
        """Whether a tensor is made of nothing but constants, and what is drawn or written out."""
        return all(one in self.unset or one.phase != "leaf" for one in ancestors(node))

    def known(self, node: Node) -> bool:
        """Whether the numbers of a tensor can be calculated now: its leaves are unset, or the document's inputs."""
        return all(
            one.phase != "leaf" or one in self.lifted and not self._trains(self.lifted[one]) for one in ancestors(node)
        )

    def _trains(self, lifted: Lifted) -> bool:
        return lifted.trained or lifted.of_module

    def numbers(self, node: Node) -> Array:
        """The numbers of a tensor that is known."""
        needed = list(ancestors(node, among=lambda one: one not in self._numbers and one.operation is not CONSTANT))
        total = sum(one.size for one in needed)
        self.graph.meter.budget.check("trace_elements", total, "what the text calculates before its program begins")
        self.graph.meter.work(total)
        for one in sorted(needed, key=lambda one: one.id):
            recipe = self.unset.get(one) or (self.lifted[one].recipe if one in self.lifted else None)
            if recipe is not None:
                self._numbers[one] = self._drawn(recipe)
        order = sorted(needed, key=lambda one: one.id)
        try:
            with np.errstate(all="ignore"):
                self._numbers |= calculate(order, self._numbers, self.graph.dtype)
        except (IndexError, ValueError, TypeError, ArithmeticError) as error:
            raise Problem(
                "bad_tensor", f"What the text calculates before its program begins has no numbers: {str(error)[:120]}"
            ) from None
        return np.asarray(self._numbers[node]) if node in self._numbers else np.array(node.parameters["value"])

    def _drawn(self, recipe: Recipe) -> Array:
        if recipe.numbers is not None:
            return recipe.numbers
        shape, generator = recipe.shape, self._generator
        if recipe.init == "normal":
            return recipe.shift + recipe.scale * generator.standard_normal(shape)
        if recipe.init == "uniform":
            return recipe.shift + recipe.scale * generator.uniform(-1, 1, shape)
        if recipe.init in ("zeros", "ones"):
            return np.full(shape, 0.0 if recipe.init == "zeros" else recipe.scale)
        spread = (6 / (shape[0] + shape[1])) ** 0.5
        return np.asarray(spread * generator.uniform(-1, 1, shape))

    def set_numbers(self, leaf: Node, numbers: Array) -> None:
        """Gives the document's tensor other numbers, which it begins with."""
        lifted = self.lifted[leaf]
        lifted.recipe = replace(lifted.recipe, init="numbers", numbers=numbers)
        self._numbers[leaf] = numbers

    def clear(self) -> None:
        """Makes all numbers unknown, so that they are calculated anew."""
        self._numbers.clear()

    def forget_numbers(self, leaf: Node) -> None:
        """Makes the numbers of a tensor unknown, which its recipe draws again."""
        self._numbers.pop(leaf, None)

    def recipe_of(self, node: Node) -> Recipe | None:
        """How a tensor is drawn, or its numbers; None where it depends on parameters."""
        found = self._linear(node)
        if found is not None:
            return found
        if not self.known(node):
            return None
        whole = node.kind.name in ("whole", "open")
        numbers = self.numbers(node)
        if not node.given and numbers.size and (numbers == numbers.flat[0]).all() and not whole:
            value = float(numbers.flat[0])
            return Recipe("zeros" if value == 0 else "ones", node.shape, value or 1.0)
        return Recipe("numbers", node.shape, numbers=numbers, whole=whole)

    def _linear(self, node: Node) -> Recipe | None:
        """What is drawn, times and plus numbers, as one initialiser."""
        scale, shift = 1.0, 0.0
        while node not in self.unset:
            if node.operation.name not in LINEAR or not node.operands:
                return None
            others = [one for one in node.operands if not self.touched(one)]
            drawn = [one for one in node.operands if self.touched(one)]
            if len(drawn) != 1 or drawn[0].shape != node.shape or any(one.size != 1 or one.given for one in others):
                return None
            number = float(self.numbers(others[0]).item()) if others else 1.0
            name, first = node.operation.name, drawn[0] is node.operands[0]
            if name == "multiply":
                scale *= number
            elif name == "divide" and first and number:
                scale /= number
            elif name == "negative":
                scale = -scale
            elif name in ("add", "subtract"):
                sign = 1 if name == "add" or first else -1
                shift += scale * number * (1 if name == "add" or not first else -1)
                scale *= sign
            elif name != "cast":
                return None
            node = drawn[0]
        recipe = self.unset[node]
        if recipe.init not in ("normal", "uniform"):
            return recipe if (scale, shift) == (1.0, 0.0) else None
        return replace(recipe, scale=recipe.scale * abs(scale), shift=shift + scale * recipe.shift)

    def lift(self, node: Node, lifted: Lifted) -> Node:
        """The document's tensor that stands in the place of another from here on."""
        self.lifted[lifted.leaf] = lifted
        if lifted.recipe.required:
            self.parameters.add(lifted.leaf)
        return lifted.leaf


def direct_calls(tree: ast.expr | None) -> set[ast.AST]:
    """The calls whose results an expression is or keeps: by themselves, in a list or dict, in front of a method."""
    found: set[ast.AST] = set()
    stack: list[ast.AST | None] = [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, (ast.List, ast.Tuple)):
            stack.extend(one.elts)
        elif isinstance(one, ast.Dict):
            stack.extend(one.values)
        elif isinstance(one, ast.Attribute):
            stack.append(one.value)
        elif isinstance(one, ast.Call):
            found.add(one)
            stack.append(one.func)
            if ast.unparse(one.func).rpartition(".")[2] in ("Parameter", "Variable"):
                stack.extend(one.args)
    return found


def has_data(statement: ast.stmt) -> bool:
    """Whether a statement gives a name to what it makes of numbers that are written out."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    names = {path.rpartition(".")[2] for path in WRITTEN}
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call)) if value is not None else ()
    return any(getattr(one.func, "attr", getattr(one.func, "id", "")) in names for one in calls)


def literal_numbers(tree: ast.expr) -> Array | None:
    """The numbers of a literal list, or list of lists, as an array; None for anything else."""
    try:
        value = _plain(tree)
        array = np.array(value)
    except (ValueError, OverflowError):
        return None
    if array.dtype.kind not in "biuf" or array.ndim == 0 or not array.size or array.ndim > 8:
        return None
    return array


def _as_kind(array: Array, words: str) -> Array:
    """The array as the type of numbers that a call names."""
    whole = any(word in words for word in ("int", "long", "Long", "Int"))
    if not whole and any(word in words for word in ("float", "double", "Float", "Double", "half", "Tensor")):
        return array.astype(float)
    if whole:
        return np.trunc(array).astype(np.int64)
    return array.astype(bool) if "bool" in words else array


def _plain(tree: ast.expr) -> Any:
    if isinstance(tree, (ast.List, ast.Tuple)):
        return [_plain(one) for one in tree.elts]
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
        value = _plain(tree.operand)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return -value if isinstance(tree.op, ast.USub) else value
    if isinstance(tree, ast.Constant) and isinstance(tree.value, (int, float)):
        if isinstance(tree.value, int) and abs(tree.value) >= 2**53:
            raise ValueError("too large")
        return tree.value
    raise ValueError("no literal")


def kind_of_numbers(array: Array) -> Kind:
    """What an array's numbers are to a program."""
    return Kind({"b": "bool", "i": "open", "u": "open"}.get(array.dtype.kind, "float"))  # type: ignore[arg-type]


def plain_value(value: Any) -> bool:
    """Whether a value can be written into the program: numbers, strings, and lists of such."""
    return value is None or isinstance(value, (Number, str, bool))


def not_possible(names: Iterable[str], line: int | None) -> Problem:
    """The `Problem` of random numbers that meet parameters."""
    return Problem(
        "not_in_language",
        f"Random numbers are drawn and calculated with parameters in one statement ({', '.join(names)})",
        line=line,
        hint="draw them in a statement of their own: noise = np.random.randn(3, 2)",
    )
