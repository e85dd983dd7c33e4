"""Documents that these tests run."""

from typing import Any

SMALL: dict[str, Any] = {
    "title": "small",
    "program": "l1 = x @ w1 + b1\nl2 = tanh(l1)\nout = l2 @ w2 + b2\nloss = mse(out[:, 0], y)",
    "inputs": {"x": [[0.5, -1.25, 2.0], [1.5, 0.75, -0.5]], "y": [1.0, -0.5]},
    "parameters": {
        "w1": [[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]],
        "b1": [0.0, 0.1],
        "w2": [[0.7], [-0.8]],
        "b2": [0.05],
    },
    "optimizer": {"name": "adam", "lr": 0.05},
}


def small(**changes: Any) -> dict[str, Any]:
    """The small document with some keys changed."""
    return {**SMALL, **changes}
