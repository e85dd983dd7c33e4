"""Many small cases in one test: what pytest and xdist do for a test takes longer than most of these do."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests import amount

SHOWN = 200
"""So many characters of a case without a name name it."""

Test = Callable[..., None]
Ids = Iterable[str] | Callable[[Any], str]


def each(names: str | tuple[str, ...], cases: Iterable[Any], ids: Ids | None = None) -> Callable[[Test], Test]:
    """In the place of `pytest.mark.parametrize`: all cases are tried in one test, which fails with those that do not
    hold, each by its name. Fixtures are the same for all of them. A case that is marked `long` waits for --long."""
    parameters = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    chosen = _chosen(cases, len(parameters), ids)

    def decorate(test: Test) -> Test:
        if not chosen:
            return pytest.mark.long(test)

        @functools.wraps(test)
        def together(**fixtures: Any) -> None:
            failures = []
            for name, values in chosen:
                try:
                    test(**dict(zip(parameters, values, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"In the case {name or repr(values)[:SHOWN]}.")
                    failures.append(error)
            if len(failures) == 1:
                raise failures[0]
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(chosen)} cases", failures)

        known = inspect.signature(test)
        others = [one for name, one in known.parameters.items() if name not in parameters]
        together.__signature__ = known.replace(parameters=others)  # type: ignore[attr-defined]
        return together

    return decorate


def _chosen(cases: Iterable[Any], width: int, ids: Ids | None) -> list[tuple[str | None, tuple[Any, ...]]]:
    """The cases to try, with their names where they have some."""
    chosen = []
    cases = list(cases)
    assert cases, "A test without a case cannot fail."
    names: list[str | None] = list(map(ids, cases)) if callable(ids) else list(ids or [None] * len(cases))
    for name, case in zip(names, cases, strict=True):
        marked = isinstance(case, type(pytest.param()))
        marks = [mark.name for mark in case.marks] if marked else []
        assert set(marks) <= {"long"}, f"A case is marked {marks}: each knows `long` alone."
        if "long" not in marks or amount.LONG:
            values = case.values if marked else tuple(case) if width > 1 else (case,)
            chosen.append((name or (case.id if marked else None), values))
    return chosen
