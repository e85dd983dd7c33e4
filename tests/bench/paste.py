"""Judges programs as people paste them: each case's text is sent to `POST /api/import`, and the trace of what it
answers is compared with the right numbers.

A case is a JSON file with `text`, `expect` (`loss` and `gradients` by name), perhaps `tensors` that the text does not
define, `tolerance` (by default 1e-9, relative). Prints a line per case and the counts; ends with 1 if any was accepted
and differs.

    python -m tests.bench.paste FILE…
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from starlette.testclient import TestClient

from backprop_explorer.api.app import create_app

RELATIVE = 1e-9


def difference(found: Any, right: Any) -> float:
    """The largest difference relative to the largest right number; infinite where the shapes differ."""
    one, other = np.asarray(found, dtype=float), np.asarray(right, dtype=float)
    if one.shape != other.shape:
        return math.inf
    scale = float(np.abs(other).max(initial=0)) or 1.0
    return float(np.abs(one - other).max(initial=0)) / scale


def judged(client: TestClient, case: dict[str, Any]) -> tuple[str, str]:
    """What became of a case, `ok`, `refused`, `different` or `crashed`, and what there is to say."""
    tensors = case.get("tensors")
    if tensors:
        answer = client.post("/api/import", json={"code": case["text"], **tensors})
    else:
        answer = client.post("/api/import", content=case["text"].encode(), headers={"content-type": "text/x-python"})
    content = answer.json()
    if answer.status_code != 200:
        kind = "refused" if answer.status_code < 500 else "crashed"
        return kind, f"{content.get('code')}: {content.get('detail')} {content.get('where')} | {content.get('hint')}"
    traced = client.post("/api/trace", json=content["document"])
    trace = traced.json()
    if traced.status_code != 200:
        return "crashed" if traced.status_code >= 500 else "refused", f"trace: {trace.get('detail')}"
    allowed = case.get("tolerance", RELATIVE)
    if difference(trace["loss"], case["expect"]["loss"]) > allowed:
        return "different", f"loss {trace['loss']} is not {case['expect']['loss']}"
    for name, right in case["expect"]["gradients"].items():
        tensor = trace["tensors"].get(name)
        if tensor is None:
            return "different", f"there is no tensor {name}: {', '.join(trace['tensors'])[:300]}"
        if tensor["role"] != "parameter":
            return "different", f"{name} is an {tensor['role']}"
        if tensor["gradient"] is None or difference(tensor["gradient"], right) > allowed:
            return "different", f"the gradient of {name} differs"
    return "ok", f"{len(content['notes'])} notes"


def main(paths: list[str]) -> int:
    """Judges the files, and prints what became of each."""
    counts: Counter[str] = Counter()
    with TestClient(create_app(), base_url="http://127.0.0.1:8000") as client:
        for path in paths:
            case = json.loads(Path(path).read_text())
            verdict, said = judged(client, case)
            counts[verdict] += 1
            print(f"{verdict:10} {Path(path).stem:40} {said}")
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return int(bool(counts["different"] or counts["crashed"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
