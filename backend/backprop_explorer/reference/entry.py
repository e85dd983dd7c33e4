"""The entries of the reference, one per record."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, TypedDict

from backprop_explorer.language.names import PARAMETER_SYNONYMS
from backprop_explorer.language.notation import WrittenFormula, notation
from backprop_explorer.library import Composite
from backprop_explorer.library.optimizers import Optimizer, allowed_words
from backprop_explorer.ops import REQUIRED, Operation
from backprop_explorer.ops.record import Kink, Sample
from backprop_explorer.reference.backward import Rule, backward
from backprop_explorer.reference.drawing import Drawing, drawing
from backprop_explorer.reference.refusal import Refusal, refusal, said
from backprop_explorer.reference.rule import formulae
from backprop_explorer.reference.sample import ShownDocument, numbers, sample_document

ONLY_INSIDE = "Only backward rules and definitions use it: a program cannot call it."
FIT = "mse(x @ w + b, y)"
"""What an optimizer is shown with."""


class Shown(TypedDict):
    """An expression, and a document that has it."""

    code: str
    document: ShownDocument


class KinkEntry(Shown):
    """Where there is no derivative: what is taken instead, and why."""

    text: str
    at: dict[str, Any]
    gradient: dict[str, Any]


class ParameterEntry(TypedDict):
    """A parameter, or an optimizer's option."""

    name: str
    default: Annotated[str | None, "as code; null where it must be given"]
    allowed: str
    also: Annotated[list[str], "the names that PyTorch and others have for it"]


class SharedEntry(TypedDict):
    """What an operation and a composite are alike in."""

    name: str
    family: str
    summary: str
    source: str
    internal: bool
    synonyms: list[str]
    written: list[str]
    formulae: list[WrittenFormula]
    kink: KinkEntry | None
    sample: Shown | None
    remark: str
    refusals: list[Refusal]
    picture: Annotated[Drawing | None, "a curve, or the shapes of the sample"]


class ReferenceEntry(SharedEntry):
    """An operation, a composite or an optimizer."""

    signature: Annotated[str, "empty where it is not called like a function"]
    operands: list[str]
    parameters: list[ParameterEntry]
    definition: Annotated[str, "its program; empty for an operation"]
    gradients: list[Rule]
    why: Annotated[dict[str, str], "why an operand's gradient is what it is; an optimizer's own idea under its name"]


@cache
def operation_entry(record: Operation) -> ReferenceEntry:
    """A primitive's."""
    operands = [operand.lstrip("*") for operand in record.operands]
    parameters = {name: () if default is REQUIRED else (default,) for name, default in record.parameters.items()}
    return {
        **_shared(record, record.family),
        "signature": _signature(record.name, operands, parameters) if _plain(record) else "",
        "operands": operands,
        "parameters": [_parameter(name, default) for name, default in parameters.items()],
        "definition": "",
        "gradients": backward(record.rules, operands),
        "why": _why(record),
    }


@cache
def composite_entry(record: Composite) -> ReferenceEntry:
    """A composite's: its definition is a program."""
    return {
        **_shared(record, "composite"),
        "signature": f"{record.name}({ast.unparse(record.definition.args)})",
        "operands": record.required,
        "parameters": [_parameter(name, (value,), record.choices.get(name)) for name, value in record.defaults.items()],
        "definition": record.text.strip(),
        "gradients": backward(record.gradients, [*record.required, *record.defaults]),
        "why": _why(record),
    }


@cache
def optimizer_entry(record: Optimizer) -> ReferenceEntry:
    """An optimizer's: it stands in a document, not in a program."""
    chosen = {"name": record.name, "lr": record.options["lr"]}
    document = _fitted(f"{record.name}: a linear layer", chosen)
    refused = {"name": record.name, "lr": -1}
    return {
        "name": record.name,
        "family": "optimizer",
        "summary": record.summary,
        "source": _source(record),
        "internal": False,
        "synonyms": [],
        "written": [json.dumps(chosen)],
        "formulae": formulae(record, record.options),
        "kink": None,
        "sample": {"code": FIT, "document": document},
        "remark": "",
        "refusals": [{"code": json.dumps(refused), "shapes": {}, **said({**document, "optimizer": refused})}],
        "picture": None,
        "signature": "",
        "operands": list(record.state),
        "parameters": [
            {**_parameter(name, (value,)), "allowed": allowed_words(name)} for name, value in record.options.items()
        ],
        "definition": record.text.strip(),
        "gradients": [],
        "why": {record.name: record.why} if record.why else {},
    }


def _shared(record: Operation | Composite, family: str) -> SharedEntry:
    latex, mathml = notation(record.formula)
    samples = record.samples
    return {
        "name": record.name,
        "family": family,
        "summary": _summary(record),
        "source": _source(record),
        "internal": record.internal,
        "synonyms": list(record.synonyms),
        "written": list(dict.fromkeys(sample.code for sample in samples)),
        "formulae": [{"formula": record.formula, "latex": latex, "mathml": mathml}],
        "kink": _kink(record.name, record.kink),
        "sample": _sample(record.name, samples[0]) if samples else None,
        "remark": ONLY_INSIDE if record.internal else "",
        "refusals": [refusal(reject, samples) for reject in record.rejects],
        "picture": drawing(samples[0], pointwise=family in ("elementwise", "composite")) if samples else None,
    }


def _summary(record: Operation | Composite) -> str:
    """What it computes, and what the letters of its formula mean."""
    symbols = "" if isinstance(record, Operation) else record.symbols
    return f"{record.summary.removesuffix('.')} ({symbols})." if symbols else record.summary


AVERAGED = " With a mean as reduction, all of this is divided by their number n."
PLACES = {"g": "y.g", "y": "y", "line": "row", "mean": AVERAGED, "over": " / n"}
"""What the sentences of a record speak of where there is no network: the letters of its formula."""


def _why(record: Operation | Composite) -> dict[str, str]:
    called = record.operands if isinstance(record, Operation) else [arg.arg for arg in record.definition.args.args]
    names = {name.lstrip("*"): name.lstrip("*") for name in called}
    return {operand: sentence.format_map({**PLACES, **names}) for operand, sentence in record.why.items()}


def _source(record: Operation | Composite | Optimizer) -> str:
    """Whose meaning it has, and who described it first."""
    paper = "" if isinstance(record, Operation) else record.paper
    return f"{record.source}; {paper}" if paper else record.source


def _fitted(title: str, optimizer: Mapping[str, Any]) -> ShownDocument:
    inputs, parameters = numbers({"x": (4, 2), "y": (4, 3)}, {}), numbers({"w": (2, 3), "b": (3,)}, {})
    return {
        "title": title,
        "program": f"loss = {FIT}",
        "inputs": inputs,
        "parameters": parameters,
        "optimizer": optimizer,
    }


def _sample(name: str, sample: Sample) -> Shown:
    return {"code": sample.code, "document": sample_document(f"{name}: {sample.code}", sample)}


def _kink(name: str, kink: Kink | None) -> KinkEntry | None:
    if kink is None:
        return None
    document: ShownDocument = {
        "title": f"{name}: the kink",
        "program": f"loss = sum({kink.code})",
        "parameters": dict(kink.at),
    }
    return {
        "text": kink.text,
        "code": kink.code,
        "at": dict(kink.at),
        "gradient": dict(kink.gradient),
        "document": document,
    }


def _plain(record: Operation) -> bool:
    """Whether a call takes the operands and then the parameters, and is not only written with signs of its own."""
    called = isinstance(record.code, str) or any(f"{record.name}(" in sample.code for sample in record.samples)
    return called and record.arrange is None and not record.variadic


def _signature(name: str, operands: Iterable[str], parameters: Mapping[str, tuple[Any, ...]]) -> str:
    named = [f"{key}={default[0]!r}" if default else key for key, default in parameters.items()]
    return f"{name}({', '.join([*operands, *named])})"


def _parameter(name: str, default: tuple[Any, ...], choices: Iterable[Any] | None = None) -> ParameterEntry:
    """One that may be left out has a default, as code; `also` are the names that PyTorch and others have for it."""
    return {
        "name": name,
        "default": repr(default[0]) if default else None,
        "allowed": " or ".join(map(repr, choices)) if choices else "",
        "also": [other for other, ours in PARAMETER_SYNONYMS.items() if ours == name],
    }
