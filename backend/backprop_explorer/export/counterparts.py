"""What PyTorch has for the language's functions: the one table of names and signatures that differ.

A function whose record names its `source` in PyTorch is called there by that name, with the same arguments; only what
is called or spelt differently stands here.
"""

from __future__ import annotations

KEYWORDS = {
    "axis": "dim", "keepdims": "keepdim", "x": "input", "labels": "target", "targets": "target", "logits": "input",
    "log_probs": "input", "pred": "input", "indices": "input", "k": "diagonal", "ddof": "correction",
}  # fmt: skip
"""PyTorch's words for the parameters of its functions, where they are others."""

SAME = (
    "add", "subtract", "multiply", "divide", "negative", "greater", "greater_equal", "less", "less_equal",
    "not_equal", "matmul", "einsum", "exp", "log", "sqrt", "erf", "sin", "cos", "tanh", "sign", "abs", "stack",
    "where", "argmax", "argmin", "zeros", "ones", "full", "eye", "tril", "triu", "arange", "exp2", "expm1",
    "log2", "log10", "log1p", "erfc", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh",
    "arctanh", "floor", "ceil", "trunc", "isnan", "isinf", "isfinite", "logical_not",
)  # fmt: skip
CALLED = {
    **{name: f"torch.{name}" for name in SAME},
    "power": "torch.pow",
    "equal": "torch.eq",
    "concatenate": "torch.cat",
    "detach": "torch.detach",
    "rint": "torch.round",
    **{name: f"torch.linalg.{name}" for name in ("inv", "det", "cholesky")},
}
"""The functions of NumPy that PyTorch has with the same arguments."""

OWN_TEXT = ("standardize", "rms", "attention_weights", "dropout")
"""Composites that are a part of what their source does, or have random numbers of their own in PyTorch: written out
from their own text, as those that PyTorch does not have at all."""

MISSING = ("redraw",)
"""Functions that PyTorch does not have."""

UNLIKE = (
    "Tensor_float", "Tensor_long", "Tensor_to", "Tensor_type_as", "Tensor_cuda", "torch_from_numpy", "torch_as_tensor",
)  # fmt: skip
"""Words of PyTorch's, by the name of their definition, whose meaning in a script is that of the definition: how exact
the numbers are, and where they are kept, is said once for the whole script."""
PLACES = ("cpu", "numpy")
"""Methods that only say where numbers are kept."""

NUMERIC = (
    "exp", "log", "sqrt", "erf", "sin", "cos", "tanh", "sign", "abs", "sigmoid", "relu", "exp2", "expm1", "log2",
    "log10", "log1p", "erfc", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh", "arctanh",
    "floor", "ceil", "trunc", "rint", "isnan", "isinf", "isfinite", "logical_not",
)  # fmt: skip
"""Functions of one tensor, which PyTorch refuses for a plain number."""

OF_TENSORS = (
    "maximum", "minimum", "arctan2", "remainder", "fmod", "logical_and", "logical_or", "logical_xor",
)  # fmt: skip
"""Functions of two tensors, which PyTorch refuses for a tensor and a plain number."""

METHODS = (
    "reshape",
    "sum",
    "mean",
    "tril",
    "triu",
    "detach",
    "flatten",
    "exp",
    "log",
    "sqrt",
    "tanh",
    "sigmoid",
    "relu",
)
"""Methods of a tensor that read the same in PyTorch, unless they have an axis by another word."""

MODULE = frozenset((
    "add_module", "apply", "bfloat16", "buffers", "children", "compile", "cpu", "cuda", "double", "eval",
    "extra_repr", "float", "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half",
    "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules",
    "named_parameters", "parameters", "register_buffer", "register_module", "register_parameter",
    "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty",
    "train", "training", "type", "xpu", "zero_grad", "T_destination", "call_super_init", "dump_patches",
))  # fmt: skip
"""What a module has already, so that no parameter may be called so."""
