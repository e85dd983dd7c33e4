"""Lines of PyTorch for what has no OpInfo, and for what people write that its samples do not have."""

from __future__ import annotations

import re

import torch

SHAPES: dict[str, tuple[int, ...]] = {
    "x": (2, 3), "y": (3, 2), "z": (2, 3, 4), "v": (3,), "u": (2,), "s": (), "sq": (3, 3), "seq": (3, 2, 4),
    "img": (1, 2, 4, 4), "cols": (1, 8, 9), "hid": (2, 3), "mem": (2, 3), "inp": (2, 4), "bat": (2, 3, 3),
    "w_ih": (3, 4), "w_hh": (3, 3), "b_ih": (3,), "b_hh": (3,), "w_ih4": (12, 4), "w_hh4": (12, 3), "b_ih4": (12,),
    "b_hh4": (12,), "w_ih3": (9, 4), "w_hh3": (9, 3), "b_ih3": (9,), "b_hh3": (9,), "h0": (1, 2, 3), "c0": (1, 2, 3),
    "lin": (4, 3), "bias": (4,), "cube": (2, 3, 3), "cube4": (4, 2, 3), "wide1": (2, 2, 3), "quad": (1, 8, 2, 2),
}  # fmt: skip
GIVEN = {
    "edge": [-1.0, 0.0, 1.0], "ends": [0.0, 1.0, 0.3], "equal": [[1.0, 1.0, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0]],
    "sides": [1.0, -1.0, -1.0],
}  # fmt: skip
"""Numbers at which functions have kinks, or elements are equal; `sides` are never learned."""
WHOLE = {
    "missing": [2, -100], "places": [[0, 2, 1, 1], [1, 0, 2, 2]], "listed": [[2, -1, 1], [0, 2, -1]],
    "i": [0, 2], "j": [1, 0], "labels": [2, 0], "rows": [[0, 1, 1], [1, 0, 1]],
}  # fmt: skip
MASKS = {
    "mask": [[True, False, True], [False, False, True]], "keep": [True, False],
    "hidden": [[False, True, False], [False, True, False]], "blind": [[True, False, True], [False, False, False]],
    "square": [[True, False, True], [False, True, True], [True, True, True]],
}  # fmt: skip

LINES: dict[str, tuple[str, ...]] = {
    "indexing": (
        "x[[0, 1]]", "x[[1, 1, 0]]", "x[i[1] - 1]", "x[j]", "x[:, i]", "x[j, i]", "x[[0, 1], [2, 0]]", "x[..., i]",
        "x[range(2), labels]", "x[torch.arange(2), labels]", "z[:, i]", "z[j, :, i]", "z[:, [0, 2], 1:3]", "x[mask]",
        "x[keep]", "z[mask]", "x[-1]", "x[:, None, ::2]", "x[0, [True, False, True]]", "x[j][:, i]", "z[0, i, 1]",
    ),
    "pairs": (
        "x.max(1)[0]", "x.max(1).values", "x.max(dim=1, keepdim=True)[0]", "x.min(0)[0]", "torch.max(x, 1)[0]",
        "torch.min(x, dim=-1).values", "x.max(-1, True)[0]", "x.sort(descending=True)[0]", "x.topk(2)[0]",
        "x.median(1).values", "torch.max(x)", "torch.max(x, y.t())", "x.max()", "x.max(1)[1]", "x.max(1).indices",
        "torch.std_mean(x, 1)[0]", "torch.var_mean(x, 1)[1]", "torch.var_mean(x)[0]", "x.cummax(0)[0]",
    ),
    "statistics": (
        "x.std()", "x.std(0)", "x.var(1, keepdim=True)", "torch.var(x, 0, unbiased=False)",
        "torch.std(x, correction=0)",
        "x.var(0, False)", "x.mean((0, 1))", "x.std(dim=(0, 1))", "torch.std(x)", "torch.var(z, (0, 2))",
    ),
    "axes": (
        "x.transpose(0, 1)", "torch.transpose(x, 0, 1)", "z.transpose(-1, 0)", "z.transpose(1, 2)", "z.swapaxes(0, 2)",
        "x.T", "z.mT", "z.permute(2, 0, 1)", "z.permute((2, 0, 1))", "z.flatten(1)", "z.flatten(0, 1)", "z.flatten()",
        "z.view(2, -1)", "z.reshape(-1)", "x.repeat(2, 1)", "x.repeat(2, 1, 1)", "x.unsqueeze(-1)", "x.squeeze()",
        "x[None].squeeze(0)", "x[:, None].squeeze(-1)", "x.expand(2, 2, 3)", "v.expand(2, -1)", "x.size(0) * x",
        "x.movedim(0, 1)", "torch.swapaxes(z, 0, 1)", "x.chunk(2, 1)[0]", "x.split(2, 1)[1]", "x.narrow(1, 1, 2)",
        "x.select(1, 2)", "v.tile((2, 1))", "x.tile(2)", "x.repeat_interleave(2)", "x.repeat_interleave(2, 1)",
        "x.repeat_interleave(2, dim=0)", "z.unfold(2, 2, 1)", "x.view(3, 2)", "x.contiguous().view(-1)", "x.t()",
    ),
    "signatures": (
        "F.linear(x, sq)", "F.linear(x, lin, bias)", "F.linear(v, sq)", "F.softmax(x, 0)", "F.softmax(x, -1)",
        "F.log_softmax(x, 1)", "x.softmax(0)", "F.pad(x, (1, 1))", "F.pad(x, (1, 2), value=3.0)",
        "F.pad(x, (1, 0, 0, 2))", "F.pad(x, (1, 1), 'constant', 2.0)", "F.layer_norm(x, (3,))",
        "F.layer_norm(x, (3,), v, v, 1e-3)", "F.layer_norm(x, x.shape)", "F.layer_norm(x, v.shape, v)",
        "F.layer_norm(v, (3,))", "F.rms_norm(x, (3,), v)", "F.batch_norm(x, v, v * v + 1)",
        "F.batch_norm(x, None, None, training=True)", "F.batch_norm(x, v, v * v + 1, v, v, False, 0.1, 1e-3)",
        "torch.clamp(x, -0.5, 0.5)", "torch.clamp(x, min=x.detach())", "x.clamp(min=0)", "x.clamp(max=y.t())",
        "F.normalize(x)", "F.normalize(x, dim=0)", "F.one_hot(labels, 3) * 1.0", "F.one_hot(labels)",
        "F.cross_entropy(x, labels)", "F.cross_entropy(x, labels, reduction='none')",
        "F.cross_entropy(x, F.softmax(x, 1).detach())", "F.nll_loss(F.log_softmax(x, 1), labels)",
        "F.mse_loss(x, y.t())", "F.mse_loss(x, y.t(), reduction='sum')", "F.gelu(x)", "F.gelu(x, approximate='tanh')",
        "F.leaky_relu(x, 0.2)", "F.elu(x, 0.5)", "F.dropout(x, 0.5, False)", "F.embedding(i, sq)", "torch.dot(v, v)",
        "torch.norm(x)", "x.norm()", "x.norm(dim=1)", "x.norm(2, 1, True)", "x.norm(p=1)", "torch.linalg.norm(x)",
        "x.pow(2)", "x ** 2", "2 ** x", "x.abs()", "x % 0.3", "x // 0.3", "x.sum()", "x.sum(0)", "x.sum([0, 1])",
        "x.sum(-1, keepdim=True)", "torch.matmul(z, z.mT)", "x @ y", "x.mm(y)", "x.mv(v)", "v @ v", "x @ v",
        "torch.where(x > 0, x, 0)", "torch.where(x > 0, x, y.t())", "x.where(x > 0, y.t())", "x.masked_fill(x > 0, 0)",
        "x.masked_fill(mask, float('-inf')).softmax(-1)", "torch.tril(sq, -1)", "torch.tril(sq, diagonal=1)",
        "sq.triu(1)", "sq.diag()", "sq.diagonal()", "torch.diag(v)", "torch.trace(sq)", "torch.cat([x, x], 1)",
        "torch.cat((x, x), dim=-1)", "torch.stack([x, x], dim=1)", "torch.hstack((v, u))", "torch.vstack((v, x))",
        "torch.gather(x, 1, labels[:, None])", "x.gather(1, rows)", "torch.roll(x, 1, 0)", "torch.flip(x, [0])",
        "torch.einsum('ij,jk->ik', x, y)", "torch.einsum('bij,bkj->bik', bat, bat)", "torch.outer(u, v)", "x.cumsum(1)",
        "torch.logsumexp(x, 1)", "x.logsumexp(1, True)", "x.argmax(1) * 1.0", "torch.relu(x)", "x.relu()",
        "x.sigmoid()",
        "torch.minimum(x, y.t())", "x.clone()", "x.detach() * x", "torch.zeros_like(x) + x",
        "torch.full_like(x, 2) * x",
        "F.scaled_dot_product_attention(bat, bat, bat)",
        "F.scaled_dot_product_attention(bat, bat, bat, is_causal=True)",
    ),
    "made": (
        "torch.zeros(2, 3) + x", "torch.zeros((2, 3)) + x", "torch.ones(3) * x", "torch.ones(x.shape) * x",
        "torch.full((2, 3), 0.5) * x", "torch.eye(3) @ y", "torch.eye(2, 3) * x", "torch.arange(3) * x",
        "torch.arange(1, 4) * x", "torch.arange(0, 1.5, 0.5) * x", "torch.linspace(0, 1, 3) * x",
        "torch.tensor([1.0, 2.0, 3.0]) * x", "torch.tensor(2.0) * x", "torch.ones_like(x) * x",
        "torch.zeros(2, 3, dtype=torch.float64) + x", "torch.tril(torch.ones(3, 3)) * sq", "x / math.sqrt(x.size(-1))",
        "torch.equal(x, x) * x", "torch.equal(x, x.abs()) * x", "x.numel() * x", "x.dim() * x", "x.size(-1) * x",
        "x.shape[1] * x", "x.ndim * x", "len(x) * x", "x.size()[1] * x", "torch.numel(x) * x", "x.size(0) // 2 * x",
        "torch.take(x, j)", "torch.take(x, torch.tensor([4, 0]))", "torch.detach(x) * x", "x.data * x",
        "x.double() * x", "x.to(x.dtype)",
        "torch.pi * x", "math.pi * x", "x.new_zeros(3) + x", "x.new_ones(2, 1) * x",
        "torch.empty_like(x).fill_(2.0) * x",
        "x.type_as(x) * 2", "x.add(y.t(), alpha=2)", "torch.sub(x, y.t(), alpha=0.5)",
        "x.div(y.t(), rounding_mode='floor')",
        "F.dropout(x, training=False)", "F.dropout(x, p=0.3, training=False)", "F.relu(x, inplace=False)",
        "torch.nn.functional.relu(x)", "torch.special.expit(x)", "torch.squeeze(x[None], dim=0)",
        "x[None].squeeze((0,))",
        "x.sum(axis=1)", "x.mean(axis=0, keepdims=True)", "torch.sum(x, axis=0)", "torch.concatenate([x, x], axis=0)",
        "torch.cat([x, x])", "torch.permute(z, (1, 0, 2))", "torch.moveaxis(z, 0, 2)", "torch.ravel(x)",
        "torch.greater(x, 0) * x", "(x > 0).float() * x", "(x > 0).double() * x", "(x > 0).sum() * x", "~(x > 0) * x",
        "((x > 0) & (x < 1)) * x", "((x > 0) | (x < -1)) * x", "(x > 0).to(torch.float64) * x", "(x > 0).long() * x",
    ),
    "fold": (
        "F.fold(cols, (4, 4), 2)", "F.fold(cols, output_size=(4, 4), kernel_size=(2, 2))",
        "F.fold(cols[:, :, :4], (4, 4), 2, stride=2)", "F.fold(cols, (2, 2), 2, padding=1)",
    ),
    "kinks": (
        "F.relu6(edge * 6)", "F.hardtanh(edge)", "F.hardtanh(edge, -0.5, 0.5)", "F.hardswish(edge * 3)",
        "F.hardshrink(edge / 2)", "F.softshrink(edge / 2)", "F.celu(edge, 0.5)", "F.selu(edge)",
        "F.elu(edge, alpha=2.0)",
        "F.leaky_relu(edge)", "F.prelu(edge, s)", "F.rrelu(edge)", "F.threshold(edge, 0.5, 3.0)",
        "F.softplus(edge, 2, 1)",
        "F.softsign(edge)", "F.relu(edge)", "F.l1_loss(edge, edge.detach(), reduction='none')", "F.mish(edge)",
        "F.smooth_l1_loss(edge, edge.detach() * 0, reduction='none')", "F.normalize(edge * 0, dim=0)",
        "F.huber_loss(edge, edge.detach() * 0, reduction='none')", "F.margin_ranking_loss(edge, edge.detach(), sides)",
        "F.smooth_l1_loss(edge, edge.detach() * 0, beta=0.0)", "F.hinge_embedding_loss(edge, sides)",
        "F.multi_margin_loss(equal, labels)", "F.pairwise_distance(x, x.detach(), eps=0.0)",
        "F.cosine_similarity(x * 0, x.detach())", "F.triplet_margin_loss(edge[:1], edge[1:2], edge[1:2] + 2, eps=0.0)",
        "F.cosine_embedding_loss(x * 0, x, sides[1:])",
        "F.max_pool1d(equal, 2, 1)", "F.max_pool2d(equal[None], 2, 1)", "F.adaptive_max_pool1d(equal, 2)",
        "F.max_pool2d(equal[None] * 0, (2, 3), padding=1)", "F.lp_pool1d(equal * 0, 2, 2)",
    ),
    "options of layers": (
        "F.embedding(i, sq, padding_idx=2)", "F.embedding(i, sq, -1)", "F.bilinear(x, x, cube)",
        "F.bilinear(v, v, cube, u)", "F.normalize(z, p=1, dim=-1)", "F.normalize(z, float('inf'), 0)",
        "F.normalize(z, 3, (1, 2))", "F.layer_norm(z, (3, 4))", "F.layer_norm(z, [3, 4], z[0], z[1], 0.1)",
        "F.rms_norm(z, (3, 4), eps=0.1)", "F.group_norm(z[:, :2], 2, u, u)",
        "F.instance_norm(z, v, v * v, v, v, False)",
        "F.instance_norm(z, weight=v, bias=v, eps=0.1)", "F.batch_norm(z, None, None, v, v, True)",
        "F.batch_norm(z, v, v * v, v, v)", "F.local_response_norm(z, 2, 0.5, 0.3, 2.0)", "F.dropout(x, 0.0)",
        "F.dropout(x, p=1.0)", "F.dropout(x, 0.3, training=False)", "F.alpha_dropout(x, 0.3)", "F.glu(z, 0)",
        "F.conv1d(seq, wide1, padding='same')", "F.conv1d(seq[0], wide1, stride=2)",
        "F.conv1d(seq, wide1, padding='valid')",
        "F.conv_transpose1d(seq, wide1, stride=2, padding=1, output_padding=1)", "F.unfold(img, 2, 2, 1, (1, 2))",
        "F.conv_transpose1d(seq[0], wide1, None, 3, 0, 1, 1, 2)", "F.unfold(img[0], (2, 1))",
        "F.pixel_shuffle(quad, 2)",
        "F.avg_pool1d(seq, 3, 2, 1, True, False)", "F.avg_pool2d(img, 3, 2, 1, ceil_mode=True)",
        "F.avg_pool2d(img[0], (2, 3), 1, (1, 0), count_include_pad=False)", "F.avg_pool2d(img, 2, divisor_override=3)",
        "F.max_pool2d(img, 2, 1, 1, 2)", "F.max_pool2d(img, (3, 2), ceil_mode=True)", "F.max_pool2d(img, 3, 2, 1)",
        "F.max_pool2d(img, 2, return_indices=True)[1]", "F.adaptive_avg_pool2d(img, (3, None))",
        "F.adaptive_avg_pool1d(seq, 3)", "F.adaptive_max_pool2d(img, 3)", "F.lp_pool2d(img, 2, 2)",
        "F.interpolate(img, 7)", "F.interpolate(img, scale_factor=1.7)", "F.interpolate(seq, 6, mode='linear')",
        "F.interpolate(img, (3, 5), mode='bilinear')", "F.interpolate(img, (3, 5), None, 'bilinear', True)",
        "F.interpolate(img, scale_factor=(2.0, 0.5), mode='bicubic')", "F.pixel_unshuffle(img, 2)",
        "F.interpolate(img, scale_factor=1.3, mode='bilinear', recompute_scale_factor=True)",
        "F.pad(img, (1, 2, 0, 1), mode='reflect')", "F.pad(img, (1, 2), 'replicate')",
        "F.pad(img, (2, 1, 1, 0), 'circular')",
        "F.pad(x, (-1, 2), value=0.5)", "F.channel_shuffle(quad[:, :4], 2)", "F.softmax(s, 0)", "F.softmax(x)",
    ),
    "options of losses": (
        "F.cross_entropy(x, labels, weight=v * v)", "F.cross_entropy(x, labels, ignore_index=2)",
        "F.cross_entropy(x, missing, ignore_index=-100)",
        "F.cross_entropy(x, missing, v * v, None, -100, None, 'none')",
        "F.cross_entropy(x, missing, ignore_index=-100, label_smoothing=0.2)", "F.cross_entropy(z, places)",
        "F.cross_entropy(x, labels, label_smoothing=0.1, weight=(v * v).detach(), reduction='sum')",
        "F.cross_entropy(x, x.softmax(1), weight=v, label_smoothing=0.1)", "F.cross_entropy(v, labels[0])",
        "F.cross_entropy(z, z.softmax(1), reduction='none')", "F.cross_entropy(z, places, reduction='none')",
        "F.cross_entropy(x.masked_fill(mask, 1.0), labels)", "F.nll_loss(z, places, (v * v).detach())",
        "F.cross_entropy(x.masked_fill(hidden, float('-inf')), labels)", "F.nll_loss(x, labels, ignore_index=0)",
        "F.mse_loss(x, y.t(), weight=(x * x).detach())", "F.l1_loss(x, y.t(), weight=x * x)", "F.l1_loss(x, v)",
        "F.huber_loss(x, y.t(), 'sum', 0.3, x * x)", "F.smooth_l1_loss(x, y.t(), beta=0.3)",
        "F.kl_div(x, y.t().softmax(1), reduction='batchmean')", "F.kl_div(x, y.t(), log_target=True)",
        "F.binary_cross_entropy(x.sigmoid(), y.t().sigmoid(), weight=v.detach())",
        "F.binary_cross_entropy(ends, ends.detach())",
        "F.binary_cross_entropy(ends, 1 - ends.detach(), reduction='none')",
        "F.binary_cross_entropy_with_logits(x, y.t(), (v * v).detach(), pos_weight=(v * v).detach())",
        "F.gaussian_nll_loss(x, y.t(), x * x, full=True)", "F.gaussian_nll_loss(x, y.t(), u * u, eps=0.5)",
        "F.gaussian_nll_loss(x, y.t(), 0.3)", "F.poisson_nll_loss(x, (y.t() * 4).detach(), full=True)",
        "F.poisson_nll_loss(x * x, y.t(), False, eps=0.1)", "F.hinge_embedding_loss(v, sides, 2.0)",
        "F.margin_ranking_loss(v, v.detach() + 0.2, sides, 0.5, reduction='none')", "F.soft_margin_loss(v, sides)",
        "F.cosine_embedding_loss(sq, sq.t(), sides, 0.3)",
        "F.triplet_margin_loss(sq, sq.t(), sq * 2, 3.0, 1, swap=True)",
        "F.triplet_margin_with_distance_loss(sq, sq.t(), sq * 2, margin=3.0)",
        "F.cosine_embedding_loss(v, v * v, sides[0])",
        "F.multi_margin_loss(x, labels, 2, 0.5, (v * v).detach())", "F.multi_margin_loss(v, labels[0])",
        "F.multilabel_margin_loss(x, listed)", "F.multilabel_margin_loss(v, listed[0], reduction='none')",
        "F.multilabel_soft_margin_loss(x, y.t(), v.detach(), reduction='none')",
    ),
    "options of attention": (
        "F.scaled_dot_product_attention(bat, bat, bat, square)", "F.scaled_dot_product_attention(bat, bat, bat, sq)",
        "F.scaled_dot_product_attention(bat, bat, bat, is_causal=True, scale=0.7)",
        "F.scaled_dot_product_attention(x, sq, sq, mask)", "F.scaled_dot_product_attention(x, sq, sq, blind)",
        "F.scaled_dot_product_attention(cube4, bat, bat, enable_gqa=True)",
        "F.scaled_dot_product_attention(bat, bat, bat, square.tril().to(torch.bool))",
    ),
    "single precision": ("F.hardsigmoid(x)", "F.hardsigmoid(edge * 3)"),
    "cells": (
        "torch.lstm_cell(inp, (hid, mem), w_ih4, w_hh4, b_ih4, b_hh4)[0]",
        "torch.lstm_cell(inp, (hid, mem), w_ih4, w_hh4, b_ih4, b_hh4)[1]",
        "torch.lstm_cell(inp, [hid, mem], w_ih4, w_hh4)[0]", "torch.gru_cell(inp, hid, w_ih3, w_hh3, b_ih3, b_hh3)",
        "torch.gru_cell(inp, hid, w_ih3, w_hh3)", "torch.rnn_tanh_cell(inp, hid, w_ih, w_hh, b_ih, b_hh)",
        "torch.rnn_relu_cell(inp, hid, w_ih, w_hh, b_ih, b_hh)", "torch.rnn_tanh_cell(inp, hid, w_ih, w_hh)",
    ),
    "sequences": (
        "torch.lstm(seq, (h0, c0), [w_ih4, w_hh4, b_ih4, b_hh4], True, 1, 0.0, False, False, False)[0]",
        "torch.lstm(seq, (h0, c0), [w_ih4, w_hh4, b_ih4, b_hh4], True, 1, 0.0, False, False, False)[2]",
        "torch.gru(seq, h0, [w_ih3, w_hh3, b_ih3, b_hh3], True, 1, 0.0, False, False, False)[0]",
        "torch.rnn_tanh(seq, h0, [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, False)[0]",
        "torch.rnn_relu(seq, h0, [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, False)[1]",
    ),
}  # fmt: skip


def given(text: str) -> dict[str, torch.Tensor]:
    """The tensors that a line is about, always the same numbers for the same name."""
    found: dict[str, torch.Tensor] = {}
    for name in dict.fromkeys(re.findall(r"(?<![\w.'])[a-z]\w*(?![\w=('])", text)):
        if name in SHAPES:
            draw = torch.Generator().manual_seed(sum(map(ord, name)) * 31 + len(name))
            values = torch.randn(SHAPES[name], generator=draw, dtype=torch.float64)
            found[name] = torch.round(values, decimals=2).requires_grad_()
        elif name in GIVEN:
            found[name] = torch.tensor(GIVEN[name], dtype=torch.float64, requires_grad=name != "sides")
        elif name in WHOLE:
            found[name] = torch.tensor(WHOLE[name])
        elif name in MASKS:
            found[name] = torch.tensor(MASKS[name])
    return found
