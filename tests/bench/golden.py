"""Which cases of an operation are kept: few, small, and as different from each other as they can be."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from tests.meaning import Case

MOST = 16
"""So many cases of an operation are kept."""
MOST_BYTES = 1800
"""A case that takes more room in the file is not worth it, unless it is the only one."""
ONLY_BYTES = 12_000
SIZES = {5: 3, 10: 4}
"""What axes of the samples' usual lengths are cut to; longer ones are cut to `LONGEST`."""
LONGEST = 4
NOT_WANTED = {
    "a numeric type of its own": re.compile(r"dtype=|torch\.(float64|long|bool)"),
    "weights that are normalised in place": re.compile(r"max_norm="),
    "gradients that are scaled by frequency, or sparse": re.compile(r"scale_grad_by_freq=|sparse="),
    "a way of computing that changes no number": re.compile(r"use_mm_for"),
    "deprecated words for reduction": re.compile(r"size_average=|reduce="),
    "an answer that depends on all numbers, or on the memory": re.compile(r"torch\.equal|empty_like"),
    "what a mask chooses, beside another tensor": re.compile(r"\w\[(m|mask|keep)\]"),
    "labels that are calculated with": re.compile(r"\[i\[1\] - 1\]"),
    "singular values": re.compile(r"'nuc'"),
    "a shape that depends on the numbers": re.compile(
        r"(narrow|tensor_split|repeat_interleave)\(.*\bi\b|one_hot\(\w+\)"
    ),
}
"""What may be refused, never different; everything else has to be right."""


def select(cases: Sequence[Case], every: bool = False) -> list[Case]:
    """The cases that together show every feature, the smallest first, or all; each says whether it has to be right."""
    if every:
        return [_marked(case) for case in cases]
    sized = sorted(
        ((len(json.dumps(case.to_json())), k, case) for k, case in enumerate(cases)), key=lambda one: one[:2]
    )
    only = [case for size, _, case in sized[:1] if size <= ONLY_BYTES]
    small = [case for size, _, case in sized if size <= MOST_BYTES] or only
    chosen: list[Case] = []
    shown: set[str] = set()
    while small and len(chosen) < MOST:
        best = max(small, key=lambda case: len(features(case) - shown))
        if not features(best) - shown:
            break
        small.remove(best)
        chosen.append(_marked(best))
        shown |= features(best)
    return chosen


def _marked(case: Case) -> Case:
    return replace(case, must=not any(pattern.search(case.program) for pattern in NOT_WANTED.values()))


def shrunk(tensors: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    """The tensors with shorter axes, equal ones cut alike: labels brought below the new lengths, or as they are, since
    PyTorch takes some that are too large for a tensor that was cut."""
    cut = {
        name: one[tuple(slice(SIZES.get(n, min(n, LONGEST))) for n in one.shape)]
        .detach()
        .requires_grad_(one.requires_grad)
        for name, one in tensors.items()
    }
    whole = {name: one % min(SIZES.values()) for name, one in cut.items() if one.dtype == torch.int64}
    return [{**cut, **whole}, cut] if whole else [cut]


def features(case: Case) -> set[str]:
    """What a case is an example of: its form, words, axes, signs, numbers of axes, results."""
    tensors = {**case.inputs, **case.parameters}
    ending = re.search(r"[.\w\]\[]*$", case.text)
    axes = "".join(str(np.ndim(value)) for value in tensors.values())
    words = set(re.findall(r"(\w+)=", case.text))
    literals = set(re.findall(r"True|False|None|'[^']*'", case.text))
    return {
        f"form {case.form}",
        f"axes {axes}",
        *(f"word {word}" for word in words),
        *(f"word {word}, axes {axes}" for word in words),
        *(f"literal {literal}" for literal in literals),
        *(["negative"] if re.search(r"-\d", case.text) else []),
        *([f"tuple {case.form}"] if re.search(r"[(\[]-?\d+, ", case.text) else []),
        f"ending {ending[0] if ending else ''}",
    }
