"""Recurrent layers as the steps of their cells, each a line of its own."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from backprop_explorer.syntax import tree_of
from backprop_explorer.torch.operation import Operation

CELLS = {"lstm": "lstm_cell", "gru": "gru_cell", "rnn_tanh": "rnn_tanh_cell", "rnn_relu": "rnn_relu_cell"}
Give = Callable[[Sequence[str], str], list[str]]
"""Writes a line that assigns an expression to names like these, and answers the names."""


def recurrent(operation: Operation) -> bool:
    """Whether an operation is a recurrent layer over a sequence, whose parameters are those of a plain cell."""
    if operation.name not in CELLS or operation.overload != "input":
        return False
    ways = 2 if operation["bidirectional"] else 1
    each = 4 if operation["has_biases"] else 2
    return bool(len(operation["params"]) == ways * each * operation["num_layers"])


def steps(operation: Operation, text: Callable[[Any], str], give: Give, used: Sequence[int]) -> list[str]:
    """Writes all steps, and answers the names of the outputs, and of the last states and memories where they are
    `used`."""
    return _Steps(operation, text, give).written(used)


class _Steps:
    """One layer after the other; the backward way reads from the end."""

    def __init__(self, operation: Operation, text: Callable[[Any], str], give: Give) -> None:
        self.operation, self.text, self.give = operation, text, give
        self.base = str(operation.node.name)
        self.first = bool(operation["batch_first"])
        self.ways = 2 if operation["bidirectional"] else 1
        self.is_lstm = operation.name == "lstm"
        self.last: list[list[str]] = [[], []]
        """The last states and the last memories, by layer and way."""

    def written(self, used: Sequence[int]) -> list[str]:
        sequence = self.operation["input"]
        name, length = self.text(sequence), sequence.meta["val"].shape[1 if self.first else 0]
        items = [f"{name}[:, {t}]" if self.first else f"{name}[{t}]" for t in range(length)]
        for layer in range(self.operation["num_layers"]):
            items = self._layer(layer, items)
        axis = ", 1" if self.first else ""
        names = self.give([f"{self.base}_out"], f"torch.stack([{', '.join(items)}]{axis})")
        for place, states in enumerate(self.last[: 2 if self.is_lstm else 1], 1):
            text = f"torch.stack([{', '.join(states)}])"
            names += self.give([f"{self.base}_last_{place}"], text) if place in used else [""]
        return names

    def _layer(self, layer: int, items: list[str]) -> list[str]:
        if layer and self.operation["train"] and self.operation["dropout"]:
            rate = self.operation["dropout"]
            items = [self.give([f"{self.base}_dropout"], f"F.dropout({item}, {rate!r})")[0] for item in items]
        there = self._way(layer, 0, items)
        if self.ways == 1:
            return there
        back = self._way(layer, 1, items[::-1])[::-1]
        both = zip(there, back, strict=True)
        return [
            self.give([f"{self.base}_l{layer}_{t}"], f"torch.cat([{a}, {b}], -1)")[0] for t, (a, b) in enumerate(both)
        ]

    def _way(self, layer: int, way: int, items: list[str]) -> list[str]:
        place = layer * self.ways + way
        each = 4 if self.operation["has_biases"] else 2
        weights = ", ".join(self.text(one) for one in self.operation["params"][place * each :][:each])
        h = self._initial(0, place)
        c = self._initial(1, place) if self.is_lstm else ""
        states = []
        for t, item in enumerate(items):
            at = f"l{layer}{'_back' if way else ''}_{len(items) - 1 - t if way else t}"
            call = f"torch.{CELLS[self.operation.name]}({item}, {f'({h}, {c})' if self.is_lstm else h}, {weights})"
            if self.is_lstm:
                h, c = self.give([f"{self.base}_h_{at}", f"{self.base}_c_{at}"], call)
            else:
                [h] = self.give([f"{self.base}_h_{at}"], call)
            states.append(h)
        self.last[0].append(h)
        self.last[1].append(c)
        return states

    def _initial(self, which: int, place: int) -> str:
        given = self.operation["hx"]
        return f"{self.text(given[which] if isinstance(given, (list, tuple)) else given)}[{place}]"


def assigned(names: Sequence[str], text: str) -> str:
    """`a, b = text`."""
    return f"{', '.join(names)} = {ast.unparse(tree_of(text, mode='eval'))}"
