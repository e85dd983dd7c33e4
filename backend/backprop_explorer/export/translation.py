"""The language's syntax as PyTorch's: the same statements, over PyTorch's functions and a module's tensors."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping

from backprop_explorer.engine.definitions import differentiable_text
from backprop_explorer.export.counterparts import CALLED, KEYWORDS, METHODS, MISSING, NUMERIC, OWN_TEXT, WRITTEN
from backprop_explorer.language.names import PREFIXES
from backprop_explorer.library import COMPOSITE_SYNONYMS, COMPOSITES
from backprop_explorer.ops import OPERATIONS, SYNONYMS
from backprop_explorer.problem import Problem

FIXED = frozenset({"self", "math", "torch", "F", "dtype", "draws", "cycle", "Model", *vars(builtins)})


class Translation(ast.NodeTransformer):
    """Rewrites statements. `parameters` are the module's attributes by name; `needed` gathers the functions that must
    be defined."""

    def __init__(self, parameters: Mapping[str, str], flat: Iterable[str], functions: Iterable[str]) -> None:
        self.parameters = parameters
        self.flat = frozenset(flat)
        self.functions = frozenset(functions)
        self.needed: dict[str, None] = {}
        self.numbers: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        parameters, self.parameters = self.parameters, {}
        node.body = [self.visit(statement) for statement in node.body]
        for argument in node.args.args:
            argument.arg = renamed(argument.arg)
        node.name = renamed(node.name) if node.name in self.functions else node.name
        self.parameters = parameters
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        if isinstance(node.target, ast.Name):
            self.numbers.add(node.target.id)
        node.target = ast.Name(renamed(node.target.id)) if isinstance(node.target, ast.Name) else node.target
        assert isinstance(node.iter, ast.Call)  # range, which the language alone allows
        node.iter.args = [self.visit(argument) for argument in node.iter.args]
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            (self.numbers.add if self.is_number(node.value) else self.numbers.discard)(target.id)
        node.value = self.visit(node.value)
        node.targets = [self.visit(target)]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.parameters:
            return ast.Attribute(ast.Name("self"), self.parameters[node.id])
        return ast.Name(renamed(node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_prefix(node.value):
            return ast.Constant(None) if node.attr == "newaxis" else ast.Attribute(ast.Name("math"), node.attr)
        value = self.visit(node.value)
        if node.attr == "size":
            return ast.Call(ast.Attribute(value, "numel"), [], [])
        return ast.Attribute(value, node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if ast.unparse(node.value) == "np.s_":  # an index by itself
            entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return ast.Tuple([self._entry(entry) for entry in entries], ast.Load())
        return ast.Subscript(self.visit(node.value), self.visit(node.slice), node.ctx)

    def _entry(self, entry: ast.expr) -> ast.expr:
        entry = self.visit(entry)
        if not isinstance(entry, ast.Slice):
            return entry
        parts = (entry.lower, entry.upper, entry.step)
        return ast.Call(ast.Name("slice"), [part or ast.Constant(None) for part in parts], [])

    def visit_Slice(self, node: ast.Slice) -> ast.Slice:
        if isinstance(node.step, ast.UnaryOp) and isinstance(node.step.op, ast.USub):
            raise missing("a slice that goes backwards")
        return ast.Slice(*(part and self.visit(part) for part in (node.lower, node.upper, node.step)))

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
        function = node.func
        if isinstance(function, ast.Name):
            return self._called(function.id, node.args, node.keywords)
        assert isinstance(function, ast.Attribute)
        if is_prefix(function.value):
            if ast.unparse(function) == "F.pad":
                return ast.Call(
                    function, [self.visit(part) for part in node.args], self._keywords(node.keywords, False)
                )
            return self._called(function.attr, node.args, node.keywords)
        name = canonical(function.attr)
        words = {keyword.arg for keyword in node.keywords}
        if name in METHODS and words <= {"axis", "keepdims", "dim", "keepdim"} and words != {"keepdims"}:
            callee = ast.Attribute(self.visit(function.value), name)
            return ast.Call(callee, [self.visit(part) for part in node.args], self._keywords(node.keywords, True))
        return self._called(function.attr, [function.value, *node.args], node.keywords)

    def _called(self, written: str, given: list[ast.expr], options: list[ast.keyword]) -> ast.expr:
        if written in self.functions:
            arguments = [self.visit(argument) for argument in given]
            named = [ast.keyword(renamed(str(one.arg)), self.visit(one.value)) for one in options]
            return ast.Call(ast.Name(renamed(written)), arguments, named)
        name = canonical(written)
        as_is = name in WRITTEN or is_own(name)
        keywords = self._keywords(options, not as_is)
        arguments = [self.visit(argument) for argument in given]
        if name in NUMERIC and len(given) == 1 and self.is_number(given[0]):
            arguments = [ast.Call(_dotted("torch.tensor"), [*arguments], [ast.keyword("dtype", ast.Name("dtype"))])]
        if as_is or name == "count":
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
        own = {word: name for name, word in KEYWORDS.items() if name in ("axis", "keepdims", "ddof")}
        words = KEYWORDS if torchs else own
        return [ast.keyword(words.get(str(one.arg), one.arg), self.visit(one.value)) for one in given]

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


def canonical(name: str) -> str:
    """The name in the library of what may be called otherwise, too."""
    name = COMPOSITE_SYNONYMS.get(name, name)
    return name if name in COMPOSITES else SYNONYMS.get(name, name)


def is_own(name: str) -> bool:
    """Whether a function is written out from its own text."""
    return own_text(name) is not None


def own_text(name: str) -> str | None:
    """The definition, in the language, of what PyTorch lacks or has with another meaning: a composite's text, or the
    formula of an operation whose derivative is what PyTorch makes of it."""
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
    taken = name in FIXED or name in WRITTEN or is_own(name) or name == "count"
    return f"{name}__" if taken else name  # no user's name has two underscores


def is_prefix(node: ast.expr) -> bool:
    """Whether this is the name of a module, as `np` or `torch.nn.functional`."""
    if isinstance(node, ast.Attribute):
        return is_prefix(node.value) and node.attr in ("nn", "functional")
    return isinstance(node, ast.Name) and node.id in PREFIXES


def _is_one(node: ast.expr, names: Iterable[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _dotted(path: str) -> ast.expr:
    return ast.parse(path, mode="eval").body


def missing(name: str, hint: str = "write it out with operations that it has, or take the NumPy script") -> Problem:
    """What PyTorch does not have, as a `Problem`."""
    return Problem("no_counterpart", f"PyTorch has no counterpart of {name}", hint=hint)
