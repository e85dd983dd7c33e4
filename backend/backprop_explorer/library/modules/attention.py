"""Attention and the layers of transformers as modules."""

TABLE = """
class MultiheadAttention(Module):
    def __init__(self, embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None,
                 vdim=None, batch_first=False, device=None, dtype=None):
        if add_bias_kv or add_zero_attn:
            refused("nn.MultiheadAttention with add_bias_kv or add_zero_attn", "leave them out")
        if kdim is not None and kdim != embed_dim or vdim is not None and vdim != embed_dim:
            refused("nn.MultiheadAttention with another kdim or vdim", "project keys and values by an nn.Linear first")
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.in_proj_weight = drawn("xavier_uniform", (3 * embed_dim, embed_dim))
        self.in_proj_bias = Parameter(torch.zeros(3 * embed_dim)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias)
        if bias:
            self.out_proj.bias = Parameter(torch.zeros(embed_dim))

    def heads(self, x, length, batch):
        return x.reshape(length, batch, self.num_heads, -1).permute(1, 2, 0, 3)

    def forward(self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None,
                average_attn_weights=True, is_causal=False):
        if query.ndim != 3:
            refused("nn.MultiheadAttention without a batch axis", "write x.unsqueeze(1), an axis for the batch")
        if self.batch_first:
            query, key, value = query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1)
        e = self.embed_dim
        length, batch = query.shape[0], query.shape[1]
        bq = bk = bv = None
        if self.in_proj_bias is not None:
            bq, bk, bv = self.in_proj_bias[:e], self.in_proj_bias[e:2 * e], self.in_proj_bias[2 * e:]
        q = self.heads(F.linear(query, self.in_proj_weight[:e], bq), length, batch)
        k = self.heads(F.linear(key, self.in_proj_weight[e:2 * e], bk), key.shape[0], batch)
        v = self.heads(F.linear(value, self.in_proj_weight[2 * e:], bv), key.shape[0], batch)
        scores = q @ k.transpose(-2, -1) * (e // self.num_heads) ** -0.5
        if attn_mask is not None:
            if attn_mask.ndim == 3:
                attn_mask = attn_mask.reshape(batch, self.num_heads, length, -1)
            if attn_mask.dtype == torch.bool:
                scores = scores.masked_fill(attn_mask, float("-inf"))
            else:
                scores = scores + attn_mask
        if key_padding_mask is not None:
            beside = key_padding_mask[:, None, None, :]
            if beside.dtype == torch.bool:
                scores = scores.masked_fill(beside, float("-inf"))
            else:
                scores = scores + beside
        weights = F.dropout(torch.softmax(scores, -1), self.dropout, self.training)
        mixed = (weights @ v).permute(2, 0, 1, 3).reshape(length, batch, e)
        out = self.out_proj(mixed)
        if self.batch_first:
            out = out.transpose(0, 1)
        if not need_weights:
            return out, None
        return out, (weights.mean(1) if average_attn_weights else weights)

class TransformerEncoderLayer(Module):
    def __init__(self, d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=None, layer_norm_eps=1e-5,
                 batch_first=False, norm_first=False, bias=True, device=None, dtype=None):
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        named = activation is None or isinstance(activation, str)
        self.activation = (F.gelu if activation == "gelu" else F.relu) if named else activation

    def attended(self, x, src_mask, src_key_padding_mask):
        return self.dropout1(self.self_attn(x, x, x, src_key_padding_mask, False, src_mask)[0])

    def fed(self, x):
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        x = src
        if self.norm_first:
            x = x + self.attended(self.norm1(x), src_mask, src_key_padding_mask)
            return x + self.fed(self.norm2(x))
        x = self.norm1(x + self.attended(x, src_mask, src_key_padding_mask))
        return self.norm2(x + self.fed(x))

class TransformerDecoderLayer(Module):
    def __init__(self, d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=None, layer_norm_eps=1e-5,
                 batch_first=False, norm_first=False, bias=True, device=None, dtype=None):
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        named = activation is None or isinstance(activation, str)
        self.activation = (F.gelu if activation == "gelu" else F.relu) if named else activation

    def attended(self, x, mask, padding):
        return self.dropout1(self.self_attn(x, x, x, padding, False, mask)[0])

    def looked_up(self, x, memory, mask, padding):
        return self.dropout2(self.multihead_attn(x, memory, memory, padding, False, mask)[0])

    def fed(self, x):
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def forward(self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None,
                memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False):
        x = tgt
        if self.norm_first:
            x = x + self.attended(self.norm1(x), tgt_mask, tgt_key_padding_mask)
            x = x + self.looked_up(self.norm2(x), memory, memory_mask, memory_key_padding_mask)
            return x + self.fed(self.norm3(x))
        x = self.norm1(x + self.attended(x, tgt_mask, tgt_key_padding_mask))
        x = self.norm2(x + self.looked_up(x, memory, memory_mask, memory_key_padding_mask))
        return self.norm3(x + self.fed(x))

class TransformerEncoder(Module):
    def __init__(self, encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True):
        self.layers = ModuleList([clone(encoder_layer) for i in range(num_layers)])
        self.norm = norm

    def forward(self, src, mask=None, src_key_padding_mask=None, is_causal=None):
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask)
        return src if self.norm is None else self.norm(src)
"""
