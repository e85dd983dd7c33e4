"""A node as program text, the way a person would write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backprop_explorer.graph.node import CONSTANT, Box, Node, closed_box
from backprop_explorer.ops.indexing import index_code
from backprop_explorer.ops.record import ATOM, POWER, SIGN, Operation

Part = tuple[str, int]
"""A piece of code and how tightly it binds."""


def code(node: Node, *, root: bool = False) -> str:
    """The node's expression; a named node is its name, unless it is the `root` whose own expression is asked for."""
    return part(node, root=root)[0]


def part(node: Node, *, root: bool = False) -> Part:
    """The node's expression and its precedence."""
    if node.operation is CONSTANT:
        return node.text, node.precedence
    if node.shown and node.name is not None and not root:
        return node.name, ATOM
    box = closed_box(node)
    if box is not None:
        return call_code(box), ATOM
    return operation_code(node.operation, node, [part(operand) for operand in node.operands])


def template_of(node: Node) -> str:
    """How the node's operation reads, with its operands' names in braces."""
    template = node.operation.code
    return (
        template
        if isinstance(template, str)
        else template([operand.shape for operand in node.operands], node.parameters)
    )


def operation_code(operation: Operation, node: Node, parts: Sequence[Part]) -> Part:
    """An operation applied to pieces of code."""
    template = template_of(node)
    if template == "{x}":
        return parts[0]
    return fill(operation, template, parts, node.parameters), operation.precedence


def fill(operation: Operation, template: str, parts: Sequence[Part], parameters: Any) -> str:
    """The template with its operands, in parentheses where they are needed."""
    texts: dict[str, str] = {}
    for position, piece in enumerate(parts):
        name = operation.operand_name(position)
        text = _parenthesised(piece, _needed(operation, template, name, position))
        texts[name] = f"{texts[name]}, {text}" if name in texts else text
    return template.format(**texts, **{name: value for name, value in parameters.items() if name not in texts})


def _needed(operation: Operation, template: str, name: str, position: int) -> int:
    if operation.precedence == POWER:
        return POWER + 1 if position == 0 else SIGN
    if operation.precedence < ATOM:
        return operation.precedence + (position > 0)
    return ATOM if template.startswith(f"{{{name}}}") and template != f"{{{name}}}" else 0


def _parenthesised(piece: Part, needed: int) -> str:
    text, precedence = piece
    bare_number = needed == ATOM and text[:1].isdigit()
    return f"({text})" if precedence < needed or bare_number else text


def atomic(piece: Part) -> str:
    """A piece of code in parentheses, unless nothing can come between its parts."""
    text, precedence = piece
    return text if precedence == ATOM else f"({text})"


def call_code(box: Box, texts: Mapping[Node, str] | None = None) -> str:
    """The call of a composite as it would be written: parameters at their defaults are left out.

    `texts` puts other code in the place of operands.
    """
    written = texts or {}
    arguments, keyword = [], False
    for name, value in box.bound.items():
        if name in box.defaults and not isinstance(value, Node) and raw(value) == raw(box.defaults[name]):
            keyword = True
            continue
        text = written.get(value, part(value)[0]) if isinstance(value, Node) else static_code(value)
        keyword = keyword or isinstance(value, bool)  # a bare True says nothing
        arguments.append(f"{name}={text}" if keyword else text)
    if box.method:
        receiver = next(iter(box.bound.values()))
        shown = (written[receiver], 0) if receiver in written else part(receiver)
        return f"{_parenthesised(shown, ATOM)}.{box.name}({', '.join(arguments[1:])})"
    return f"{box.name}({', '.join(arguments)})"


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
