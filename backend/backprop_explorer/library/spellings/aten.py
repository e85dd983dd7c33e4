"""ATen's words, in which PyTorch records what a model did, as PyTorch's own: what `aten.addmm.default` is called there.

An operator means the function of its name in `torch`, `torch.nn.functional`, `torch.linalg` or `torch.special`, or the
method, as the tables of `torch/` spell it, its arguments by place or by name. TABLE has those that are called or
take their arguments otherwise, and those that read best as an operator.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from backprop_explorer.library.spellings import functions, methods
from backprop_explorer.library.spellings.record import Spelling
from backprop_explorer.syntax import tree_of

TABLE = """
add: self + other
sub: self - other
mul: self * other
div, true_divide: self / other
neg: -self
pow: self ** exponent
matmul: self @ other
mm, bmm: self @ mat2
mv: self @ vec
eq: self == other
ne: self != other
lt: self < other
le: self <= other
gt: self > other
ge: self >= other
bitwise_and, __and__: torch.logical_and(self, other)
bitwise_or, __or__: torch.logical_or(self, other)
bitwise_xor, __xor__: torch.logical_xor(self, other)
bitwise_not: torch.logical_not(self)
numpy_T: self.T
mT: self.mT

view, _unsafe_view: torch.reshape(self, size)
expand: torch.broadcast_to(self, size)
arange: torch.arange(end, dtype=dtype)
arange: torch.arange(start, end, dtype=dtype)
arange: torch.arange(start, end, step, dtype=dtype)
alias, contiguous, lift_fresh_copy, lift_fresh: self
detach_: torch.detach(self)
where: torch.where(condition, self, other)
einsum: torch.einsum(equation, *tensors)
meshgrid: torch.meshgrid(*tensors, indexing=indexing)
broadcast_tensors: torch.broadcast_tensors(*tensors)
block_diag: torch.block_diag(*tensors)
scalar_tensor: torch.tensor(s)
linalg_vector_norm: torch.linalg.vector_norm(self, ord, dim, keepdim)
sum_to_size: torch.reshape(self, size)

cross_entropy_loss: F.cross_entropy(self, target, weight, reduction=reduction, ignore_index=ignore_index, \\
    label_smoothing=label_smoothing)
nll_loss_nd, nll_loss, nll_loss2d: F.nll_loss(self, target, weight, reduction=reduction, ignore_index=ignore_index)
soft_margin_loss: F.soft_margin_loss(self, target, reduction=reduction)
embedding: F.embedding(indices, weight, padding_idx=padding_idx)
feature_dropout: F.dropout2d(input, p, train)
dropout: F.dropout(input, p, train)
instance_norm: F.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, eps=eps)
_softmax: torch.softmax(self, dim)
_log_softmax: torch.log_softmax(self, dim)
_safe_softmax: torch.softmax(self, dim)
log_sigmoid: F.logsigmoid(self)
constant_pad_nd: F.pad(self, pad, value=value)
reflection_pad1d, reflection_pad2d, reflection_pad3d: F.pad(self, padding, mode="reflect")
replication_pad1d, replication_pad2d, replication_pad3d: F.pad(self, padding, mode="replicate")
im2col: F.unfold(self, kernel_size, dilation, padding, stride)
col2im: F.fold(self, output_size, kernel_size, dilation, padding, stride)
upsample_nearest1d, upsample_nearest2d, upsample_nearest3d: \\
    F.interpolate(input, output_size, scale_factors, mode="nearest")
_upsample_nearest_exact1d, _upsample_nearest_exact2d: \\
    F.interpolate(input, output_size, scale_factors, mode="nearest-exact")
upsample_linear1d: F.interpolate(input, output_size, scale_factors, mode="linear", align_corners=align_corners)
upsample_bilinear2d: F.interpolate(input, output_size, scale_factors, mode="bilinear", align_corners=align_corners)
upsample_trilinear3d: F.interpolate(input, output_size, scale_factors, mode="trilinear", align_corners=align_corners)
upsample_bicubic2d: F.interpolate(input, output_size, scale_factors, mode="bicubic", align_corners=align_corners)
conv_transpose2d: F.conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation)
"""
"""`operator: program text`, in which the operator's arguments stand under the names of its schema. What takes arguments
that it does not name holds only where they have their defaults."""

MODULES = {"linalg_": "linalg", "special_": "special"}


@cache
def entries() -> dict[str, tuple[ast.expr, ...]]:
    """The table's texts by operator."""
    found: dict[str, tuple[ast.expr, ...]] = {}
    for operators, text in _rows():
        for operator in operators:
            found[operator] = (*found.get(operator, ()), tree_of(text, mode="eval").body)
    return found


def _rows() -> Iterator[tuple[list[str], str]]:
    for line in TABLE.replace("\\\n", " ").splitlines():
        if line.strip():
            operators, _, text = line.partition(":")
            yield [operator.strip() for operator in operators.split(",")], text.strip()


def spelling_of(operator: str) -> Spelling | None:
    """The function or method that an operator is by its name."""
    known = functions("torch")
    for beginning, module in MODULES.items():
        path = f"{module}.{operator.removeprefix(beginning)}"
        if operator.startswith(beginning) and path in known:
            return known[path]
    found = known.get(operator) or known.get(f"nn.functional.{operator}")
    return found or methods("torch").get(operator)
