"""The catalogue of all that the language knows, derived from the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.language.notation import notation
from backprop_explorer.library import COMPOSITES, Composite
from backprop_explorer.library.optimizers import OPTIMIZERS, SCHEDULED
from backprop_explorer.ops import OPERATIONS, REQUIRED, Operation


def catalogue() -> list[dict[str, Any]]:
    """Every operation and composite, ready for JSON."""
    composites = [_composite(record) for record in COMPOSITES.values() if not record.internal]
    return [*(_operation(record) for record in OPERATIONS.values()), *composites]


def optimizers() -> list[dict[str, Any]]:
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


def _formula(formula: str) -> dict[str, str]:
    latex, mathml = notation(formula) if formula else ("", "")
    return {"formula": formula, "latex": latex, "mathml": mathml}


def _operation(record: Operation) -> dict[str, Any]:
    return {
        "name": record.name,
        "family": record.family,
        "symbol": record.symbol or record.name,
        "summary": record.summary,
        "operands": list(record.operands),
        "parameters": {name: None if default is REQUIRED else default for name, default in record.parameters.items()},
        **_formula(record.formula),
        "rules": dict(record.rules),
        "kink": record.kink.text if record.kink else None,
        "source": record.source,
        "synonyms": list(record.synonyms),
        "internal": record.internal,
        "examples": [sample.code for sample in record.samples],
    }


def _composite(record: Composite) -> dict[str, Any]:
    return {
        "name": record.name,
        "family": "composite",
        "symbol": record.symbol or record.name,
        "summary": record.summary,
        "operands": record.required,
        "parameters": list(record.defaults),
        **_formula(record.formula),
        "text": record.text.strip(),
        "rules": dict(record.gradients),
        "kink": record.kink.text if record.kink else None,
        "source": record.source,
        "synonyms": list(record.synonyms),
        "examples": [sample.code for sample in record.samples],
    }


def _json(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
