"""The language's syntax as PyTorch's: the same statements, over PyTorch's functions and a module's tensors."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping

from backprop_explorer.engine.definitions import differentiable_text
from backprop_explorer.export.counterparts import (
    CALLED,
    KEYWORDS,
    METHODS,
    MISSING,
    NUMERIC,
    OF_TENSORS,
    OWN_TEXT,
    PLACES,
    UNLIKE,
)
from backprop_explorer.export.functions import AT, STATIC, WRITTEN
from backprop_explorer.export.spelled import as_own, option_names, torch_path
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.names import PREFIXES
from backprop_explorer.language.statics import SHAPES
from backprop_explorer.language.values import TYPES
from backprop_explorer.language.words import callee_of, spelling_of
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES
from backprop_explorer.library.spellings import Spelling, by_definition
from backprop_explorer.ops import OPERATIONS, SYNONYMS
from backprop_explorer.problem import Problem
from backprop_explorer.syntax import tree_of

FIXED = frozenset({"self", "math", "torch", "F", "dtype", "draws", "cycle", "Model", *vars(builtins)})
_TYPES = frozenset({"float", "int", "bool"})
"""Python's types, which stand for those of numbers."""


class Translation(ast.NodeTransformer):
    """Rewrites statements. `parameters` are the module's attributes by name; `needed` gathers the functions that must
    be defined. Without a `dialect` the text is a definition of the library's, which knows functions of shapes."""

    def __init__(
        self,
        parameters: Mapping[str, str],
        flat: Iterable[str],
        functions: Iterable[str],
        dialect: str | None = None,
    ) -> None:
        self.dialect = dialect
        self.parameters = parameters
        self.flat = frozenset(flat)
        self.functions = frozenset(functions)
        self.needed: dict[str, None] = {}
        self.numbers: set[str] = set()
        self.masks: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        parameters, self.parameters = self.parameters, {}
        node.body = [self.visit(statement) for statement in node.body]
        given = node.args
        for argument in (*given.args, *given.kwonlyargs, *([given.vararg] if given.vararg else [])):
            argument.arg = renamed(argument.arg)
        node.name = renamed(node.name) if node.name in self.functions else node.name
        self.parameters = parameters
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        if isinstance(node.target, ast.Name):
            self.numbers.add(node.target.id)
        node.target = self.visit(node.target)
        node.iter = self.visit(node.iter)
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            (self.numbers.add if self.is_number(node.value) else self.numbers.discard)(target.id)
            (self.masks.add if self.is_mask(node.value) else self.masks.discard)(target.id)
        node.value = self.visit(node.value)
        node.targets = [self.visit(target)]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.parameters:
            return ast.Attribute(ast.Name("self"), self.parameters[node.id])
        return ast.Name(renamed(node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_prefix(node.value):
            if node.attr in TYPES:
                return _type(node.attr)
            return ast.Constant(None) if node.attr == "newaxis" else ast.Attribute(ast.Name("math"), node.attr)
        value = self.visit(node.value)
        if node.attr == "size":
            return ast.Call(ast.Attribute(value, "numel"), [], [])
        return ast.Attribute(value, node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if ast.unparse(node.value) == "np.s_":  # an index by itself
            return ast.Tuple(self._entries(node.slice), ast.Load())
        value, index = self.visit(node.value), self.visit(node.slice)
        if self.dialect is None and not _is_plain(node.slice) or any(map(_goes_back, ast.walk(node.slice))):
            self.needed[AT] = None
            return ast.Call(
                ast.Name(AT),
                [
                    value,
                    ast.Tuple(self._entries(node.slice), ast.Load())
                    if any(map(_goes_back, ast.walk(node.slice)))
                    else index,
                ],
                [],
            )
        return ast.Subscript(value, index, node.ctx)

    def _entries(self, index: ast.expr) -> list[ast.expr]:
        """An index by itself, entry by entry."""
        return [self._entry(entry) for entry in (index.elts if isinstance(index, ast.Tuple) else [index])]

    def _entry(self, entry: ast.expr) -> ast.expr:
        entry = self.visit(entry)
        if not isinstance(entry, ast.Slice):
            return entry
        parts = (entry.lower, entry.upper, entry.step)
        return ast.Call(ast.Name("slice"), [part or ast.Constant(None) for part in parts], [])

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        bias = node.right if isinstance(node.op, ast.Add) and _is_one(node.right, self.flat) else None
        product = node.left if bias is not None else node
        if isinstance(product, ast.BinOp) and isinstance(product.op, ast.MatMult):
            weight = product.right
            if isinstance(weight, ast.Attribute) and weight.attr == "T" and _is_one(weight.value, self.parameters):
                parts = [product.left, weight.value, *([bias] if bias is not None else [])]
                return ast.Call(_dotted("F.linear"), [self.visit(part) for part in parts], [])
        return ast.BinOp(self.visit(node.left), node.op, self.visit(node.right))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        callee = callee_of(node.func)
        if not callee.method and callee.path in self.functions:
            arguments = [self.visit(argument) for argument in node.args]
            named = [ast.keyword(renamed(str(one.arg)), self.visit(one.value)) for one in node.keywords]
            return ast.Call(ast.Name(renamed(callee.path)), arguments, named)
        spelling = None if self.dialect is None else spelling_of(callee, self.dialect)
        receiver = [node.func.value] if callee.method and isinstance(node.func, ast.Attribute) else []
        if spelling is None:
            return self._own(callee, [*receiver, *node.args], node.keywords)
        return self._spelled(spelling, callee, [*receiver, *node.args], node.keywords)

    def _spelled(
        self, spelling: Spelling, callee: Callee, given: list[ast.expr], options: list[ast.keyword]
    ) -> ast.expr:
        """A call in a library's words: PyTorch's stay as they are."""
        words = option_names(spelling, options)
        if spelling.library == "torch" and not self._is_unlike(spelling, callee, given):
            arguments = [self._argument(argument) for argument in given]
            if spelling.same_as in NUMERIC and self.is_number(given[0]):
                arguments[0] = _tensor(arguments[0])
            keywords = [ast.keyword(name, self._argument(value)) for name, value in words.items()]
            if callee.method:
                return ast.Call(ast.Attribute(arguments[0], callee.name), arguments[1:], keywords)
            return ast.Call(_dotted(torch_path(spelling, callee)), arguments, keywords)
        own = as_own(spelling, callee, given, words)
        if isinstance(own, ast.Call):
            assert isinstance(own.func, ast.Name)
            return self._own(Callee(own.func.id, callee.method), own.args, own.keywords)
        if own is not None:
            translated: ast.expr = self.visit(own)
            return translated
        return self._defined(spelling.own_name, given, words)

    def _is_unlike(self, spelling: Spelling, callee: Callee, given: list[ast.expr]) -> bool:
        """Whether a word of PyTorch's is not left to PyTorch: for a kind of numbers, or for a plain number in the
        place of a tensor."""
        numbers = spelling.same_as in OF_TENSORS and any(map(self.is_number, given))
        return numbers or spelling.own_name in UNLIKE or (callee.method and callee.name in PLACES)

    def _defined(self, name: str, given: list[ast.expr], options: Mapping[str, ast.expr]) -> ast.Call:
        """A call of a function that is written out from its own text."""
        self.needed[name] = None
        arguments = [self._argument(argument) for argument in given]
        named = (lambda word: word) if name in SHAPES or name in STATIC else renamed
        keywords = [ast.keyword(named(word), self._argument(value)) for word, value in options.items()]
        return ast.Call(ast.Name(defined(name)), arguments, keywords)

    def _argument(self, node: ast.expr) -> ast.expr:
        """An argument, which may be one of Python's types."""
        is_type = self.dialect is not None and isinstance(node, ast.Name) and node.id in _TYPES
        return _type(node.id) if is_type else self.visit(node)  # type: ignore[attr-defined]

    def _own(self, callee: Callee, given: list[ast.expr], options: list[ast.keyword]) -> ast.expr:
        """A call in the language's words."""
        if callee.path == "F.pad":
            keywords = self._keywords(options, False)
            return ast.Call(_dotted(callee.path), [self.visit(part) for part in given], keywords)
        name = canonical(callee.name)
        words = {keyword.arg for keyword in options}
        if callee.method:
            same = name in METHODS and words <= {"axis", "keepdims", "dim", "keepdim"} and words != {"keepdims"}
            same = same and not (name == "mean" and self.is_mask(given[0])) and not any(map(_is_nothing, given))
            if same or self.dialect is None and not is_known(name):
                method = ast.Attribute(self.visit(given[0]), name)
                return ast.Call(method, [self.visit(part) for part in given[1:]], self._keywords(options, True))
        elif self.dialect is None and (name in SHAPES or name in STATIC):
            return self._defined(name, given, {str(one.arg): one.value for one in options})
        elif not is_known(name) and name in vars(builtins):
            return ast.Call(ast.Name(name), [self.visit(part) for part in given], self._keywords(options, False))
        return self._called(callee.name, given, options)

    def _called(self, written: str, given: list[ast.expr], options: list[ast.keyword]) -> ast.expr:
        name = canonical(written)
        if is_own(name):
            return self._defined(name, given, {str(one.arg): one.value for one in self._renamed(options)})
        as_is = name in WRITTEN
        keywords = self._keywords(options, not as_is)
        if name == "float" and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
            return ast.Call(ast.Name(name), given, [])  # Python's own: float("inf")
        arguments = [self.visit(argument) for argument in given]
        if name in NUMERIC and len(given) == 1 and self.is_number(given[0]):
            arguments = [_tensor(arguments[0])]
        elif name in NUMERIC and self.dialect is None and isinstance(given[0], ast.Name):
            arguments[0] = ast.Call(_dotted("torch.as_tensor"), arguments[:1], [])
        if as_is:
            self.needed[name] = None
            return ast.Call(ast.Name(defined(name)), arguments, keywords)
        if name in COMPOSITES and name not in CALLED:
            arguments, keywords = self._by_keyword(name, arguments, keywords)
        return ast.Call(_dotted(counterpart(name)), arguments, keywords)

    def _by_keyword(
        self, name: str, arguments: list[ast.expr], keywords: list[ast.keyword]
    ) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Options that were given by their place, by name: their order may be another in PyTorch."""
        record = COMPOSITES[name]
        required = len(record.required)
        named = [
            ast.keyword(KEYWORDS.get(word, word), value)
            for word, value in zip(record.defaults, arguments[required:], strict=False)
        ]
        return arguments[:required], [*named, *keywords]

    def _keywords(self, given: list[ast.keyword], torchs: bool) -> list[ast.keyword]:
        renamed = [ast.keyword(KEYWORDS.get(str(one.arg), one.arg), one.value) for one in given]
        words = renamed if torchs else self._renamed(given)
        return [ast.keyword(one.arg, self.visit(one.value)) for one in words]

    def _renamed(self, given: list[ast.keyword]) -> list[ast.keyword]:
        """Options by the language's words for them."""
        own = {word: name for name, word in KEYWORDS.items() if name in ("axis", "keepdims", "ddof")}
        return [ast.keyword(own.get(str(one.arg), one.arg), one.value) for one in given]

    def is_number(self, node: ast.expr) -> bool:
        """Whether an expression is a plain number and no tensor."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, (int, float))
        if isinstance(node, ast.BinOp):
            return self.is_number(node.left) and self.is_number(node.right)
        if isinstance(node, ast.UnaryOp):
            return self.is_number(node.operand)
        if isinstance(node, ast.Subscript):
            return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        if isinstance(node, ast.Attribute):
            return node.attr in ("ndim", "size") or is_prefix(node.value)
        return isinstance(node, ast.Name) and node.id in self.numbers

    def is_mask(self, node: ast.expr) -> bool:
        """Whether an expression is a comparison, or the name of one."""
        return isinstance(node, ast.Compare) or isinstance(node, ast.Name) and node.id in self.masks


def canonical(name: str) -> str:
    """The name in the library of what may be called otherwise, too."""
    name = COMPOSITE_SYNONYMS.get(name, name)
    return name if name in COMPOSITES else SYNONYMS.get(name, name)


def is_own(name: str) -> bool:
    """Whether a function is written out from its own text."""
    return own_text(name) is not None


def is_known(name: str) -> bool:
    """Whether a function is of the language."""
    return name in COMPOSITES or name in OPERATIONS or name in WRITTEN


def own_text(name: str) -> str | None:
    """The definition, in the language, of what PyTorch lacks or has with another meaning: a composite's text, or the
    formula of an operation whose derivative is what PyTorch makes of it; what a library's word means."""
    if name in by_definition():
        return by_definition()[name].text
    record = COMPOSITES.get(name)
    if name in OWN_TEXT and record is not None:
        return record.text
    if name in CALLED or name in WRITTEN or name in MISSING:
        return None
    if record is not None:
        return None if record.source.startswith("torch.") else record.text
    operation = OPERATIONS.get(name)
    if operation is None or operation.internal or operation.source.startswith("torch."):
        return None
    return differentiable_text(operation)


def counterpart(name: str) -> str:
    """Where PyTorch has a function; a `Problem` where it has none."""
    if name in CALLED:
        return CALLED[name]
    record = COMPOSITES.get(name) or OPERATIONS.get(name)
    if name in MISSING or record is None or not record.source.startswith("torch."):
        raise missing(name)
    return record.source.replace("torch.nn.functional.", "F.")


def defined(name: str) -> str:
    """What a function that must be defined is called in the script."""
    return f"{name}_" if name in vars(builtins) else name


def renamed(name: str) -> str:
    """What a tensor or a function of the user is called in the script."""
    taken = name in FIXED or name in WRITTEN or is_own(name) or name in STATIC or name in SHAPES
    return f"{name}__" if taken else name  # no user's name has two underscores


def is_prefix(node: ast.expr) -> bool:
    """Whether this is the name of a module, as `np` or `torch.nn.functional`."""
    if isinstance(node, ast.Attribute):
        return is_prefix(node.value) and node.attr in ("nn", "functional")
    return isinstance(node, ast.Name) and node.id in PREFIXES


def _goes_back(node: ast.AST) -> bool:
    """Whether this is a slice that goes backwards."""
    step = node.step if isinstance(node, ast.Slice) else None
    return isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub)


def _is_plain(index: ast.expr) -> bool:
    """Whether an index shows that it does not go backwards."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(isinstance(part, (ast.Slice, ast.Constant, ast.UnaryOp)) for part in parts)


def _is_nothing(node: ast.expr) -> bool:
    """Whether this is ()."""
    return isinstance(node, ast.Tuple) and not node.elts


def _type(name: str) -> ast.expr:
    """A type of numbers; how exact they are is said once for the whole script."""
    return _dotted({"float": "dtype", "whole": "torch.int64", "bool": "torch.bool"}[TYPES[name].kind])


def _tensor(number: ast.expr) -> ast.expr:
    """A number as a tensor."""
    return ast.Call(_dotted("torch.tensor"), [number], [ast.keyword("dtype", ast.Name("dtype"))])


def _is_one(node: ast.expr, names: Iterable[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _dotted(path: str) -> ast.expr:
    return tree_of(path, mode="eval").body


def missing(name: str, hint: str = "write it out with operations that it has, or take the NumPy script") -> Problem:
    """What PyTorch does not have, as a `Problem`."""
    return Problem("no_counterpart", f"PyTorch has no counterpart of {name}", hint=hint)
