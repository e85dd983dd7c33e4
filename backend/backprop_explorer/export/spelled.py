"""Calls in a library's words as calls in the language's own, and as PyTorch names them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from backprop_explorer.language.binding import bind, renamed
from backprop_explorer.language.callee import Callee
from backprop_explorer.language.calls import WITHOUT_EFFECT
from backprop_explorer.language.values import TYPES
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.signature import Signature
from backprop_explorer.library.spellings import Spelling, place
from backprop_explorer.library.spellings.record import is_plain
from backprop_explorer.ops import OPERATIONS, REQUIRED
from backprop_explorer.syntax import tree_of

LAYERS = "nn.functional."


def option_names(spelling: Spelling, options: list[ast.keyword]) -> dict[str, ast.expr]:
    """Options by the names of the spelling's own parameters, without those that change no number."""
    known = spelling.parameters.names
    kept = {str(one.arg): one.value for one in options if one.arg in known or not _without_effect(one)}
    return renamed(kept, known)


def _without_effect(option: ast.keyword) -> bool:
    if option.arg in WITHOUT_EFFECT or option.arg == "inplace":
        return True
    name = ast.unparse(option.value).rpartition(".")[2]
    return option.arg == "dtype" and (name == "None" or name in TYPES and TYPES[name].kind == "float")


def torch_path(spelling: Spelling, callee: Callee) -> str:
    """Where PyTorch has the function that a call names, which may be bare."""
    paths = [path for path in spelling.paths if not path.startswith("Tensor.")]
    found = place(callee.path if "." in callee.path else paths[0])
    assert found is not None
    return f"F.{found[1].removeprefix(LAYERS)}" if found[1].startswith(LAYERS) else f"torch.{found[1]}"


def as_own(
    spelling: Spelling, callee: Callee, given: list[ast.expr], options: Mapping[str, ast.expr]
) -> ast.expr | None:
    """The call as the one expression of the language that it means; None where it means more."""
    meaning = spelling.expression
    if meaning is None or not is_plain(meaning):
        return None
    bound, defaults = bind(callee.name, spelling.parameters, given, options, lambda tree: tree)
    if isinstance(meaning, ast.Call):
        return _own_call(meaning, bound, defaults)
    return _Filled(bound).visit(tree_of(ast.unparse(meaning), mode="eval").body)  # type: ignore[no-any-return]


def _own_call(meaning: ast.Call, bound: Mapping[str, Any], defaults: Mapping[str, ast.expr]) -> ast.Call | None:
    name = ast.unparse(meaning.func)
    names, own_defaults = _parameters(name)
    arguments: list[ast.expr] = []
    keywords: list[ast.keyword] = []
    placed = [*zip(names, meaning.args, strict=False), *((str(one.arg), one.value) for one in meaning.keywords)]
    if len(meaning.args) > len(names) or any(isinstance(value, tuple) for value in bound.values()):
        return None
    for position, (own, template) in enumerate(placed):
        value = bound[template.id] if isinstance(template, ast.Name) and template.id in bound else template
        left_out = isinstance(template, ast.Name) and value is defaults.get(template.id)
        if left_out and ast.unparse(value) == own_defaults.get(own):
            continue
        if position == len(arguments) and position < len(meaning.args):
            arguments.append(value)
        else:
            keywords.append(ast.keyword(own, value))
    return ast.Call(meaning.func, arguments, keywords)


def _parameters(name: str) -> tuple[list[str], dict[str, str]]:
    """The parameters of a function of the language, and its defaults as text."""
    if name in COMPOSITES:
        signature = Signature.of(COMPOSITES[name].definition.args)
        return [*signature.names], {key: ast.unparse(tree) for key, tree in signature.defaults.items()}
    operation = OPERATIONS[name]
    names = [operation.operand_name(position) for position in range(len(operation.operands))]
    defaults = {key: repr(value) for key, value in operation.parameters.items() if value is not REQUIRED}
    return [*names, *operation.parameters], defaults


class _Filled(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)
