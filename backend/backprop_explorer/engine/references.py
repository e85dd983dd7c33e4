"""What the names in a step's code refer to, so that nobody has to take the text apart again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, NotRequired, TypedDict

from backprop_explorer.engine.listing import Line
from backprop_explorer.engine.program import Aim, Program
from backprop_explorer.graph.code import Code
from backprop_explorer.graph.node import Node


class Reference(NamedTuple):
    """A tensor's field; `part` counts the contributions to a gradient from 1, and is 0 for all of it."""

    tensor: str
    field: Aim
    part: int = 0


class Made(TypedDict):
    """What a step makes: a tensor's value, its gradient or the `part`-th contribution to that, or its next value."""

    tensor: str
    field: Aim
    part: NotRequired[int]


class Token(TypedDict):
    """A piece of a step's code. `tensor` and `field` are what a name refers to; `operand` is the position in the
    picture of the operand that the piece is a part of, with the parentheses around it."""

    text: str
    tensor: NotRequired[str]
    field: NotRequired[Aim]
    operand: NotRequired[int]


@lru_cache(maxsize=64)
def references(program: Program) -> Mapping[Node, Reference]:
    """What each node that has a name stands for in the program's code, inside of closed composites, too."""
    found: dict[Node, Reference] = {}
    update = program.update.results if program.update else {}
    found |= {node: Reference(name, "next") for name, node in update.items()}
    for node, gradient in program.backward.gradient.items():
        if gradient.name == f"{node.name}.g":
            found[gradient] = Reference(str(node.name), "gradient")
    for node, contributions in program.backward.contributions.items():
        for count, contribution in enumerate(contributions, 1):
            if contribution.value.name == f"{node.name}.g__{count}":
                found[contribution.value] = Reference(str(node.name), "gradient", count)
    return found | {node: Reference(name, "value") for name, node in {**program.visible, **program.kept}.items()}


def made(program: Program, line: Line) -> Made:
    """What a step makes."""
    tensor, field, part = references(program)[line.node]
    found: Made = {"tensor": tensor, "field": "next" if line.phase == "update" else field}
    return {**found, "part": part} if part else found


def tokens(code: str, program: Program, operands: Sequence[Node] = (), *, inside: bool = False) -> list[Token]:
    """Code cut at the names in it, and at the operands of a picture. Names refer to tensors of the trace; with
    `inside` also to those within closed composites."""
    return _Tokens(program, operands, None if inside else program.tensors).of(code)


class _Tokens:
    """Cuts code; an operand that is given several times has a position for each place where it stands."""

    def __init__(self, program: Program, operands: Sequence[Node], known: Mapping[str, object] | None) -> None:
        self.references, self.known = references(program), known
        self.positions: dict[Node, list[int]] = {}
        for position, operand in enumerate(operands):
            self.positions.setdefault(operand, []).append(position)

    def of(self, code: str) -> list[Token]:
        found: list[Token] = []
        for token in self._cut(code):
            last = found[-1] if found else None
            plain = last is not None and "tensor" not in last and "tensor" not in token
            if last is not None and plain and last.get("operand") == token.get("operand"):
                last["text"] += token["text"]
            else:
                found.append(token)
        return found

    def _cut(self, code: str) -> Iterator[Token]:
        """Piece by piece, in their order; code may be nested as deep as a program has steps."""
        stack: list[tuple[str, int | None]] = [(code, None)]
        while stack:
            piece, operand = stack.pop()
            if not isinstance(piece, Code):
                yield self._token(piece, operand)
                continue
            positions = self.positions.get(piece.of, ()) if operand is None else ()
            if positions:
                operand = positions[0]
                self.positions[piece.of] = list(positions[1:]) or [operand]
            reference = self._reference(piece)
            if reference is not None:
                yield {**self._token(str(piece), operand), "tensor": reference.tensor, "field": reference.field}
            else:
                stack.extend((part, operand) for part in reversed(piece.pieces))

    def _reference(self, code: Code) -> Reference | None:
        if not isinstance(code.of, Node) or code != code.of.name:
            return None
        reference = self.references.get(code.of)
        hidden = reference is not None and self.known is not None and reference.tensor not in self.known
        return None if hidden else reference

    @staticmethod
    def _token(text: str, operand: int | None) -> Token:
        return {"text": text} if operand is None else {"text": text, "operand": operand}
