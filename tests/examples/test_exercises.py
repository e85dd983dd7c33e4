"""The exercises that ship: solvable as their solutions say, their mistakes diagnosed as listed."""

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.practice.check import judged
from backprop_explorer.practice.dimensions import distinct_shapes
from backprop_explorer.practice.practice import to_find
from tests.together import each

MISTAKES = [(name, mistake) for name, exercise in exercises.items() for mistake in exercise.mistakes]


def ran(name: str) -> Plan:
    plan = bx.compile(exercises[name].document)
    plan.run()
    return plan


def test_there_are_twelve_from_one_step_to_a_network() -> None:
    assert [exercise.level for exercise in exercises.values()] == list(range(1, 13))
    steps = [len(exercise.document["program"].splitlines()) for exercise in exercises.values()]
    assert steps[0] == 2
    assert steps[-1] == max(steps) == 4


@each("name", list(exercises))
def test_the_solutions_solve_it(name: str) -> None:
    plan = ran(name)
    solutions = exercises[name].solutions
    assert set(solutions) == {str(tensor.name) for tensor in to_find(plan.program)}
    for tensor, formula in solutions.items():
        verdict = judged(plan, tensor, formula)
        assert verdict.correct, (tensor, verdict)
        assert not verdict.notes


@each(("name", "mistake"), MISTAKES, ids=[f"{name}: {m['answer']}" for name, m in MISTAKES])
def test_the_mistakes_are_told_apart(name: str, mistake: dict[str, str]) -> None:
    verdict = judged(ran(name), mistake["tensor"], mistake["answer"])
    assert not verdict.correct
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.code == mistake["code"]


@each("name", list(exercises))
def test_no_two_dimensions_are_equal(name: str) -> None:
    assert distinct_shapes(ran(name).program) is None
