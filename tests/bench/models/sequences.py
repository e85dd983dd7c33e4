"""Models of sequences: recurrent ones, and transformers after the well-known ones."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


class Recurrent(nn.Module):
    """An LSTM, GRU or plain recurrent layer and a head on its last output."""

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__()
        self.rnn = kind(5, 6, batch_first=True, **options)
        self.head = nn.Linear(6 * (2 if options.get("bidirectional") else 1), 3)

    def forward(self, x: Any) -> Any:
        return self.head(self.rnn(x)[0][:, -1])


class Cells(nn.Module):
    """A loop over a cell, with a state of zeros that it makes itself."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.out = nn.LSTMCell(4, 5), nn.Linear(5, 2)

    def forward(self, x: Any) -> Any:
        h = torch.zeros(x.shape[0], 5, dtype=x.dtype)
        c = torch.zeros_like(h)
        outputs = []
        for t in range(x.shape[1]):
            h, c = self.cell(x[:, t], (h, c))
            outputs.append(self.out(h))
        return torch.stack(outputs, dim=1)


class Seq2Seq(nn.Module):
    """An encoder, and a decoder that attends to it."""

    def __init__(self, words: int = 11, dim: int = 6) -> None:
        super().__init__()
        self.source, self.target = nn.Embedding(words, dim), nn.Embedding(words, dim, padding_idx=0)
        self.encoder, self.decoder = nn.GRU(dim, dim, batch_first=True), nn.GRUCell(2 * dim, dim)
        self.attention, self.out = nn.Linear(dim, dim, bias=False), nn.Linear(2 * dim, words)

    def forward(self, source: Any, target: Any) -> Any:
        memory, hidden = self.encoder(self.source(source))
        state = hidden[0]
        logits = []
        for t in range(target.shape[1]):
            scores = torch.bmm(memory, self.attention(state).unsqueeze(2)).squeeze(2)
            context = torch.bmm(F.softmax(scores, dim=1).unsqueeze(1), memory).squeeze(1)
            state = self.decoder(torch.cat([self.target(target[:, t]), context], 1), state)
            logits.append(self.out(torch.cat([state, context], 1)))
        return torch.stack(logits, 1)


class CharRNN(nn.Module):
    """Karpathy's, by one-hot rows and a tied state."""

    def __init__(self, size: int = 7, hidden: int = 6) -> None:
        super().__init__()
        self.hidden, self.size = hidden, size
        self.i2h, self.i2o = nn.Linear(size + hidden, hidden), nn.Linear(size + hidden, size)

    def forward(self, tokens: Any) -> Any:
        h = torch.zeros(tokens.shape[0], self.hidden, dtype=self.i2h.weight.dtype)
        total: Any = 0
        for t in range(tokens.shape[1] - 1):
            both = torch.cat((F.one_hot(tokens[:, t], self.size).to(h.dtype), h), 1)
            h = torch.tanh(self.i2h(both))
            total = total + F.nll_loss(F.log_softmax(self.i2o(both), dim=1), tokens[:, t + 1])
        return total


class TextCNN(nn.Module):
    def __init__(self, words: int = 13, dim: int = 5) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, dim)
        self.convs = nn.ModuleList(nn.Conv1d(dim, 4, k) for k in (2, 3, 4))
        self.fc = nn.Linear(12, 3)

    def forward(self, tokens: Any) -> Any:
        x = self.embedding(tokens).transpose(1, 2)
        return self.fc(torch.cat([F.relu(conv(x)).max(dim=2).values for conv in self.convs], 1))


class WaveNet(nn.Module):
    def __init__(self, channels: int = 4) -> None:
        super().__init__()
        self.filters = nn.ModuleList(nn.Conv1d(channels, 2 * channels, 2, dilation=2**i) for i in range(2))
        self.mixes = nn.ModuleList(nn.Conv1d(channels, channels, 1) for _ in range(2))

    def forward(self, x: Any) -> Any:
        for i, (conv, mix) in enumerate(zip(self.filters, self.mixes, strict=True)):
            a, b = conv(F.pad(x, (2**i, 0))).chunk(2, dim=1)
            x = x + mix(torch.tanh(a) * torch.sigmoid(b))
        return x


class BagOfWords(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bag, self.fc = nn.EmbeddingBag(9, 5, mode="mean"), nn.Linear(5, 3)

    def forward(self, tokens: Any) -> Any:
        return self.fc(self.bag(tokens))


class Word2Vec(nn.Module):
    def __init__(self, words: int = 12, dim: int = 5) -> None:
        super().__init__()
        self.inside, self.outside = nn.Embedding(words, dim), nn.Embedding(words, dim)

    def forward(self, center: Any, context: Any, negative: Any) -> Any:
        v = self.inside(center)
        right = F.logsigmoid((v * self.outside(context)).sum(1))
        wrong = F.logsigmoid(-torch.bmm(self.outside(negative), v.unsqueeze(2)).squeeze(2)).sum(1)
        return -(right + wrong).mean()


class GPT2(nn.Module):
    """Tied weights, learned positions, attention by hand with a mask as a buffer."""

    def __init__(self, words: int = 17, dim: int = 12, heads: int = 3, length: int = 8, depth: int = 2) -> None:
        super().__init__()
        self.transformer = nn.ModuleDict({
            "wte": nn.Embedding(words, dim), "wpe": nn.Embedding(length, dim), "drop": nn.Dropout(0.0),
            "h": nn.ModuleList(GPT2Block(dim, heads, length) for _ in range(depth)), "ln_f": nn.LayerNorm(dim),
        })  # fmt: skip
        self.lm_head = nn.Linear(dim, words, bias=False)
        self.transformer["wte"].weight = self.lm_head.weight

    def forward(self, idx: Any, targets: Any = None) -> Any:
        t = idx.size(1)
        pos = torch.arange(0, t, dtype=torch.long, device=idx.device)
        x = self.transformer["drop"](self.transformer["wte"](idx) + self.transformer["wpe"](pos))
        for block in self.transformer["h"]:
            x = block(x)
        logits = self.lm_head(self.transformer["ln_f"](x))
        if targets is None:
            return logits
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)


class GPT2Block(nn.Module):
    def __init__(self, dim: int, heads: int, length: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.c_attn, self.c_proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(approximate="tanh"), nn.Linear(4 * dim, dim))
        self.register_buffer("bias", torch.tril(torch.ones(length, length)).view(1, 1, length, length))

    def forward(self, x: Any) -> Any:
        b, t, c = x.size()
        q, k, v = self.c_attn(self.ln_1(x)).split(c, dim=2)
        q, k, v = (one.view(b, t, self.heads, c // self.heads).transpose(1, 2) for one in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.bias[:, :, :t, :t] == 0, float("-inf"))
        y = F.softmax(att, dim=-1) @ v
        x = x + self.c_proj(y.transpose(1, 2).contiguous().view(b, t, c))
        return x + self.mlp(self.ln_2(x))


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x: Any) -> Any:
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def rotated(x: Any) -> Any:
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


class Llama(nn.Module):
    """Rotary positions made without a gradient, grouped queries, SwiGLU, RMS norms."""

    def __init__(self, words: int = 15, dim: int = 16, heads: int = 4, groups: int = 2) -> None:
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, dim // heads
        self.embed_tokens = nn.Embedding(words, dim)
        self.input_layernorm, self.post_attention_layernorm, self.norm = RMSNorm(dim), RMSNorm(dim), RMSNorm(dim)
        self.q_proj = nn.Linear(dim, dim, bias=False)
        self.k_proj = nn.Linear(dim, groups * self.size, bias=False)
        self.v_proj = nn.Linear(dim, groups * self.size, bias=False)
        self.o_proj = nn.Linear(dim, dim, bias=False)
        self.gate_proj, self.up_proj = nn.Linear(dim, 24, bias=False), nn.Linear(dim, 24, bias=False)
        self.down_proj, self.lm_head = nn.Linear(24, dim, bias=False), nn.Linear(dim, words, bias=False)
        frequencies = 1.0 / (10000 ** (torch.arange(0, self.size, 2) / self.size))
        self.register_buffer("inv_freq", frequencies, persistent=False)

    def positions(self, length: int, dtype: Any) -> tuple[Any, Any]:
        with torch.no_grad():
            angles = torch.arange(length).to(dtype)[:, None] * self.inv_freq[None, :]
            both = torch.cat((angles, angles), dim=-1)
            return both.cos(), both.sin()

    def forward(self, idx: Any) -> Any:
        x = self.embed_tokens(idx)
        b, t, _ = x.shape
        cos, sin = self.positions(t, x.dtype)
        h = self.input_layernorm(x)
        q = self.q_proj(h).view(b, t, self.heads, self.size).transpose(1, 2)
        k = self.k_proj(h).view(b, t, self.groups, self.size).transpose(1, 2)
        v = self.v_proj(h).view(b, t, self.groups, self.size).transpose(1, 2)
        q, k = q * cos + rotated(q) * sin, k * cos + rotated(k) * sin
        times = self.heads // self.groups
        k = k[:, :, None].expand(b, self.groups, times, t, self.size).reshape(b, self.heads, t, self.size)
        v = v[:, :, None].expand(b, self.groups, times, t, self.size).reshape(b, self.heads, t, self.size)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o_proj(y.transpose(1, 2).reshape(b, t, -1))
        h = self.post_attention_layernorm(x)
        x = x + self.down_proj(F.silu(self.gate_proj(h)) * self.up_proj(h))
        return self.lm_head(self.norm(x))


class BERT(nn.Module):
    def __init__(self, words: int = 19, dim: int = 12) -> None:
        super().__init__()
        self.word, self.position, self.kind = nn.Embedding(words, dim, 0), nn.Embedding(8, dim), nn.Embedding(2, dim)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(dim, eps=1e-12), nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.query, self.key, self.value = nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.dense, self.up, self.down = nn.Linear(dim, dim), nn.Linear(dim, 24), nn.Linear(24, dim)
        self.pooler, self.classifier = nn.Linear(dim, dim), nn.Linear(dim, 2)
        self.register_buffer("position_ids", torch.arange(8).expand((1, -1)))

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        t = input_ids.shape[1]
        x = self.word(input_ids) + self.position(self.position_ids[:, :t]) + self.kind(token_type_ids)
        x = self.norm1(x)
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        q, k, v = (f(x).view(*x.shape[:2], 3, 4).permute(0, 2, 1, 3) for f in (self.query, self.key, self.value))
        weights = F.softmax(torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(4) + mask, dim=-1)
        y = torch.matmul(weights, v).permute(0, 2, 1, 3).contiguous().flatten(2)
        x = self.norm2(x + self.dense(y))
        x = self.norm3(x + self.down(F.gelu(self.up(x))))
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


class T5(nn.Module):
    """An encoder and a decoder with a bias by relative position, in buckets."""

    def __init__(self, words: int = 14, dim: int = 8, heads: int = 2) -> None:
        super().__init__()
        self.heads, self.size = heads, dim // heads
        self.shared = nn.Embedding(words, dim)
        self.relative = nn.Embedding(8, heads)
        self.norms = nn.ModuleList(RMSNorm(dim) for _ in range(5))
        self.attentions = nn.ModuleList(
            nn.ModuleList(nn.Linear(dim, dim, bias=False) for _ in range(4)) for _ in range(3)
        )
        self.wi, self.wo = nn.Linear(dim, 16, bias=False), nn.Linear(16, dim, bias=False)

    def bias(self, length: int) -> Any:
        places = torch.arange(length)
        relative = places[None, :] - places[:, None]
        buckets = torch.clamp(relative, -4, 3) + 4
        return self.relative(buckets).permute(2, 0, 1).unsqueeze(0)

    def attend(self, which: int, x: Any, memory: Any, bias: Any) -> Any:
        q, k, v, o = self.attentions[which]
        pairs = ((q, x), (k, memory), (v, memory))
        a, b, c = (f(y).view(y.shape[0], -1, self.heads, self.size).transpose(1, 2) for f, y in pairs)
        weights = F.softmax(torch.matmul(a, b.transpose(3, 2)) + bias, dim=-1)
        return o(torch.matmul(weights, c).transpose(1, 2).reshape(x.shape))

    def forward(self, source: Any, target: Any) -> Any:
        x, y = self.shared(source), self.shared(target)
        x = x + self.attend(0, self.norms[0](x), self.norms[0](x), self.bias(x.shape[1]))
        x = x + self.wo(F.relu(self.wi(self.norms[1](x))))
        t = y.shape[1]
        causal = torch.full((t, t), float("-inf"), dtype=y.dtype).triu(1)
        z = self.norms[2](y)
        y = y + self.attend(1, z, z, self.bias(t) + causal)
        y = y + self.attend(2, self.norms[3](y), x, torch.zeros(1, dtype=y.dtype))
        return F.linear(self.norms[4](y) * 8**-0.5, self.shared.weight)


class Translator(nn.Module):
    """nn.Transformer with sines for positions."""

    def __init__(self, words: int = 9, dim: int = 8) -> None:
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.transformer = nn.Transformer(dim, 2, 1, 1, 12, 0.0, batch_first=True)
        self.out = nn.Linear(dim, words)
        pe = torch.zeros(6, dim)
        position = torch.arange(6).unsqueeze(1)
        steps = torch.exp(torch.arange(0, dim, 2) * (-math.log(10000.0) / dim))
        pe[:, 0::2], pe[:, 1::2] = torch.sin(position * steps), torch.cos(position * steps)
        self.register_buffer("pe", pe)

    def forward(self, source: Any, target: Any) -> Any:
        mask = self.transformer.generate_square_subsequent_mask(target.shape[1], dtype=self.pe.dtype)
        a = self.embed(source) * math.sqrt(8) + self.pe[: source.shape[1]]
        b = self.embed(target) * math.sqrt(8) + self.pe[: target.shape[1]]
        return self.out(self.transformer(a, b, tgt_mask=mask, tgt_is_causal=True))


class SelfAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Any, padding: Any) -> Any:
        y, weights = self.attention(x, x, x, key_padding_mask=padding, need_weights=True)
        return y.sum() + weights.square().sum()


class CrossAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, kdim=5, vdim=6, add_bias_kv=False)

    def forward(self, x: Any, keys: Any, values: Any) -> Any:
        return self.attention(x, keys, values, need_weights=False)[0]


class Experts(nn.Module):
    """A mixture of experts with a soft gate."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(6, 3)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4)) for _ in range(3))

    def forward(self, x: Any) -> Any:
        weights, chosen = torch.topk(self.gate(x).softmax(-1), 2, dim=-1)
        weights = weights / weights.sum(-1, keepdim=True)
        every = torch.stack([expert(x) for expert in self.experts], 1)
        rows = torch.gather(every, 1, chosen.unsqueeze(-1).expand(-1, -1, 4))
        return (weights.unsqueeze(-1) * rows).sum(1)


class Mamba(nn.Module):
    """A selective state space, step by step."""

    def __init__(self, dim: int = 4, state: int = 3) -> None:
        super().__init__()
        self.x_proj, self.dt_proj = nn.Linear(dim, 1 + 2 * state), nn.Linear(1, dim)
        self.A_log = nn.Parameter(torch.log(torch.arange(1.0, state + 1).repeat(dim, 1)))
        self.D, self.state = nn.Parameter(torch.ones(dim)), state

    def forward(self, x: Any) -> Any:
        dt, b, c = self.x_proj(x).split([1, self.state, self.state], dim=-1)
        dt = F.softplus(self.dt_proj(dt))
        a = torch.exp(torch.einsum("bld,dn->bldn", dt, -torch.exp(self.A_log)))
        u = torch.einsum("bld,bln,bld->bldn", dt, b, x)
        h = torch.zeros_like(u[:, 0])
        ys = []
        for t in range(x.shape[1]):
            h = a[:, t] * h + u[:, t]
            ys.append(torch.einsum("bdn,bn->bd", h, c[:, t]))
        return torch.stack(ys, 1) + x * self.D
