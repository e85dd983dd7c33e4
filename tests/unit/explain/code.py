"""Evaluates a factor's code afresh, with NumPy and nothing of the engine but the tensors' numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Container

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backprop_explorer.engine import Plan

FUNCTIONS = {
    "relu": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "detach": lambda x: x, "abs": np.abs,
    "softplus": lambda x: np.logaddexp(x, 0),
    "leaky_relu": lambda x, negative_slope=0.01: np.where(x > 0, x, negative_slope * x),
    "softmax": lambda x, axis=-1: np.exp(x) / np.exp(x).sum(axis, keepdims=True),
    "log_softmax": lambda x, axis=-1: np.log(np.exp(x) / np.exp(x).sum(axis, keepdims=True)),
    "logsumexp": lambda x, axis=None, keepdims=False: np.log(np.exp(x).sum(axis, keepdims=keepdims)),
    "erf": np.vectorize(math.erf, [float]),
    "zeros": lambda shape=(): np.zeros(shape), "ones": lambda shape=(): np.ones(shape), "eye": np.eye,
    "embedding": lambda indices, weight: weight[np.asarray(indices)],
    "triu": np.triu,
    "windows": lambda x, size, stride: sliding_window_view(x, size, (-2, -1))[..., ::stride, ::stride, :, :],
    "standardize": lambda x, axis=-1, eps=1e-5: (x - x.mean(axis, keepdims=True))
    / np.sqrt(x.var(axis, keepdims=True) + eps),
    "rms": lambda x, axis=-1, eps=1e-5: np.sqrt((x * x).mean(axis, keepdims=True) + eps),
    "attention_weights": lambda q, k, is_causal=False: FUNCTIONS["softmax"](
        np.where(np.tri(q.shape[-2], k.shape[-2]) if is_causal else 1.0, q @ k.mT / q.shape[-1] ** 0.5, -np.inf)
    ),
    "one_hot": lambda labels, n: (np.asarray(labels)[..., None] == np.arange(n)) * 1.0,
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "sign", "where", "maximum",
    "minimum", "broadcast_to", "exp2", "expm1", "log2", "log10", "log1p", "tan", "arcsin", "arccos", "arctan",
    "arctan2", "sinh", "cosh", "arcsinh", "arccosh", "arctanh", "floor", "ceil", "trunc", "rint", "floor_divide",
    "remainder", "fmod", "isnan", "isinf", "isfinite", "logical_not", "logical_and", "logical_or", "logical_xor")},
    "take_along_axis": np.take_along_axis, "argsort": lambda x, axis=-1: np.argsort(x, axis, kind="stable"),
    "argcummax": lambda x, axis=-1: np.argmax(np.where(np.tri(x.shape[axis]) > 0, x[..., None, :], -np.inf), -1),
    **{name: getattr(np.linalg, name) for name in ("inv", "det", "cholesky", "solve")},
    "arange": np.arange, "cumprod": lambda x, axis=-1: np.cumprod(x, axis),
    "cofactors": lambda x: np.linalg.det(x) * np.linalg.inv(x).mT,
    "logabsdet": lambda x: np.linalg.slogdet(x)[1], "signdet": lambda x: np.linalg.slogdet(x)[0],
    "erfc": np.vectorize(math.erfc, [float]),
}  # fmt: skip


class _Names(ast.NodeTransformer):
    """`l1.g` and `l1.matmul` become entries of a mapping."""

    def __init__(self, known: Container[str]) -> None:
        self.known = known

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = ast.unparse(node)
        return self._entry(name) if name in self.known else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._entry(node.id) if node.id in self.known else node

    @staticmethod
    def _entry(name: str) -> ast.AST:
        return ast.parse(f"TENSORS[{name!r}]", mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "float":
            return self.visit(ast.BinOp(node.func.value, ast.Mult(), ast.Constant(1.0)))
        if isinstance(node.func, ast.Attribute) and not hasattr(np.ndarray, node.func.attr):  # x.triu() to triu(x)
            node = ast.Call(ast.Name(node.func.attr, ast.Load()), [node.func.value, *node.args], node.keywords)
        return self.generic_visit(node)


def evaluated(code: str, plan: Plan) -> float:
    """The number that a factor's code gives."""
    tree = ast.fix_missing_locations(_Names(plan.program.nodes).visit(ast.parse(code, mode="eval")))
    names = {"TENSORS": plan, "np": np, **FUNCTIONS}
    return float(eval(compile(tree, "factor", "eval"), names))  # noqa: S307 - the engine's own code, in a test
