"""What is Python and not of the language is refused with a `Problem`, wherever it stands and whether it runs or not."""

import pytest

import backprop_explorer as bx

EXPRESSIONS = [
    "lambda: 1", "[i for i in x]", "{i for i in x}", "{i: i for i in x}", "(i for i in x)", "{1: x}", "{1, 2}",
    "(y := x)", "await x", "f'{x}'", "sum(*x)", "sum(**x)", "x if x else x", "x and x", "not x", "~x", "x // 2",
    "x % 2", "x | x", "x << 1", "1 < x < 2", "x in x", "x is x", "x()()", "x[0]()", "(x + x)(x)", "1j", "b'x'",
    "x.__class__", "None @ x", "count(x)", "inner(3)", "whole(1, 2)", "contraction('a', 'b')", "channelwise(2)",
    "[*x]", "x[*x]",
]  # fmt: skip
STATEMENTS = [
    "def h(x):\n    return x", "async def h(x):\n    return x", "class H:\n    x = 1", "x += 1", "h: int = 1",
    "if x:\n    h = x", "while x:\n    h = x", "with x:\n    h = x", "with x as h:\n    h = x",
    "try:\n    h = x\nexcept x:\n    h = x", "del x", "global x", "pass", "break", "continue", "import os",
    "from os import path", "raise x", "assert x", "x", "match x:\n    case _:\n        h = x",
    "for a, b in range(2):\n    h = x", "for i in x:\n    h = x", "for i in range(2):\n    h = x\nelse:\n    h = x",
    "for i in range(1, 2, 3, 4):\n    h = x", "for i in range(x):\n    h = x", "yield x",
]  # fmt: skip
TARGETS = ["x[0]", "x.g", "*h, b", "(h, k), b", "h = k", "[]", "()"]

PLACES = {
    "the program": "{}\nloss = sum(x)",
    "a function": "def f(x):\n    {}\n    return x\nloss = sum(f(x))",
    "a loop": "for i in range(2):\n    {}\nloss = sum(x)",
    "a loop of no rounds": "for i in range(0):\n    {}\nloss = sum(x)",
    "behind a return": "def f(x):\n    return x\n    {}\nloss = sum(f(x))",
    "a function that nobody calls": "def f(x):\n    {}\n    return x\nloss = sum(x)",
}
RUN = ("the program", "a function", "a loop")


def placed(place: str, text: str) -> str:
    line = next(line for line in PLACES[place].splitlines() if "{}" in line)
    indented = text.replace("\n", "\n" + line[: line.index("{}")])
    return PLACES[place].replace("{}", indented)


def outcome(program: str) -> bx.Problem | None:
    """The problem of a program, or None where it runs and can be taken away as scripts."""
    try:
        plan = bx.compile({"program": program, "parameters": {"x": [1.0, 2.0]}})
    except bx.Problem as problem:
        return problem
    plan.run()
    return None


@pytest.mark.parametrize("place", RUN)
@pytest.mark.parametrize("text", [f"h = {one}" for one in EXPRESSIONS] + [f"{one} = x" for one in TARGETS])
def test_what_runs_is_refused_with_its_place(text: str, place: str) -> None:
    problem = outcome(placed(place, text))
    assert problem is not None
    assert problem.line is not None


@pytest.mark.parametrize("place", [place for place in PLACES if place != "the program"])
@pytest.mark.parametrize(
    "text",
    [
        one
        for one in STATEMENTS
        if one not in ("for i in range(1, 2, 3, 4):\n    h = x", "for i in range(x):\n    h = x")
    ],
)
def test_a_foreign_statement_is_refused_even_where_it_never_runs(text: str, place: str) -> None:
    if text == STATEMENTS[0] and "loop" in place:
        assert outcome(placed(place, text)) is None  # a function may be defined in a loop
        return
    problem = outcome(placed(place, text))
    assert problem is not None
    assert problem.code in ("not_in_language", "syntax")
    assert problem.line is not None


@pytest.mark.parametrize("text", STATEMENTS[1:])
def test_a_foreign_statement_in_the_program(text: str) -> None:
    problem = outcome(placed("the program", text))
    assert problem is not None
    assert problem.line is not None


@pytest.mark.parametrize("default", EXPRESSIONS)
def test_a_default_is_the_users_text(default: str) -> None:
    problem = outcome(f"def f(x, k={default}):\n    return x\nloss = sum(f(x))")
    assert problem is not None


def test_a_def_in_a_def_says_what_to_write() -> None:
    problem = outcome("def g(w):\n    def f(a):\n        return a * 2\n    return sum(f(w))\nloss = g(x)")
    assert problem is not None
    assert (problem.code, problem.line, problem.column) == ("not_in_language", 2, 5)
    assert problem.detail == "A def inside a def is not part of the language: f stands in g"
    assert problem.hint == "write def f before def g, and give it all that it reads as parameters"


def test_a_default_calls_what_the_program_knows() -> None:
    text = "def g(x=2):\n    return x * 3\ndef f(x, k=g(4)):\n    return x * k\nloss = sum(f(x))"
    plan = bx.compile({"program": text, "parameters": {"x": [1.0, 2.0]}})
    assert plan.run() == 36


def test_a_default_that_calls_its_own_function() -> None:
    problem = outcome("def f(x, k=f(1)):\n    return x\nloss = sum(f(x))")
    assert problem is not None
    assert problem.code == "recursion"


def test_a_loop_of_more_rounds_than_a_computer_counts() -> None:
    program = f"for i in range({10**30}):\n    h = x\nloss = sum(x)"
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": program, "parameters": {"x": [1.0]}}, bx.engine.Budget())
    assert caught.value.code == "over_budget"
