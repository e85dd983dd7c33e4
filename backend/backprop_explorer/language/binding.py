"""The arguments of a call brought to the parameters of a definition, as Python does it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from backprop_explorer.language.names import PARAMETER_SYNONYMS
from backprop_explorer.library.signature import Signature
from backprop_explorer.problem import Problem, suggestion


def bind(
    name: str,
    signature: Signature,
    arguments: Sequence[Any],
    options: Mapping[str, Any],
    default: Callable[[ast.expr], Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The value of each parameter in order, and the defaults. Raises a `Problem` for a call that does not fit."""
    given = dict(zip(signature.by_place, arguments, strict=False))
    left = tuple(arguments[len(signature.by_place) :])
    if left and signature.rest is None:
        takes = ", ".join(signature.names)
        raise Problem("bad_call", f"{name} takes {len(signature.by_place)} arguments ({takes}); got {len(arguments)}")
    allowed = signature.named
    for option, value in renamed(options, allowed).items() if options else ():
        if option not in allowed or option in given:
            raise unexpected(name, option, allowed, twice=option in given)
        given[option] = value
    defaults = {parameter: default(tree) for parameter, tree in signature.defaults.items()}
    missing = [parameter for parameter in allowed if parameter not in given and parameter not in defaults]
    if missing:
        raise Problem("bad_call", f"{name} needs {missing[0]}; its parameters are {', '.join(signature.names)}")
    bound = {**defaults, **given, **({signature.rest: left} if signature.rest else {})}
    return {parameter: bound[parameter] for parameter in signature.names}, defaults


def renamed(options: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """The words of the other library for parameters as those of the function, where it knows only these."""
    result: dict[str, Any] = {}
    for name, value in options.items():
        own = name if name in known else next((other for other in _others(name) if other in known), name)
        if own in result:
            raise Problem("bad_call", f"{own} is given twice, the second time as {name}")
        result[own] = value
    return result


def _others(name: str) -> Iterable[str]:
    if name in PARAMETER_SYNONYMS:
        yield PARAMETER_SYNONYMS[name]
    yield from (other for other, own in PARAMETER_SYNONYMS.items() if own == name)


def unexpected(function: str, name: str, known: Sequence[str], *, twice: bool) -> Problem:
    """A parameter that the function does not have, or that was given already."""
    if twice:
        return Problem("bad_call", f"{function} got {name} twice")
    return Problem(
        "bad_call",
        f"{function} has no parameter {name[:40]}",
        hint=suggestion(name, known) or f"its parameters are {', '.join(known)}",
    )
