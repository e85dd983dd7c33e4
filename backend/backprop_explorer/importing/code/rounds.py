"""The first round of a loop: what its variables stand for in it."""

from __future__ import annotations

import ast

PROGRESS = frozenset({"tqdm", "trange", "tqdm_notebook", "track", "progress_bar", "master_bar"})
"""Functions that only show how far a loop is."""


def first_items(target: ast.expr, items: ast.expr) -> list[ast.stmt]:
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
            return [_given(target.elts[0], count, items), *first_items(target.elts[1], items.args[0])]
    zipped = isinstance(items, ast.Call) and _called(items) == "zip" and not items.keywords
    if zipped and isinstance(items, ast.Call) and isinstance(target, ast.Tuple) and len(target.elts) == len(items.args):
        pairs = zip(target.elts, items.args, strict=True)
        return [one for part, item in pairs for one in first_items(part, item)]
    first_of = ast.Call(ast.Name("next", ast.Load()), [ast.Call(ast.Name("iter", ast.Load()), [items], [])], [])
    return [_given(target, first_of, items)]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _given(target: ast.expr, value: ast.expr, near: ast.AST) -> ast.stmt:
    return ast.fix_missing_locations(ast.copy_location(ast.Assign([target], value), near))
