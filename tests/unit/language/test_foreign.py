"""What is Python and not of the language is refused with a `Problem`, wherever it stands and whether it runs or not."""

import pytest

import backprop_explorer as bx
from tests.together import each

EXPRESSIONS = [
    "{i for i in x}", "{1, 2}", "(y := x)", "await x", "1j", "b'x'",
]  # fmt: skip
"""What is never part of the language."""
MEANINGLESS = [
    "f'{x}'", "sum(*x)", "sum(**x)", "x if x else x", "x and x", "not x", "~x", "x | x", "x << 1", "1 < x < 2",
    "x in x", "x()()", "x[0]()", "(x + x)(x)", "x.__class__", "None @ x", "count(x)", "inner(3)", "whole(1, 2)",
    "contraction('a', 'b')", "channelwise(2)", "x[*x]", "distinct(1, 2)", "overwrite(x, 0, 1)", "len(3)", "int(x)",
    "range(x)", "[1][x]", "{}['a']", "[1, 2][2]", "'a' + 1", "[] < 1", "float('a')", "int('a')", "math.sqrt(x)",
    "str(x)", "'%d' % x", "max(x, x)", "sorted([x, x])", "[x] == [w]", "zip(1)", "{[]: 1}", "print(x)[0]",
]  # fmt: skip
"""What is refused where it runs, with tensors or values that it cannot take."""
STATEMENTS = [
    "async def h(x):\n    return x", "class H(metaclass=x):\n    x = 1",
    "try:\n    h = x\nexcept x:\n    h = x", "global x", "match x:\n    case _:\n        h = x", "yield x",
    "@x\ndef h(x):\n    return x",
]  # fmt: skip
CONTEXTS = [
    "with x:\n    h = x",
    "with torch.no_grad() as h:\n    h = x",
    "with open('f'):\n    h = x",
    "raise x",
    "assert 1 > 2",
]
TARGETS = ["x.g", "f(x)[0]", "(h, k), b", "h, k, b", "[]", "()"]

PLACES = {
    "the program": "{}\nloss = sum(x)",
    "a function": "def f(x):\n    {}\n    return x\nloss = sum(f(x))",
    "a loop": "for i in range(2):\n    {}\nloss = sum(x)",
    "a branch": "if True:\n    {}\nloss = sum(x)",
    "a loop of no rounds": "for i in range(0):\n    {}\nloss = sum(x)",
    "a branch that is not taken": "if False:\n    {}\nloss = sum(x)",
    "behind a return": "def f(x):\n    return x\n    {}\nloss = sum(f(x))",
    "a function that nobody calls": "def f(x):\n    {}\n    return x\nloss = sum(x)",
}
RUN = ("the program", "a function", "a loop", "a branch")


def placed(place: str, text: str) -> str:
    line = next(line for line in PLACES[place].splitlines() if "{}" in line)
    indented = text.replace("\n", "\n" + line[: line.index("{}")])
    return PLACES[place].replace("{}", indented)


def outcome(program: str) -> bx.Problem | None:
    """The problem of a program, or None where it runs."""
    try:
        plan = bx.compile({"program": program, "parameters": {"x": [1.0, 2.0]}, "inputs": {"w": [3.0, 4.0]}})
    except bx.Problem as problem:
        return problem
    plan.run()
    return None


@each("place", RUN)
@each("text", [f"h = {one}" for one in EXPRESSIONS + MEANINGLESS] + [f"{one} = x" for one in TARGETS] + CONTEXTS)
def test_what_runs_is_refused_with_its_place(text: str, place: str) -> None:
    problem = outcome(placed(place, text))
    assert problem is not None
    assert problem.line is not None


@each("place", list(PLACES))
@each("text", [f"h = {one}" for one in EXPRESSIONS] + STATEMENTS)
def test_what_is_foreign_is_refused_even_where_it_never_runs(text: str, place: str) -> None:
    problem = outcome(placed(place, text))
    assert problem is not None
    assert problem.code in ("not_in_language", "syntax")
    assert problem.line is not None


@each("default", EXPRESSIONS + MEANINGLESS)
def test_a_default_is_the_users_text(default: str) -> None:
    problem = outcome(f"def f(x, k={default}):\n    return x\nloss = sum(f(x))")
    assert problem is not None
    assert problem.line is not None


def test_a_default_calls_what_the_program_knows() -> None:
    text = "def g(x=2):\n    return x * 3\ndef f(x, k=g(4)):\n    return x * k\nloss = sum(f(x))"
    plan = bx.compile({"program": text, "parameters": {"x": [1.0, 2.0]}})
    assert plan.run() == 36


def test_a_default_that_calls_its_own_function() -> None:
    problem = outcome("def f(x, k=f(1)):\n    return x\nloss = sum(f(x))")
    assert problem is not None
    assert problem.code == "unknown_function"  # as in Python, where the function has no name yet


def test_a_loop_of_more_rounds_than_a_computer_counts() -> None:
    program = f"for i in range({10**30}):\n    h = x\nloss = sum(x)"
    with pytest.raises(bx.Problem) as caught:
        bx.compile({"program": program, "parameters": {"x": [1.0]}}, bx.engine.Budget())
    assert caught.value.code == "over_budget"
