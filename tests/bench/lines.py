"""Lines of PyTorch for what has no OpInfo, and for what people write that its samples do not have."""

from __future__ import annotations

import re

import torch

SHAPES: dict[str, tuple[int, ...]] = {
    "x": (2, 3), "y": (3, 2), "z": (2, 3, 4), "v": (3,), "u": (2,), "s": (), "sq": (3, 3), "seq": (3, 2, 4),
    "img": (1, 2, 4, 4), "cols": (1, 8, 9), "hid": (2, 3), "mem": (2, 3), "inp": (2, 4), "bat": (2, 3, 3),
    "w_ih": (3, 4), "w_hh": (3, 3), "b_ih": (3,), "b_hh": (3,), "w_ih4": (12, 4), "w_hh4": (12, 3), "b_ih4": (12,),
    "b_hh4": (12,), "w_ih3": (9, 4), "w_hh3": (9, 3), "b_ih3": (9,), "b_hh3": (9,), "h0": (1, 2, 3), "c0": (1, 2, 3),
    "lin": (4, 3), "bias": (4,),
}  # fmt: skip
WHOLE = {"i": [0, 2], "j": [1, 0], "labels": [2, 0], "rows": [[0, 1, 1], [1, 0, 1]]}
MASKS = {"mask": [[True, False, True], [False, False, True]], "keep": [True, False]}

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
        elif name in WHOLE:
            found[name] = torch.tensor(WHOLE[name])
        elif name in MASKS:
            found[name] = torch.tensor(MASKS[name])
    return found
