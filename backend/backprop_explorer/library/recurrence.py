"""Recurrent cells, and layers of them over a sequence."""

from __future__ import annotations

from backprop_explorer.library.record import Composite

LSTM_STEP = Composite(
    text="""
def lstm_step(x, h, c, w_ih, w_hh, b_ih=None, b_hh=None):
    n = h.shape[-1]
    gates = linear(x, w_ih, b_ih, layout="out_in") + linear(h, w_hh, b_hh, layout="out_in")
    kept = sigmoid(gates[..., n:2 * n]) * c
    new = kept + sigmoid(gates[..., :n]) * tanh(gates[..., 2 * n:3 * n])
    return sigmoid(gates[..., 3 * n:]) * tanh(new), new
""",
    summary="One step of an LSTM: what is output, and what is remembered.",
    formula="y = sigmoid(o) * tanh(sigmoid(f) * c + sigmoid(i) * tanh(g))",
    internal=True,
)
GRU_STEP = Composite(
    text="""
def gru_step(x, h, w_ih, w_hh, b_ih=None, b_hh=None):
    n = h.shape[-1]
    own = linear(x, w_ih, b_ih, layout="out_in")
    old = linear(h, w_hh, b_hh, layout="out_in")
    reset = sigmoid(own[..., :n] + old[..., :n])
    update = sigmoid(own[..., n:2 * n] + old[..., n:2 * n])
    new = tanh(own[..., 2 * n:] + reset * old[..., 2 * n:])
    return (1 - update) * new + update * h
""",
    summary="One step of a GRU.",
    formula="y = (1 - z) * n + z * h",
    internal=True,
)
RNN_STEP = Composite(
    text="""
def rnn_step(x, h, w_ih, w_hh, b_ih=None, b_hh=None, rectified=False):
    total = linear(x, w_ih, b_ih, layout="out_in") + linear(h, w_hh, b_hh, layout="out_in")
    return relu(total) if rectified else tanh(total)
""",
    summary="One step of a plain recurrent layer.",
    formula="y = tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)",
    internal=True,
)
OVER_SEQUENCE = Composite(
    text="""
def over_sequence(x, kind="lstm", h0=None, c0=None, params=(), has_biases=True, num_layers=1, dropout=0, train=False,
bidirectional=False, batch_first=False):
    sides = 2 if bidirectional else 1
    each = 4 if has_biases else 2
    if rank_of(params) != each * sides * num_layers:
        return refuse("A list of weights other than (w_ih, w_hh, b_ih, b_hh) for each layer and direction, such as "
                      "with projections, is not part of the language")
    by_time = transpose(x, (1, 0, 2)) if batch_first and x.ndim == 3 else x
    length = by_time.shape[0]
    rows = ()
    for t in range(length):
        rows = (*rows, by_time[t])
    last_h = ()
    last_c = ()
    for layer in range(num_layers):
        ways = ()
        for side in range(sides):
            k = layer * sides + side
            own = params[k * each:k * each + each]
            h = h0[k]
            c = c0[k] if kind == "lstm" else None
            found = ()
            for t in range(length):
                row = rows[length - 1 - t if side == 1 else t]
                if kind == "lstm":
                    h, c = lstm_step(row, h, c, *own)
                elif kind == "gru":
                    h = gru_step(row, h, *own)
                else:
                    h = rnn_step(row, h, own[0], own[1], own[2] if has_biases else None,
                                 own[3] if has_biases else None, kind == "relu")
                found = (h, *found) if side == 1 else (*found, h)
            ways = (*ways, found)
            last_h = (*last_h, h)
            last_c = (*last_c, c)
        rows = ()
        for t in range(length):
            both = concatenate((ways[0][t], ways[1][t]), -1) if bidirectional else ways[0][t]
            rows = (*rows, dropped(both, dropout, train, both.shape) if layer < num_layers - 1 else both)
    y = stack(rows, 0)
    out = transpose(y, (1, 0, 2)) if batch_first and x.ndim == 3 else y
    return (out, stack(last_h, 0), stack(last_c, 0)) if kind == "lstm" else (out, stack(last_h, 0))
""",
    summary="Recurrent layers over a sequence, each over what the one below gives: all outputs, and the last states.",
    formula="h = step(x[t], h)",
    internal=True,
)
