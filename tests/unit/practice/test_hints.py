"""Hints: what each level may say, and in whose words."""

from __future__ import annotations

import re

import backprop_explorer as bx
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.practice.hint import hint
from backprop_explorer.practice.practice import to_find
from tests.amount import some
from tests.examples.telling import TELLING
from tests.together import each

DOCUMENTS = {name: exercises[name].document for name in exercises} | {name: examples[name] for name in examples}
RECORDS = {name for operation in OPERATIONS.values() for name in operation.operands if name.isalpha()}
"""How records call their operands."""


@each("name", some(DOCUMENTS, *TELLING, "network", "broadcast_add"))
def test_the_second_hint_has_numbers_and_no_names_but_the_gradients_own(name: str) -> None:
    plan = bx.compile(DOCUMENTS[name])
    plan.run()
    for tensor in to_find(plan.program):
        told = hint(plan, str(tensor.name), 2)
        assert told["formula"] is None
        assert told["code"] is None
        assert re.findall("`([^`]*)`", told["text"]) == [
            f"{tensor.name}.g" + (f"[{', '.join(map(str, told['index'] or []))}]" if told["index"] else "")
        ]
        assert all(factor.keys() == {"value"} for term in told["terms"] for factor in term["factors"])


@each("name", some(DOCUMENTS, *TELLING, "network", "broadcast_add"))
def test_hints_name_what_the_program_names(name: str) -> None:
    """No operand of a record: its `a` and `b` are the user's `x` and `w1`."""
    plan = bx.compile(DOCUMENTS[name])
    plan.run()
    own = set(re.findall(r"\w+", plan.program.text))
    for tensor in to_find(plan.program):
        for level in (1, 2, 3):
            told = hint(plan, str(tensor.name), level)  # type: ignore[arg-type]
            quoted = re.findall("`([^`]*)`", told["text"])
            words = {word for piece in quoted for word in re.findall(r"[^\W\d]\w*", piece)}
            assert not (words & RECORDS) - own, (tensor.name, level, told["text"])
            assert not {rule["operand"] for rule in told["rules"]} & (RECORDS - own)


def test_the_rule_says_by_which_of_two_operands_the_way_goes() -> None:
    plan = bx.compile(exercises["matmul"].document)
    plan.run()
    told = hint(plan, "b", 3)
    assert told["text"].startswith("The gradient comes back through `a @ b` to its `b` (matmul is a sum of products")
    assert [(rule["code"], rule["operand"]) for rule in told["rules"]] == [("a @ b", "b")]
    plan = bx.compile(exercises["bias"].document)
    plan.run()
    assert [rule["operand"] for rule in hint(plan, "z", 3)["rules"]] == ["z", "z * c"]
