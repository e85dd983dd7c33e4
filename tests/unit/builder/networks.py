"""Networks that the tests ask for."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_explorer.builder import build
from backprop_explorer.engine import Plan, compile_document

END = [{"type": "flatten"}, {"type": "linear"}]


def network(*layers: Any, data: Any = "digits", **rest: Any) -> dict[str, Any]:
    """A request; a layer without options may be given by its name."""
    entries = [{"type": layer} if isinstance(layer, str) else layer for layer in layers]
    return {"layers": entries, "data": data, "count": 6, **rest}


def program(*layers: Any, **rest: Any) -> list[str]:
    """The lines of the program that such a network is."""
    return build(network(*layers, **rest))["document"]["program"].split("\n")


def plan(*layers: Any, **rest: Any) -> Plan:
    """The network, ready to run."""
    return compile_document(build(network(*layers, **rest))["document"])


def worst_difference(made: Plan, each: int = 8, step: float = 1e-5) -> float:
    """The largest difference, relative to the largest gradient, between the gradients of some weights of every
    parameter and central differences."""
    made.run()
    names = [name for name, info in made.tensors.items() if info.role == "parameter"]
    gradients = {name: made[f"{name}.g"].copy() for name in names}
    generator, worst = np.random.default_rng(0), 0.0
    for name in names:
        start = made[name].copy()
        for at in generator.choice(start.size, min(each, start.size), replace=False):
            losses = []
            for sign in (1, -1):
                moved = start.copy()
                moved.flat[at] += sign * step
                made[name] = moved
                losses.append(made.run())
            slope = (losses[0] - losses[1]) / (2 * step)
            worst = max(worst, abs(slope - gradients[name].flat[at]))
        made[name] = start
    return worst / max(1e-3, *(float(np.abs(gradient).max()) for gradient in gradients.values()))
