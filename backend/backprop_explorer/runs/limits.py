"""What the runs may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from backprop_explorer.engine import Budget


@dataclass(frozen=True)
class Limits:
    """The defaults suit one's own machine; the service's settings are these fields, one each."""

    budget: Budget = field(default_factory=Budget)
    training_iterations: int = 100_000
    training_seconds: float = 300.0
    write_seconds: float = 2.0
    checkpoint_iterations: int = 100
    key_seconds: float = 86_400.0
    keys: int = 10_000
    live_runs: int = 1_000
    live_elements: int = 200_000_000
    run_bytes: int = 0
    """On disk; here and below 0 means without limit."""
    database_bytes: int = 0
    retention_days: int = 0
