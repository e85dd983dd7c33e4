"""Layers over a sequence, LSTM, GRU and RNN: a loop of the program for each direction, as ONNX's formulas are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backprop_explorer.importing.onnx.values import Call, Known, Operator, Result

BOTH = "bidirectional"
DIRECTIONS = ("forward", "reverse", BOTH)
USUAL = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
"""The functions of each gate where the file names none."""
PLAIN = {"Tanh": "tanh", "Relu": "relu", "Sigmoid": "sigmoid"}
"""What a plain recurrent layer may apply, and what it is called here."""
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


@dataclass(frozen=True)
class _Way:
    """One direction of a layer: its tensors as the program writes them, and the names of its variables."""

    x: str
    w: str
    r: str
    b: str
    p: str
    h: str
    c: str
    length: int
    applied: str

    def bias(self, first: int, last: int) -> str:
        """The bias of some gates, from one multiple of the hidden length to another, as something to be added."""
        return f" + {self.b}{first * self.length}:{last * self.length}]" if self.b else ""

    def gate(self, name: str, number: int) -> str:
        """A gate's part of what all have in common."""
        return f"{name}[:, {number * self.length}:{(number + 1) * self.length}]"


def _lstm(way: _Way, name: Callable[[str], str]) -> list[str]:
    gates = name("gates")
    parts = [way.gate(gates, number) for number in range(4)]  # input, output, forget, cell
    if way.p:
        parts[0] += f" + {way.p}:{way.length}] * {way.c}"
        parts[2] += f" + {way.p}{2 * way.length}:] * {way.c}"
        parts[1] += f" + {way.p}{way.length}:{2 * way.length}] * {way.c}"
    return [
        f"{gates} = {way.x} @ {way.w}.T + {way.h} @ {way.r}.T{way.bias(0, 4)}{way.bias(4, 8)}",
        f"{way.c} = sigmoid({parts[2]}) * {way.c} + sigmoid({parts[0]}) * tanh({parts[3]})",
        f"{way.h} = sigmoid({parts[1]}) * tanh({way.c})",
    ]


def _gru(way: _Way, name: Callable[[str], str], *, before: bool) -> list[str]:
    """The steps of a GRU; `before`: the reset gate multiplies the product (as PyTorch does), else what is in it."""
    own, old, update, reset = name("own"), name("old"), name("update"), name("reset")
    gates = [f"sigmoid({way.gate(own, number)} + {way.gate(old, number)})" for number in range(2)]
    last = f"{reset} * {way.gate(old, 2)}"
    if not before:
        last = f"({reset} * {way.h}) @ {way.r}[{2 * way.length}:].T{way.bias(5, 6)}"
    new = name("new")
    return [
        f"{own} = {way.x} @ {way.w}.T{way.bias(0, 3)}",
        f"{old} = {way.h} @ {way.r}.T{way.bias(3, 6)}",
        f"{update} = {gates[0]}",
        f"{reset} = {gates[1]}",
        f"{new} = tanh({way.gate(own, 2)} + {last})",
        f"{way.h} = (1 - {update}) * {new} + {update} * {way.h}",
    ]


def _plain(way: _Way) -> list[str]:
    total = f"{way.x} @ {way.w}.T + {way.h} @ {way.r}.T{way.bias(0, 1)}{way.bias(1, 2)}"
    return [f"{way.h} = {way.applied}({total})"]


def _steps(call: Call, way: _Way) -> list[str]:
    kind = call.operation.kind
    if kind == "LSTM":
        return _lstm(way, call.writer.name)
    if kind == "GRU":
        return _gru(way, call.writer.name, before=bool(call.option("linear_before_reset", 0)))
    return _plain(way)


def _recurrent(call: Call) -> Result:
    kind = call.operation.kind
    direction, first = call.option("direction", "forward", DIRECTIONS.__contains__), call.option("layout", 0)
    sides = 2 if direction == BOTH else 1
    _check(call, sides, first)
    applied = _activations(call, sides)
    runs = [_run(call, side, direction == "reverse" or side == 1, applied[side]) for side in range(sides)]
    axis = 1 if first else 0
    outputs = [
        f"stack(({', '.join(one)}{',' if sides == 1 else ''}), {place})"
        for place, one in zip((2 if first else 1, axis, axis), zip(*runs, strict=True), strict=False)
    ]
    return [*outputs[: 3 if kind == "LSTM" else 2]]


def _check(call: Call, sides: int, first: int) -> None:
    """Raises a `Problem` for shapes that do not fit, and for what the language does not know."""
    kind, shape = call.operation.kind, call.shape()
    rows, hidden = call.shape(1), call.shape(2)
    if len(shape) != 3 or len(rows) != 3 or len(hidden) != 3 or rows[0] != sides or hidden[0] != sides:
        raise call.refuse("needs a sequence of three axes, and weights of three for each of its directions")
    if hidden[1] != GATES[kind] * hidden[2]:
        raise call.refuse(f"has weights of the shape {hidden} for {GATES[kind]} gates")
    length = shape[1 if first else 0]
    lengths = call.value(4) if call.has(4) else None
    if lengths is not None and not (isinstance(lengths, Known) and (lengths.numbers == length).all()):
        raise call.refuse("has sequences of different lengths (sequence_lens), which the language does not know")
    if "clip" in call.operation.options or call.option("input_forget", 0):
        raise call.refuse("limits what its gates get (clip), or joins two of them (input_forget)")


def _activations(call: Call, sides: int) -> list[str]:
    """What a plain layer applies in each direction. Gates apply what is usual."""
    kind = call.operation.kind
    given = [
        one.decode(errors="replace") if isinstance(one, bytes) else str(one)
        for one in call.option("activations", [], lambda names: isinstance(names, list))
    ] or USUAL[kind] * sides
    if kind == "RNN" and len(given) == sides and all(one in PLAIN for one in given):
        return [PLAIN[one] for one in given]
    if given != USUAL[kind] * sides:
        raise call.refuse(f"applies {', '.join(given)[:80]}; known are {', '.join(USUAL[kind])}")
    return [""] * sides


def _run(call: Call, side: int, backwards: bool, applied: str) -> tuple[str, ...]:
    """Writes the loop of one direction; its output at all times (time, batch, hidden) and its last states."""
    hidden, name, x = call.shape(2)[2], call.writer.name, call.tensor(0).name
    t, h, found = name("time"), name("h"), name("outputs")
    c = name("c") if call.operation.kind == "LSTM" else ""
    first = call.option("layout", 0)
    states = {h: 5, c: 6} if c else {h: 5}
    way = _Way(
        x=f"{x}[{':, ' if first else ''}{t}]",
        w=f"{call.tensor(1).name}[{side}]",
        r=f"{call.tensor(2).name}[{side}]",
        b=f"{call.tensor(3).name}[{side}, " if call.has(3) else "",
        p=f"{call.tensor(7).name}[{side}, " if c and call.has(7) else "",
        h=h,
        c=c,
        length=hidden,
        applied=applied,
    )
    lines = [
        f"{state} = {call.tensor(at, fixed=True).name}[{':, ' if first else ''}{side}]" if call.has(at) else
        f"{state} = zeros(({x}.shape[{0 if first else 1}], {hidden}))"
        for state, at in states.items()
    ]  # fmt: skip
    length = f"{x}.shape[{1 if first else 0}]"  # so that data of other lengths can take its place
    times = f"range({length} - 1, -1, -1)" if backwards else f"range({length})"
    lines += [f"{found} = []", f"for {t} in {times}:"]
    lines += [f"    {line}" for line in (*_steps(call, way), f"{found}.append({h})")]
    call.writer.run("\n".join(lines), call)
    every = f"stack({found}, {1 if first else 0})"
    transposed = f"{every}[{':, ' if first else ''}::-1]" if backwards else every
    return transposed, *states


OPERATORS: Mapping[str, Operator] = dict.fromkeys(GATES, _recurrent)
