"""Cases that are tried in one test: what `each` makes of them."""

import inspect

import pytest

from tests import amount
from tests.together import each


def half(number: int) -> None:
    assert number % 2 == 0


def test_all_are_tried_and_those_that_fail_are_named() -> None:
    tried = []

    def counted(number: int) -> None:
        tried.append(number)
        half(number)

    with pytest.raises(BaseExceptionGroup, match="2 of 4 cases") as told:
        each("number", range(4), ids=lambda number: f"no. {number}")(counted)()
    assert tried == [0, 1, 2, 3]
    assert [error.__notes__ for error in told.value.exceptions] == [["In the case no. 1."], ["In the case no. 3."]]


def test_one_that_fails_fails_as_it_is() -> None:
    with pytest.raises(AssertionError) as told:
        each("number", [2, 3])(half)()
    assert told.value.__notes__ == ["In the case (3,)."]


def test_what_does_not_raise_fails_as_well() -> None:
    @each("number", [0, 1])
    def divides(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            1 / number

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        divides()


def test_parameters_of_several_are_crossed_and_fixtures_stay() -> None:
    tried = []

    @each(("first", "second"), [(1, 2), pytest.param(3, 4, id="the other")])
    @each("third", [5, 6])
    def crossed(first: int, second: int, third: int, fixture: str) -> None:
        tried.append((first, second, third, fixture))

    assert list(inspect.signature(crossed).parameters) == ["fixture"]
    crossed(fixture="f")
    assert tried == [(1, 2, 5, "f"), (1, 2, 6, "f"), (3, 4, 5, "f"), (3, 4, 6, "f")]


def test_what_is_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [2, pytest.param(3, marks=pytest.mark.long)]
    monkeypatch.setattr(amount, "LONG", False)
    each("number", cases)(half)()
    monkeypatch.setattr(amount, "LONG", True)
    with pytest.raises(AssertionError):
        each("number", cases)(half)()


def test_where_all_is_long_the_test_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amount, "LONG", False)
    waiting = each("number", [pytest.param(3, marks=pytest.mark.long)])(half)
    assert [mark.name for mark in waiting.pytestmark] == ["long"]


def test_no_other_mark_is_lost_without_a_word() -> None:
    with pytest.raises(AssertionError, match="skip"):
        each("number", [pytest.param(2, marks=pytest.mark.skip)])
    with pytest.raises(AssertionError, match="cannot fail"):
        each("number", [])
