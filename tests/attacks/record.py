"""What every attack needs: its place in the list, and documents to send."""

from __future__ import annotations

from collections.abc import Callable

from tests.attacks.target import Target

Attack = Callable[[Target, float], None]
ATTACKS: dict[str, Attack] = {}
LESSON = {"example": "lesson13"}
SMALL_BODY_LARGE_RUN = {
    "program": "\n".join(f"s{i} = sum(w{i}[0])" for i in range(7))
    + "\nloss = "
    + " + ".join(f"s{i}" for i in range(7)),
    "inputs": {},
    "parameters": {f"w{i}": {"shape": [2000, 2000], "init": "normal"} for i in range(7)},
}
LARGEST = {
    "program": "h = tanh(x @ w)\nloss = sum(h * h)",
    "inputs": {"x": {"shape": [100, 300], "init": "normal"}},
    "parameters": {"w": {"shape": [300, 300], "init": "normal"}},
    "optimizer": {"name": "adam", "lr": 0.001},
}
"""About as much as is admitted in public: 90,000 numbers in a tensor, 54 million operations an iteration."""


LARGEST_ANSWERED = {
    **LARGEST,
    "inputs": {"x": {"shape": [60, 250], "init": "normal"}},
    "parameters": {"w": {"shape": [250, 250], "init": "normal"}},
}
"""The same for a whole trace in one answer."""


def attack(work: Attack) -> Attack:
    """Adds an attack by its name."""
    ATTACKS[work.__name__.replace("_", " ")] = work
    return work


def part(of: int, share: float, least: int = 2) -> int:
    return max(least, round(of * share))
