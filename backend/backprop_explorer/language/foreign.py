"""What is Python and not of the language, in words; and what only shows something, so that it is left out."""

from __future__ import annotations

import ast

from backprop_explorer.language.methods import CHANGING
from backprop_explorer.language.names import PREFIXES
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import MISSING, Scope
from backprop_explorer.problem import Problem, shortened

SEEDS = frozenset({"manual_seed", "manual_seed_all", "seed", "set_printoptions", "set_num_threads", "seterr"})
_NAMES = {
    "ClassDef": "a class", "AsyncFunctionDef": "async def", "Try": "try", "TryStar": "try", "Global": "global",
    "Nonlocal": "nonlocal", "Match": "match", "AsyncFor": "async for", "AsyncWith": "async with",
    "Expr": "an expression without a name", "TypeAlias": "type", "SetComp": "a set", "Set": "a set",
    "NamedExpr": ":=", "Await": "await", "Yield": "yield", "YieldFrom": "yield from", "Starred": "*",
    "TemplateStr": "a template string", "Interpolation": "a template string",
}  # fmt: skip
_HINTS = {
    "ClassDef": "write its forward method as a def, and what it keeps as tensors of the document",
    "Try": "write what the program does where nothing goes wrong",
    "Global": "return the new value from the function",
    "Nonlocal": "return the new value from the function",
    "Match": "write if and elif",
    "Expr": "give the result a name: h = …",
    "Set": "write a list: [1, 2]",
    "SetComp": "write a list: [i for i in items]",
    "NamedExpr": "assign it in a line before",
    "Yield": "gather the values in a list, and return that",
}


def described(tree: ast.AST) -> str:
    """What a piece of Python is called."""
    name = type(tree).__name__
    return _NAMES.get(name, name.lower())


def hinted(tree: ast.AST) -> str | None:
    """What to write instead."""
    return _HINTS.get(type(tree).__name__)


def foreign(evaluator: Reader, tree: ast.AST) -> Problem:
    """The `Problem` of what is not part of the language."""
    return evaluator.problem("not_in_language", f"{described(tree)} is not part of the language", tree, hinted(tree))


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is a string and nothing else."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def check_written(evaluator: Reader, tree: ast.AST) -> None:
    """Raises a `Problem` for what is never of the language in a statement with others inside, also where it never
    runs: behind a return, in a branch that is not taken, in a function that nobody calls."""
    methods: set[ast.stmt] = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.ClassDef):
            if part.keywords:
                what = "a metaclass, or another option of a class,"
                raise evaluator.problem("not_in_language", f"{what} is not part of the language", part)
            methods.update(part.body)  # whose decorators the class knows
        if isinstance(part, ast.stmt) and type(part) not in evaluator.statements:
            raise foreign(evaluator, part)
        if isinstance(part, ast.expr) and type(part) not in evaluator.expressions:
            raise foreign(evaluator, part)
        if isinstance(part, ast.Constant) and isinstance(part.value, (complex, bytes)):
            raise evaluator.problem(
                "not_in_language", f"{type(part.value).__name__} {part.value!r} is not part of the language", part
            )
        if isinstance(part, ast.FunctionDef) and part.decorator_list and part not in methods:
            raise evaluator.problem(
                "not_in_language", "a decorator is not part of the language", part, "call the function by itself"
            )
        if isinstance(part, ast.comprehension) and part.is_async:
            raise evaluator.problem("not_in_language", "async is not part of the language", tree)


def silent(evaluator: Reader, statement: ast.Expr, scope: Scope) -> bool:
    """Whether a statement only shows something, or sets what the language sets by itself: noted, and left out."""
    call = statement.value
    if not isinstance(call, ast.Call):
        if not _only_names(call):
            return False
        before = len(evaluator.graph.nodes)
        evaluator.evaluate(call, scope)
        evaluator.forget(before)
        evaluator.left_out(statement, f"{shortened(ast.unparse(call))} by itself only shows a value")
        return True
    name = dotted(call.func, scope)
    first, last = name.partition(".")[0], name.rpartition(".")[2]
    shows = name == "print" and scope.get("print") is MISSING
    foreign_module = "." in name and _root(call.func) in scope.imports and first not in (*PREFIXES, "math")
    plots = first in ("plt", "matplotlib") and scope.get(first) is MISSING
    seeds = last in SEEDS and first in (*PREFIXES, "random") and scope.get(first) is MISSING
    if last == "backward" and isinstance(call.func, ast.Attribute) and not call.args and not call.keywords:
        evaluator.left_out(statement, f"{shortened(name)}(): the gradients of the loss are always calculated")
        return True
    if not (shows or foreign_module or plots or seeds):
        return False
    _check_changes_nothing(evaluator, call)
    evaluator.left_out(statement, f"{shortened(name)}(…) changes no tensor")
    return True


def _only_names(tree: ast.expr) -> bool:
    """Whether an expression reads something with a name and calculates nothing, as a notebook's last line does."""
    kinds = (ast.Name, ast.Attribute, ast.Tuple, ast.Subscript, ast.Slice, ast.Constant, ast.expr_context)
    shown = (ast.Name, ast.Attribute, ast.Tuple, ast.Subscript)
    return isinstance(tree, shown) and all(isinstance(part, kinds) for part in ast.walk(tree))


def _check_changes_nothing(evaluator: Reader, call: ast.Call) -> None:
    for part in ast.walk(call):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in CHANGING:
            raise evaluator.problem(
                "not_in_language",
                f".{part.func.attr}() inside of what is left out would not run",
                part,
                "write it in a line of its own",
            )


def dotted(tree: ast.expr, scope: Scope) -> str:
    """A written path such as `torch.no_grad`, with what an import stands for in front; else the empty text."""
    words: list[str] = []
    while isinstance(tree, ast.Attribute):
        words.append(tree.attr)
        tree = tree.value
    if not isinstance(tree, ast.Name):
        return ""
    first = tree.id if scope.get(tree.id) is not MISSING else scope.imports.get(tree.id, tree.id)
    return ".".join([first, *reversed(words)])


def _root(tree: ast.expr) -> str:
    while isinstance(tree, ast.Attribute):
        tree = tree.value
    return tree.id if isinstance(tree, ast.Name) else ""
