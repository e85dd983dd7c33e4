"""The model as a PyTorch script: a module, its data and one training step, weights in PyTorch's own layout."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backprop_explorer.engine import Document, Plan, layout_of, transposed_state, with_layout
from backprop_explorer.engine.schedule import ITERATION
from backprop_explorer.export.counterparts import MODULE
from backprop_explorer.export.embedded_document import script_writer
from backprop_explorer.export.functions import STATIC, WRITTEN
from backprop_explorer.export.record import PYTHON, Exporter, Format
from backprop_explorer.export.straight import is_straight, straight_text
from backprop_explorer.export.translation import Translation, defined, missing, own_text, renamed
from backprop_explorer.language.names import is_path, plain
from backprop_explorer.language.source import parsed
from backprop_explorer.language.statics import SHAPES, source_of_shape
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.library.record import definition_of
from backprop_explorer.ops.record import Array
from backprop_explorer.syntax import tree_of

STEP = "optimizer.step"
"""The one tensor that all parameters share; PyTorch has one for each."""
BUILTINS = frozenset(vars(builtins))
IMPORTS = """import math
from itertools import cycle
from math import inf, nan

import torch
import torch.nn.functional as F
"""


def pytorch(plan: Plan) -> str:
    """The script; a `Problem` that names an operation which PyTorch does not have."""
    document, transposed, loss = _written(plan)
    attributes = {name: f"{name}_" if name in MODULE else name for name in document.parameters}
    tree = ast.Module(parsed(document.program), [])
    changed = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own = {name: attribute for name, attribute in attributes.items() if name not in changed}
    flat = [name for name, array in document.tensors.items() if array.ndim == 1]
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    translation = Translation(own, flat, functions, plan.program.forward.scope.dialect)
    body = [f"{renamed(name)} = self.{attribute}" for name, attribute in attributes.items() if name not in own]
    body += [line for statement in tree.body for line in ast.unparse(translation.visit(statement)).splitlines()]
    body.append(f"return {ast.unparse(translation.visit(ast.Name(loss, ast.Load())))}")
    state = transposed_state(plan.snapshot(), transposed)
    given = {plain(name): name for name in plan.document.tensors}
    parts = [
        *(IMPORTS, f"dtype = torch.{document.dtype}\ntorch.set_default_dtype(dtype)"),
        *_definitions(translation),
        *_model(document, attributes, body),
        *_data(document, plan, given),
        *("model = Model()", *_optimizer(document, attributes, state, plan, given)),
        *("loss = model(**data)", 'print("loss:", loss.item())'),
    ]
    reaches = any(plan.program.forward.leaves[given[name]] in plan.program.backward.reached for name in attributes)
    trained = [
        *(["loss.backward()"] if reaches else []),
        *(["optimizer.step()"] if reaches and document.optimizer else []),
    ]
    return "\n".join([*parts, *trained, ""])


def _model(document: Document, attributes: Mapping[str, str], body: list[str]) -> list[str]:
    tensors = {attributes[name]: _literal(array) for name, array in document.parameters.items()}
    return [
        "\n\nclass Model(torch.nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *(f"        self.{attribute} = torch.nn.Parameter({literal})" for attribute, literal in tensors.items()),
        f"\n    def forward({', '.join(['self', *map(renamed, document.inputs)])}):",
        *(f"        {line}" for line in body),
        "\n",
    ]


def _data(document: Document, plan: Plan, given: Mapping[str, str]) -> list[str]:
    numbers = {name: _literal(plan[given[name]], _kind(plan, given[name])) for name in document.inputs}
    lines = ["data = {", *(f"    {renamed(name)!r}: {literal}," for name, literal in numbers.items()), "}"]
    snapshot = plan.snapshot()
    draws = [_literal(snapshot[name]) for name in plan.program.graph.draws]
    return [*lines, *([f"draws = cycle([{', '.join(draws)}])"] if draws else [])]


def _kind(plan: Plan, name: str) -> str:
    """What an input's numbers are: a list of whole ones that no step reads stays whole, as what PyTorch reads then
    are labels."""
    leaf = plan.program.forward.leaves[name]
    read = any(leaf is operand for node in plan.program.graph.nodes for operand in node.operands)
    return "i" if leaf.kind.was_open and not read else plan[name].dtype.kind


def turned_weights(plan: Plan) -> list[str]:
    """The weights that the script has in PyTorch's layout, which is not the document's."""
    return _written(plan)[1]


def _written(plan: Plan) -> tuple[Document, list[str], str]:
    """The document whose program is translated, the weights that were transposed for it, and its loss: a program with
    more than assignments and plain loops is written out step by step."""
    document = plan.document
    if any(map(is_path, document.tensors)) or not is_straight(ast.Module(parsed(document.program), [])):
        text, loss = straight_text(plan.program)
        kinds = {"inputs": document.inputs, "parameters": document.parameters}
        named: dict[str, Any] = {kind: {plain(name): one for name, one in own.items()} for kind, own in kinds.items()}
        return replace(document, program=text, **named), [], loss
    document, transposed = _in_pytorchs_layout(plan)
    return document, transposed, _loss(plan)


def _in_pytorchs_layout(plan: Plan) -> tuple[Document, list[str]]:
    document = plan.document
    return with_layout(document, "out_in") if layout_of(plan.program) is not None else (document, [])


def _loss(plan: Plan) -> str:
    """The program's name for the loss: that of the document, else what the language takes."""
    forward = plan.program.forward
    name = plan.document.loss or ("loss" if "loss" in forward.scope.names else forward.statements[-1].target)
    return str(name)


def _definitions(translation: Translation) -> list[str]:
    """The functions that the module calls, each before those that call it."""
    found: dict[str, str] = {}
    while missing := [name for name in translation.needed if name not in found]:
        for name in missing:
            found[name] = _definition(name, translation)
    texts = [text.strip().replace(f"def {name}(", f"def {defined(name)}(", 1) for name, text in found.items()]
    return [f"\n\n{text}" for text in reversed(texts)]


def _definition(name: str, translation: Translation) -> str:
    ready = {**WRITTEN, **STATIC}.get(name) or (source_of_shape(name) if name in SHAPES else None)
    if ready is not None:
        called = {node.id for node in ast.walk(tree_of(ready)) if isinstance(node, ast.Name)}
        further = {one for one in called if one in SHAPES or one in STATIC or one in WRITTEN and one not in BUILTINS}
        translation.needed |= dict.fromkeys(further - {name})
        return ready
    own = own_text(name)
    assert own is not None
    inner = Translation({}, (), ())
    text = ast.unparse(inner.visit(definition_of(own)))
    translation.needed |= inner.needed
    return text


def _optimizer(
    document: Document,
    parameters: Mapping[str, str],
    state: Mapping[str, Array],
    plan: Plan,
    names: Mapping[str, str],
) -> list[str]:
    """The optimizer with its options, and its own tensors where it has come some way already."""
    if document.optimizer is None or not parameters:
        return []
    options = dict(document.optimizer)
    options |= {name.rpartition(".")[2]: float(plan[name]) for name in plan.program.rates}
    name = options.pop("name")
    source = OPTIMIZERS[name].source
    if not source.startswith("torch.optim."):
        raise missing(f"the optimizer {name}", "take the NumPy script")
    given = "".join(f", {key}={tuple(value) if isinstance(value, list) else value!r}" for key, value in options.items())
    lines = [*_rates(plan), f"optimizer = {source}(model.parameters(){given})"]
    kept = plan.program.update.state if plan.program.update else {}
    own = {name: array for name, array in state.items() if name in kept and name != ITERATION}
    if not any(array.any() for array in own.values()):
        return lines
    step = own.pop(STEP, np.ones(()))
    for name, attribute in parameters.items():
        mine = {key.rpartition(".")[2]: array for key, array in own.items() if key.startswith(f"{names[name]}.")}
        entries = ", ".join(f"{key!r}: {_literal(array)}" for key, array in {"step": step, **mine}.items())
        lines.append(f"optimizer.state[model.{attribute}] = {{{entries}}}")
    return lines


def _rates(plan: Plan) -> list[str]:
    """Where the numbers come from that are expressions of the iteration: a comment each."""
    lines = [line for line in plan.program.lines if line.output in plan.program.rates]
    return [f"# {line.output} = {line.code}, {ITERATION} = {int(plan[ITERATION])}" for line in lines]


def _literal(array: Array, kind: str = "f") -> str:
    numbers = array.tolist() if kind in "fb" else array.astype(int).tolist()
    explicit = {"f": ", dtype=dtype"}.get(kind, "" if array.size else ", dtype=torch.int64")
    return f"torch.tensor({numbers!r}{explicit})"


_SUMMARY = "The model as a module, its data, one training step."
EXPORTER = Exporter(Format("pytorch", "PyTorch script", _SUMMARY, "py", PYTHON), script_writer(pytorch))
