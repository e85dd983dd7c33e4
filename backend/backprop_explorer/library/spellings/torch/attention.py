"""PyTorch's attention."""

TABLE = """
@names(F.scaled_dot_product_attention)
def scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None,
                                 enable_gqa=False):
    "For every query a mean of the values, weighed by how well their keys fit; a row that is masked wholly gives zeros."
    if attn_mask is not None and is_causal:
        return refuse("scaled_dot_product_attention takes either an attn_mask or is_causal=True, not both")
    k = repeated_heads(key, query.shape) if enable_gqa else key
    v = repeated_heads(value, query.shape) if enable_gqa else value
    if attn_mask is None and dropout_p == 0 and scale is None:
        return scaled_dot_product_attention(query, k, v, is_causal)
    scores = query @ k.mT * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        scores = where(arange(query.shape[-2])[:, None] >= arange(k.shape[-2]), scores, -np.inf)
    if attn_mask is None:
        return dropped(softmax(scores), dropout_p, True, scores.shape) @ v
    seen = where(attn_mask == 1, scores, -np.inf) if is_mask(attn_mask) else scores + attn_mask
    blind = max(detach(seen), -1, True) == -np.inf
    weights = where(blind, 0, softmax(where(blind, 0, seen)))
    return dropped(weights, dropout_p, True, weights.shape) @ v
"""
