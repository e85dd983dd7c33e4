"""What all contestants share: the options of a run, random numbers, our plan of a program."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--threads", type=int, default=1)
arguments.add_argument("--only", default="")
arguments.add_argument("--rounds", type=int, default=40)
OPTIONS = arguments.parse_args()
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(OPTIONS.threads)  # before NumPy is imported

import numpy as np  # noqa: E402

import backprop_explorer as bx  # noqa: E402

try:
    import torch

    torch.set_num_threads(OPTIONS.threads)
except ImportError:
    torch = None  # type: ignore[assignment]

try:
    os.environ.setdefault("XLA_FLAGS", f"--xla_cpu_multi_thread_eigen={str(OPTIONS.threads > 1).lower()}")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
except ImportError:
    jax = None  # type: ignore[assignment]

Array = np.ndarray
Contestants = dict[str, Callable[[], object]]
RANDOM = np.random.default_rng(0)
ZERO = np.zeros((), np.float32)


def normal(*shape: int, scale: float = 1.0) -> Array:
    """Random numbers in float32."""
    return (RANDOM.standard_normal(shape) * scale).astype(np.float32)


def compiled(loss: Callable[..., object], *arrays: Array) -> Callable[[], object]:
    """What jax's compiler makes of a loss that also gives its intermediates: all of these, and the gradients of the
    arrays, at every call."""
    step = jax.jit(jax.value_and_grad(loss, argnums=tuple(range(len(arrays))), has_aux=True))
    given = [jax.numpy.asarray(array) for array in arrays]
    return lambda: jax.block_until_ready(step(*given))


def ours(
    program: str, inputs: dict[str, object], parameters: dict[str, Array], step: bool = False
) -> Callable[[], float]:
    """The plan of a program in our language."""
    optimizer = {"optimizer": {"name": "sgd", "lr": 1e-6}} if step else {}
    plan = bx.compile({"program": program, "inputs": inputs, "parameters": parameters, "dtype": "float32", **optimizer})
    return plan.step if step else plan.run
