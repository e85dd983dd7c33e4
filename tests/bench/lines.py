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
    "moved": (
        "torch.stack([x[0, 0], x[1, 1]])", "torch.hstack((x, x))", "torch.hstack((v, v))", "torch.hstack((s, s))",
        "torch.vstack((x, v))", "torch.vstack((v, v))", "torch.dstack((x, x))", "torch.dstack((v, v))",
        "torch.column_stack((v, v))", "torch.column_stack((u, x))", "torch.row_stack((v, x))",
        "torch.block_diag(x, y, v)", "torch.block_diag(s, x)", "torch.chunk(v, 2)[1]", "torch.meshgrid(u, v)[0]",
        "torch.meshgrid(u, v, indexing='ij')[1]", "torch.meshgrid(u, v, indexing='xy')[0]",
        "torch.meshgrid([u, v, u])[2]", "torch.broadcast_tensors(x, v)[1]", "torch.atleast_1d(s)",
        "torch.atleast_2d(v)", "torch.atleast_3d(x)", "torch.atleast_2d(s, v)[1]", "torch.rot90(x)",
        "torch.rot90(x, -1)", "torch.rot90(z, 1, (1, 2))", "torch.rot90(z, 3, (2, 0))", "torch.roll(x, 1)",
        "torch.roll(x, (1, -1), (0, 1))", "torch.roll(x, -4, 1)", "x.roll(2, 0)", "torch.diag(v, -1)",
        "torch.diag(sq, 1)", "torch.diag_embed(x)", "torch.diag_embed(x, 1)", "torch.diag_embed(x, -2, 0, 2)",
        "torch.diag_embed(x, dim1=2, dim2=0)", "torch.diagflat(x, 1)", "torch.diagonal(z, 1, 1, 2)",
        "z.diagonal(dim1=-1, dim2=0)", "torch.tril(x, -1)", "x.triu(1)", "torch.take_along_dim(x, x.argsort(1), 1)",
        "torch.gather(x, 1, rows)", "x.gather(1, labels[:, None])", "x.gather(1, labels.unsqueeze(1)).squeeze(1)",
        "x.scatter(1, labels[:, None], 5.)", "x.scatter(1, labels[:, None], value=2.)", "x.scatter(1, rows, x)",
        "x.scatter_add(1, rows, x)", "x.index_select(1, i)", "x.index_add(1, i, y.t()[:, :2])",
        "x.index_fill(1, i, 3.)", "x.index_copy(1, i, y.t()[:, :2])", "x.sort(1)[0]",
        "x.sort(descending=True).values", "x.topk(2, 1, largest=False)[0]", "torch.kthvalue(x, 2, 1).values",
        "x.kthvalue(2)[0]", "x.unbind(1)[2]", "z.unfold(1, 2, 1)", "z.unfold(-1, 3, 1)",
        "torch.repeat_interleave(x, 2, dim=1)", "x.unflatten(1, (3, 1))", "z.unflatten(-1, (2, -1))",
        "x.narrow(1, -2, 2)", "torch.adjoint(z)", "x.t().reshape(-1)", "x.reshape(3, 2).view(-1, 6)", "x.ravel()",
        "s.expand(3)", "torch.squeeze(x[None], 0)", "torch.squeeze(x[None, :, None], (0, 2))", "torch.squeeze(x, 0)",
        "x.split((1, 2), 1)[1]", "x.tensor_split((1,), dim=1)[1]", "x.tensor_split(2, 1)[0]",
        "x.movedim((0, 1), (1, 0))", "torch.cat([x, x], -1)", "F.embedding(torch.cat((i, j)), sq)",
        "sq[torch.stack((i, j))]", "sq[i.flip(0)]", "sq[i.reshape(1, 2)]", "sq[x.argmax(1)]",
    ),
    "multiplied": (
        "torch.einsum('ij,jk', x, y)", "torch.einsum('ij->ji', x)", "torch.einsum('ij->', x)",
        "torch.einsum('ij->j', x)", "torch.einsum('ii->i', sq)", "torch.einsum('ii', sq)",
        "torch.einsum('bii->bi', bat)", "torch.einsum('...ij,...jk->...ik', z, z.mT)",
        "torch.einsum('bij,jk->bik', bat, sq)", "torch.einsum('...i,i->...', z, torch.cat((v, v[:1])))",
        "torch.einsum('i,j->ij', v, u)", "torch.einsum('i,i', v, v)", "torch.einsum(x, [0, 1], y, [1, 2], [0, 2])",
        "torch.einsum(x, [0, 1], y, [1, 2])", "torch.einsum(z, [..., 1], z, [..., 1], [...])",
        "torch.einsum('ij,jk->ik', [x, y])", "torch.einsum(' ij , jk -> i k', x, y)",
        "torch.einsum('Bi,ij->Bj', x, sq)", "torch.einsum('ij,ij->ij', x[:1], x)",
        "torch.einsum('...,...', x, x[:1])", "torch.einsum('iij->j', bat.permute(1, 2, 0))",
        "torch.tensordot(x, y, dims=1)", "torch.tensordot(x, y, dims=([1], [0]))",
        "torch.tensordot(x, y, ([1, 0], [0, 1]))", "torch.tensordot(z, z, dims=3)", "torch.tensordot(x, y, 0)",
        "torch.tensordot(z, x, dims=([-2], [-1]))", "torch.kron(x, y)", "torch.kron(v, x)",
        "torch.cross(x, x.flip(1), dim=1)", "torch.cross(x, x.flip(1))", "torch.cdist(x, y.t())", "torch.cdist(x, x)",
        "torch.cdist(x, x, p=1)", "torch.cdist(bat, sq, p=3)", "torch.cdist(x, y.t(), p=0)", "F.pdist(sq)",
        "torch.norm(x, dim=(0, 1))", "torch.norm(x, 1, 0)", "torch.norm(x * 0)", "torch.norm(z, p='fro', dim=(1, 2))",
        "x.norm(p=3, dim=1, keepdim=True)", "torch.linalg.norm(x, 'fro')", "torch.linalg.norm(x, 1)",
        "torch.linalg.norm(x, -1)", "torch.linalg.norm(bat, 1, (1, 2))", "torch.linalg.norm(z, dim=(0, 2))",
        "torch.linalg.norm(z)", "torch.linalg.vector_norm(z, 2.5, (0, 1))", "torch.linalg.vector_norm(x, 0)",
        "torch.linalg.vector_norm(s, 3)", "torch.linalg.matrix_norm(z, 1)", "torch.linalg.multi_dot([v, sq, sq, v])",
        "torch.linalg.matrix_power(sq, 3)", "torch.linalg.matrix_power(sq, 0)", "torch.linalg.matrix_power(sq, -2)",
        "torch.chain_matmul(x, sq, y)", "torch.addmm(x, x, sq, beta=0.5, alpha=2)", "torch.addmm(v, x, sq)",
        "torch.addmm(x, x, sq, beta=0)", "torch.addmv(v, sq, v, alpha=3)", "torch.addr(x, u, v)",
        "torch.baddbmm(bat, bat, bat, beta=2)", "torch.addbmm(sq, bat, bat)", "torch.inner(x, y.t())",
        "torch.inner(x, v)", "torch.inner(s, x)", "torch.inner(z, z)", "torch.mv(x, v)", "torch.det(sq)",
        "torch.slogdet(sq)[1]", "torch.slogdet(sq).logabsdet", "torch.inverse(sq)", "torch.linalg.solve(sq, v)",
        "torch.linalg.solve(bat, bat[:, :, 0])", "torch.linalg.solve(sq, x, left=False)", "torch.linalg.diagonal(z)",
    ),
    "created": (
        "torch.linalg.cholesky(sq @ sq.T + torch.eye(3))",
        "torch.linalg.cholesky(sq @ sq.T + torch.eye(3), upper=True)", "x * torch.tensor([1., 2., 3.])",
        "x * torch.tensor(2.0)", "x + torch.tensor([[1, 2, 3], [4, 5, 6]])", "x[torch.tensor([1, 0, 1])]",
        "F.cross_entropy(x, torch.tensor([0, 2]))",
        "F.binary_cross_entropy_with_logits(x, torch.ones_like(x), pos_weight=torch.tensor(2.0))",
        "torch.where(torch.tensor([True, False, True]), x, 0.)", "torch.tensor([x[0, 0], x[1, 1]]) * u",
        "torch.ones(2, 3) * x", "torch.full((2, 3), 2.5) * x", "torch.full((2, 3), 3) * x",
        "x[torch.zeros(2, dtype=torch.long)]", "torch.arange(1, 7, 2) * x", "torch.arange(3.) * x",
        "torch.arange(2.5, -1, -1)", "torch.linspace(3, 1, steps=3) * x", "torch.logspace(0, 2, 3) * x",
        "x.new_zeros(3) + v", "x.new_ones((2, 3)) * x", "x.new_full((3,), 2.) * x", "x.new_tensor([1., 2., 3.]) * x",
        "torch.full_like(x, 3.) * x", "torch.tril_indices(3, 3).sum() * s", "sq[torch.arange(3), torch.arange(3)]",
        "x.double() * 2", "(x > 0).to(x) * x", "x.to(torch.float64)", "x.to('cpu')", "x.type_as(y)",
        "x.type(torch.float64)", "x.argmax(1).double() * u", "(x > 0).long().sum() * s", "x.bool() * x",
        "x.clone() * x.detach()", "x.cpu().contiguous()", "torch.asarray([1., 2., 3.]) * v",
        "torch.take(x, torch.tensor([0, -1, 3]))", "torch.repeat_interleave(x, torch.tensor([1, 2]), dim=0)",
        "torch.cat([x > 0, x < 0]).double().sum() * s", "sq[torch.cat((i, torch.tensor([1])))]",
        "torch.arange(0, 1, 0.25, dtype=torch.float64) * s", "torch.eye(3, dtype=torch.float64) @ y",
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
