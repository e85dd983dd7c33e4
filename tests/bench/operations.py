"""The operations of PyTorch that deep-learning code uses, as its OpInfos call them: what the language should know."""

from __future__ import annotations

FAMILIES = {
    "pointwise": "abs acos add addcdiv addcmul asin atan atan2 ceil clamp clamp_max clamp_min cos cosh div eq erf erfc "
    "exp exp2 expm1 float_power floor floor_divide fmax fmin fmod frac ge gt hypot le lerp log log10 "
    "log1p log2 logaddexp logit lt masked_fill max|binary maximum min|binary minimum mul nan_to_num ne "
    "neg pow reciprocal remainder round rsqrt rsub sigmoid sign sin sinh sqrt square sub tan tanh "
    "true_divide trunc where xlogy isnan isinf isfinite logical_and logical_not logical_or logical_xor "
    "__radd__ __rsub__ __rmul__ __rdiv__ __rpow__ __rmatmul__",
    "reductions and scans": "all amax amin any argmax argmin cdist count_nonzero cummax cummin cumprod cumsum dist "
    "logcumsumexp logsumexp max mean median min mode nanmean nansum norm prod std std_mean sum trace var var_mean "
    "aminmax",
    "movement": "__getitem__ block_diag broadcast_to cat chunk clone column_stack contiguous diag diag_embed diagonal "
    "dstack expand expand_as flatten flip fliplr flipud gather hstack index_add index_select movedim "
    "narrow permute ravel repeat repeat_interleave reshape roll rot90 scatter scatter_add select sort "
    "split split_with_sizes squeeze stack t T mT take_along_dim tile topk transpose tril triu unbind "
    "unflatten unfold unsqueeze view vstack tensor_split full_like ones_like zeros_like",
    "algebra": "addbmm addmm addmv addr baddbmm bmm cross dot einsum inner kron linalg.cholesky linalg.cross "
    "linalg.det linalg.diagonal linalg.inv linalg.matrix_norm linalg.multi_dot linalg.norm linalg.slogdet "
    "linalg.solve linalg.vecdot linalg.vector_norm logdet matmul mm mv outer tensordot",
    "layers": "nn.functional.adaptive_avg_pool1d nn.functional.adaptive_avg_pool2d "
    "nn.functional.adaptive_max_pool1d nn.functional.adaptive_max_pool2d nn.functional.avg_pool1d "
    "nn.functional.avg_pool2d nn.functional.batch_norm nn.functional.bilinear nn.functional.celu "
    "nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d nn.functional.conv_transpose1d "
    "nn.functional.conv_transpose2d nn.functional.cosine_similarity nn.functional.dropout "
    "nn.functional.elu nn.functional.embedding nn.functional.gelu nn.functional.glu "
    "nn.functional.group_norm nn.functional.hardshrink nn.functional.hardsigmoid nn.functional.hardswish "
    "nn.functional.hardtanh nn.functional.instance_norm nn.functional.interpolate "
    "nn.functional.layer_norm nn.functional.leaky_relu nn.functional.linear "
    "nn.functional.local_response_norm nn.functional.logsigmoid nn.functional.max_pool1d "
    "nn.functional.max_pool2d nn.functional.mish nn.functional.normalize nn.functional.one_hot "
    "nn.functional.pad nn.functional.pairwise_distance nn.functional.pixel_shuffle nn.functional.prelu "
    "nn.functional.relu nn.functional.relu6 nn.functional.rms_norm nn.functional.rrelu "
    "nn.functional.scaled_dot_product_attention nn.functional.selu nn.functional.silu "
    "nn.functional.softmin nn.functional.softplus nn.functional.softshrink nn.functional.softsign "
    "nn.functional.tanhshrink nn.functional.threshold nn.functional.unfold log_softmax softmax",
    "losses": "nn.functional.binary_cross_entropy nn.functional.binary_cross_entropy_with_logits "
    "nn.functional.cosine_embedding_loss nn.functional.cross_entropy nn.functional.gaussian_nll_loss "
    "nn.functional.hinge_embedding_loss nn.functional.huber_loss nn.functional.kl_div "
    "nn.functional.l1_loss nn.functional.margin_ranking_loss nn.functional.mse_loss "
    "nn.functional.multi_margin_loss nn.functional.nll_loss nn.functional.poisson_nll_loss "
    "nn.functional.smooth_l1_loss nn.functional.soft_margin_loss nn.functional.triplet_margin_loss",
}
"""A name takes in all variants of an OpInfo; `max|binary` stands for one of them."""

WRITTEN_ON = {
    "sigmoid": ("nn.functional.sigmoid",),
    "tanh": ("nn.functional.tanh",),
    "nn.functional.relu": ("relu",),
    "nn.functional.celu": ("celu",),
    "nn.functional.selu": ("selu",),
    "nn.functional.prelu": ("prelu",),
    "nn.functional.hardshrink": ("hardshrink",),
    "nn.functional.pixel_shuffle": ("pixel_shuffle",),
    "nn.functional.cosine_similarity": ("cosine_similarity",),
    "nn.functional.pairwise_distance": ("pairwise_distance",),
    "nn.functional.conv1d": ("conv1d",),
    "nn.functional.conv2d": ("conv2d",),
    "nn.functional.layer_norm": ("layer_norm",),
    "nn.functional.threshold": ("threshold",),
}
"""Other names of the same function that no OpInfo tells of."""

SYMBOLS = {
    ("add", ""): "+", ("sub", ""): "-", ("mul", ""): "*", ("div", "no_rounding_mode"): "/", ("pow", ""): "**",
    ("matmul", ""): "@", ("remainder", ""): "%", ("floor_divide", ""): "//", ("eq", ""): "==", ("ne", ""): "!=",
    ("lt", ""): "<", ("le", ""): "<=", ("gt", ""): ">", ("ge", ""): ">=", ("logical_and", ""): "&",
    ("logical_or", ""): "|", ("logical_xor", ""): "^",
}  # fmt: skip
REFLECTED = {"__radd__": "+", "__rsub__": "-", "__rmul__": "*", "__rdiv__": "/", "__rpow__": "**", "__rmatmul__": "@"}

_ALL = {name: family for family, names in FAMILIES.items() for name in names.split()}


def family(op: str, variant: str) -> str | None:
    """The family of an operation that is judged, None of any other."""
    return _ALL.get(f"{op}|{variant}", _ALL.get(op))
