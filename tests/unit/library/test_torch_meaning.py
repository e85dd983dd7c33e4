"""PyTorch's meaning of lines of PyTorch, by golden values: each is right here or refused, and most are right.

`tests/bench/opinfo.py --write` makes the file where PyTorch is installed, out of PyTorch's own samples and of lines of
ours. A case with `must` has to be right; the rest, whose reasons stand in `tests/bench/golden.py`, may be refused. None
may be computed differently.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from tests.amount import count
from tests.meaning import ABOUT_THE_LANGUAGE, Case, Verdict, judge
from tests.together import each

GOLDEN = Path(__file__).with_name("torch_golden")
TOLERANCE = 1e-8
SINGLE = dict.fromkeys(("nn.functional.hardsigmoid", "single precision"), 1e-7)
"""Operations whose gradients PyTorch calculates with a number in single precision: a sixth."""


@lru_cache(maxsize=1)
def cases() -> dict[str, list[Case]]:
    """The cases of each operation."""
    found: dict[str, list[Case]] = {}
    for part in sorted(GOLDEN.glob("*.json")):
        for told in json.loads(part.read_text("utf-8")):
            case = Case.read(told)
            found.setdefault(case.operation, []).append(case)
    return found


def said(judged: list[tuple[Case, Verdict]]) -> str:
    """One line for each: the program's own first lines, and why."""
    return "\n".join(
        f"{verdict.outcome}: {case.program.rpartition(chr(10))[0]}\n    {verdict.why}" for case, verdict in judged
    )


def test_there_is_enough_to_judge_by() -> None:
    every = [case for one in cases().values() for case in one]
    assert len(cases()) > 300
    assert len(every) > 1500
    assert sum(case.must for case in every) > 0.95 * len(every)


@each("operation", cases())
def test_what_people_use_is_accepted_and_means_what_pytorch_means(operation: str) -> None:
    some = cases()[operation][: count(2, 1_000)]
    verdicts = [(case, judge(case, TOLERANCE, SINGLE.get(operation))) for case in some]
    wrong = [one for one in verdicts if one[1].outcome in ("different", "crashed")]
    assert not wrong, said(wrong)
    refused = [one for one in verdicts if one[1].code and one[1].code not in ABOUT_THE_LANGUAGE]
    assert not refused, said(refused)
    missing = [one for one in verdicts if one[0].must and one[1].outcome != "right"]
    assert not missing, said(missing)
