"""`with torch.no_grad():`, as what is calculated inside from detached tensors, and other contexts of no effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from backprop_explorer.language.foreign import dotted
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.scope import Scope

_WITHOUT = ("torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad", "torch.autograd.inference_mode")
_NOTHING = ("np.errstate", "numpy.errstate", "torch.autograd.set_detect_anomaly", "torch.autograd.detect_anomaly")


@contextmanager
def context(evaluator: Reader, statement: ast.With, scope: Scope) -> Iterator[None]:
    """The block of a `with`: without gradients where it says so."""
    before = evaluator.detached
    for item in statement.items:
        call = item.context_expr
        name = dotted(call.func, scope) if isinstance(call, ast.Call) else ""
        if item.optional_vars is not None or name not in (*_WITHOUT, *_NOTHING):
            raise evaluator.problem(
                "not_in_language",
                f"with {ast.unparse(item)[:40]} is not part of the language",
                statement,
                "the language has with torch.no_grad():, which is detach of what is calculated inside",
            )
        if name in _NOTHING:
            evaluator.left_out(statement, f"{name} changes no number")
        elif evaluator.detached is None:
            evaluator.detached = {}
            evaluator.detached_from = len(evaluator.graph.nodes)
    try:
        yield
    finally:
        evaluator.detached = before
