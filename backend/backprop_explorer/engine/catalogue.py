"""The catalogue of all that the language knows, derived from the records."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NotRequired, TypedDict

from backprop_explorer.language.meaning import meaning
from backprop_explorer.language.notation import WrittenFormula, notation
from backprop_explorer.language.operators import BINARY, COMPARISON
from backprop_explorer.library import COMPOSITES, Composite
from backprop_explorer.library.optimizers import OPTIMIZERS, SCHEDULED
from backprop_explorer.library.spellings import LIBRARIES, Library, Spelling, functions, methods
from backprop_explorer.ops import OPERATIONS, REQUIRED, Operation


class OperationEntry(WrittenFormula):
    """A primitive, or a composite written in the language itself, whose `text` that is."""

    name: str
    family: str
    symbol: str
    summary: str
    operands: list[str]
    parameters: dict[str, Any] | list[str]
    text: NotRequired[str]
    rules: Annotated[dict[str, str], "the gradient of each operand, as program text"]
    kink: Annotated[str | None, "what happens where there is no derivative, and why"]
    source: str
    synonyms: list[str]
    spelled: Annotated[list[str], "what NumPy and PyTorch call the same: np.exp, Tensor.exp"]
    internal: NotRequired[bool]
    examples: list[str]


class SpellingEntry(TypedDict):
    """A function or method of a library, and what it means as program text of the language."""

    name: str
    library: str
    paths: Annotated[list[str], "where the library has it; Tensor.exp and ndarray.dot are methods"]
    signature: Annotated[str, "the library's own, with its defaults"]
    summary: Annotated[str, "empty where the name says it"]
    means: Annotated[
        str, "over the parameters: an expression, an equation for the result y, the body of a function; or a sentence"
    ]


class OptimizerEntry(TypedDict):
    """An optimizer: its options with their defaults, its own tensors, its rule as program text. Those options that are
    `scheduled` may also be an expression of the iteration."""

    name: str
    options: dict[str, Any]
    scheduled: list[str]
    state: list[str]
    summary: str
    rule: str
    source: str


def catalogue() -> list[OperationEntry]:
    """Every operation and composite, ready for JSON."""
    composites = [_composite(record) for record in COMPOSITES.values() if not record.internal]
    return [*(_operation(record) for record in OPERATIONS.values()), *composites]


@cache
def spellings(library: Library) -> tuple[SpellingEntry, ...]:
    """Every word of a library that the language accepts, by name, ready for JSON."""
    found = dict.fromkeys([*functions(library).values(), *methods(library).values()])
    entries = [_spelling(record) for record in found if not record.is_refusal]
    return tuple(sorted(entries, key=lambda entry: (entry["name"].lower(), entry["paths"])))


def _spelling(record: Spelling) -> SpellingEntry:
    return {
        "name": record.name,
        "library": record.library,
        "paths": list(record.paths),
        "signature": record.signature,
        "summary": record.summary,
        "means": meaning(record),
    }


@cache
def _spelled() -> dict[str, list[str]]:
    """What the libraries call each function of the language, where they call the very same."""
    found: dict[str, list[str]] = {}
    for library in LIBRARIES:
        for record in dict.fromkeys([*functions(library).values(), *methods(library).values()]):
            name = record.same_as or _of_operator(record.expression)
            if name is not None:
                found.setdefault(name, []).extend(record.paths)
    return found


def _of_operator(expression: ast.expr | None) -> str | None:
    """The operation of an expression that is two parameters and the sign between them."""
    match expression:
        case ast.BinOp(left=ast.Name(), op=sign, right=ast.Name()):
            return BINARY[type(sign)]
        case ast.Compare(left=ast.Name(), ops=[sign], comparators=[ast.Name()]):
            return COMPARISON.get(type(sign))
    return None


def optimizers() -> list[OptimizerEntry]:
    """Every optimizer, with its options at their defaults, ready for JSON."""
    return [
        {
            "name": record.name,
            "options": _json(record.options),
            "scheduled": [option for option in record.options if option in SCHEDULED],
            "state": list(record.state),
            "summary": record.summary,
            "rule": record.text.strip(),
            "source": record.source,
        }
        for record in OPTIMIZERS.values()
    ]


@cache
def _operation(record: Operation) -> OperationEntry:
    parameters = {name: None if default is REQUIRED else default for name, default in record.parameters.items()}
    entry = _entry(record, record.family, list(record.operands), parameters, record.rules)
    entry["internal"] = record.internal
    return entry


@cache
def _composite(record: Composite) -> OperationEntry:
    entry = _entry(record, "composite", record.required, list(record.defaults), record.gradients)
    entry["text"] = record.text.strip()
    return entry


def _entry(
    record: Operation | Composite,
    family: str,
    operands: list[str],
    parameters: dict[str, Any] | list[str],
    rules: Mapping[str, str],
) -> OperationEntry:
    latex, mathml = notation(record.formula) if record.formula else ("", "")
    return {
        "name": record.name,
        "family": family,
        "symbol": record.symbol or record.name,
        "summary": record.summary,
        "operands": operands,
        "parameters": parameters,
        "formula": record.formula,
        "latex": latex,
        "mathml": mathml,
        "rules": dict(rules),
        "kink": record.kink.text if record.kink else None,
        "source": record.source,
        "synonyms": list(record.synonyms),
        "spelled": list(_spelled().get(record.name, ())),
        "examples": [sample.code for sample in record.samples],
    }


def _json(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
