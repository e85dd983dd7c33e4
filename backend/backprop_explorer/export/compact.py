"""A recording in few bytes, which tells the same to the last digit.

Where all explanations of a tensor follow from its form, the form stands for them. The other answers are written as
columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from backprop_explorer.export.columns import column_of
from backprop_explorer.export.formed import WHY_ZERO, follows
from backprop_explorer.export.recording import asked_in, question


def compact(recording: Mapping[str, Any]) -> dict[str, Any]:
    """The same, as `frontend/service/recorded.js` reads it; of a recording that is plain JSON."""
    answers = dict(recording["answers"])
    forms = {}
    for name, form in recording["forms"].items():
        keys = list(_questions(name, form["common"]["shape"]))
        told = [answers[key] for key in keys if key in answers]
        if not told:
            forms[name] = form
        elif len(told) == len(keys) and all(follows(form, recording["trace"], answer) for answer in told):
            forms[name] = {**form, "zeros": [[_why_zero(term) for term in one["terms"]] for one in told]}
            for key in keys:
                del answers[key]
    by_kind: dict[str, list[str]] = {}
    for key in answers:
        by_kind.setdefault(key.partition("?")[0], []).append(key)
    steps = recording["trace"]["steps"]
    return {
        **recording,
        "trace": {**recording["trace"], "steps": {"count": len(steps), "are": column_of(steps)}},
        "answers": {kind: _columns(keys, [answers[key] for key in keys]) for kind, keys in by_kind.items()},
        "forms": {"names": list(forms), "are": column_of(list(forms.values()))},
    }


def _questions(name: str, shape: Sequence[int]) -> Iterator[str]:
    """Those for the explanations of a tensor's elements."""
    tensor, _, field = name.partition(" ")
    for index in product(*map(range, shape)):
        yield question("explain", {"tensor": tensor, "field": field, "index": ",".join(map(str, index))})


def _columns(keys: Sequence[str], answers: Sequence[Any]) -> dict[str, Any]:
    """The answers; and what was asked, or the names of those of their parts that say it."""
    asked = [asked_in(key) for key in keys]
    names = sorted(asked[0])
    told = all(
        one == {name: _asked(answer.get(name)) for name in names} for one, answer in zip(asked, answers, strict=True)
    )
    return {"count": len(keys), "by": names if told else {"asked": column_of(asked)}, "are": column_of(answers)}


def _asked(part: Any) -> str:
    """A part of an answer as a question has it."""
    return ",".join(map(str, part)) if isinstance(part, list) else str(part)


def _why_zero(term: Mapping[str, Any]) -> dict[str, Any]:
    return {name: term[name] for name in WHY_ZERO if name in term}
