"""Opens PyTorch models as they are, and compares every gradient with PyTorch's own in float64.

Prints for each model its parameters, the lines of its program, the largest difference of a gradient relative to the
gradient's largest element (or to 1e-4 of the largest of all, where that is greater), and the seconds that opening took;
ends with 1 if any is further off than 1e-9. With `--torchvision` the models of that library are opened instead.

    python -m tests.bench.opened [--torchvision] [NAME…]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import backprop_explorer as bx
from tests.bench.models.cases import CASES, Case, entropy, normal

ALLOWED = 1e-9
SEED = 5


@dataclass(frozen=True)
class Result:
    """How a model fared: `refused` says why it was not opened."""

    name: str
    parameters: int = 0
    lines: int = 0
    difference: float = float("inf")
    seconds: float = 0.0
    refused: str = ""
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the loss and every gradient are PyTorch's."""
        return not self.refused and self.difference <= ALLOWED


def judged(name: str, case: Case) -> Result:
    """Opens a model in float64, runs the plan once, and compares it with PyTorch's step."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        torch.manual_seed(SEED)
        model, *args = case.make()
        model.train(case.training)
        started = time.perf_counter()
        try:
            opened = bx.torch.open(model, *args, loss=case.loss, **case.options)
        except bx.Problem as problem:
            return Result(name, refused=str(problem))
        seconds = time.perf_counter() - started
        plan = opened.plan()
        loss = plan.run()
        model.zero_grad()
        right = stepped(model, args, case)
        difference = abs(loss - right.item()) / max(1e-12, abs(right.item()))
        return Result(
            name,
            sum(one.numel() for one in model.parameters()),
            len(opened.document["program"].splitlines()),
            max(difference, largest(plan, model)),
            seconds,
            notes=tuple(opened.notes),
        )
    finally:
        torch.set_default_dtype(before)


def stepped(model: Any, args: list[Any], case: Case) -> Any:
    """PyTorch's own step: the loss, after its backward."""
    result = model(*args, **case.options)
    if case.loss is not None:
        loss = case.loss(result)
    else:
        every = result.values() if isinstance(result, dict) else result if isinstance(result, tuple) else [result]
        numbers = [one for one in every if one.ndim == 0]
        loss = numbers[0] if numbers else sum(one.mean() for one in every)
    loss.backward()
    return loss


def largest(plan: Any, model: Any) -> float:
    """The largest relative difference of a parameter's gradient; infinite where one is missing or too many."""
    right = {name: one.grad.numpy() for name, one in model.named_parameters() if one.grad is not None}
    if {name for name, info in plan.tensors.items() if info.role == "parameter"} != right.keys():
        return float("inf")
    floor = 1e-4 * max(float(np.abs(one).max()) for one in right.values())
    return max(
        float(np.abs(plan[f"{name}.g"] - one).max()) / max(float(np.abs(one).max()), floor)
        for name, one in right.items()
    )


def torchvision_cases() -> dict[str, Case]:
    """Models of torchvision at 64 pixels, in evaluation."""
    import torchvision.models as zoo

    def case(make: Any, *, training: bool, side: int = 64) -> Case:
        def made() -> tuple[Any, ...]:
            return make(num_classes=10), normal(1, 3, side, side)

        return Case(made, training, entropy(10))

    makers = (
        "resnet18", "resnet50", "vgg11_bn", "mobilenet_v2", "mobilenet_v3_small", "squeezenet1_1",
        "shufflenet_v2_x0_5", "efficientnet_b0", "regnet_y_400mf", "densenet121", "mnasnet0_5",
    )  # fmt: skip
    return {f"{name}, eval": case(getattr(zoo, name), training=False) for name in makers}


def main(words: list[str]) -> int:
    """Judges the models whose names have one of the words in them, all where there are none."""
    cases = torchvision_cases() if "--torchvision" in words else CASES
    wanted = [word for word in words if not word.startswith("--")]
    counts: Counter[str] = Counter()
    for name, case in cases.items():
        if wanted and not any(word in name for word in wanted):
            continue
        result = judged(name, case)
        verdict = "ok" if result.right else "refused" if result.refused else "different"
        counts[verdict] += 1
        told = result.refused or f"{result.difference:.1e}"
        print(
            f"{verdict:9} {name:36} {result.parameters:9,} {result.lines:5} {result.seconds:6.2f} s  {told}", flush=True
        )
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return int(bool(counts["different"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
