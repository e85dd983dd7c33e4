"""Counts what becomes of ONNX's own cases of single operators (`onnx.backend.test`) when they are opened: passed,
refused, wrong or crashed, by operator.

    python tests/bench/nodes.py                     # those with an output that has fractions
    python tests/bench/nodes.py --all               # whole numbers, words and sequences, too
    python tests/bench/nodes.py --only resize       # cases whose name holds that word, each with its verdict
    python tests/bench/nodes.py --refused --wrong   # with reasons
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import warnings
from collections import Counter, defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from tests.node_cases import Verdict, cases, floating, judged, operator_of  # noqa: E402

OUTCOMES = ("passed", "refused", "wrong", "crashed")


def main() -> int:
    """Prints the counts; ends with 1 if any case is wrong or crashed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    for outcome in OUTCOMES[1:]:
        parser.add_argument(f"--{outcome}", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    began = time.perf_counter()
    found: dict[str, tuple[str, Verdict]] = {}
    for case in cases():
        if chosen.only in case.name and (chosen.all or floating(case.model)):
            found[case.name] = (operator_of(case), judged(case))
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for operator, verdict in found.values():
        table[operator][verdict.outcome] += 1
    print(f"{'operator':<28}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES))
    for operator, counts in sorted(table.items()):
        print(f"{operator:<28}" + "".join(f"{counts[outcome] or '':>9}" for outcome in OUTCOMES))
    for name, (_, verdict) in found.items():
        if chosen.only or getattr(chosen, verdict.outcome, False):
            print(f"{verdict.outcome:<8} {name}: {verdict.reason[:200]} {verdict.given and f'({verdict.given})'}")
    _print_reasons([verdict for _, verdict in found.values() if verdict.outcome == "refused"])
    total = Counter(verdict.outcome for _, verdict in found.values())
    given = Counter(verdict.given or "all of them data" for _, verdict in found.values() if verdict.outcome == "passed")
    print(", ".join(f"{total[outcome]} {outcome}" for outcome in OUTCOMES), f"of {len(found)}", end="; ")
    print("passed with", ", ".join(f"{way}: {count}" for way, count in given.items()), end="; ")
    print(f"{time.perf_counter() - began:.0f} s")
    return 1 if total["wrong"] or total["crashed"] else 0


def _print_reasons(refused: list[Verdict]) -> None:
    kinds = Counter(re.sub(r"'[^']*'|\d[\d,]*", "…", verdict.reason)[:110] for verdict in refused)
    for reason, count in kinds.most_common(25):
        print(f"{count:>5} {reason}")


if __name__ == "__main__":
    sys.exit(main())
