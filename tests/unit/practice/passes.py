"""Backward passes written by hand in NumPy, step by step, and mistakes in them: what somebody would send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import backprop_explorer as bx

Step = Callable[[Any], Any]


class Numbers(dict[str, Any]):
    """Values by name, gradients as `d_name`; `v.x` for `v["x"]`."""

    __getattr__ = dict.__getitem__


@dataclass(frozen=True)
class Kernel:
    """A program, its numbers, and the right backward step of each tensor in backward order."""

    program: str
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    steps: Mapping[str, Step]

    @property
    def document(self) -> dict[str, Any]:
        """The document."""
        return {"program": self.program, "inputs": dict(self.inputs), "parameters": dict(self.parameters)}

    def plan(self) -> bx.Plan:
        """The plan, which has run."""
        plan = bx.compile(self.document)
        plan.run()
        return plan

    def gradients(
        self, mistakes: Mapping[str, Step] | None = None, told: Callable[[Any], Any] = np.asarray
    ) -> dict[str, Any]:
        """All gradients of a pass that makes these mistakes; each is `told` in the end, and not in between."""
        plan = self.plan()
        known = Numbers({name: np.array(plan[name]) for name in plan})
        for name, step in {**self.steps, **(mistakes or {})}.items():
            known[f"d_{name}"] = np.asarray(step(known), np.float64)
        return {name: told(known[f"d_{name}"]) for name in self.steps}


def drawn(seed: int, *shape: int) -> list[Any]:
    """Numbers with three decimals."""
    return np.random.default_rng(seed).normal(size=shape).round(3).tolist()


GATED = Kernel(
    program="a = tanh(x @ u)\nb = sin(x @ v)\nm = a * b\ns = m @ w + c\nloss = mean((s - y) ** 2)",
    inputs={"x": drawn(1, 5, 3), "y": drawn(2, 5, 2)},
    parameters={"u": drawn(3, 3, 4), "v": drawn(4, 3, 4), "w": drawn(5, 4, 2), "c": drawn(6, 2)},
    steps={
        "s": lambda k: 2 * (k.s - k.y) / k.s.size,
        "c": lambda k: k.d_s.sum(0),
        "w": lambda k: k.m.T @ k.d_s,
        "m": lambda k: k.d_s @ k.w.T,
        "b": lambda k: k.d_m * k.a,
        "a": lambda k: k.d_m * k.b,
        "v": lambda k: k.x.T @ (k.d_b * np.cos(k.x @ k.v)),
        "u": lambda k: k.x.T @ (k.d_a * (1 - k.a**2)),
    },
)
"""Two branches that meet in a product."""

WHITENED = Kernel(
    program=(
        "h = x @ w\nmu = mean(h, axis=0)\nd = h - mu\nvar = mean(d * d, axis=0)\nr = 1 / sqrt(var + 0.1)\n"
        "n = d * r\np = softmax(n)\nlp = log(p)\nloss = -sum(t * lp) / 6"
    ),
    inputs={"x": drawn(7, 6, 3), "t": np.eye(4)[[0, 3, 1, 1, 2, 0]].tolist()},
    parameters={"w": drawn(8, 3, 4)},
    steps={
        "lp": lambda k: -np.array(WHITENED.inputs["t"]) / 6,
        "p": lambda k: k.d_lp / k.p,
        "n": lambda k: k.p * (k.d_p - (k.d_p * k.p).sum(-1, keepdims=True)),
        "r": lambda k: (k.d_n * k.d).sum(0),
        "var": lambda k: -0.5 * k.d_r * k["r"] ** 3,
        "d": lambda k: k.d_n * k["r"] + 2 * k.d * k.d_var / 6,
        "mu": lambda k: -k.d_d.sum(0),
        "h": lambda k: k.d_d + k.d_mu / 6,
        "w": lambda k: k.x.T @ k.d_h,
    },
)
"""Normalised over the samples, and a softmax."""
