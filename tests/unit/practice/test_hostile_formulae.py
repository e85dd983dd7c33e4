"""Generated formulae, hostile and plausible ones mixed, with an audit hook as judge: reading and
evaluating them may make Python do nothing but parse."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.examples import examples
from backprop_explorer.practice.check import check
from tests.amount import count
from tests.together import each

COUNT = count(1_000, 200_000)
PARTS = count(1, 4)
SCRIPT = Path(__file__).with_name("formulae.py")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_formula_makes_python_do_anything_but_parse(part: int) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(part), str(COUNT // PARTS)],
        text=True,
        capture_output=True,
        timeout=count(120, 3_000),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert set(found["seen"]) <= {"compile"}, found["seen"]
    assert found["good"] > COUNT // PARTS / 20  # some of them mean something
    assert found["slowest"][0] < 1, found["slowest"]


HOSTILE = {
    "underscores": "x.__class__.__mro__",
    "look-alikes": "x.__cla\uff53s__",
    "lambda": "(lambda: x)()",
    "comprehension": "[a for a in (1).__class__.__base__.__subclasses__()]",
    "f-string": "f'{x.__class__}'",
    "unknown call": "open('/etc/passwd').read()",
    "import": "__import__('os').system('true')",
    "minus signs": "-" * 50_000 + "x",
    "brackets": "(" * 200 + "x" + ")" * 200,
    "outer products": "(x.reshape(60)[:, None] * x.reshape(60)).reshape(3600)[:, None] * (x.reshape(60)[:, None] * "
    "x.reshape(60)).reshape(3600)",
    "many axes": "x[" + "None, " * 90 + "]",
    "a long chain": "x" + ".T" * 200,
    "division by zero": "1 / 0",
    "towers": "10**10**10",
    "digits": "9" * 490,
    "a sum of everything": "+".join(["x"] * 240),
    "functions of functions": "exp(" * 30 + "x" + ")" * 30,
    "products": " * ".join(["broadcast_to(x, (1500, 6, 10))"] * 12),
    "matrix products": " @ ".join(["broadcast_to(x[0, 0], (99, 99))"] * 12),
    "contraction": 'einsum("ab,cd,ef,gh->aceg", x, x, x, x)',
    "many operands": 'einsum("' + ",".join(["a"] * 70) + '->a", ' + ", ".join(["y"] * 70) + ")",
}


@each("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_hostile_formulae_get_a_verdict_at_once(text: str) -> None:
    plan = bx.compile(examples["lesson13"])
    plan.run()
    best = np.inf
    for _ in range(5):
        start = time.process_time()
        verdict = check(plan, {"w1": text})["verdicts"]["w1"]
        best = min(best, time.process_time() - start)
    assert verdict["verdict"] in ("error", "wrong_shape", "wrong_value")
    assert verdict["message"] or verdict["diagnosis"]
    assert best < 0.05
