"""How well wrong steps are found: blame, causes, right passes left alone, follow-on verdicts, the time of each case.

`python tests/bench/blame.py CASES.json [--all]`: a case has a `document`, `gradients` and what is to be expected:
`blame` in backward order, `codes` by tensor, `wrong`, `accept_blames`. With --all what is not as expected is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from backprop_explorer.engine.compiling import compile_document
from backprop_explorer.practice import check


def answered(case: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """What is said about a case, and the seconds it took beside compiling."""
    plan = compile_document(json.loads(json.dumps(case["document"])))
    plan.run()
    start = time.perf_counter()
    answer: dict[str, Any] = {**check(plan, case["gradients"])}
    return answer, time.perf_counter() - start


class Tally:
    """What is counted over all cases."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.times: dict[str, float] = {}
        self.missed: list[str] = []

    def case(self, case: dict[str, Any]) -> None:
        """Counts one case."""
        name, expect = case["id"], case["expect"]
        try:
            answer, self.times[name] = answered(case)
        except Exception:
            self.counts["crashed"] += 1
            self.missed.append(f"{name}: {traceback.format_exc(limit=-2)}")
            return
        verdicts, blame = answer["verdicts"], answer.get("blame", [])
        self.counts["cases"] += 1
        self._blame(name, expect, blame, answer)
        self._codes(name, expect, verdicts)
        for tensor in expect.get("wrong", []):
            if tensor not in expect["blame"] and verdicts[tensor]["diagnosis"] is not None:
                self.counts["follow-on verdicts"] += 1
        self._follows(name, expect, verdicts)

    def _blame(self, name: str, expect: dict[str, Any], blame: list[str], answer: dict[str, Any]) -> None:
        right = blame == expect["blame"] or blame in expect.get("accept_blames", [])
        kind = "right" if expect.get("correct") else "wrong"
        self.counts[f"{kind} passes"] += 1
        ok = right and (kind == "wrong" or bool(answer["correct"]))
        self.counts[f"{kind} passes judged so"] += ok
        if not ok:
            told = {tensor: one["verdict"] for tensor, one in answer["verdicts"].items() if one["verdict"] != "correct"}
            self.missed.append(f"{name}: blame {blame}, expected {expect['blame']}; {told}")

    def _codes(self, name: str, expect: dict[str, Any], verdicts: dict[str, Any]) -> None:
        for tensor, wanted in expect.get("codes", {}).items():
            found = verdicts[tensor]["diagnosis"]
            code = found["code"] if found else None
            self.counts["blamed tensors"] += 1
            self.counts["exact codes"] += code == wanted["code"]
            accepted = code in (wanted["code"], *wanted["accept_codes"])
            self.counts["accepted codes"] += accepted
            if not accepted:
                said = found["message"] if found else ""
                self.missed.append(f"{name}: {tensor} is called {code}, expected {wanted}: {said}")
        for wanted in expect.get("hidden_code") and [expect] or []:
            self.counts["hidden steps"] += 1
            codes = {(verdicts[tensor]["diagnosis"] or {}).get("code") for tensor in expect["blame"]}
            self.counts["hidden steps explained"] += bool(
                codes & {wanted["hidden_code"], *wanted["hidden_accept_codes"]}
            )

    def _follows(self, name: str, expect: dict[str, Any], verdicts: dict[str, Any]) -> None:
        for tensor, direct in expect.get("follows_from_direct", {}).items():
            found = verdicts[tensor].get("follows_from", [])
            self.counts["followers"] += 1
            ok = sorted(found) == sorted(direct)
            self.counts["followers right"] += ok
            if not ok:
                self.missed.append(f"{name}: {tensor} follows from {found}, expected {direct}")

    def to_json(self) -> str:
        """The figures."""
        counts, times = self.counts, sorted(self.times.values())
        shares = [
            ("wrong passes: blame right", "wrong passes judged so", "wrong passes"),
            ("causes accepted", "accepted codes", "blamed tensors"),
            ("causes exact", "exact codes", "blamed tensors"),
            ("right passes judged right", "right passes judged so", "right passes"),
            ("hidden steps explained", "hidden steps explained", "hidden steps"),
            ("follows_from right", "followers right", "followers"),
        ]
        lines = [f"{label:28} {counts[a]:5} of {counts[b]:5}" for label, a, b in shares]
        lines += [
            f"{'crashed':28} {counts['crashed']:5}",
            f"{'follow-on verdicts per case':28} {counts['follow-on verdicts'] / max(1, counts['cases']):8.2f}",
            f"{'ms per case: median, worst':28} {median(times) * 1e3:8.1f} {times[-1] * 1e3:8.1f}"
            f"  ({max(self.times, key=self.times.__getitem__)})",
        ]
        return "\n".join(lines)


def main() -> None:
    """Measures the cases of a file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("cases", type=Path)
    options.add_argument("--all", action="store_true", help="print what is not as expected")
    options.add_argument("--only", default="", help="only cases whose id contains this")
    given = options.parse_args()
    tally = Tally()
    for case in json.loads(given.cases.read_text())["cases"]:
        if given.only in case["id"]:
            tally.case(case)
    if given.all:
        sys.stdout.write("\n".join(tally.missed) + "\n\n")
    sys.stdout.write(tally.to_json() + "\n")


if __name__ == "__main__":
    main()
