"""Attention, and what goes with it: rotary positions, linear attention, a convolution that sees the past only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backprop_explorer.importing.onnx.values import Call, Operator, Result, number

MASK, PAST_KEY, PAST_VALUE, LENGTHS = 3, 4, 5, 6
RULES = ("linear", "gated", "delta", "gated_delta")
SMOOTH = {"none": "{0}", "silu": "silu({0})", "swish": "silu({0})"}


@dataclass(frozen=True)
class _Parts:
    """Queries, keys and values of each head as the program writes them, and how many queries and keys there are; how
    many of the keys were there before the first query."""

    q: str
    k: str
    v: str
    queries: int
    keys: int
    before: str


def _attention(call: Call) -> Result:
    flat, heads, shared = _heads(call)
    parts = _parts(call, flat, heads, shared)
    outputs = [parts.k if call.wants(1) else None, parts.v if call.wants(2) else None]
    repeat = heads // shared
    if _is_plain(call):
        mask = f", attn_mask={_mask(call, parts)}" if call.has(MASK) else ""
        scale = f", scale={call.fraction('scale', 1.0)}" if "scale" in call.operation.options else ""
        causal = ", is_causal=True" if call.option("is_causal", 0) else ""
        grouped = ", enable_gqa=True" if repeat > 1 else ""
        y = f"F.scaled_dot_product_attention({parts.q}, {parts.k}, {parts.v}{mask}{causal}{scale}{grouped})"
        return [_joined(call, y) if flat else y, *outputs, None]
    k, v = (f"repeat({one}, {repeat}, 1)" if repeat > 1 else one for one in (parts.k, parts.v))
    scale = number(call.option("scale", 1.0)) if "scale" in call.operation.options else f"{parts.q}.shape[-1] ** -0.5"
    stages = [call.write("scores", f"{parts.q} @ {k}.mT * {scale}")]
    cap = call.option("softcap", 0.0)
    if cap > 0:
        stages.append(call.write("scores", f"{number(cap)} * tanh({stages[-1]} / {number(cap)})"))
    capped = stages[-1]
    seen = _seen(call, parts, capped)
    y, weights = _weighed(call, seen, v, masked=seen != capped)
    wanted = (stages[0], capped, seen, weights)[call.option("qk_matmul_output_mode", 0, range(4).__contains__)]
    return [_joined(call, y) if flat else y, *outputs, wanted]


def _heads(call: Call) -> tuple[bool, int, int]:
    """Whether the heads stand side by side in the last axis; how many there are of queries, and of keys."""
    shapes = [call.shape(position) for position in range(3)]
    flat = len(shapes[0]) == 3
    if any(len(shape) != (3 if flat else 4) for shape in shapes):
        raise call.refuse("needs queries, keys and values of three axes, or of four")
    heads = call.option("q_num_heads", 0) if flat else shapes[0][1]
    shared = call.option("kv_num_heads", 0) if flat else shapes[1][1]
    if heads < 1 or shared < 1 or heads % shared or (flat and (shapes[0][2] % heads or shapes[1][2] % shared)):
        raise call.refuse(f"has {heads} heads of queries and {shared} of keys, which do not fit its shapes")
    return flat, heads, shared


def _parts(call: Call, flat: bool, heads: int, shared: int) -> _Parts:
    q, k, v = (call.tensor(position).name for position in range(3))
    if flat:
        counts = (heads, shared, shared)
        shapes = [call.shape(position) for position in range(3)]
        q, k, v = (
            call.write(word, f"{name}.reshape(-1, {shape[1]}, {count}, {shape[2] // count}).transpose(0, 2, 1, 3)")
            for word, name, shape, count in zip(("q", "k", "v"), (q, k, v), shapes, counts, strict=True)
        )
    axis = 1 if flat else 2
    queries, keys, before = call.shape()[axis], call.shape(1)[axis], "0"
    if call.has(PAST_KEY) != call.has(PAST_VALUE) or (call.has(PAST_KEY) and call.has(LENGTHS)):
        raise call.refuse("needs past keys and values together, or the lengths of another cache")
    if call.has(PAST_KEY):
        k = call.write("k", f"concatenate(({call.tensor(PAST_KEY).name}, {k}), 2)")
        v = call.write("v", f"concatenate(({call.tensor(PAST_VALUE).name}, {v}), 2)")
        keys, before = keys + call.shape(PAST_KEY)[2], str(call.shape(PAST_KEY)[2])
    elif call.has(LENGTHS):
        before = f"({call.tensor(LENGTHS, fixed=True).name}[:, None, None, None] - {queries})"
    return _Parts(q, k, v, queries, keys, before)


def _is_plain(call: Call) -> bool:
    """Whether PyTorch's function means the same: nothing of the past, no limits, and the result alone is asked for."""
    options = call.operation.options
    special = any(call.has(position) for position in (PAST_KEY, LENGTHS)) or call.wants(3)
    windows = any(options.get(f"{side}_window_size", -1) >= 0 for side in ("left", "right"))
    both = call.has(MASK) and (bool(options.get("is_causal", 0)) or call.shape(MASK)[-1] != call.shape(1)[-2])
    short = call.has(MASK) and len(call.shape(1)) == 3 and call.shape(MASK)[-1] != call.shape(1)[1]
    return not (special or windows or options.get("softcap", 0.0) or both or short)


def _mask(call: Call, parts: _Parts) -> str:
    """The mask for all keys; where it is shorter, no query sees the last ones."""
    name, rank, whole = call.tensor(MASK, fixed=True).name, len(call.shape(MASK)), call.is_whole(MASK)
    missing = parts.keys - call.shape(MASK)[-1]
    if missing > 0:
        edges = tuple((0, missing if axis == rank - 1 else 0) for axis in range(rank))
        name = f"pad({name}, {edges}, constant_values={'0' if whole else '-np.inf'})"
    return f"{name} != 0" if whole else name


def _seen(call: Call, parts: _Parts, scores: str) -> str:
    """The scores, with minus infinity where a query may not look."""
    seen = scores
    if call.has(MASK):
        mask = _mask(call, parts)
        text = f"where({mask}, {seen}, -np.inf)" if call.is_whole(MASK) else f"{seen} + {mask}"
        seen = call.write("seen", text)
    place = f"arange({parts.queries})[:, None]" + ("" if parts.before == "0" else f" + {parts.before}")
    key = f"arange({parts.keys})"
    left, right = (call.option(f"{side}_window_size", -1) for side in ("left", "right"))
    rules = [f"{place} >= {key}"] if call.option("is_causal", 0) else []
    rules += [f"{place} - {left} <= {key}"] if left >= 0 else []
    rules += [f"{place} + {right} >= {key}"] if right >= 0 else []
    rules += [f"{key} < {call.tensor(LENGTHS, fixed=True).name}[:, None, None, None]"] if call.has(LENGTHS) else []
    for rule in rules:
        seen = call.write("seen", f"where({rule}, {seen}, -np.inf)")
    return seen


def _weighed(call: Call, seen: str, v: str, *, masked: bool) -> tuple[str, str]:
    """The means of the values and their weights: zeros for a query that sees nothing."""
    if masked:
        blind = call.write("blind", f"max(detach({seen}), -1, True) == -np.inf")
        weights = call.write("weights", f"where({blind}, 0, softmax(where({blind}, 0, {seen})))")
    else:
        weights = call.write("weights", f"softmax({seen})")
    return f"{weights} @ {v}", weights


def _joined(call: Call, y: str) -> str:
    """The heads side by side again."""
    name = call.write("y", y)
    return f"{name}.transpose(0, 2, 1, 3).reshape(-1, {call.shape()[1]}, {name}.shape[1] * {name}.shape[3])"


def _rotary(call: Call) -> str:
    """Pairs of features are turned by an angle that grows with the position."""
    shape, flat = call.shape(), len(call.shape()) == 3
    heads = call.option("num_heads", 0) if flat else 0
    if len(shape) not in (3, 4) or (flat and (heads < 1 or shape[2] % heads)):
        raise call.refuse("needs four axes, or three and a number of heads that fits")
    x = call.tensor(0).name
    if flat:
        x = call.write("x", f"{x}.reshape(-1, {shape[1]}, {heads}, {shape[2] // heads}).transpose(0, 2, 1, 3)")
    features = shape[2] // heads if flat else shape[3]
    turned = call.option("rotary_embedding_dim", 0) or features
    if turned % 2 or turned > features:
        raise call.refuse(f"turns {turned} of {features} features")
    cos, sin = (_angles(call, position) for position in (1, 2))
    interleaved = bool(call.option("interleaved", 0))
    first, second = (
        (f"{x}[..., 0:{turned}:2]", f"{x}[..., 1:{turned}:2]") if interleaved
        else (f"{x}[..., :{turned // 2}]", f"{x}[..., {turned // 2}:{turned}]")
    )  # fmt: skip
    one = call.write("turned", f"{cos} * {first} - {sin} * {second}")
    two = call.write("turned", f"{sin} * {first} + {cos} * {second}")
    pair = f"({one}, {two}"
    if interleaved:
        pair = f"(stack(({one}, {two}), -1).reshape({', '.join(map(str, (-1, *_heads_first(call, heads), turned)))})"
    rest = f", {x}[..., {turned}:]" if turned < features else ""
    y = f"concatenate({pair}{rest},), -1)" if interleaved else f"concatenate({pair}{rest}), -1)"
    return f"{y}.transpose(0, 2, 1, 3).reshape(-1, {shape[1]}, {shape[2]})" if flat else y


def _heads_first(call: Call, heads: int) -> tuple[int, int]:
    shape = call.shape()
    return (heads, shape[1]) if len(shape) == 3 else (shape[1], shape[2])


def _angles(call: Call, position: int) -> str:
    name = call.tensor(position, fixed=True).name
    return f"{name}[{call.tensor(3, fixed=True).name}][:, None]" if call.has(3) else f"{name}[:, None]"


def _causal_conv(call: Call) -> Result:
    """A convolution of each channel by itself, over a line that begins with what came before."""
    shape, size = call.shape(), call.shape(1)[-1]
    if len(shape) != 3 or len(call.shape(1)) != 3:
        raise call.refuse("needs samples, channels and one axis of places")
    x = call[0]
    if size > 1:
        line = (
            f"concatenate(({call.tensor(3).name}, {x}), 2)" if call.has(3)
            else f"pad({x}, ((0, 0), (0, 0), ({size - 1}, 0)))"
        )  # fmt: skip
        x = call.write("line", line)
    bias = f", {call.tensor(2).name}" if call.has(2) else ""
    y = f"conv1d({x}, {call.tensor(1).name}{bias}{f', groups={shape[1]}' if shape[1] > 1 else ''})"
    smooth = SMOOTH[call.option("activation", "none", SMOOTH.__contains__)]
    return [smooth.format(y), f"{x}[:, :, {shape[2]}:]" if size > 1 and call.wants(1) else None]


def _linear_attention(call: Call) -> Result:
    """A loop over time: a matrix remembers keys with their values, and every query reads from it."""
    rule = call.option("update_rule", RULES[-1], RULES.__contains__)
    heads, shared = call.option("q_num_heads", 0), call.option("kv_num_heads", 0)
    shapes = [call.shape(position) for position in range(3)]
    if (
        any(len(shape) != 3 for shape in shapes)
        or min(heads, shared) < 1
        or heads % shared
        or any(shape[2] % count for shape, count in zip(shapes, (heads, shared, shared), strict=True))
    ):
        raise call.refuse("needs queries, keys and values of three axes, and numbers of heads that fit")
    _, times, features = shapes[0]
    size, depth = features // heads, shapes[2][2] // shared
    q, k, v = (
        call.write(word, f"{call.tensor(at).name}.reshape(-1, {times}, {count}, {one})")
        for at, (word, count, one) in enumerate((("q", heads, size), ("k", shared, size), ("v", shared, depth)))
    )
    name = call.writer.name
    state, t, found = name("state"), name("time"), name("outputs")
    start = call.tensor(3).name if call.has(3) else f"zeros(({q}.shape[0], {shared}, {size}, {depth}))"
    key, value = f"{k}[:, {t}, :, :, None]", f"{v}[:, {t}, :, None, :]"
    body = []
    if rule.startswith("gated"):
        decay = call.write(
            "decay", f"exp({call.tensor(4).name}).reshape(-1, {times}, {shared}, {_each(call, shared)}, 1)"
        )
        body.append(f"{state} = {decay}[:, {t}] * {state}")
    if rule.endswith("delta"):
        rate = call.write("rate", f"{call.tensor(5).name}[:, :, :, None, None]")
        value = f"{rate}[:, {t}] * ({value} - sum({state} * {key}, 2, True))"
    body.append(f"{state} = {state} + {key} * {value}")
    read = f"repeat({state}, {heads // shared}, 1)" if heads > shared else state
    scale = call.option("scale", 0.0) or size**-0.5
    body.append(f"{found}.append({number(scale)} * sum({q}[:, {t}, :, :, None] * {read}, 2))")
    lines = [f"{state} = {start}", f"{found} = []", f"for {t} in range({times}):", *(f"    {line}" for line in body)]
    call.writer.run("\n".join(lines), call)
    return [f"stack({found}, 1).reshape(-1, {times}, {heads * depth})", state if call.wants(1) else None]


def _each(call: Call, shared: int) -> int:
    """How many decays each head has: one, or one for each feature of its keys."""
    last = call.shape(4)[-1]
    if last % shared:
        raise call.refuse(f"has {last} decays for {shared} heads")
    return last // shared


OPERATORS: Mapping[str, Operator] = {
    "Attention": _attention,
    "RotaryEmbedding": _rotary,
    "CausalConvWithState": _causal_conv,
    "LinearAttention": _linear_attention,
}
