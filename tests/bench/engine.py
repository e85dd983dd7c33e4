"""Our engine against hand-written NumPy with buffers bound beforehand, the bare matrix products ("floor"), torch
and what jax compiles.

Run it as a script; `--threads 2` for two BLAS threads, `--only tiny|mlp|lesson|conv|attention` for one workload.
Everybody computes the same gradients, those of the inputs too, and keeps every intermediate. All in float32.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from alternating import best_times, print_ratios
from contest import OPTIONS, jax, torch
from layers import attention, conv
from networks import lesson, mlp, tiny

if __name__ == "__main__":
    print(
        f"{OPTIONS.threads} thread(s), NumPy {np.__version__}"
        + (f", torch {torch.__version__}" if torch else ", no torch")
        + (f", jax {jax.__version__}" if jax else ", no jax")
    )
    for workload in (tiny, mlp, lesson, conv, attention):
        if OPTIONS.only in ("", workload.__name__):
            rounds = min(OPTIONS.rounds, 20) if workload is lesson else OPTIONS.rounds
            references = ["floor", "hand-written", "hand-written step", "torch", "jax.jit"]
            print_ratios(str(workload.__doc__), best_times(workload(), rounds), references)
