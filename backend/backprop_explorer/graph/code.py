"""A node as program text, the way a person would write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from string import Formatter
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Box, Node, closed_box
from backprop_explorer.ops.indexing import index_code
from backprop_explorer.ops.record import ATOM, COMPARISON, POWER, SIGN, Operation

Part = tuple[str, int]
"""A piece of code and how tightly it binds."""


class Code(str):
    """Program text that knows what it is made of: `pieces` in their order, each plain text or the code of something,
    and what the whole stands `of` (a node, an element, an index)."""

    pieces: tuple[str, ...]
    of: Any

    def __new__(cls, pieces: Iterable[str], of: Any = None) -> Code:
        """The pieces one after another."""
        listed = tuple(pieces)
        made = super().__new__(cls, "".join(listed))
        made.pieces, made.of = listed, of
        return made


def code(node: Node, *, root: bool = False) -> str:
    """The node's expression; a named node is its name, unless it is the `root` whose own expression is asked for."""
    return part(node, root=root)[0]


SHORT = 40
"""Nodes whose expression a message may quote."""


def short_code(node: Node) -> str:
    """The node's name or its expression for a message, made only where it is short: written out, a node that is used
    twice by each of many others has exponentially many letters."""
    if node.name is not None:
        return node.name
    stack, seen = [node], 0
    while stack and seen <= SHORT:
        one = stack.pop()
        seen += 1
        if one is node or _is_written_out(one):
            stack.extend(one.operands)
    if seen <= SHORT:
        return code(node)
    return f"a result of {node.operation.name}, of shape {node.shape},"


def part(node: Node, *, root: bool = False) -> Part:
    """The node's expression and its precedence."""
    if node.operation is CONSTANT:
        return Code([node.text], node), node.precedence
    if node.shown and node.name is not None and not root:
        return Code([node.text or node.name], node), ATOM
    box = closed_box(node)
    if box is not None:
        return Code([call_code(box)], node), ATOM
    left_of = [node]  # the gradient of what a loop reads is a sum as deep to the left as the loop is long
    while left_of[-1].operands and _is_written_out(left_of[-1].operands[0]):
        left_of.append(left_of[-1].operands[0])
    written = [part(operand) for operand in left_of[-1].operands[:1]]
    for one in reversed(left_of):
        text, precedence = operation_code(one.operation, one, [*written, *map(part, one.operands[1:])])
        written = [(Code([text], one), precedence)]
    return written[0]


def _is_written_out(node: Node) -> bool:
    """Whether its expression is its operation's, since it has neither a name nor a call that stands for it."""
    return node.operation is not CONSTANT and not (node.shown and node.name is not None) and closed_box(node) is None


def template_of(node: Node) -> str:
    """How the node's operation reads, with its operands' names in braces."""
    given = node.operation.code
    template = given if isinstance(given, str) else given([operand.shape for operand in node.operands], node.parameters)
    if not node.qualified or not node.operation.operands:
        return template
    method = f"{{{node.operation.operand_name(0)}}}.{node.operation.name}("
    if not template.startswith(method):
        return template
    receiver, rest = method.partition(".")[0], template.removeprefix(method)
    values = [*node.parameters.values()]
    if len(values) == 1 and rest == str(values[0])[1:]:  # NumPy's function takes the tuple that the method spells out
        rest = f"{values[0]})"
    return f"np.{node.operation.name}({receiver}{'' if rest.startswith(')') else ', '}{rest}"


def operation_code(operation: Operation, node: Node, parts: Sequence[Part]) -> Part:
    """An operation applied to pieces of code."""
    template = template_of(node)
    if template == "{x}":
        return parts[0]
    return fill(operation, template, parts, node.parameters), operation.precedence


def fill(operation: Operation, template: str, parts: Sequence[Part], parameters: Any) -> str:
    """The template with its operands, in parentheses where they are needed."""
    texts: dict[str, list[str]] = {}
    for position, piece in enumerate(parts):
        name = operation.operand_name(position)
        text = parenthesised(piece, _needed(operation, template, name, position))
        texts[name] = [*texts[name], ", ", text] if name in texts else [text]
        if operation.variadic and position >= len(operation.operands) - 1:  # one by one, where a template tells them
            texts[f"{name}{position - len(operation.operands) + 1}"] = [text]
    return filled(template, texts, parameters)


def filled(template: str, texts: Mapping[str, Iterable[str]], parameters: Mapping[str, Any]) -> Code:
    """A template whose names in braces are replaced by pieces of code, those that have none by parameters."""
    pieces: list[str] = []
    for literal, name, style, conversion in _parsed(template):
        if literal:
            pieces.append(literal)
        if name is not None and name in texts:
            pieces.extend(texts[name])
        elif name is not None:
            field = f"{name}!{conversion}" if conversion else name
            pieces.append(f"{{{field}:{style}}}".format(**parameters))
    return Code(pieces)


@lru_cache(maxsize=256)
def _parsed(template: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    return tuple(Formatter().parse(template))


def _needed(operation: Operation, template: str, name: str, position: int) -> int:
    if operation.precedence == POWER:
        return POWER + 1 if position == 0 else SIGN
    if operation.precedence < ATOM:
        return operation.precedence + (position > 0 or operation.precedence == COMPARISON)
    return ATOM if template.startswith(f"{{{name}}}") and template != f"{{{name}}}" else 0


def parenthesised(piece: Part, needed: int) -> str:
    """A piece of code in parentheses, unless it binds as tightly as is needed."""
    text, precedence = piece
    bare_number = needed == ATOM and text[:1].isdigit()
    return _enclosed(text) if precedence < needed or bare_number else text


def atomic(piece: Part) -> str:
    """A piece of code in parentheses, unless nothing can come between its parts; a number stays as it is."""
    text, precedence = piece
    return text if precedence == ATOM else _enclosed(text)


def _enclosed(text: str) -> Code:
    """The code in parentheses, which still stands for the same."""
    return Code(["(", text, ")"], getattr(text, "of", None))


def call_code(box: Box, texts: Mapping[Node, str] | None = None) -> Code:
    """The call of a composite as it would be written: parameters at their defaults are left out.

    `texts` puts other code in the place of operands.
    """
    written = texts or {}
    arguments: list[Code] = []
    keyword = False
    for name, value in box.bound.items():
        if name == box.rest:
            arguments.extend(Code([_argument(item, written)]) for item in value)
            continue
        keyword = keyword or name in box.by_name
        if name in box.defaults and not isinstance(value, Node) and raw(value) == raw(box.defaults[name]):
            keyword = True
            continue
        keyword = keyword or isinstance(value, bool)  # a bare True says nothing
        text = _argument(value, written)
        arguments.append(Code([f"{name}=", text] if keyword else [text]))
    if box.method:
        receiver = _receiver(next(iter(box.bound.values())), written)
        return Code([receiver, f".{box.name}(", *separated(arguments[1:]), ")"])
    return Code([f"{box.prefix}{box.name}(", *separated(arguments), ")"])


def _receiver(value: Any, written: Mapping[Node, str]) -> Any:
    """What a method is called on. A number has parentheses, `(2).sum()`: its dot would be read as the decimal one."""
    if not isinstance(value, Node):
        return f"({_argument(value, written)})"
    return parenthesised((written[value], 0) if value in written else part(value), ATOM)


def _argument(value: Any, written: Mapping[Node, str]) -> str:
    if isinstance(value, Node):
        return written.get(value, part(value)[0])
    if isinstance(value, (tuple, list)) and any(isinstance(item, (Node, tuple, list)) for item in value):
        last = "," if len(value) == 1 else ""
        return Code(["(", *separated([_argument(item, written) for item in value]), last, ")"])
    return static_code(value)


def separated(texts: Iterable[str]) -> list[str]:
    """Pieces of code with commas between them."""
    return [piece for text in texts for piece in (", ", text)][1:]


def raw(value: Any) -> Any:
    """A value of the language as Python's own, for a comparison."""
    return getattr(value, "value", value)


def static_code(value: Any) -> str:
    """A number, string, slice or tuple of the program as text."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, slice):
        return index_code((value,))
    if isinstance(value, tuple):
        inner: list[str] = [static_code(item) for item in value]
        return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"
    return getattr(value, "text", None) or str(value)
