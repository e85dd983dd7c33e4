"""What a page makes of a form (`frontend/lib/forms.js`), made here: a form only stands for what it tells exactly.

It is made of plain JSON, as the page has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from backprop_explorer.export.forms import along, code_of

WHY_ZERO = ("zero", "by")
"""What a term of 0 says of itself, which follows from no form."""


def follows(form: Any, trace: Any, answer: Mapping[str, Any]) -> bool:
    """Whether an explanation is what the page makes of the form, but for why terms are 0."""
    terms = [{name: told for name, told in term.items() if name not in WHY_ZERO} for term in answer["terms"]]
    try:
        made = _explained(form, trace, answer)
    except LookupError:  # it names an element that is not there
        return False
    return _text(made) == _text({**answer, "terms": terms})


def _text(content: object) -> str:
    """JSON, which tells 0 from -0."""
    return json.dumps(content, sort_keys=True)


def _explained(form: Any, trace: Any, answer: Mapping[str, Any]) -> dict[str, Any]:
    tensor, field, index = answer["tensor"], answer["field"], answer["index"]
    terms: dict[int, Any] = {}
    for group in form["groups"]:
        for at, place in enumerate(group["terms"]):
            factors = [_factor(factor, at, index, trace) for factor in group["factors"]]
            value = 1.0
            for factor in factors:
                value *= float(factor["value"])
            terms[place] = {"value": value, "factors": factors}
            if form["samples"][place] is not None:
                terms[place]["sample"] = form["samples"][place] + along(form["sample_steps"], index)
    groups = [
        {
            **{name: group[name] for name in ("terms", "letters", "places")},
            "factors": [{"code": code_of(factor, index), "loose": factor["loose"]} for factor in group["factors"]],
        }
        for group in form["groups"]
    ]
    own = {"tensor": tensor, "field": field, "index": index, "value": _number(trace, tensor, field, index)}
    return {**form["common"], **own, "terms": [terms[place] for place in sorted(terms)], "groups": groups}


def _factor(factor: Any, at: int, index: Sequence[int], trace: Any) -> dict[str, Any]:
    if "tensor" not in factor:
        return {"code": factor["code"], "value": factor["value"], "cells": []}
    tensor, field = factor["tensor"], factor["field"]
    moved = [along(dimension["steps"], index) for dimension in factor["dimensions"]]
    place = [start + by for start, by in zip(factor["places"][at], moved, strict=True)]
    value = _number(trace, tensor, field, place)
    code = f"{factor['code']}[{', '.join(map(str, place))}]" if place else factor["code"]
    return {"code": code, "value": value, "cells": [{"tensor": tensor, "field": field, "index": place, "value": value}]}


def _number(trace: Any, tensor: str, field: str, index: Sequence[int]) -> Any:
    """An element of the trace; of a next value, of the step that makes it. Raises LookupError where there is none."""
    if field == "next":
        made = [step for step in trace["steps"] if step["of"] == {"tensor": tensor, "field": field}]
        found = made[0].get("value")
    else:
        found = trace["tensors"][tensor].get(field)
    for at in index:
        if not isinstance(found, list) or at < 0:
            raise LookupError(f"{tensor} has no {field}{list(index)}")
        found = found[at]
    if found is None:
        raise LookupError(f"{tensor} has no {field}")
    return found
