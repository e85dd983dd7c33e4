"""Run as a script: generates formulae, hostile and plausible ones mixed, and evaluates them under an audit hook.

Prints as JSON the events that happened, how many formulae meant something, and the slowest one.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from typing import Any

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.graph.node import Node
from backprop_explorer.practice.formula import read_formula
from backprop_explorer.practice.namespace import namespace
from backprop_explorer.problem import Problem

FUNCTIONS = "def twice(a):\n  b = a * 2.0\n  return b\nh = twice(x @ w)\nloss = mean(h * h)"
DOCUMENTS: list[Any] = [
    examples["lesson13"],
    exercises["cross_entropy"].document,
    {"program": FUNCTIONS, "inputs": {"x": [[1.0, 2.0], [0.5, -1.0]]}, "parameters": {"w": [[1.0, 2, 3], [3, 2, 1]]}},
]
NAMES = (
    "x y w1 b1 w2 l1 l2 out loss w z labels h l1.g l2.g out.g z.g h.g w1.g l1.matmul l1.matmul.g loss.g 1 0 2.5 -1 "
    "10**9 1e308 None True ... np __import__ relu nope _ \u00e9 \uff58 'a' b'a' 1j 0x10"
)
CALLS = (
    "relu exp log sum np.sum softmax twice mean abs sqrt np.exp torch.relu open eval exec getattr print __import__ "
    "np.load np.fromfile one_hot einsum concatenate broadcast_to reshape x.tofile l1.g.sum x.__reduce__ str max where "
    "maximum mse cross_entropy stack detach transpose linear unindex identity keep var"
)
METHODS = "sum mean reshape max transpose tofile pow view squeeze"
ATTRIBUTES = (
    "T mT g grad shape size ndim __class__ __dict__ _x data base ctypes __cla\uff53s__ f_globals tofile dump g.g T.g"
)
OPERATORS = "@ * + - / ** > < == // % | and in := ,"
ARGUMENTS = ["", "0", "1", "-1", "axis=0", "(0, 1)", "0, keepdims=True", "*x", "**x", "60", "6, 10", "-1, 1"]
INDICES = [":", "0", ":, None", "None", "..., 0", "1:", "::-1", "9", "x", "::0", ":, 0", "10**20", "-1:1"]
ODD = [
    "lambda: {0}", "[{0} for x in {1}]", "{{{0}: 1}}", "f'{{x}}'", "{0} if {1} else 0", "await {0}", "(yield {0})",
    "not {0}", "x = {0}", "{0}; {1}", "# {0}", "\\", "\t {0}", "{0}\n", "\n {0}", "'", '"""', "\0",
]  # fmt: skip
INSIDE = re.compile(r" at 0x[0-9a-f]|\b[A-Z][A-Za-z]+\([a-z_]+=")
"""How Python writes its objects, and a dataclass what it consists of."""
SPOILS = ["", "(", ")", "'", "\0", "\u202e", ".", "__", "\ud7ff", " ", "\n"]


class Author:
    """Writes formulae; the same seed writes the same ones."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def text(self) -> str:
        text = self.formula(self.draw.randrange(1, 5))
        if text and self.draw.random() < 0.1:
            place = self.draw.randrange(len(text))
            return text[:place] + self.draw.choice(SPOILS) + text[place + 1 :]
        return text

    def _pick(self, what: str | list[str]) -> str:
        return self.draw.choice(what.split() if isinstance(what, str) else what)

    def formula(self, depth: int) -> str:
        pick, kind = self._pick, self.draw.random()
        if depth == 0 or kind < 0.15:
            return pick(NAMES)
        one, other = self.formula(depth - 1), self.formula(depth - 1)
        if kind < 0.50:
            return f"{one} {pick(OPERATORS)} {other}"
        if kind < 0.70:
            return f"({one})" if kind < 0.58 else f"{one}.{pick(ATTRIBUTES)}"
        if kind < 0.88:
            listed = ", ".join([one, other, pick(NAMES)][: self.draw.randrange(4)])
            return f"{pick(CALLS)}({listed})" if kind < 0.80 else f"{one}.{pick(METHODS)}({pick(ARGUMENTS)})"
        if kind < 0.95:
            return f"{one}[{pick(INDICES)}]" if kind < 0.93 else f"-{one}"
        repeated = ["-" * self.draw.randrange(600), "(" * self.draw.randrange(80) + "x", "9" * self.draw.randrange(480)]
        return pick([*repeated, *(odd.format(one, other) for odd in ODD)])


def attempt(plan: Plan, target: Node, text: str) -> bool:
    """Whether the formula means something; a `Problem` must say where it is, and name no object of Python's."""
    try:
        read_formula(plan.program, text, target).value(plan)
    except Problem as problem:
        if problem.line is None:
            raise SystemExit(f"a problem without a place: {text!r}, {problem.detail}") from None
        if INSIDE.search(problem.detail.replace(text, "")):
            raise SystemExit(f"a problem that names an object: {text!r}, {problem.detail}") from None
        return False
    return True


def main(seed: int, count: int) -> dict[str, Any]:
    plans = [bx.compile(document) for document in DOCUMENTS]
    for plan in plans:
        plan.run()
    targets = [(plan, target) for plan in plans for target in namespace(plan.program).in_order()]
    author = Author(seed)
    texts = [author.text() for _ in range(count)]
    for text in texts[:2000]:  # what is imported or cached on first use is there afterwards
        for plan, target in targets[::5]:
            attempt(plan, target, text)
    seen: dict[str, str] = {}
    watching = True

    def hook(event: str, arguments: Any) -> None:
        if watching:
            seen.setdefault(event, repr(arguments)[:200])

    sys.addaudithook(hook)
    good, slowest = 0, (0.0, "")
    for number, text in enumerate(texts):
        start = time.process_time()
        good += attempt(*targets[number % len(targets)], text)
        slowest = max(slowest, (time.process_time() - start, text))
    watching = False
    return {"seen": seen, "good": good, "slowest": slowest}


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        print(json.dumps(main(*map(int, sys.argv[1:]))))
